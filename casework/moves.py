"""An officer makes one move of one case, or is told why not; either way it is on record before this returns.

What the move means for the school's other cases follows from states.effects: proposals, or what the law brings about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, next_case_id, other_cases, school_case
from casework.clockwork import school_deadlines
from casework.drafting import category_notices
from casework.errors import NotFound
from casework.record import CaseFile, Decisions, Row, Stamp
from casework.tables import Event, EventKind
from casework.timeline import ATTEMPTS, Known, as_corrected
from casework.unit_of_work import transact
from notifications.catalogue import CategoryNotice
from states.clocks import Calendars
from states.effects import Effect, How, effects_of
from states.eligibility import doors_of_notice, doors_of_school
from states.facts import STATED, STATED_DATES, Facts, as_record, read_facts
from states.half_terms import load_calendar
from states.law.inspections import InadequateAs
from states.law.notices import Character, NoticeKind
from states.law.powers import Door
from states.machine import Moved, Refused
from states.track import Track
from states.tracks import TRACKS
from states.tracks.notice import NOTICE, STANDING, NoticeState
from states.tracks.school import SCHOOL
from states.working_days import load_working_days

# A notice in one of these may be what a power rests on: after a lapse section 65 is left.
OPENS_POWERS = (*STANDING, NoticeState.LAPSED)

# What holds of the school beyond one notice (Education and Inspections Act 2006 s60(4A)).
HANDED_ON = ("secretary_notice_on", "notice_permitted_on")


@dataclass(frozen=True, slots=True)
class Ask:
    """What an officer asks for: a move, with the facts as they were typed, and why."""

    trigger: str
    stated: Mapping[str, str]
    reason: str
    evidence: str = ""


class Made(NamedTuple):
    """What came of it: the outcome, references of letters drafted, what follows on other tracks, and whose move."""

    outcome: Moved | Refused
    letters: list[str]
    follows: list[str]
    subject: str


def _nothing(_case: CaseFile, _decisions: Decisions) -> None:
    pass


def move_school(
    engine: Engine, urn: int, trigger: str, stated: Mapping[str, str], reason: str, evidence: str, stamp: Stamp
) -> tuple[Moved | Refused, list[str]]:
    """A move of the school's own case: the outcome, and the references of the letters drafted for it."""
    made = make_move(engine, urn, SCHOOL, Ask(trigger, stated, reason, evidence), stamp)
    return made.outcome, made.letters


def open_case(engine: Engine, urn: int, track: Track, ask: Ask, stamp: Stamp) -> str:
    """Begin a case beside the school's own, such as a notice; returns its subject, for example 120777/1."""

    def begin(session: Session) -> str:
        work = _Work(session, school_case(session, urn), stamp)
        typed = work.handed_on_to(track) | dict(ask.stated)
        facts = {name: typed[name] for name in read_facts(typed)}
        case = work.begin(track, ask.reason, facts | ({"evidence": ask.evidence} if ask.evidence else {}))
        work.decisions.write(session)
        return case.subject

    return transact(engine, begin)


def make_move(engine: Engine, urn: int, track: Track, ask: Ask, stamp: Stamp) -> Made:
    """One move of the school's newest open case on `track`.

    Raises NotFound, NotAFact, UnknownTrigger, NotAttributed or StaleCase.
    """
    return transact(engine, lambda session: move_in(session, urn, track, ask, stamp))


def move_in(
    session: Session,
    urn: int,
    track: Track,
    ask: Ask,
    stamp: Stamp,
    first: Callable[[CaseFile, Decisions], None] = _nothing,
) -> Made:
    """The same within a transaction of the caller's; `first` decides what is recorded of the case before the move."""
    one = school_case(session, urn)
    work = _Work(session, one, stamp)
    case = one.case if track is SCHOOL else work.newest_open(track)
    facts = work.facts(case, ask)
    first(case, work.decisions)
    outcome = work.decisions.move(case, ask.trigger, facts, ask.reason)
    if isinstance(outcome, Moved):
        if CategoryNotice.folder in outcome.row.letters and case is one.case:
            work.decisions.draft(category_notices(one, outcome.source, ask.reason, stamp))
        if not outcome.row.stays:  # what follows from a state followed when the case came into it
            work.follow(case, facts)
    work.decisions.write(session)
    return Made(outcome, [letter["reference"] for letter in work.decisions.letters], work.follows, case.subject)


class _Work:
    """One school's cases while a move is made on one of them."""

    def __init__(self, session: Session, one: SchoolCase, stamp: Stamp) -> None:
        self.session = session
        self.one = one
        self.stamp = stamp
        self.decisions = Decisions(stamp)
        self.others = other_cases(session, one)
        self.next_id = next_case_id(session)
        self.follows: list[str] = []

    def newest_open(self, track: Track) -> CaseFile:
        found = [case for case in self.others if case.track is track and case.state not in track.ended]
        if not found:
            raise NotFound(
                f"{self.one.school.name} has no open case on the {track.name} track. "
                f"Begin one first: its step {track.opens_by}."
            )
        return found[-1]

    def begin(self, track: Track, reason: str, evidence: Row) -> CaseFile:
        urn = self.one.school.urn
        number = sum(case.track is track for case in self.others) + 1
        case = CaseFile(
            self.next_id,
            urn,
            track.initial.value,
            0,
            self.one.case.sector,
            track=track,
            subject=f"{urn}/{number}",
        )
        self.next_id += 1
        self.others.append(case)
        self.decisions.open_case(case, reason, evidence)
        return case

    def facts(self, case: CaseFile, ask: Ask) -> Facts:
        """What the officer states now, what was stated before on this case, and what only the record may say."""
        stated = read_facts(self._carried_over(case) | dict(ask.stated))
        door: Door | None = stated.get("eligible_under")
        school = self.one.school
        ends = self._ends_of_the_notice(case, door)
        return Facts(
            actor=self.stamp.actor,
            evidence=ask.evidence,
            sector=case.sector,
            character=Character(school.type_code, school.religious_character),
            came_from=case.came_from,
            last_moved_on=case.last_moved_on,
            drafted_by=self._opened_by(case),
            doors=self._doors() if door else (),
            on=self.stamp.on,
            initial_ends=ends.get("initial_period_ends"),
            compliance_ends=ends.get("compliance_period_ends"),
            window_ends=ends.get("powers_start_by"),
            reasonable_notice_ends=ends.get("reasonable_notice_ends"),
            **stated,
        )

    def handed_on_to(self, track: Track) -> dict[str, str]:
        """What a new notice takes over from the one before it: that the Secretary of State gave one (s60(4A))."""
        before = self._notices() if track is NOTICE else []
        told = self._stated_of(before[-1]) if before else {}
        return {name: told[name] for name in HANDED_ON if name in told}

    def _carried_over(self, case: CaseFile) -> dict[str, str]:
        """What was stated before, even in a refused move, need not be said again; a school takes from its notice.

        A day that is only planned for the notice has not happened to the school.
        """
        if case.track is not SCHOOL:
            return self._stated_of(case)
        notices = [notice for notice in self._notices() if notice.state not in NOTICE.ended]
        told = self._stated_of(notices[-1]) if notices else {}
        today = self.stamp.on.isoformat()
        return {name: value for name, value in told.items() if name not in STATED_DATES or value <= today}

    def _stated_of(self, case: CaseFile) -> dict[str, str]:
        """What is stated of a case now: each attempt at a move records all of it, and what was cleared is gone."""
        newest = [event for event in self._events(case) if event.kind in ATTEMPTS][-1]
        told = {name: value for name, value in newest.evidence.items() if name in STATED}
        if (newest.kind, newest.trigger) == (EventKind.MOVED, "check"):
            told["checked_by"] = newest.actor
        return told

    def _events(self, case: CaseFile) -> list[Known]:
        return as_corrected(self.session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq)))

    def _opened_by(self, case: CaseFile) -> str:
        found = self.session.scalar(select(Event.actor).where(Event.case_id == case.id, Event.kind == EventKind.OPENED))
        return found or ""

    def _ends_of_the_notice(self, case: CaseFile, door: Door | None) -> dict[str, Any]:
        """The days on which the periods of a notice end, as the clocks have them on the day of the move.

        It is the notice that moves; for any other case, the newest of the section that opens the door which was given
        and not taken away since.
        """
        standing = [other for other in self._notices_of(door) if other.state in OPENS_POWERS]
        notice = case if case.track is NOTICE else standing[-1] if standing else None
        if notice is None:
            return {}
        calendars = Calendars(load_working_days(), load_calendar())
        clocks = school_deadlines(self.session, self.one.school.urn, self.stamp.policy, calendars, self.stamp.on)
        return {clock.name: clock.date for clock in clocks if clock.subject == notice.subject}

    def _notices_of(self, door: Door | None) -> list[CaseFile]:
        return [notice for notice in self._notices() if self._kind_of(notice).value == door]

    def _notices(self) -> list[CaseFile]:
        return [other for other in self.others if other.track is NOTICE]

    def _kind_of(self, notice: CaseFile) -> NoticeKind:
        return NoticeKind(self._stated_of(notice).get("kind", NoticeKind.S60))

    def _doors(self) -> tuple[Door, ...]:
        """By which sections the record shows the school eligible for intervention, whatever the officer says."""
        found = set(doors_of_school(self.one.case.state, self.one.case.came_from, self._judged_as()))
        for notice in self._notices():
            notified = "intention_notified_on" in self._stated_of(notice)
            found.update(doors_of_notice(self._kind_of(notice), notice.state, intention_notified=notified))
        return tuple(sorted(found))

    def _judged_as(self) -> InadequateAs | None:
        """What Ofsted's newest report of an inadequate school said, if it is on record."""
        judged = ("classify_inadequate", "judged_inadequate")
        reports = [event for event in self._events(self.one.case) if event.trigger in judged]
        newest = next((event for event in reversed(reports) if event.kind == EventKind.MOVED), None)
        said = newest.evidence.get("inadequate_as") if newest else None
        return InadequateAs(said) if said else None

    def follow(self, case: CaseFile, facts: Facts) -> None:
        """Propose or bring about what the state that `case` has come into means for the school's other cases."""
        for effect in effects_of(case.track.name, case.state):
            target = TRACKS[effect.target]
            if effect.opens:
                self._follow_with_new_case(effect, case, target)
                continue
            everybody = (self.one.case, *self.others)
            for other in [each for each in everybody if each.track is target]:
                if (other.state, effect.trigger) in target.moves:
                    self._follow_on(effect, other, facts)

    def _follow_with_new_case(self, effect: Effect, case: CaseFile, target: Track) -> None:
        if effect.how is How.AUTOMATIC:
            self._tell(effect, self.begin(target, effect.why, {}))
        else:
            self._propose(effect, case)

    def _follow_on(self, effect: Effect, other: CaseFile, facts: Facts) -> None:
        """What the law brings about is proposed where the record lacks what the move asks for."""
        if effect.how is How.PROPOSED:
            self._propose(effect, other)
            return
        said = as_record(facts) | self._carried_over(other)
        on_record = self.facts(other, Ask(effect.trigger, said, effect.why, facts.evidence or effect.why))
        if isinstance(self.decisions.move(other, effect.trigger, on_record, effect.why), Refused):
            self._propose(effect, other)
            return
        self._tell(effect, other)
        self.follow(other, on_record)

    def _propose(self, effect: Effect, case: CaseFile) -> None:
        self.decisions.note(
            case,
            EventKind.PROPOSED,
            effect.why,
            trigger=effect.trigger,
            evidence={"track": effect.target},
            once=None,
        )
        self.follows.append(f"proposed on the {effect.target} track: {effect.trigger} ({effect.why})")

    def _tell(self, effect: Effect, case: CaseFile) -> None:
        self.follows.append(f"{effect.target} {case.subject}: {effect.trigger}, {case.state} ({effect.why})")
