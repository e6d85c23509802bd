"""The yearly letters: the facts that a school's category will rest on, and its category for the school year.

Norfolk's letter of 5 July 2013 told each head and chair of governors the category "from September 2013" (MI 19564); the
check of the facts comes before it. No school is moved: what is stated is the category that it has. A letter of a year
goes to a school once, so that a second run writes to nobody but those who came in between.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, school_cases
from casework.chunks import chunks
from casework.drafting import Placed, accuracy_checks, batch_of, yearly_notices
from casework.record import Decisions, Row, Stamp
from casework.returns import HeldReturn, held_returns
from casework.tables import Case, Event, EventKind
from casework.timeline import MOVES, Known, as_corrected, in_order
from casework.unit_of_work import reading, transact
from notifications.catalogue import AccuracyCheck, CategoryNotice, FactOnRecord
from states.dates import in_words
from states.errors import CaseworkError
from states.half_terms import HalfTerm, SchoolCalendar
from states.policy import Policy
from states.progress import Outcome
from states.tracks.school import SCHOOL


class NotItsTime(CaseworkError):
    """The letters of a school year are not due yet, or the year is over."""


@dataclass(slots=True, kw_only=True)
class YearlyReport:
    """What one run of yearly letters did: the sum of its chunks."""

    title: str
    school_year: str
    on: date
    batch: str
    cases: int = 0
    written: int = 0
    written_before: int = 0
    without_category: int = 0
    letters_drafted: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    not_emailed: Counter[str] = field(default_factory=Counter)

    def count(self, category: str, letters: list[Row]) -> None:
        self.written += 1
        self.letters_drafted += len(letters)
        self.categories[category] += 1
        self.not_emailed.update(letter["not_emailed"] for letter in letters if letter["not_emailed"])

    def plus(self, other: "YearlyReport") -> "YearlyReport":
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in _SUMMED})

    def as_dict(self) -> dict[str, Any]:
        # asdict cannot rebuild a Counter: it would count the pairs.
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        counts = {"categories": dict(self.categories), "not_emailed": dict(self.not_emailed)}
        return values | counts | {"on": self.on.isoformat()}

    def as_markdown(self) -> str:
        lines = [
            ("Open cases", self.cases),
            ("Schools written to now", self.written),
            *((f"In category {letter}", count) for letter, count in sorted(self.categories.items()) if letter),
            ("Schools written to before", self.written_before),
            ("Schools without a category, and so without a letter", self.without_category),
            ("Letters drafted, waiting for approval", self.letters_drafted),
            *((f"Letters for post only: {reason}", count) for reason, count in sorted(self.not_emailed.items())),
        ]
        rows = [f"| {what} | {many} |" for what, many in lines]
        heading = f"# {self.title}: {self.school_year}\n\nAs of {in_words(self.on)}. The batch is {self.batch}.\n"
        return "\n".join([heading, "| What | How many |", "|---|---:|", *rows, ""])


_SUMMED = [part.name for part in fields(YearlyReport) if part.name not in ("title", "school_year", "on", "batch")]

Progress = Callable[[int], None]
# Decides for the schools of a chunk that have no such letter yet, and counts them.
Work = Callable[[Session, list[SchoolCase], Decisions, YearlyReport], None]


def classify(
    engine: Engine, calendar: SchoolCalendar, school_year: str, stamp: Stamp, progress: Progress = lambda _done: None
) -> YearlyReport:
    """Draft the letter that states each open school's category for the year; raises NotItsTime, UnknownSchoolYear."""
    report, year = _begin("Category for the school year", CategoryNotice.folder, calendar, school_year, stamp)
    return _run(engine, report, partial(_state_categories, year), stamp, progress)


def check_facts(
    engine: Engine, calendar: SchoolCalendar, school_year: str, stamp: Stamp, progress: Progress = lambda _done: None
) -> YearlyReport:
    """Draft the letter that shows each open school the facts on record, before the other one; raises the same."""
    report, year = _begin("Check of the facts before the category", AccuracyCheck.folder, calendar, school_year, stamp)
    return _run(engine, report, partial(_show_facts, year), stamp, progress)


def _begin(
    title: str, kind: str, calendar: SchoolCalendar, school_year: str, stamp: Stamp
) -> tuple[YearlyReport, HalfTerm]:
    """Not before the last half-term of the year before: Norfolk wrote by 5 July (MI 19564), and later in June."""
    first, *_, last = calendar.school_year(school_year)
    before = calendar.before(first)
    earliest = before.opens if before else first.opens
    if not earliest <= stamp.on <= last.closes:
        raise NotItsTime(
            f"The letters of the school year {first.school_year} are written from {in_words(earliest)} to "
            f"{in_words(last.closes)}, not on {in_words(stamp.on)}."
        )
    batch = batch_of(kind, first.school_year, stamp)
    return YearlyReport(title=title, school_year=first.school_year, on=stamp.on, batch=batch), first


def _run(engine: Engine, report: YearlyReport, work: Work, stamp: Stamp, progress: Progress) -> YearlyReport:
    """Every open case, 500 schools to a transaction."""
    empty, is_open = report, (Case.track == SCHOOL.name, Case.state.not_in(SCHOOL.ended))
    with reading(engine) as session:
        ids = list(session.scalars(select(Case.id).where(*is_open).order_by(Case.id)))
    for chunk in chunks(ids):
        report = report.plus(transact(engine, partial(_take, chunk, empty, work, stamp)))
        progress(len(chunk))
    return report


def _take(case_ids: list[int], empty: YearlyReport, work: Work, stamp: Stamp, session: Session) -> YearlyReport:
    """Those that have ended meanwhile, or were written to before, are passed over."""
    cases = school_cases(session, Case.id.in_(case_ids), Case.state.not_in(SCHOOL.ended))
    once = select(Event.case_id).where(Event.case_id.in_(case_ids), Event.once == _once(empty))
    before = set(session.scalars(once))
    report = empty.plus(replace(empty, cases=len(cases), written_before=len(before)))
    decisions = Decisions(stamp)
    work(session, [one for one in cases if one.case.id not in before], decisions, report)
    decisions.write(session)
    return report


def _once(report: YearlyReport) -> str:
    return f"written {report.batch}"


def _state_categories(
    year: HalfTerm, session: Session, cases: list[SchoolCase], decisions: Decisions, report: YearlyReport
) -> None:
    policy = decisions.stamp.policy
    placed = _placed(session, cases, policy)
    for one in cases:
        category = policy.category_of(one.case.state)
        if category is None:
            report.without_category += 1
            continue
        letters = yearly_notices(one, category, year, placed[one.case.id], decisions.stamp)
        _write(one, f"In category {category.letter} for {year.year_label}", category.letter, letters, decisions, report)


def _show_facts(
    year: HalfTerm, session: Session, cases: list[SchoolCase], decisions: Decisions, report: YearlyReport
) -> None:
    policy = decisions.stamp.policy
    returns = held_returns(session, (one.school.urn for one in cases))
    for one in cases:
        category = policy.category_of(one.case.state)
        facts = tuple(_facts(one, policy, returns.get(one.school.urn, [])))
        letters = accuracy_checks(one, facts, year, decisions.stamp)
        why = f"Facts checked before the category for {year.year_label}"
        _write(one, why, category.letter if category else "", letters, decisions, report)


def _write(
    one: SchoolCase, why: str, category: str, letters: list[Row], decisions: Decisions, report: YearlyReport
) -> None:
    evidence = {"school_year": report.school_year, "category": category}
    decisions.note(one.case, EventKind.LETTER, why, evidence=evidence, once=_once(report))
    decisions.draft(letters)
    report.count(category, letters)


def _placed(session: Session, cases: Iterable[SchoolCase], policy: Policy) -> dict[int, Placed]:
    """Case → when the school came into the category that it has, and why: moves within a category change nothing."""
    ids = [one.case.id for one in cases]
    query = select(Event).where(Event.case_id.in_(ids), Event.kind.in_(MOVES)).order_by(Event.case_id, Event.seq)
    found = groupby(session.scalars(query), key=lambda event: event.case_id)
    return {case_id: _came(in_order(as_corrected(events)), policy) for case_id, events in found}


def _came(moves: list[Known], policy: Policy) -> Placed:
    changes = (
        move
        for move in reversed(moves)
        if move.destination and policy.category_of(move.source or "") != policy.category_of(move.destination)
    )
    last = next(changes, moves[-1])
    return Placed(last.on, last.reason)


def _facts(one: SchoolCase, policy: Policy, returns: list[HeldReturn]) -> Iterator[FactOnRecord]:
    """No person's name is among them: of what stands in a letter's facts, retention takes away the recipient only."""
    school, category = one.school, policy.category_of(one.case.state)
    register = "Register of schools"
    when = f", {in_words(school.inspected_on)}" if school.inspected_on else ""
    judged = f"{school.rating}{when}" if school.rating else "None that we know of"
    yield FactOnRecord(name="Last graded inspection", value=judged, source=register)
    yield FactOnRecord(name="Type of school", value=school.type_name, source=register)
    if category:
        label = f"{category.letter}, {category.printed_label}"
        yield FactOnRecord(name="Category until now", value=label, source=policy.authority.name)
    for held in [held for held in returns if held.outcome][-1:]:
        name = f"Latest return of pupils' progress, {held.half_term}"
        yield FactOnRecord(name=name, value=Outcome(held.outcome).label.capitalize(), source="Your school's return")
