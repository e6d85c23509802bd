"""Where letters are: what their channels say of them, at once or weeks later, taken into the record.

Notify is asked, by its own name for a letter or by our reference; a mail system's reports are read from files. A letter
whose whereabouts are unknown is sent again without a person only where Notify says that it never had it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine
from sqlalchemy.orm import Session

from casework.caseload import own_cases
from casework.chunks import chunks
from casework.letters import LettersReport, letter_files, letters_to_read
from casework.record import CaseFile, Decisions, LetterFile, Row, Stamp
from casework.tables import Letter
from casework.unit_of_work import reading, transact
from notifications.channels import (
    BY_EMAIL,
    BY_NOTIFY,
    Answer,
    ChannelName,
    Fate,
    Inquiries,
    Known,
    Later,
    Taken,
    TurnedDown,
    attempt_reference,
)
from notifications.channels.dsn import read_report
from notifications.email import key_of
from states.facts import Facts
from states.machine import Moved, Refused
from states.tracks.letter import LetterState

# How long Notify may take to know a letter that it was handed, before its silence means that it never had it.
NOTIFY_KNOWS_AFTER = timedelta(minutes=10)


def record(engine: Engine, answers: Mapping[str, Answer], stamp: Stamp, now: datetime) -> LettersReport:
    """What its channel said of each letter that is being sent; `now` is when."""
    return transact(engine, partial(_record, answers, stamp, now))


def _record(answers: Mapping[str, Answer], stamp: Stamp, now: datetime, session: Session) -> LettersReport:
    report, decisions = LettersReport(), Decisions(stamp)
    for letter, case in with_cases(session, answers, Letter.state == LetterState.SENDING):
        _record_one(letter, case, answers[letter.reference], decisions, now, report)
    decisions.write(session)
    return report


def with_cases(
    session: Session, wanted: Iterable[str], *conditions: ColumnElement[bool]
) -> Iterator[tuple[LetterFile, CaseFile]]:
    """The letters wanted that meet the conditions, each with the case of its school."""
    found = letter_files(session, Letter.reference.in_(list(wanted)), *conditions)
    cases = own_cases(session, (letter.urn for letter in found))
    return ((letter, cases[letter.urn]) for letter in found)


def _record_one(
    letter: LetterFile, case: CaseFile, answer: Answer, decisions: Decisions, now: datetime, report: LettersReport
) -> None:
    if isinstance(answer, Taken):
        kept: Row = {"sent_at": now} | ({"provider_id": answer.provider_id} if answer.provider_id else {})
        _must_move(decisions.move_letter(case, letter, "send", Facts(), **kept))
        report.done.append(letter.reference)
        report.emailed += _is_emailed(letter)
        return
    trigger, told = "lose_sight", report.unknown
    if isinstance(answer, Later):
        trigger, told = "wait", report.held_back
    elif isinstance(answer, TurnedDown):
        trigger, told = "fail", report.failed
    _must_move(decisions.move_letter(case, letter, trigger, Facts(evidence=answer.why)))
    told.append({"reference": letter.reference, "why": answer.why})


def _is_emailed(letter: LetterFile) -> bool:
    return letter.channel in BY_EMAIL or (letter.channel == ChannelName.FOLDER and not letter.not_emailed)


def _must_move(outcome: Moved | Refused) -> None:
    assert isinstance(outcome, Moved), "the letter was read in a state that has this move, and guards ask for no more"


def find_out(engine: Engine, notify: Inquiries, stamp: Stamp, clock: Callable[[], datetime]) -> LettersReport:
    """Ask Notify, by reference, for each letter of which nobody knows whether it was sent. Raises ChannelDown."""
    with reading(engine) as session:
        lost = letters_to_read(session, Letter.state == LetterState.UNKNOWN, Letter.channel.in_(BY_NOTIFY))
    known = {one.reference: notify.find(attempt_reference(one.reference, one.attempt)) for one in lost}
    return transact(engine, partial(_settle, known, stamp, clock()))


def _settle(known: Mapping[str, Known | None], stamp: Stamp, now: datetime, session: Session) -> LettersReport:
    report, decisions = LettersReport(), Decisions(stamp)
    for letter, case in with_cases(session, known, Letter.state == LetterState.UNKNOWN):
        found = known[letter.reference]
        if found:
            kept = {"sent_at": letter.begun_at, "provider_id": found.provider_id}
            _must_move(decisions.move_letter(case, letter, "send", Facts(), **kept))
            report.done.append(letter.reference)
            report.emailed += _is_emailed(letter)
        elif letter.begun_at and now - letter.begun_at > NOTIFY_KNOWS_AFTER:
            why = f"GOV.UK Notify has nothing of {attempt_reference(letter.reference, letter.attempt)}."
            _must_move(decisions.move_letter(case, letter, "resend", Facts(evidence=why)))
    decisions.write(session)
    return report


@dataclass(slots=True)
class FateReport:
    """What became of letters that had left: references by fate, and what could not be used, with the reason."""

    delivered: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    on_its_way: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def tell(self, reference: str, fate: Fate) -> None:
        told: list[str] = getattr(self, fate.name.lower())
        told.append(reference)

    @property
    def sentence(self) -> str:
        return (
            f"{len(self.delivered)} delivered, {len(self.returned)} returned, {len(self.failed)} failed, "
            f"{len(self.on_its_way)} on the way."
        )


# Fate → the move of a letter that was sent.
MOVES = {Fate.DELIVERED: "deliver", Fate.RETURNED: "come_back", Fate.FAILED: "fail"}


def poll(engine: Engine, notify: Inquiries, stamp: Stamp) -> FateReport:
    """Ask Notify what became of each letter that it took. Raises ChannelDown; what was told before is kept then."""
    report = FateReport()
    with reading(engine) as session:
        sent = letters_to_read(session, Letter.state == LetterState.SENT, Letter.channel.in_(BY_NOTIFY))
    for part in chunks(sent, 50):
        told = {one.reference: notify.status(one.provider_id) for one in part}
        fates = {reference: (known.fate, f"GOV.UK Notify: {known.word}") for reference, known in told.items()}
        transact(engine, partial(_take_on, fates, stamp))
        for reference, (fate, _) in fates.items():
            report.tell(reference, fate)
    return report


def receive(engine: Engine, mailbox: Path, stamp: Stamp) -> FateReport:
    """Read delivery reports, a file each, and take each letter on that one speaks of. Raises OSError.

    A report that says the same again, or of a letter that has gone on since, changes nothing.
    """
    report, fates = FateReport(), {}
    files = sorted(one for one in mailbox.rglob("*") if one.is_file()) if mailbox.is_dir() else [mailbox]
    with reading(engine) as session:
        for file in files:
            found = read_report(file.read_bytes())
            letter = _letter_of(session, found.key) if found else None
            if found is None or letter is None:
                report.left_out.append(f"{file.name}: it is no delivery report of a letter that went by SMTP.")
                continue
            report.tell(letter.reference, found.fate)
            fates[letter.reference] = (found.fate, f"The mail system: {found.words}")
    transact(engine, partial(_take_on, fates, stamp))
    return report


def _letter_of(session: Session, key: str) -> LetterFile | None:
    """The letter whose Message-ID has this key."""
    by_smtp = (Letter.channel == ChannelName.SMTP, Letter.provider_id.startswith(f"<{key}@"))
    return next((one for one in letters_to_read(session, *by_smtp) if key_of(one.reference) == key), None)


def _take_on(fates: Mapping[str, tuple[Fate, str]], stamp: Stamp, session: Session) -> None:
    decisions = Decisions(stamp)
    states = (LetterState.SENT, LetterState.UNKNOWN)
    for letter, case in with_cases(session, fates, Letter.state.in_(states)):
        fate, why = fates[letter.reference]
        if fate not in MOVES:
            continue
        if letter.state == LetterState.UNKNOWN:  # that it came back, or came in, says that it had left
            _must_move(decisions.move_letter(case, letter, "send", Facts(evidence=why), sent_at=letter.begun_at))
        _must_move(decisions.move_letter(case, letter, MOVES[fate], Facts(evidence=why)))
    decisions.write(session)
