"""The one door through which a state changes, and the only module that knows the library `transitions`.

One flat machine serves every case of a track: cases are passed in, never bound, so that size costs nothing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Protocol

from transitions import EventData, Machine

from states.dates import in_words
from states.errors import CaseworkError
from states.facts import STATED_DATES, Facts
from states.refusals import Refusal, RefusalCode
from states.track import Row, Track

logging.getLogger("transitions").setLevel(logging.WARNING)  # it writes a line per callback at INFO


class UnknownTrigger(CaseworkError):
    """The track has no such move; the message lists the moves it has."""


class UnknownState(CaseworkError):
    """A case is in a state that its track does not know: the data is damaged, or made by another version."""


class HasState(Protocol):
    """Anything that a track can move: a row of the case table, or a plain value in a plan."""

    state: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The move was made: the subject is now in `row.to`."""

    row: Row
    source: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The move was not made, and the subject is where it was. Every reason is given, not just the first."""

    trigger: str
    source: str
    refusals: tuple[Refusal, ...]

    @property
    def sentence(self) -> str:
        return " ".join(refusal.sentence for refusal in self.refusals)


@dataclass(slots=True)
class _Attempt:
    facts: Facts
    on: date
    refusals: list[Refusal] = field(default_factory=list)


def advance(track: Track, subject: HasState, trigger: str, facts: Facts, on: date) -> Moved | Refused:
    """Move `subject` along one row of `track`, or say in full why not. Nothing else sets a state.

    `on` is the day the move takes effect; no fact but a planned one may be dated after it. Raises UnknownTrigger or
    UnknownState for what no officer could mean.
    """
    # A member of an enumeration is a str, but the library would look it up by its name and not by its word.
    source = subject.state = str(subject.state)
    row = track.moves.get((source, trigger))
    if row is None:
        return Refused(trigger, source, (_not_from_here(track, source, trigger),))
    attempt = _Attempt(facts, on)
    if _machine(track).events[trigger].trigger(subject, attempt=attempt):
        return Moved(row, source)
    return Refused(trigger, source, tuple(attempt.refusals))


@cache
def _machine(track: Track) -> Machine:
    return Machine(
        model=None,
        states=[str(state) for state in track.states],
        initial=str(track.initial),
        auto_transitions=False,
        send_event=True,
        transitions=[
            {
                "trigger": row.trigger,
                "source": [str(source) for source in row.sources],
                "dest": str(row.to),
                "conditions": _permission(row),
            }
            for row in track.rows
        ],
    )


def _permission(row: Row) -> Callable[[EventData], bool]:
    """One condition for a row, because the library stops at the first that fails and an officer wants them all."""

    def permitted(event: EventData) -> bool:
        attempt: _Attempt = event.kwargs["attempt"]
        attempt.refusals += _out_of_time(attempt.facts, attempt.on, row.planned)
        attempt.refusals += filter(None, (guard(attempt.facts) for guard in row.guards))
        return not attempt.refusals

    return permitted


def _out_of_time(facts: Facts, day: date, planned: tuple[str, ...]) -> list[Refusal]:
    """No move is older than the one before it; no fact is younger than the move that rests on it, unless planned."""
    refusals = [
        Refusal(
            RefusalCode.IN_THE_FUTURE,
            f"The date {name} is {in_words(when)}, after {in_words(day)}, the day of this move. "
            f"Record the move once it has happened, or take back a wrong date (the fact {name}).",
        )
        for name in STATED_DATES
        if name not in planned and (when := getattr(facts, name)) and when > day
    ]
    if facts.last_moved_on and facts.last_moved_on > day:
        sentence = (
            f"The case last moved on {in_words(facts.last_moved_on)}, and this move cannot count from an earlier day. "
            "Give that day or a later one."
        )
        refusals.append(Refusal(RefusalCode.OUT_OF_ORDER, sentence))
    return refusals


def _not_from_here(track: Track, state: str, trigger: str) -> Refusal:
    if state not in track.known_states:
        raise UnknownState(f"The {track.name} track has no state {state!r}. Run `casework init`, or restore a backup.")
    if trigger not in track.triggers:
        raise UnknownTrigger(
            f"There is no move called {trigger!r} in the {track.name} track. Its moves: {', '.join(track.triggers)}."
        )
    asked = next(row for row in track.rows if row.trigger == trigger)
    offered = ", ".join(row.trigger for row in track.from_state(state)) or "none, this is its last state"
    return Refusal(
        RefusalCode.NOT_FROM_HERE,
        f"“{asked.label}” cannot be done while the {track.name} is “{track.label_of(state)}”. "
        f"Moves open to it: {offered}.",
    )
