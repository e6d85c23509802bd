"""Letters leave: each is marked as being sent, committed, handed to its channel, and what the channel said is recorded.

Nothing that touches a network stands in a transaction, for a transaction may be done again. What a crash leaves marked
was left by a dispatch that is dead, for there is one at a time (casework.turns): where handing over again does no harm
it is done again, anything else becomes unknown and is never sent again by itself. What becomes of letters afterwards is
casework.whereabouts; what an officer decides of them, casework.interventions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.chunks import chunks, together
from casework.letters import (
    LettersReport,
    Progress,
    Selection,
    explain_the_rest,
    letters_to_read,
)
from casework.record import Decisions, LetterFile, Stamp
from casework.seen import NOBODY_TO_WRITE_TO
from casework.tables import Letter
from casework.turns import turn
from casework.unit_of_work import reading, transact
from casework.whereabouts import find_out, record, with_cases
from notifications.catalogue import CATALOGUE
from notifications.catalogue.fields import Channel as Medium
from notifications.channels import Answer, Channel, ChannelDown, ChannelName, Inquiries, Later, Outgoing, Unclear
from notifications.errors import LetterError
from notifications.letter import from_json
from notifications.pdf import Typesetter
from notifications.render import compose
from notifications.wording import Wording
from states.facts import Facts
from states.machine import Refused
from states.tracks.letter import WAITING, LetterState

WORDING_CHANGED = "The wording has changed since it was approved. Put the wording back, or have it drafted again."
CRASHED = "A dispatch ended before the channel had answered."


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PostRoom:
    """What letters leave with: the ways out, the wording, the typesetter, and the clock.

    What the law asks for on paper goes by `post`, anything else by `email` where there is an address for it.
    """

    email: Channel
    post: Channel
    wording: Wording
    typesetter: Typesetter
    notify: Inquiries | None = None
    clock: Callable[[], datetime] = field(default=_utc_now)

    def way_of(self, kind: str, not_emailed: str) -> Channel:
        on_paper = bool(not_emailed) or CATALOGUE[kind].channels()[0] is Medium.POST
        return self.post if on_paper else self.email

    @property
    def channels(self) -> dict[ChannelName, Channel]:
        return {channel.name: channel for channel in (self.email, self.post)}


def send_letters(
    engine: Engine, selection: Selection, room: PostRoom, stamp: Stamp, progress: Progress = lambda _done: None
) -> LettersReport:
    """Hand each approved letter to its channel, once. Raises AnotherTurn where a dispatch is under way."""
    with turn(engine, "dispatch"):
        report = _give_up_on_the_dead(engine, stamp, room)
        if room.notify:
            report = together(report, find_out(engine, room.notify, stamp, room.clock))
        for name, waiting in _by_channel(engine, selection, room).items():
            report = together(report, _send_by(engine, room.channels[name], waiting, room, stamp, progress))
        explain_the_rest(engine, selection, WAITING, report)
    return report


def _give_up_on_the_dead(engine: Engine, stamp: Stamp, room: PostRoom) -> LettersReport:
    """Letters in the middle of being sent, where handing them over again might be once too often."""
    repeats = [name for name, channel in room.channels.items() if channel.repeats]
    with reading(engine) as session:
        left = letters_to_read(session, Letter.state == LetterState.SENDING, Letter.channel.not_in(repeats))
    return record(engine, {letter.reference: Unclear(CRASHED) for letter in left}, stamp, room.clock())


def _by_channel(engine: Engine, selection: Selection, room: PostRoom) -> dict[ChannelName, list[str]]:
    """Channel → the letters that wait for it, and those that a dead dispatch began and that may be repeated."""
    wanted = (Letter.reference, Letter.kind, Letter.not_emailed, Letter.state, Letter.channel)
    query = selection.query(*WAITING, LetterState.SENDING).with_only_columns(*wanted)
    found: dict[ChannelName, list[str]] = {}
    with reading(engine) as session:
        for reference, kind, not_emailed, state, begun_by in session.execute(query):
            begun = state == LetterState.SENDING
            name = ChannelName(begun_by) if begun else room.way_of(kind, not_emailed).name
            found.setdefault(name, []).append(reference)
    return found


def _send_by(
    engine: Engine, channel: Channel, waiting: list[str], room: PostRoom, stamp: Stamp, progress: Progress
) -> LettersReport:
    """By one channel, until it takes no more."""
    report = LettersReport()
    try:
        with channel.opened():
            for part in chunks(waiting, channel.together):
                done, goes_on = _send_part(engine, channel, part, room, stamp)
                report = together(report, done)
                progress(len(part))
                if not goes_on:
                    break
    except ChannelDown as error:
        report.down.append(str(error))
    return report


def _send_part(
    engine: Engine, channel: Channel, part: list[str], room: PostRoom, stamp: Stamp
) -> tuple[LettersReport, bool]:
    """Mark, commit, hand over, record; False when the channel takes nothing more for now."""
    ready, report = _ready(engine, channel, part, room)
    begun, refused = transact(engine, partial(_begin, ready, channel, room, stamp))
    answers = _handed_over(channel, [ready[reference] for reference in begun])
    done = record(engine, answers, stamp, room.clock())
    goes_on = not any(isinstance(answer, Later) and answer.stop for answer in answers.values())
    return together(together(report, refused), done), goes_on


def _handed_over(channel: Channel, letters: list[Outgoing]) -> dict[str, Answer]:
    """Reference → what the channel said; once it takes nothing more, the rest was not handed over."""
    answers: dict[str, Answer] = {}
    no_more: Later | None = None
    for letter in letters:
        answer = no_more or channel.carry(letter)
        answers[letter.reference] = answer
        if isinstance(answer, Later) and answer.stop:
            no_more = answer
    return answers


def _ready(
    engine: Engine, channel: Channel, part: list[str], room: PostRoom
) -> tuple[dict[str, Outgoing], LettersReport]:
    """Reference → the letter set in type, for each that may leave as it is; the others are held back."""
    report, ready = LettersReport(), {}
    with reading(engine) as session:
        found = letters_to_read(session, Letter.reference.in_(part))
    for letter in found:
        try:
            outgoing = _outgoing(letter, room)
            why = channel.objection(outgoing) if isinstance(outgoing, Outgoing) else outgoing
        except LetterError as error:
            why = str(error)
        if why:
            report.hold_back(letter.reference, why)
        elif isinstance(outgoing, Outgoing):
            ready[letter.reference] = outgoing
    return ready, report


def _outgoing(letter: LetterFile, room: PostRoom) -> Outgoing | str:
    """The letter as it leaves, or why it must not. Raises LetterError."""
    facts = from_json(letter.facts)
    if facts.recipient.is_redacted:
        return NOBODY_TO_WRITE_TO
    composed = compose(facts, room.wording)
    if composed.digest != letter.digest:
        return WORDING_CHANGED
    attempt = letter.attempt + (letter.state != LetterState.SENDING)
    pdf = room.typesetter.pdf(composed, facts)
    return Outgoing(facts, composed, pdf, letter.batch, not letter.not_emailed, attempt)


def _begin(
    ready: Mapping[str, Outgoing], channel: Channel, room: PostRoom, stamp: Stamp, session: Session
) -> tuple[list[str], LettersReport]:
    """The letters that are now marked as being sent; what was marked by a dispatch that died is taken up as it is."""
    report, decisions, begun = LettersReport(), Decisions(stamp), []
    stopped = stopped_batches(session)
    for letter, case in with_cases(session, ready):
        if letter.state == LetterState.SENDING:
            begun.append(letter.reference)
            continue
        if letter.state not in WAITING or letter.digest != ready[letter.reference].composed.digest:
            continue
        kept = {
            "channel": channel.name.value,
            "attempt": ready[letter.reference].attempt,
            "begun_at": room.clock(),
            "provider_id": channel.trace(ready[letter.reference].letter),
        }
        known = Facts(stopped=stopped.get(letter.batch, ""))
        told = {"pdf": sha256(ready[letter.reference].pdf).hexdigest()}
        outcome = decisions.move_letter(case, letter, "begin_sending", known, told=told, **kept)
        if isinstance(outcome, Refused):
            report.hold_back(letter.reference, outcome.sentence)
        else:
            begun.append(letter.reference)
    decisions.write(session)
    return begun, report


def stopped_batches(session: Session) -> dict[str, str]:
    """Batch → why it is stopped. One letter that is stopped stops its batch, with what was drafted into it since."""
    query = select(Letter.batch, Letter.stopped).where(Letter.stopped != "").distinct()
    return {batch: why for batch, why in session.execute(query)}  # noqa: C416  -- a Row is no pair to mypy
