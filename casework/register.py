"""Loading the register: which schools are new, changed or gone, and what that does to their cases.

Reading the file is casework.register_file. A first load classifies; a later one moves no case by itself but to close
it with its school: a new judgement is only proposed, and an officer decides.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, next_case_id, own_cases, school_cases, schools, sector_of
from casework.chunks import chunks, good_rows, together
from casework.drafting import category_notices
from casework.record import CaseFile, Decisions, Stamp
from casework.register_file import read_register
from casework.rows import Rejected
from casework.schools import SchoolRecord
from casework.tables import Case, EventKind, School
from casework.unit_of_work import reading, transact
from notifications.values import printable
from states.dates import in_words
from states.facts import Facts
from states.machine import Moved
from states.policy import Policy
from states.tracks.school import AT_A_LATER_INSPECTION, SCHOOL

Progress = Callable[[int], None]


@dataclass(slots=True)
class RegisterReport:
    """What one load did, school by school where an officer would ask which."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0
    cases_opened: int = 0
    letters_drafted: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    closures: list[dict[str, Any]] = field(default_factory=list)
    proposed: list[dict[str, Any]] = field(default_factory=list)
    attention: list[str] = field(default_factory=list)
    not_in_file: list[int] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return self.added + self.changed + self.unchanged

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def load_register(
    engine: Engine, path: Path, la_code: str | None, stamp: Stamp, progress: Progress = lambda _done: None
) -> RegisterReport:
    """Bring the record up to the file, 500 schools to a transaction. The same file again changes nothing."""
    report, rejected = RegisterReport(), list[Rejected]()
    seen: set[int] = set()
    for chunk in chunks(good_rows(read_register(path, la_code), rejected)):
        report = together(report, transact(engine, partial(_take, chunk, stamp, printable(path.name))))
        seen.update(school.urn for school in chunk)
        progress(len(chunk))
    return replace(report, rejected=rejected, not_in_file=_not_in_file(engine, la_code, seen) if seen else [])


def _take(chunk: list[SchoolRecord], stamp: Stamp, source: str, session: Session) -> RegisterReport:
    load = _Load(session, stamp, source)
    load.take(chunk)
    return load.report


def _not_in_file(engine: Engine, la_code: str | None, seen: set[int]) -> list[int]:
    """Open schools that the file no longer has: it may be an extract of part of them, so they are only named."""
    query = select(School.urn).where(School.status != "closed").order_by(School.urn)
    if la_code:
        query = query.where(School.la_code == la_code)
    with reading(engine) as session:
        return [urn for urn in session.scalars(query) if urn not in seen]


class _Load:
    """One chunk of a load: compares, decides, writes."""

    def __init__(self, session: Session, stamp: Stamp, source: str) -> None:
        self.session = session
        self.stamp = stamp
        self.policy: Policy = stamp.policy
        self.report = RegisterReport()
        self.source = source
        self.decisions = Decisions(stamp)
        self.next_id = next_case_id(session)

    def take(self, chunk: list[SchoolRecord]) -> None:
        urns = [school.urn for school in chunk]
        known = schools(self.session, urns)
        ours = own_cases(self.session, urns)
        changed = [school.urn for school in chunk if known.get(school.urn) not in (None, school)]
        cases = {one.school.urn: one for one in school_cases(self.session, Case.urn.in_(changed))}
        for school in chunk:
            self._compare(school, known.get(school.urn))
            if school.urn not in ours:
                self._open_if_ours(school)
            elif school.urn in cases:
                self._carry_over(replace(cases[school.urn], school=school), known[school.urn])
        self.report.letters_drafted += len(self.decisions.letters)
        self.decisions.write(self.session)

    def _compare(self, new: SchoolRecord, old: SchoolRecord | None) -> None:
        if old == new:
            self.report.unchanged += 1
        elif old is None:
            self.report.added += 1
            self.decisions.schools.append(new.as_row())
        else:
            self.report.changed += 1
            self.report.changes += _differences(old, new)
            self.decisions.changed_schools.append(new.as_row())

    def _open_if_ours(self, school: SchoolRecord) -> None:
        if not (school.is_open and self.policy.covers(school.type_code)):
            return
        case = CaseFile(self.next_id, school.urn, SCHOOL.initial.value, 0, sector_of(school))
        self.next_id += 1
        self.decisions.open_case(case, f"On the register as {school.status}, {school.type_name}")
        self.report.cases_opened += 1
        self._classify(SchoolCase(school, case))

    def _classify(self, one: SchoolCase) -> None:
        """First category, from the latest graded inspection as policy has it; none where there was none."""
        trigger = self.policy.classify(one.school.rating)
        if trigger is None:
            return
        facts = Facts(evidence=f"{_judgement(one.school)} ({self.source})", sector=one.case.sector)
        outcome = self.decisions.move(one.case, trigger, facts, _judgement(one.school))
        if isinstance(outcome, Moved):
            self.decisions.draft(category_notices(one, outcome.source, _judgement(one.school), self.stamp))

    def _carry_over(self, one: SchoolCase, old: SchoolRecord) -> None:
        if one.case.state in SCHOOL.ended:
            self._notice_reopening(one)
        elif not one.school.is_open:
            self._close(one)
        elif (old.rating, old.inspected_on) != (one.school.rating, one.school.inspected_on):
            self._judged_anew(one)

    def _notice_reopening(self, one: SchoolCase) -> None:
        if one.school.is_open:
            self.report.attention.append(
                f"{one.school.name} ({one.school.urn}) is open on the register, but its case has ended "
                f"({one.case.state}). Check with the register's owner."
            )

    def _close(self, one: SchoolCase) -> None:
        closed_on = min(one.school.close_date or self.stamp.on, self.stamp.on)
        self.decisions.move(one.case, "close", Facts(closed_on=closed_on), f"Closed on the register ({self.source})")
        self.report.closed += 1
        self.report.closures.append(
            {"urn": one.school.urn, "name": one.school.name, "closed_on": closed_on.isoformat()}
        )

    def _judged_anew(self, one: SchoolCase) -> None:
        if one.case.state == SCHOOL.initial:
            self._classify(one)
            return
        trigger = AT_A_LATER_INSPECTION.get(self.policy.classify(one.school.rating) or "")
        if trigger is None or (one.case.state, trigger) not in SCHOOL.moves:
            return
        self.decisions.note(
            one.case,
            EventKind.PROPOSED,
            _judgement(one.school),
            trigger=trigger,
            evidence={"source": self.source, "judgement": _judgement(one.school)},
            once=None,
        )
        self.report.proposed.append(
            {"urn": one.school.urn, "name": one.school.name, "trigger": trigger, "because": _judgement(one.school)}
        )


def _judgement(school: SchoolRecord) -> str:
    when = f" on {in_words(school.inspected_on)}" if school.inspected_on else ""
    return f"Ofsted judged the school {school.rating}{when}"


def _differences(old: SchoolRecord, new: SchoolRecord) -> list[dict[str, Any]]:
    pairs = ((column.name, getattr(old, column.name), getattr(new, column.name)) for column in fields(new))
    return [
        {"urn": new.urn, "field": name, "from": _plain(before), "to": _plain(after)}
        for name, before, after in pairs
        if before != after
    ]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
