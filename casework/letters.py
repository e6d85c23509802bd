"""Letters on their way: what waits, what it says, who signs, and the handing over to the folder, each once."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, ScalarResult, Select, select
from sqlalchemy.orm import Session

from casework.chunks import chunks
from casework.errors import NotFound
from casework.tables import Letter
from casework.unit_of_work import UnitOfWork
from notifications.channels import FolderChannel
from notifications.email import email_message
from notifications.errors import LetterError
from notifications.letter import from_json
from notifications.pdf import Typesetter
from notifications.render import Composed, compose
from notifications.wording import Wording
from states.facts import Facts
from states.machine import Refused, advance
from states.policy import Policy
from states.tracks.letter import LETTER, LetterState

# Letters handed over between two commits: what a crash makes us write again, as the same files.
SENT_TOGETHER = 50

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters are meant: some by reference, a whole batch, or all that wait, but for some."""

    references: tuple[str, ...] = ()
    batch: str = ""
    but: frozenset[str] = frozenset()

    def query(self, state: LetterState | None) -> Select[Letter]:
        query = select(Letter).order_by(Letter.reference)
        if state:
            query = query.where(Letter.state == state)
        if self.references:
            query = query.where(Letter.reference.in_(self.references))
        if self.batch:
            query = query.where(Letter.batch == self.batch)
        return query.where(Letter.reference.not_in(self.but)) if self.but else query


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, in which role, and when."""

    name: str
    role: str
    at: datetime


@dataclass(slots=True)
class LettersReport:
    """What became of the letters selected; `held_back` has the reason for each that did not go on."""

    done: list[str] = field(default_factory=list)
    emailed: int = 0
    held_back: list[dict[str, str]] = field(default_factory=list)

    def plus(self, other: "LettersReport") -> "LettersReport":
        return LettersReport(self.done + other.done, self.emailed + other.emailed, self.held_back + other.held_back)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_markdown(self, folder: Path) -> str:
        lines = [f"{len(self.done)} letter(s) sent, {self.emailed} of them by email too, to `{folder}`."]
        lines += [f"- held back `{one['reference']}`: {one['why']}" for one in self.held_back]
        return "\n".join(lines)

    def hold_back(self, reference: str, why: str) -> None:
        self.held_back.append({"reference": reference, "why": why})


def list_letters(session: Session, selection: Selection, state: LetterState | None) -> list[dict[str, Any]]:
    columns = ("reference", "urn", "kind", "recipient_role", "batch", "state", "not_emailed", "approved_by")
    return [
        {name: getattr(letter, name) for name in columns} | {"school": letter.facts["school"]["name"]}
        for letter in session.scalars(selection.query(state))
    ]


def composed_letter(session: Session, reference: str, wording: Wording) -> tuple[Letter, Composed]:
    """One letter in words, from the facts that were kept. Raises NotFound or LetterError."""
    letter = session.get(Letter, reference)
    if letter is None:
        raise NotFound(f"There is no letter {reference}. `casework letters list` shows them all.")
    return letter, compose(from_json(letter.facts), wording)


def approve_letters(
    engine: Engine,
    selection: Selection,
    signature: Signature,
    policy: Policy,
    wording: Wording,
    progress: Progress = lambda _done: None,
) -> LettersReport:
    """Sign the drafts selected: what is signed is the text as it reads now, kept as a digest."""
    report = LettersReport()
    for part in chunks(references(engine, selection, LetterState.DRAFTED), SENT_TOGETHER):
        with UnitOfWork(engine) as uow:
            for letter in _locked(uow.session, part, LetterState.DRAFTED):
                _approve(letter, signature, policy, wording, report)
            uow.commit()
        progress(len(part))
    _explain_the_rest(engine, selection, LetterState.DRAFTED, report)
    return report


def send_letters(
    engine: Engine,
    selection: Selection,
    folder: Path,
    wording: Wording,
    typesetter: Typesetter,
    now: datetime,
    progress: Progress = lambda _done: None,
) -> LettersReport:
    """Put each approved letter into the folder: a PDF always, an email where there is an address."""
    report = LettersReport()
    for part in chunks(references(engine, selection, LetterState.APPROVED), SENT_TOGETHER):
        with UnitOfWork(engine) as uow:
            for letter in _locked(uow.session, part, LetterState.APPROVED):
                _send(letter, FolderChannel(folder / letter.batch), wording, typesetter, now, report)
            uow.commit()
        progress(len(part))
    _explain_the_rest(engine, selection, LetterState.APPROVED, report)
    return report


def references(engine: Engine, selection: Selection, state: LetterState) -> list[str]:
    with UnitOfWork(engine) as uow:
        return list(uow.session.scalars(selection.query(state).with_only_columns(Letter.reference)))


def _locked(session: Session, references: list[str], state: LetterState) -> ScalarResult[Letter]:
    """The letters of one transaction, held against a second sender; those that have moved on meanwhile are left."""
    return session.scalars(Selection(tuple(references)).query(state).with_for_update())


def _approve(letter: Letter, signature: Signature, policy: Policy, wording: Wording, report: LettersReport) -> None:
    decided_by = letter.drafted_by if policy.letters[letter.kind].second_officer else ""
    try:
        digest = compose(from_json(letter.facts), wording).digest
    except LetterError as error:
        report.hold_back(letter.reference, str(error))
        return
    facts = Facts(actor=signature.name, drafted_by=decided_by)
    outcome = advance(LETTER, letter, "approve", facts, signature.at.date())
    if isinstance(outcome, Refused):
        report.hold_back(letter.reference, outcome.sentence)
        return
    letter.approved_by, letter.approved_role, letter.approved_at = signature.name, signature.role, signature.at
    letter.digest = digest
    report.done.append(letter.reference)


def _send(
    letter: Letter,
    channel: FolderChannel,
    wording: Wording,
    typesetter: Typesetter,
    now: datetime,
    report: LettersReport,
) -> None:
    facts = from_json(letter.facts)
    try:
        composed = compose(facts, wording)
        if composed.digest != letter.digest:
            report.hold_back(
                letter.reference,
                "The wording has changed since it was approved. Put the wording back, or have it drafted again.",
            )
            return
        pdf = typesetter.pdf(composed, facts)
        email = None if letter.not_emailed else email_message(facts, composed, pdf)
    except LetterError as error:
        report.hold_back(letter.reference, str(error))
        return
    outcome = advance(LETTER, letter, "send", Facts(), now.date())
    if isinstance(outcome, Refused):
        report.hold_back(letter.reference, outcome.sentence)
        return
    channel.deliver(letter.reference, pdf, email)
    letter.sent_at = now
    report.done.append(letter.reference)
    report.emailed += email is not None


def _explain_the_rest(engine: Engine, selection: Selection, wanted: LetterState, report: LettersReport) -> None:
    """Letters named one by one that were not in the state for it get their reason, not silence."""
    handled = {*report.done, *(one["reference"] for one in report.held_back)}
    unexplained = [reference for reference in selection.references if reference not in handled | selection.but]
    with UnitOfWork(engine) as uow:
        for reference in unexplained:
            letter = uow.session.get(Letter, reference)
            why = f"It is {letter.state}, not {wanted}." if letter else "There is no such letter."
            report.hold_back(reference, why)
