"""What an authority did with its schools between two days, for the elected members who ask whether policy is applied.

Counts by default; which schools they are is a part of its own, which is not for the public. Everything is read as it is
known now, corrections included. Writes nothing but the files of casework.committee_report.
"""

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import ColumnElement, Engine, Select, func, select
from sqlalchemy.orm import Session

from casework.chunks import chunks
from casework.clockwork import school_deadlines
from casework.committee_report import CommitteeReport, Line, Span
from casework.record import Row
from casework.story import counts_as_of, states_as_of
from casework.tables import Case, Event, EventKind, Letter, Return, School
from casework.timeline import MOVES, Known, as_corrected, known_until
from casework.unit_of_work import reading
from notifications.catalogue import CATALOGUE
from states.clocks import Calendars, ClockState, Deadline
from states.clocks.values import DATED_BY, TITLES
from states.dates import in_words
from states.errors import CaseworkError
from states.law.powers import POWERS
from states.policy import Policy
from states.refusals import RefusalCode
from states.track import Track
from states.tracks import TRACKS
from states.tracks.notice import NOTICE
from states.tracks.power import POWER, PowerState
from states.tracks.school import CONCERN, SCHOOL, SchoolState

IN_USE = (PowerState.IN_FORCE, PowerState.UNDER_REVIEW)
UNDER_CONCERN = (*CONCERN, SchoolState.UNDER_WARNING_NOTICE)
# What follows a concern, by the moves that say so; the notice's own day comes before the school's move for it.
AFTER_A_CONCERN = {"audit": ("begin_audit",), "warning notice": ("give", "give_notice")}

# The refusals whose codes say little by themselves; the others name what was lacking.
BY_THE_MACHINE = {
    RefusalCode.NOT_FROM_HERE: "No such move from where the case stood",
    RefusalCode.IN_THE_FUTURE: "A day that had not come yet",
    RefusalCode.OUT_OF_ORDER: "A day before that of the last move",
    RefusalCode.SAME_OFFICER: "A second officer was needed",
}


class NotAPeriod(CaseworkError):
    """Two days between which nothing can be told."""


class Step(NamedTuple):
    """One thing that happened to a case, by the day that it counts for."""

    urn: int
    track: Track
    subject: str
    trigger: str
    on: date
    destination: str
    section: str

    @property
    def label(self) -> str:
        return label_of(self.track, self.trigger)


def label_of(track: Track, trigger: str) -> str:
    return next((row.label for row in track.rows if row.trigger == trigger), trigger)


def committee_report(
    engine: Engine, since: date, until: date, policy: Policy, calendars: Calendars, today: date
) -> CommitteeReport:
    """From the beginning of `since` to the end of `until`, so that reports of adjacent periods add up.

    Raises NotAPeriod.
    """
    if not since <= until <= today:
        raise NotAPeriod(
            f"From {in_words(since)} to {in_words(until)} is no period that can be told on {in_words(today)}. "
            "It begins before it ends, and has ended."
        )
    with reading(engine) as session:
        return _Committee(session, since, until, policy, calendars).report(today)


class _Committee:
    """One report while it is put together."""

    def __init__(self, session: Session, since: date, until: date, policy: Policy, calendars: Calendars) -> None:
        self.session = session
        self.since = since
        self.until = until
        self.policy = policy
        self.calendars = calendars
        self.steps = list(_steps(session, since, until))
        self.within = [step for step in self.steps if self._is_within(step.on)]
        names = session.execute(select(School.urn, School.name))
        self.names = {urn: name for urn, name in names}  # noqa: C416

    def _is_within(self, day: date) -> bool:
        return self.since <= day <= self.until

    def report(self, today: date) -> CommitteeReport:
        missed, unclear = self._missed()
        asked = self._returns()
        refused = self._refusals()
        in_use = self._powers_in_use()
        return CommitteeReport(
            authority=self.policy.authority.name,
            policy=self.policy.name,
            since=self.since,
            until=self.until,
            known_on=today,
            caseload=self._caseload(),
            opened=sum(step.track is SCHOOL and step.trigger == SCHOOL.opens_by for step in self.within),
            moves=[line for line in self._counts(SCHOOL) if line.count],
            notices=self._counts(NOTICE),
            powers_in_use=_lines(Counter(step.section for step in in_use), _power),
            powers=self._counts(POWER),
            returns=Counter(one["stands"] for one in asked),
            letters=_lines(self._letters(), lambda kind: CATALOGUE[kind].title),
            speed=self._speed(),
            missed=_lines(Counter(due.name for _, due in missed), lambda name: f"{TITLES[name]} …"),
            unclear=len(unclear),
            refused=len(refused),
            refusals=_lines(Counter(code for one in refused for code in one["codes"]), _reason),
            schools=self._schools(),
            named={
                "Moves": [self._named(step.urn, step.on, step.label) for step in self._moves_of(SCHOOL)],
                "Warning notices": [self._named(step.urn, step.on, step.label) for step in self._moves_of(NOTICE)],
                "Powers in use": [self._named(step.urn, step.on, _power(step.section)) for step in in_use],
                "Returns missing": [
                    self._named(one["urn"], one["due_on"], one["half_term"])
                    for one in asked
                    if one["stands"] == "missing"
                ],
                "Deadlines missed": [self._named(urn, due.date, due.sentence) for urn, due in missed],
                "Deadlines that cannot be worked out": [self._named(urn, None, why) for urn, why in unclear],
                "Moves refused": [self._named(one["urn"], one["on"], one["said"]) for one in refused],
            },
        )

    def _named(self, urn: int, on: date | None, what: str) -> Row:
        return {"urn": urn, "name": self.names[urn], "on": on, "what": what}

    def _caseload(self) -> list[Row]:
        """The schools of each category; of a state without one, under the name of the state."""
        start = counts_as_of(self.session, self.since - timedelta(days=1))
        end = counts_as_of(self.session, self.until)
        rows: dict[str, Row] = {}
        for state in SCHOOL.states:
            letter, label = self._category(state)
            row = rows.setdefault(
                letter or label, {"category": letter, "label": label, "at_the_start": 0, "at_the_end": 0}
            )
            row["at_the_start"] += start.get(state, 0)
            row["at_the_end"] += end.get(state, 0)
        lettered = sorted((row for row in rows.values() if row["category"]), key=lambda row: str(row["category"]))
        return [*lettered, *(row for row in rows.values() if not row["category"] and _is_there(row))]

    def _category(self, state: str) -> tuple[str, str]:
        category = self.policy.category_of(state)
        return (category.letter, category.label) if category else ("", SCHOOL.label_of(state))

    def _schools(self) -> list[Row]:
        states = states_as_of(self.session, self.until)
        return [
            {"urn": urn, "name": self.names[urn], "category": self._category(state)[0], "state": SCHOOL.label_of(state)}
            for urn, state in states.items()
            if state not in SCHOOL.ended
        ]

    def _moves_of(self, track: Track) -> list[Step]:
        triggers = {row.trigger for row in track.rows}
        found = [step for step in self.within if step.track is track and step.trigger in triggers]
        return sorted(found, key=lambda step: (step.on, step.urn))

    def _counts(self, track: Track) -> list[Line]:
        counted = Counter(step.trigger for step in self._moves_of(track))
        triggers = dict.fromkeys(row.trigger for row in track.rows)
        return [Line(trigger, label_of(track, trigger), counted[trigger]) for trigger in triggers]

    def _powers_in_use(self) -> list[Step]:
        """The last step of each power by the end of the period, where it leaves the power in use."""
        known = [step for step in self.steps if step.track is POWER and step.on <= self.until]
        last = {step.subject: step for step in known if step.destination}
        return [step for step in last.values() if step.destination in IN_USE]

    def _returns(self) -> list[Row]:
        """Each return asked for in the period, and where it stood at the end of it."""
        query = select(Return.urn, Return.half_term, Return.due_on)
        query = query.where(Return.requested_on.between(self.since, self.until))
        came = self._first_received()
        asked = []
        for urn, half_term, due in self.session.execute(query.order_by(Return.urn, Return.half_term)):
            assert due, "whatever is asked for has a day on which it is due"
            stands = self._stands(due, came.get((urn, half_term)))
            asked.append({"urn": urn, "half_term": half_term, "due_on": due, "stands": stands})
        return asked

    def _first_received(self) -> dict[tuple[int, str], date]:
        """School and half-term → the day on which its return first came; a correction came later, and is none."""
        received = (Event.kind == EventKind.RECEIVED, Event.once.like("received %/% r1"))
        rows = self.session.execute(select(Case.urn, Event.once, Event.evidence).join(Case).where(*received))
        return {(urn, once.split()[1]): date.fromisoformat(said["received_on"]) for urn, once, said in rows}

    def _stands(self, due: date, came: date | None) -> str:
        if came and came <= self.until:
            return "received late" if came > due else "received in time"
        return "missing" if due <= self.until else "not yet due"

    def _letters(self) -> Counter[str]:
        """By the London day on which each went out last."""
        sent = (Letter.sent_at > known_until(self.since - timedelta(days=1)), Letter.sent_at <= known_until(self.until))
        rows = self.session.execute(select(Letter.kind, func.count()).where(*sent).group_by(Letter.kind))
        return Counter({kind: count for kind, count in rows})  # noqa: C416

    def _speed(self) -> list[Span]:
        found: dict[str, list[int]] = {what: [] for what in AFTER_A_CONCERN}
        by_school = sorted((step for step in self.steps if step.track is not POWER), key=lambda step: step.urn)
        for _, of_one in groupby(by_school, key=lambda step: step.urn):
            for what, on, days in _after_a_concern(sorted(of_one, key=lambda step: step.on)):
                if self._is_within(on):
                    found[what].append(days)
        return [
            Span(what, len(days), statistics.median(days) if days else None, min(days, default=0), max(days, default=0))
            for what, days in found.items()
        ]

    def _missed(self) -> tuple[list[tuple[int, Deadline]], list[tuple[int, str]]]:
        """Deadlines of the period that had passed unmet when it ended; and schools whose days contradict each other."""
        missed: list[tuple[int, Deadline]] = []
        unclear: list[tuple[int, str]] = []
        for urn in self.session.scalars(_with_clocks()):
            try:
                clocks = school_deadlines(
                    self.session, urn, self.policy, self.calendars, self.until + timedelta(days=1)
                )
            except CaseworkError as error:
                unclear.append((urn, str(error)))
                continue
            passed = (due for due in clocks if due.date and self._is_within(due.date))
            missed += [(urn, due) for due in passed if due.state is ClockState.MISSED]
        return missed, unclear

    def _refusals(self) -> list[Row]:
        rows = self.session.execute(
            select(Case.urn, Case.track, Event.trigger, Event.effective_on, Event.evidence)
            .join(Case)
            .where(Event.kind == EventKind.REFUSED, Event.effective_on.between(self.since, self.until))
            .order_by(Event.effective_on, Case.urn, Event.seq)
        )
        return [
            {
                "urn": urn,
                "on": on,
                "codes": [one["code"] for one in evidence["refusals"]],
                "said": f"{label_of(TRACKS[track], trigger)}: "
                + " ".join(one["sentence"] for one in evidence["refusals"]),
            }
            for urn, track, trigger, on, evidence in rows
        ]


def _steps(session: Session, since: date, until: date) -> Iterator[Step]:
    """What happened to every notice and power, and to each school that moved in the period or had a notice."""
    beside = Case.track.in_((NOTICE.name, POWER.name))
    touched = select(Event.case_id).where(Event.kind.in_(MOVES), Event.effective_on.between(since, until))
    with_notice = select(Case.urn).where(Case.track == NOTICE.name)
    own = (Case.track == SCHOOL.name) & (Case.id.in_(touched) | Case.urn.in_(with_notice))
    ids = list(session.scalars(select(Case.id).where(beside | own).order_by(Case.id)))
    for chunk in chunks(ids):
        yield from _steps_of(session, Case.id.in_(chunk))


def _steps_of(session: Session, cases: ColumnElement[bool]) -> Iterator[Step]:
    rows = session.execute(
        select(Case, Event).join(Event).where(cases, Event.kind.in_(MOVES)).order_by(Case.id, Event.seq)
    )
    for case, found in groupby(rows, itemgetter(0)):
        track, section = TRACKS[case.track], ""
        known = as_corrected(event for _, event in found)
        for one in sorted(known, key=lambda one: (_day(track, one), one.word)):
            section = one.evidence.get("section", section)
            to = one.destination or ""
            yield Step(case.urn, track, case.subject, one.trigger, _day(track, one), to, section)


def _day(track: Track, one: Known) -> date:
    """A notice or power counts from the day that its own fact states, as its clocks do; a school as as-of has it."""
    stated = one.evidence.get(DATED_BY.get(one.trigger, ""), "") if track is not SCHOOL else ""
    return date.fromisoformat(stated) if stated else one.on


def _after_a_concern(steps: Iterable[Step]) -> Iterator[tuple[str, date, int]]:
    """What came first of its kind after each concern, when, and how many days after; until the concern was over."""
    raised: date | None = None
    waited_for: list[str] = []
    for step in steps:
        if step.trigger == "raise_concern":
            raised, waited_for = step.on, list(AFTER_A_CONCERN)
        elif step.track is SCHOOL and step.destination and step.destination not in UNDER_CONCERN:
            raised = None
        for what in [what for what in waited_for if raised and step.trigger in AFTER_A_CONCERN[what]]:
            waited_for.remove(what)
            assert raised
            yield what, step.on, (step.on - raised).days


def _with_clocks() -> Select[int]:
    """The schools that may have a clock: those with a case beside their own, or judged inadequate."""
    judged = select(Event.case_id).where(Event.trigger == "judged_inadequate")
    return select(Case.urn).where((Case.track != SCHOOL.name) | Case.id.in_(judged)).distinct().order_by(Case.urn)


def _is_there(row: Row) -> bool:
    return bool(row["at_the_start"] or row["at_the_end"])


def _lines(counted: Counter[str], words: Callable[[str], str]) -> list[Line]:
    return [Line(name, words(name), count) for name, count in sorted(counted.items())]


def _reason(code: str) -> str:
    return BY_THE_MACHINE.get(RefusalCode(code)) or code.replace("_", " ").capitalize()


def _power(section: str) -> str:
    power = POWERS.get(section)
    return f"Section {section}: the authority {power.does}" if power else "Section not stated"
