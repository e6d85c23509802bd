"""What an officer decides of letters on their way: to stop a batch, to settle what is unknown, that one was served."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session

from casework.caseload import other_cases, school_case
from casework.errors import NotFound
from casework.letters import Selection
from casework.record import CaseFile, Decisions, LetterFile, Row, Stamp
from casework.tables import Letter
from casework.unit_of_work import reading, transact
from casework.whereabouts import with_cases
from notifications.channels import BY_EMAIL, BY_NOTIFY, ChannelName, attempt_reference
from notifications.letter import from_json
from states.facts import Facts
from states.machine import Moved, Refused
from states.tracks.letter import STOPPABLE, UNSETTLED, LetterState
from states.tracks.notice import NOTICE, NoticeState

T = TypeVar("T")

Unsettled = dict[str, Any]


def stop_batch(engine: Engine, batch: str, reason: str, stamp: Stamp) -> list[str]:
    """Nothing of the batch leaves from now on; returns the letters that it still had. Raises NotFound."""
    return _mark_batch(engine, batch, "stop", reason, stamp, reason)


def resume_batch(engine: Engine, batch: str, reason: str, stamp: Stamp) -> list[str]:
    """What was stopped may leave again; returns the letters. Raises NotFound."""
    return _mark_batch(engine, batch, "resume", reason, stamp, "")


def _mark_batch(engine: Engine, batch: str, trigger: str, reason: str, stamp: Stamp, stopped: str) -> list[str]:
    of_batch = (Letter.batch == batch, *_reached_by(trigger))

    def mark(session: Session) -> list[str]:
        found = list(session.scalars(select(Letter.reference).where(*of_batch).order_by(Letter.reference)))
        if not found:
            raise NotFound(f"The batch {batch} has no letter to {trigger}. `casework letters list` shows the letters.")
        decisions = Decisions(stamp)
        for letter, case in with_cases(session, found):
            decisions.mark_letter(case, letter, trigger, reason, stopped=stopped)
        decisions.write(session)
        return found

    return transact(engine, mark)


def _reached_by(trigger: str) -> tuple[ColumnElement[bool], ...]:
    if trigger == "resume":
        return (Letter.stopped != "",)
    return (Letter.state.in_(STOPPABLE),)


def unsettled(engine: Engine) -> list[Unsettled]:
    """Letters that did not reach the school, or of which nobody knows, with what to look for at the other end."""
    with reading(engine) as session:
        query = Selection().query(*UNSETTLED)
        return [
            {
                "reference": letter.reference,
                "state": letter.state,
                "channel": letter.channel,
                "attempt": letter.attempt,
                "since": letter.begun_at,
                "to": letter.facts["recipient"]["email"] if letter.channel in BY_EMAIL else "by post",
                "look_for": _look_for(letter),
            }
            for letter in session.scalars(query)
        ]


def _look_for(letter: Letter) -> str:
    if letter.channel == ChannelName.SMTP:
        return f"Message-ID {letter.provider_id} in the log of the relay, or in the journal of the mailbox"
    if letter.channel in BY_NOTIFY:
        return f"reference {attempt_reference(letter.reference, letter.attempt)} in GOV.UK Notify"
    return f"the file of {letter.reference} in the folder of {letter.batch}"


def settle_as_sent(engine: Engine, reference: str, reason: str, stamp: Stamp) -> Moved | Refused:
    """An officer found that the letter had left. Raises NotFound."""

    def settle(decisions: Decisions, case: CaseFile, letter: LetterFile) -> Moved | Refused:
        known = Facts(evidence=reason)
        return decisions.move_letter(case, letter, "send", known, sent_at=letter.begun_at)

    return _decide(engine, reference, stamp, settle)


def settle_by_resending(engine: Engine, reference: str, reason: str, stamp: Stamp) -> Moved | Refused:
    """An officer has the letter sent again; what failed or came back as an email goes by post. Raises NotFound."""

    def settle(decisions: Decisions, case: CaseFile, letter: LetterFile) -> Moved | Refused:
        by_post = letter.state != LetterState.UNKNOWN and letter.channel in BY_EMAIL
        kept: Row = {"not_emailed": f"As an email it did not arrive: {reason}"} if by_post else {}
        return decisions.move_letter(case, letter, "resend", Facts(evidence=reason), **kept)

    return _decide(engine, reference, stamp, settle)


@dataclass(frozen=True, slots=True)
class Served:
    """What came of recording a service; `offers` is the move of a notice for which the day may be stated next."""

    outcome: Moved | Refused | None
    offers: str = ""


def record_service(engine: Engine, reference: str, served_on: date, how: str, stamp: Stamp, today: date) -> Served:
    """A letter came into the hands of its recipient on a day, and somebody can say how. Raises NotFound.

    A letter whose channel already said that it was delivered stays so, with this proof beside it. The day moves no
    clock by itself: what a notice's clocks run from is the day that an officer states when the notice is given.
    """

    def serve(decisions: Decisions, case: CaseFile, letter: LetterFile) -> Moved | Refused | None:
        dated = from_json(letter.facts).dated
        if letter.state == LetterState.DELIVERED and dated <= served_on <= today:
            decisions.mark_letter(case, letter, "serve", how, served_on=served_on)
            return None
        known = Facts(evidence=how, served_on=served_on, dated=dated, on=today)
        return decisions.move_letter(case, letter, "serve", known, served_on=served_on)

    outcome = _decide(engine, reference, stamp, serve)
    return Served(outcome, "" if isinstance(outcome, Refused) else _offer(engine, reference, served_on))


def _offer(engine: Engine, reference: str, served_on: date) -> str:
    """The command that gives the school's notice on that day, if one is checked and waits to be given."""
    with reading(engine) as session:
        urn = session.scalars(select(Letter.urn).where(Letter.reference == reference)).one()
        others = other_cases(session, school_case(session, urn))
    if not any(case.track is NOTICE and case.state == NoticeState.CHECKED for case in others):
        return ""
    return f"casework move {urn} give --track notice --on {served_on} --fact given_on={served_on}"


def _decide(engine: Engine, reference: str, stamp: Stamp, decide: Callable[[Decisions, CaseFile, LetterFile], T]) -> T:
    def work(session: Session) -> T:
        found = next(with_cases(session, [reference]), None)
        if found is None:
            raise NotFound(f"There is no letter {reference}. `casework letters list` shows them all.")
        letter, case = found
        decisions = Decisions(stamp)
        outcome = decide(decisions, case, letter)
        decisions.write(session)
        return outcome

    return transact(engine, work)
