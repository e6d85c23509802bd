"""Taking in Ofsted's judgements: which are newer than what the record knows, and what follows for the school.

A grade moves a school that stands where Ofsted's judgements put it, as `casework move` would; where the authority has a
view or proceedings of its own it is proposed, and a person decides. So is what a report card amounts to in law. A
judgement is known by its school and day: the same file again changes nothing, and an older one never does.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import school_case, schools
from casework.check_report import table_cell
from casework.chunks import chunks, good_rows, together
from casework.moves import Ask, Made, move_in
from casework.ofsted_file import Judgement, read_judgements
from casework.record import CaseFile, Decisions, Row, Stamp
from casework.rows import Rejected
from casework.tables import Case, Event, EventKind, School
from casework.timeline import MOVES, as_corrected
from casework.unit_of_work import reading, transact
from states.machine import Refused
from states.policy import Policy
from states.tracks.school import AT_A_LATER_INSPECTION, GOOD, RESTS_ON_OFSTED, SCHOOL, SchoolState

Progress = Callable[[int], None]

RECEIVED = "received judgement"


@dataclass(slots=True)
class OfstedReport:
    """What one file did; schools are named where a person has to look or to decide."""

    moved: list[Row] = field(default_factory=list)
    as_it_stands: int = 0
    proposed: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    to_decide: list[Row] = field(default_factory=list)
    known: int = 0
    older: int = 0
    without_case: int = 0
    letters_drafted: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        told = (self.moved, self.proposed, self.refused, self.to_decide)
        return sum(map(len, told)) + self.as_it_stands + self.known + self.older + self.without_case

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_markdown(self) -> str:
        counts = (
            ("Schools moved", len(self.moved)),
            ("Judged as they stand", self.as_it_stands),
            ("Moves proposed, for an officer to decide", len(self.proposed)),
            ("Moves refused", len(self.refused)),
            ("To be decided without a proposal", len(self.to_decide)),
            ("Judgements known before", self.known),
            ("Judgements older than the newest known", self.older),
            ("Judgements of schools without an open case", self.without_case),
            ("Letters drafted, waiting for approval", self.letters_drafted),
        )
        rows = [f"| {what} | {many} |" for what, many in counts]
        lists = {
            "Moved": [f"{_who(one)}: {one['from']} → {one['to']}. {_because(one)}" for one in self.moved],
            "Proposed": [f"{_who(one)}: `{one['trigger']}`. {_because(one)}" for one in self.proposed],
            "Refused": [f"{_who(one)}: `{one['trigger']}`. {one['sentence']}" for one in self.refused],
            "To be decided": [f"{_who(one)}, {one['state']}: {one['because']}." for one in self.to_decide],
        }
        parts = [
            f"## {title}\n\n" + "\n".join(f"- {line}" for line in lines) for title, lines in lists.items() if lines
        ]
        table = "\n".join(["# Ofsted's judgements\n", "| What | How many |", "|---|---:|", *rows])
        return "\n\n".join([table, *parts]) + "\n"


def _who(one: Row) -> str:
    return f"{table_cell(one['name'])} ({one['urn']})"


def _because(one: Row) -> str:
    return " ".join([f"{one['because']}.", *(f"It follows: {what}." for what in one.get("follows", ()))])


def load_judgements(engine: Engine, path: Path, stamp: Stamp, progress: Progress = lambda _done: None) -> OfstedReport:
    """Take in a file of inspection outcomes, a school to a transaction; of each school only its newest counts."""
    rejected: list[Rejected] = []
    with reading(engine) as session:
        names = dict.fromkeys(session.scalars(select(School.la_name).distinct()))
        ours = frozenset(session.scalars(select(School.urn)))
        found = list(good_rows(read_judgements(path, ours, names, stamp.on), rejected))
        newest = {one.urn: one for one in sorted(found, key=lambda one: one.inspected_on)}
        told = dict(_newest_known(session, newest))
        is_open = (Case.track == SCHOOL.name, Case.state.not_in(SCHOOL.ended))
        cases = frozenset(session.scalars(select(Case.urn).where(*is_open)))
    report = OfstedReport(older=len(found) - len(newest), rejected=rejected)
    for urn, judgement in sorted(newest.items()):
        progress(1)
        if urn not in cases:
            report.without_case += 1
        elif _is_news(judgement, told.get(urn), report):
            report = together(report, transact(engine, partial(_take, judgement, path.name, stamp)))
    return report


def _is_news(judgement: Judgement, known: date | None, report: OfstedReport) -> bool:
    """Whether it is newer than what the record knows; if not, it is counted."""
    report.known += known == judgement.inspected_on
    report.older += known is not None and judgement.inspected_on < known
    return known is None or judgement.inspected_on > known


def _newest_known(session: Session, urns: Iterable[int]) -> Iterator[tuple[int, date]]:
    """School → the day of the newest inspection of which the record knows the outcome."""
    for chunk in chunks(urns):
        days: dict[int, list[date]] = {}
        for urn, school in schools(session, chunk).items():
            days[urn] = [school.inspected_on] if school.rating and school.inspected_on else []
        for urn, inspected in _recorded(session, chunk):
            days[urn].append(inspected)
        yield from ((urn, max(known)) for urn, known in days.items() if known)


def _recorded(session: Session, urns: list[int]) -> Iterator[tuple[int, date]]:
    """Inspections that were taken in here, and those that an officer stated with a move."""
    kinds = (*MOVES, EventKind.RECEIVED)
    query = select(Case.urn, Event).join(Event).where(Case.track == SCHOOL.name, Case.urn.in_(urns))
    rows = session.execute(query.where(Event.kind.in_(kinds)).order_by(Case.urn, Event.seq))
    for urn, of_one in groupby(rows, key=lambda row: row[0]):
        for one in as_corrected(event for _, event in of_one):
            if stated := one.evidence.get("inspected_on"):
                yield urn, date.fromisoformat(stated)


def _take(judgement: Judgement, source: str, stamp: Stamp, session: Session) -> OfstedReport:
    """One judgement that was news when the file was read; somebody may have been faster."""
    report = OfstedReport()
    one = school_case(session, judgement.urn)
    known = dict(_newest_known(session, [judgement.urn])).get(judgement.urn)
    if not _is_news(judgement, known, report):
        return report
    about = {"urn": one.school.urn, "name": one.school.name, "because": judgement.sentence}
    receive = partial(_receive, judgement, source)
    trigger, state = _trigger(judgement, one.case.state, stamp.policy), SchoolState(one.case.state)
    may_follow = (state, trigger) in SCHOOL.moves
    if may_follow and judgement.card is None and state in RESTS_ON_OFSTED:
        ask = Ask(trigger, _facts(judgement), judgement.sentence, f"{judgement.sentence} ({source})")
        made = move_in(session, judgement.urn, SCHOOL, ask, stamp, receive)
        return _told(made, about | {"trigger": trigger}, report)
    decisions = Decisions(stamp)
    receive(one.case, decisions)
    if may_follow:
        evidence = {"source": source, "judgement": judgement.sentence} | _facts(judgement)
        decisions.note(one.case, EventKind.PROPOSED, judgement.sentence, trigger=trigger, evidence=evidence, once=None)
        report.proposed.append(about | {"trigger": trigger})
    elif _stands(trigger, state):
        report.as_it_stands += 1
    else:
        report.to_decide.append(about | {"state": SCHOOL.label_of(state)})
    decisions.write(session)
    return report


def _receive(judgement: Judgement, source: str, case: CaseFile, decisions: Decisions) -> None:
    card = judgement.card
    graded = (
        {"rating": judgement.rating}
        if card is None
        else {
            "areas": {area.value: grade.value for area, grade in card.grades.items()},
            "safeguarding_met": card.safeguarding_met,
        }
    )
    decisions.note(
        case,
        EventKind.RECEIVED,
        judgement.sentence,
        evidence=_facts(judgement) | graded | {"source": source},
        once=f"{RECEIVED} {judgement.inspected_on}",
    )


def _facts(judgement: Judgement) -> dict[str, str]:
    facts = {
        "inspected_on": judgement.inspected_on,
        "reported_on": judgement.reported_on,
        "inadequate_as": judgement.inadequate_as,
    }
    return {name: str(value) for name, value in facts.items() if value}


def _trigger(judgement: Judgement, state: str, policy: Policy) -> str:
    """The move that policy gives for the grade; for a card, that for inadequate if the law makes it that, or none."""
    rating = "Inadequate" if judgement.card and judgement.inadequate_as else judgement.rating
    first = policy.classify(rating) or ""
    return first if state == SCHOOL.initial else AT_A_LATER_INSPECTION.get(first, "")


def _stands(trigger: str, state: SchoolState) -> bool:
    """Whether the school is already where this move would lead; a system leader is good."""
    leads_to = {row.to for row in SCHOOL.rows if row.trigger == trigger}
    return state in leads_to or (state in GOOD and not leads_to.isdisjoint(GOOD))


def _told(made: Made, about: Row, report: OfstedReport) -> OfstedReport:
    if isinstance(made.outcome, Refused):
        return replace(report, refused=[about | {"sentence": made.outcome.sentence}])
    states = {"from": made.outcome.source, "to": made.outcome.row.to.value}
    moved = [about | states | {"letters": made.letters, "follows": made.follows}]
    return replace(report, moved=moved, letters_drafted=len(made.letters))
