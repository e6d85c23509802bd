"""A command that dies at any place where it writes leaves nothing half done, and the same command again ends it.

Each place is tried, one after the other, each on a copy of its own: none is left to chance.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from casework.record import Decisions
from tests.conftest import Say
from tests.faults.book import double_letters, lost_letters
from tests.faults.conftest import DATABASES, Prepared
from tests.faults.installation import Installation
from tests.faults.points import Fault

KILLED = -9
CHECK = "check 2025-26/1 --on 2025-10-20"
APPROVE = "letters approve --all --by Amara --role Director"
SEND = "letters send --all"

# What is killed → how many schools there are, what was done before, and what must be among the places.
COMMANDS = {
    CHECK: (8, (), ("INSERT INTO event", "INSERT INTO return", "INSERT INTO letter", "commit", "fsync", "open .jsonl")),
    SEND: (2, (CHECK, APPROVE), ("INSERT INTO event", "commit", "fsync", "os.rename", "os.mkdir")),
    APPROVE: (2, (CHECK,), ('UPDATE "case" SET', "UPDATE letter SET", "commit", "fsync", "open .jsonl")),
}


@dataclass(slots=True)
class Tally:
    """What was found over all kills of one command."""

    places: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    half_done: int = 0
    lost: int = 0
    double: int = 0
    different: int = 0
    unproved: list[str] = field(default_factory=list)

    @property
    def found(self) -> tuple[int, int, int, int, list[str]]:
        return self.half_done, self.lost, self.double, self.different, self.unproved

    def __str__(self) -> str:
        return (
            f"{self.places.total()} places, {self.kills} kills: {self.half_done} half done, {self.lost} letters lost, "
            f"{self.double} double, {self.different} other books, {len(self.unproved)} not proved"
        )


def killed_everywhere(at: Installation, command: str, fault: Fault) -> Tally:
    """Kill the command at each place where it writes, do it again, and compare with what it does undisturbed."""
    with at.copied() as copy:
        tally = Tally(Counter(copy.done(*command.split(), fault=replace(fault, at=0)).places))
        wanted = copy.book()
    for place in range(1, tally.places.total() + 1):
        with at.copied() as copy:
            ended = copy.run(*command.split(), fault=replace(fault, at=place))
            tally.kills += ended.code == KILLED
            tally.half_done += bool(copy.half_done())
            tally.unproved += copy.faults()
            copy.done(*command.split())
            tally.unproved += copy.faults()
            found = copy.book()
            tally.lost += lost_letters(found, wanted)
            tally.double += double_letters(found, wanted)
            tally.different += found != wanted
    return tally


def split_commit() -> None:
    """The negative control: commit between the states and their events, as a careless writer would."""
    update = Decisions._update_cases

    def update_and_commit(self: Decisions, session: object, new: set[int]) -> None:
        update(self, session, new)  # type: ignore[arg-type]
        session.connection().connection.commit()  # type: ignore[attr-defined]
        session.connection().exec_driver_sql("BEGIN")  # type: ignore[attr-defined]

    Decisions._update_cases = update_and_commit  # type: ignore[method-assign]


@pytest.mark.slow
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.partition(" --")[0])
def test_every_kill_is_made_good_by_repeating(prepare: Prepared, command: str, database: str, say: Say) -> None:
    schools, before, parts = COMMANDS[command]
    tally = killed_everywhere(prepare(database, schools, *before), command, Fault(together=3))
    say(f"{database}, {command}: {tally}")
    assert tally.found == (0, 0, 0, 0, [])
    assert tally.kills == tally.places.total()
    assert [part for part in parts if not any(part in place for place in tally.places)] == []


def test_small_check_survives_every_kill(prepare: Prepared, say: Say) -> None:
    tally = killed_everywhere(prepare("sqlite", 2), CHECK, Fault(together=1))
    say(f"sqlite, {CHECK}: {tally}")
    assert tally.found == (0, 0, 0, 0, [])
    assert tally.kills == tally.places.total() > 30


def test_split_commit_would_be_seen(prepare: Prepared, say: Say) -> None:
    tally = killed_everywhere(prepare("sqlite", 1), CHECK, Fault(before=split_commit, together=1))
    say(f"sqlite, {CHECK}, with a split commit: {tally}")
    assert tally.half_done > 0
    assert tally.unproved
