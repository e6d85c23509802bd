"""Taking in the authority's own list of heads, chairs and clerks: the register has no email addresses."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.chunks import chunks, good_rows
from casework.lists import ContactRow, read_contacts
from casework.rows import Rejected
from casework.tables import Contact, School
from casework.unit_of_work import UnitOfWork


@dataclass(slots=True)
class ContactsReport:
    """What one list did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return self.added + self.changed + self.unchanged

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def load_contacts(engine: Engine, path: Path) -> ContactsReport:
    """Add or overwrite the people in `path`; nobody is removed for not being in it."""
    report = ContactsReport()
    with UnitOfWork(engine) as uow:
        ours = frozenset(uow.session.scalars(select(School.urn)))
    for chunk in chunks(good_rows(read_contacts(path, ours), report.rejected)):
        with UnitOfWork(engine) as uow:
            for row in chunk:
                _take(uow.session, row, report)
            uow.commit()
    return report


def _take(session: Session, row: ContactRow, report: ContactsReport) -> None:
    held = session.get(Contact, (row.urn, row.role.value))
    if held is None:
        session.add(Contact(urn=row.urn, role=row.role.value, name=row.name, email=row.email))
        report.added += 1
    elif (held.name, held.email) == (row.name, row.email):
        report.unchanged += 1
    else:
        held.name, held.email = row.name, row.email
        report.changed += 1
