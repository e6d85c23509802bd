"""Taking in the authority's own list of heads, chairs and clerks: the register has no email addresses."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.chunks import chunks, good_rows
from casework.drafting import not_emailed
from casework.lists import ContactRow, read_contacts
from casework.rows import Rejected
from casework.tables import Contact, Letter, School
from casework.unit_of_work import UnitOfWork
from notifications.letter import from_json, to_json
from states.tracks.letter import LetterState


@dataclass(slots=True)
class ContactsReport:
    """What one list did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    letters_readdressed: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return self.added + self.changed + self.unchanged

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def load_contacts(engine: Engine, path: Path) -> ContactsReport:
    """Add or overwrite the people in `path`; nobody is removed for not being in it.

    Letters to them that nobody has approved yet are addressed anew: an officer reads what will be sent.
    """
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
    if held and (held.name, held.email) == (row.name, row.email):
        report.unchanged += 1
        return
    if held is None:
        session.add(Contact(urn=row.urn, role=row.role.value, name=row.name, email=row.email))
        report.added += 1
    else:
        held.name, held.email = row.name, row.email
        report.changed += 1
    _readdress(session, row, report)


def _readdress(session: Session, row: ContactRow, report: ContactsReport) -> None:
    drafts = select(Letter).where(
        Letter.urn == row.urn, Letter.recipient_role == row.role.value, Letter.state == LetterState.DRAFTED
    )
    for letter in session.scalars(drafts):
        facts = from_json(letter.facts)
        recipient = replace(facts.recipient, name=row.name or facts.recipient.name, email=row.email)
        letter.facts = to_json(replace(facts, recipient=recipient))
        letter.not_emailed = not_emailed(recipient, facts.sender)
        report.letters_readdressed += 1
