"""Taking in the authority's own list of heads, chairs and clerks: the register has no email addresses."""

from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import own_cases
from casework.chunks import chunks, good_rows, together
from casework.drafting import not_emailed
from casework.letters import letter_files
from casework.lists import ContactRow, read_contacts
from casework.record import CaseFile, Decisions, LetterFile, Stamp
from casework.rows import Rejected
from casework.tables import Contact, Letter, School
from casework.unit_of_work import reading, transact
from notifications.letter import RecipientRole, from_json, to_json
from notifications.recipients import in_care_of
from states.tracks.letter import UNSIGNED


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


def load_contacts(engine: Engine, path: Path, stamp: Stamp) -> ContactsReport:
    """Add or overwrite the people in `path`; nobody is removed for not being in it.

    Letters to them that nobody has approved yet are addressed anew: an officer reads what will be sent.
    """
    report, rejected = ContactsReport(), list[Rejected]()
    with reading(engine) as session:
        ours = frozenset(session.scalars(select(School.urn)))
    for chunk in chunks(good_rows(read_contacts(path, ours), rejected)):
        report = together(report, transact(engine, partial(_take, chunk, stamp)))
    return replace(report, rejected=rejected)


def _take(chunk: list[ContactRow], stamp: Stamp, session: Session) -> ContactsReport:
    report, decisions = ContactsReport(), Decisions(stamp)
    urns = {row.urn for row in chunk}
    held = {(one.urn, one.role): one for one in session.scalars(select(Contact).where(Contact.urn.in_(urns)))}
    changed = {(row.urn, row.role.value): row for row in chunk if _keep(session, row, held, report)}
    cases = own_cases(session, urns)
    for letter, role in _drafts(session, urns):
        if row := changed.get((letter.urn, in_care_of(RecipientRole(role)).value)):
            _readdress(cases[letter.urn], letter, row, decisions)
            report.letters_readdressed += 1
    decisions.write(session)
    return report


def _keep(session: Session, row: ContactRow, held: dict[tuple[int, str], Contact], report: ContactsReport) -> bool:
    """Whether the row says anything new."""
    known = held.get((row.urn, row.role.value))
    if known and (known.name, known.email) == (row.name, row.email):
        report.unchanged += 1
        return False
    if known is None:
        session.add(Contact(urn=row.urn, role=row.role.value, name=row.name, email=row.email))
        report.added += 1
    else:
        known.name, known.email = row.name, row.email
        report.changed += 1
    return True


def _drafts(session: Session, urns: set[int]) -> list[tuple[LetterFile, str]]:
    """Letters to these schools that nobody has approved yet, each with the role that it goes to."""
    drafts = (Letter.urn.in_(urns), Letter.state.in_(UNSIGNED))
    return [(letter, letter.facts["recipient"]["role"]) for letter in letter_files(session, *drafts)]


def _readdress(case: CaseFile, letter: LetterFile, row: ContactRow, decisions: Decisions) -> None:
    facts = from_json(letter.facts)
    recipient = replace(facts.recipient, name=row.name or facts.recipient.name, email=row.email)
    anew = to_json(replace(facts, recipient=recipient))
    reason = f"Addressed anew to the {in_care_of(recipient.role).value} on the authority's list"
    decisions.rewrite_letter(case, letter, anew, reason, not_emailed=not_emailed(recipient, facts.sender))
