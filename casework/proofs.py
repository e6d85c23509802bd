"""What must hold for one case and for one school, and the sentence for each way in which it does not.

A fault is named once, where it is: after an event that does not fit, the chain is taken up again from what stands
there, so that an honest event after a forged one is not called forged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from casework.chain import beginning, link_text
from casework.tables import CASE_TRACKS, EventKind
from casework.timeline import Correction
from states.tracks.notice import NOTICE
from states.tracks.power import POWER
from states.tracks.school import SCHOOL

# Version of the case → the head that a seal saw then.
Sealed = dict[int, bytes]

# They rest on a maintained school: when it ends they end with it (states.effects).
END_WITH_THE_SCHOOL = (NOTICE.name, POWER.name)

# A new day for a move can be corrected again.
CORRECTABLE = (EventKind.OPENED, EventKind.MOVED, EventKind.CORRECTED)


class Fault(NamedTuple):
    """Where something does not hold, and what."""

    place: str
    what: str


class CaseRow(NamedTuple):
    """One case as it stands in the database."""

    id: int
    urn: int
    track: str
    subject: str
    state: str
    version: int
    head: bytes
    sealed: int

    @property
    def name(self) -> str:
        """What a person calls it; the seals do too."""
        return f"{self.track} {self.subject}"


class EventTexts(NamedTuple):
    """One event as it stands in the database: its hash, its canonical text, and what its proofs look at besides.

    `evidence` is empty where it names no letter.
    """

    case_id: int
    hash: bytes
    text: bytes
    seq: int
    kind: str
    trigger: str
    source: str | None
    destination: str | None
    effective_on: str
    corrects: int | None
    evidence: str


def case_faults(case: CaseRow, events: Sequence[EventTexts], sealed: Sealed) -> Iterator[Fault]:
    """Chain, count, head, seals, and the state as the fold of the events; of each place the first fault alone."""
    if _is_sound(case, events, sealed):
        return
    numbered = [event for event in events if _is_number(event.seq)]
    faults = chain(
        _number_faults(case, events),
        _chain_faults(case, numbered),
        _count_faults(case, numbered),
        _seal_faults(case, numbered, sealed),
        _state_faults(case.name, case, numbered),
    )
    named: set[str] = set()
    for fault in faults:
        if fault.place not in named:
            named.add(fault.place)
            yield fault


def _is_sound(case: CaseRow, events: Sequence[EventTexts], sealed: Sealed) -> bool:
    """Whether there is no fault to be named: told from the whole case at once, for nearly every case is sound."""
    if not events or case.track not in CASE_TRACKS:
        return False
    told: dict[str, tuple[Any, ...]] = dict(zip(EventTexts._fields, zip(*events, strict=True), strict=True))
    heads = (beginning(case.track, case.subject), *told["hash"])
    return (
        len(events) == case.version
        and told["seq"] == tuple(range(1, len(events) + 1))
        and tuple(map(link_text, heads, told["text"])) == told["hash"]
        and heads[-1] == case.head
        and all(count < len(heads) and heads[count] == head for count, head in sealed.items())
        and set(told["corrects"]) == {None}
        and _is_one_path(case, events)
    )


def _is_one_path(case: CaseRow, events: Sequence[EventTexts]) -> bool:
    """Whether each move begins where the one before ended, day after day."""
    moves = [event for event in events if event.destination is not None]
    days, states = [move.effective_on for move in moves], [move.destination for move in moves]
    return (
        [move.source for move in moves] == [None, *states[:-1]]
        and states[-1:] == [case.state]
        and set(states[:-1]).isdisjoint(CASE_TRACKS[case.track].ended)
        and days == sorted(days)
    )


def _number_faults(case: CaseRow, events: Iterable[EventTexts]) -> Iterator[Fault]:
    for event in events:
        if not _is_number(event.seq):
            yield Fault(f"{case.name}, event {event.seq}", "has a number that no event can have.")


def _is_number(seq: Any) -> bool:
    """SQLite keeps whatever somebody puts there."""
    return isinstance(seq, int) and seq > 0


def _chain_faults(case: CaseRow, events: Iterable[EventTexts]) -> Iterator[Fault]:
    stood = made = beginning(case.track, case.subject)
    number = 0
    for event in events:
        number += 1
        before, stood, made = (stood, made), event.hash, link_text(stood, event.text)
        if event.seq != number:
            others = f"and all others before event {event.seq} are" if event.seq > number + 1 else "is"
            yield Fault(f"{case.name}, event {number}", f"{others} missing.")
            number = event.seq
        # If only the hash of the event before was changed, this one fits what that should have been.
        elif made != stood and link_text(before[1], event.text) != stood:
            yield Fault(f"{case.name}, event {event.seq}", "was changed: its hash is not that of what stands there.")


def _count_faults(case: CaseRow, events: Sequence[EventTexts]) -> Iterator[Fault]:
    if not events:
        yield Fault(case.name, "has no event: a case begins with one.")
        return
    last = events[-1].seq
    if last > case.version:
        yield Fault(f"{case.name}, event {case.version + 1}", f"was added: the case counts {case.version} events.")
    elif last < case.version:
        yield Fault(f"{case.name}, event {last + 1}", f"is missing: the case counts {case.version} events.")
    elif events[-1].hash != case.head:
        yield Fault(f"{case.name}, event {last}", "is not the one that the case knows as its last.")


def _seal_faults(case: CaseRow, events: Sequence[EventTexts], sealed: Sealed) -> Iterator[Fault]:
    if not events:
        return
    last = events[-1].seq
    # Where none is missing, which is told already, an event stands at its number.
    hashes = {} if last == len(events) else {event.seq: event.hash for event in events}
    for count, head in sealed.items():
        if count > last:
            yield Fault(f"{case.name}, event {count}", "was sealed and is missing: the end of the case was cut off.")
        elif (hashes.get(count, head) if hashes else events[count - 1].hash) != head:
            yield Fault(f"{case.name}, event {count}", "is not the one that was sealed: the case was written anew.")
            return  # and with it all that follows


def _state_faults(name: str, case: CaseRow, events: Sequence[EventTexts]) -> Iterator[Fault]:
    if not (track := CASE_TRACKS.get(case.track)):
        yield Fault(name, f"is on a track that there is none of: {case.track}.")
        return
    yield from _correction_faults(name, events)
    state: str | None = None
    for event in _standing_moves(events):
        if event.source != state:
            yield Fault(f"{name}, event {event.seq}", f"moves from {event.source}, but the case was {state}.")
        elif state in track.ended:
            yield Fault(f"{name}, event {event.seq}", f"moves a case that had ended ({state}).")
        state = event.destination
    if (folded := state_of(events)) != case.state:
        yield Fault(name, f"is {case.state}, but its events make it {folded}.")


def _correction_faults(name: str, events: Iterable[EventTexts]) -> Iterator[Fault]:
    """A correction names a move before it that stands, and takes its place from the same state to the same."""
    standing: dict[int, EventTexts] = {}
    for event in events:
        if event.corrects is None:
            standing[event.seq] = event
            continue
        wrong = standing.get(event.corrects)
        if wrong is None or wrong.kind not in CORRECTABLE:
            yield Fault(f"{name}, event {event.seq}", f"corrects event {event.corrects}, which is no move that stands.")
        elif event.trigger == Correction.REDATE and (event.source, event.destination) != (
            wrong.source,
            wrong.destination,
        ):
            yield Fault(f"{name}, event {event.seq}", f"does not lead where event {event.corrects} led.")
        if event.trigger != Correction.RESTATE:
            standing.pop(event.corrects, None)
            standing |= {event.seq: event} if event.trigger == Correction.REDATE else {}


def state_of(events: Iterable[EventTexts]) -> str | None:
    """The fold: where the move left it that counts last, of those that no correction took the place of."""
    moves = _standing_moves(events)
    return moves[-1].destination if moves else None


def _standing_moves(events: Iterable[EventTexts]) -> list[EventTexts]:
    """The moves of a case by the day that they count from; those of one day as they were recorded."""
    events = list(events)
    gone = {event.corrects for event in events if event.corrects and event.trigger != Correction.RESTATE}
    moves = [event for event in events if event.destination is not None and event.seq not in gone]
    return sorted(moves, key=lambda event: (event.effective_on, event.seq))


def school_faults(cases: Sequence[CaseRow], events: Mapping[int, Sequence[EventTexts]]) -> Iterator[Fault]:
    """What binds the cases of one school: those that rest on a maintained school have ended with it.

    Or their end is proposed on their own record.
    """
    own = next((case for case in cases if case.track == SCHOOL.name), None)
    if own is None or own.state not in SCHOOL.ended:
        return
    for case in cases:
        if case.track not in END_WITH_THE_SCHOOL or case.state in CASE_TRACKS[case.track].ended:
            continue
        track = CASE_TRACKS[case.track]
        ends = {row.trigger for row in track.rows if row.to in track.ended}
        if not any(event.kind == EventKind.PROPOSED and event.trigger in ends for event in events[case.id]):
            yield Fault(f"{case.track} {case.subject}", f"is {case.state}, but the school has ended ({own.state}).")
