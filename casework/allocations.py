"""Allocating Education Challenge Partners to schools, which drafts the notice of it (MI 269/13, lines 18 to 20)."""

from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, school_cases
from casework.chunks import chunks, good_rows, together
from casework.drafting import partner_allocations
from casework.lists import AllocationRow, read_allocations
from casework.record import Decisions, Stamp
from casework.rows import Rejected
from casework.tables import Case, Event, EventKind
from casework.unit_of_work import reading, transact
from states.tracks.school import SCHOOL


@dataclass(slots=True)
class AllocationsReport:
    """What one list of allocations did; `refused` has a sentence for each school that may not have a partner."""

    allocated: int = 0
    unchanged: int = 0
    letters_drafted: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return self.allocated + self.unchanged

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def allocate_partners(engine: Engine, path: Path, stamp: Stamp) -> AllocationsReport:
    """Record who challenges which school and draft the notices. The same partner again changes nothing."""
    report, rejected = AllocationsReport(), list[Rejected]()
    with reading(engine) as session:
        ours = frozenset(session.scalars(select(Case.urn)))
    for chunk in chunks(good_rows(read_allocations(path, ours), rejected)):
        report = together(report, transact(engine, partial(_take, {row.urn: row for row in chunk}, stamp)))
    return replace(report, rejected=rejected)


def _take(rows: dict[int, AllocationRow], stamp: Stamp, session: Session) -> AllocationsReport:
    report, decisions = AllocationsReport(), Decisions(stamp)
    cases = school_cases(session, Case.urn.in_(rows))
    partners = _partners_of(session, cases)
    for one in cases:
        _allocate(one, rows[one.school.urn], partners.get(one.case.id), decisions, report)
    decisions.write(session)
    return replace(report, letters_drafted=len(decisions.letters))


def _partners_of(session: Session, cases: list[SchoolCase]) -> dict[int, str]:
    """Case → the partner allocated last."""
    query = (
        select(Event.case_id, Event.evidence)
        .where(Event.case_id.in_([one.case.id for one in cases]), Event.kind == EventKind.ALLOCATED)
        .order_by(Event.case_id, Event.seq)
    )
    return {case_id: evidence["partner"] for case_id, evidence in session.execute(query)}


def _allocate(
    one: SchoolCase, row: AllocationRow, partner: str | None, decisions: Decisions, report: AllocationsReport
) -> None:
    stamp = decisions.stamp
    policy = stamp.policy.partner
    if one.case.state not in policy.states:
        report.refused.append(_refusal(one, policy.title))
    elif partner == row.partner:
        report.unchanged += 1
    else:
        by = row.first_contact_by or stamp.on + timedelta(days=policy.first_contact_within_days)
        decisions.note(
            one.case,
            EventKind.ALLOCATED,
            f"{policy.title} allocated: {row.partner}",
            evidence={"partner": row.partner, "provider": policy.provider, "first_contact_by": by.isoformat()},
            once=None,
        )
        decisions.draft(partner_allocations(one, row.partner, by, stamp))
        report.allocated += 1


def _refusal(one: SchoolCase, title: str) -> dict[str, Any]:
    state = SCHOOL.label_of(one.case.state)
    return {
        "urn": one.school.urn,
        "name": one.school.name,
        "sentence": f"No {title} under this policy for a school that is “{state}”.",
    }
