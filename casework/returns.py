"""Returns of pupil progress: taking in the file that officers collect, and reading them for a check."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, school_cases
from casework.chunks import chunks, good_rows, together
from casework.lists import ReturnRow, read_returns
from casework.record import Decisions, Row, Stamp
from casework.rows import Rejected
from casework.tables import Case, EventKind, Return
from casework.unit_of_work import reading, transact
from states.half_terms import SchoolCalendar
from states.progress import Figure


@dataclass(frozen=True, slots=True)
class HeldReturn:
    """One school's return for one half-term as the record has it."""

    urn: int
    half_term: str
    requested_on: date | None = None
    due_on: date | None = None
    received_on: date | None = None
    figures: tuple[Figure, ...] = ()
    revision: int = 0
    outcome: str = ""
    findings: tuple[str, ...] = ()

    def as_row(self, **changes: Any) -> Row:
        # Not asdict(self): its deep copies would be a twentieth of a whole half-termly check.
        row = {name: getattr(self, name) for name in _NAMES}
        return row | {"figures": [asdict(figure) for figure in self.figures]} | changes


_NAMES = tuple(column.name for column in fields(HeldReturn))


@dataclass(slots=True)
class ReturnsReport:
    """What one file of returns did."""

    received: int = 0
    corrected: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return self.received + self.corrected + self.unchanged

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def load_returns(engine: Engine, path: Path, calendar: SchoolCalendar, stamp: Stamp) -> ReturnsReport:
    """Record the returns in `path`. A different figure for the same half-term is a correction, judged anew."""
    report, rejected = ReturnsReport(), list[Rejected]()
    with reading(engine) as session:
        ours = frozenset(session.scalars(select(Case.urn)))
    half_terms = frozenset(half_term.key for half_term in calendar.half_terms)
    measures = frozenset(measure.key for measure in stamp.policy.monitoring.measures)
    found = read_returns(path, ours, half_terms, measures, stamp.on)
    for chunk in chunks(good_rows(found, rejected)):
        report = together(report, transact(engine, partial(_take, chunk, stamp)))
    return replace(report, rejected=rejected)


def held_returns(session: Session, urns: Iterable[int]) -> dict[int, list[HeldReturn]]:
    """Every return of these schools, oldest half-term first."""
    held: dict[int, list[HeldReturn]] = {}
    rows = session.execute(
        select(Return.__table__).where(Return.urn.in_(list(urns))).order_by(Return.urn, Return.half_term)
    )
    for row in rows:
        values = row._asdict()
        values["figures"] = tuple(Figure(**figure) for figure in values["figures"])
        values["findings"] = tuple(values["findings"])
        held.setdefault(values["urn"], []).append(HeldReturn(**values))
    return held


def _take(chunk: list[ReturnRow], stamp: Stamp, session: Session) -> ReturnsReport:
    report = ReturnsReport()
    urns = {row.urn for row in chunk}
    cases = {one.school.urn: one for one in school_cases(session, Case.urn.in_(urns))}
    held = {(one.urn, one.half_term): one for many in held_returns(session, urns).values() for one in many}
    decisions = Decisions(stamp)
    for row in chunk:
        _receive(cases[row.urn], row, held.get((row.urn, row.half_term)), decisions, report)
    decisions.write(session)
    return report


def _receive(
    one: SchoolCase, row: ReturnRow, held: HeldReturn | None, decisions: Decisions, report: ReturnsReport
) -> None:
    if held and held.received_on and set(held.figures) == set(row.figures):
        report.unchanged += 1
        return
    was = held or HeldReturn(row.urn, row.half_term)
    revision = was.revision + 1
    new = was.as_row(
        received_on=row.received,
        figures=[asdict(figure) for figure in row.figures],
        revision=revision,
        outcome="",
        findings=[],
    )
    (decisions.changed_returns if held else decisions.returns).append(new)
    corrected = revision > 1
    report.corrected += corrected
    report.received += not corrected
    decisions.note(
        one.case,
        EventKind.RECEIVED,
        f"Return for {row.half_term} {'corrected' if corrected else 'received'}",
        evidence={"received_on": row.received.isoformat(), "figures": new["figures"]},
        once=f"received {row.half_term} r{revision}",
    )
