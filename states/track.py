"""What a track is: a table of rows, read by the machine, the documents, the database check and the tests.

A track holds no logic. The moves of each track stand in states/tracks/, one module a track.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from states.facts import Facts
from states.refusals import Refusal

Guard = Callable[[Facts], Refusal | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One move: the trigger, the states it may start from, the state it leads to, what must hold, what is written.

    `planned` names the facts whose day may still be to come when the move is made.
    """

    trigger: str
    sources: tuple[StrEnum, ...]
    to: StrEnum
    label: str
    guards: tuple[Guard, ...] = ()
    letters: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()

    @property
    def stays(self) -> bool:
        """Whether the move is recorded and leaves the case where it was."""
        return self.sources == (self.to,)


@dataclass(frozen=True, eq=False)
class Track:
    """A life told as a table. Within a track a trigger leads from one state to one state only.

    `opens_by` is the trigger that begins a life, in `initial`.
    """

    name: str
    opens_by: str
    states: type[StrEnum]
    labels: dict[StrEnum, str]
    initial: StrEnum
    ended: tuple[StrEnum, ...]
    rows: tuple[Row, ...]

    @cached_property
    def moves(self) -> dict[tuple[str, str], Row]:
        """(state, trigger) → the row that answers for it."""
        return {(str(source), row.trigger): row for row in self.rows for source in row.sources}

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.trigger for row in self.rows))

    @cached_property
    def known_states(self) -> frozenset[str]:
        return frozenset(str(state) for state in self.states)

    @cached_property
    def open_states(self) -> tuple[StrEnum, ...]:
        return tuple(state for state in self.states if state not in self.ended)

    def label_of(self, state: str) -> str:
        return self.labels[self.states(state)]

    def from_state(self, state: str) -> Iterable[Row]:
        """The moves that this state has, in the table's order."""
        return (row for row in self.rows if state in row.sources)
