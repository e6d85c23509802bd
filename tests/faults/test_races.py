"""Two officers at the same case at the same moment, in processes of their own: one wins, the other is told."""

import json
from collections import Counter
from datetime import UTC, date, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from casework.database import open_database
from casework.moves import move_school
from casework.record import Stamp
from casework.seals import seal
from casework.verify import verify
from states.machine import Moved
from states.policy import load_policy
from tests.conftest import Say
from tests.faults.conftest import DATABASES, Prepared
from tests.faults.points import FRESH

ROUNDS = 10_000
SCHOOLS = 4
THERE_AND_BACK = (("enter_transition", {}), ("settle", {}))
DAY = date(2025, 11, 3)
TOLD = "“"


def officer(name: str, url: str, rounds: int, ready: Barrier, told: Path) -> None:
    """Tries the same move as the other one in each round, and notes whether it was made or why not."""
    engine = open_database(url)
    policy = load_policy("norfolk-2013")
    stamp = Stamp(actor=name, role="Adviser", on=DAY, now=datetime.now(UTC), policy=policy)
    outcomes = []
    for number in range(rounds):
        urn, (trigger, stated) = 990004 + 2 * (number % 2), THERE_AND_BACK[number // 2 % 2]
        ready.wait(60)
        outcome, _ = move_school(engine, urn, trigger, stated, "A new head", "Seen", stamp)
        outcomes.append("won" if isinstance(outcome, Moved) else outcome.sentence)
    engine.dispose()
    told.write_text(json.dumps(outcomes))


def raced(url: str, rounds: int, folder: Path) -> list[list[str]]:
    """What each of the two was told, round by round."""
    ready = FRESH.Barrier(2)
    names = ("Ada Quill", "Ben Marsh")
    files = [folder / f"{number}.json" for number in range(2)]
    both = [
        FRESH.Process(target=officer, args=(name, url, rounds, ready, file))
        for name, file in zip(names, files, strict=True)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [one.exitcode for one in both] == [0, 0]
    return [json.loads(file.read_text()) for file in files]


def race(prepare: Prepared, database: str, rounds: int, folder: Path, say: Say) -> None:
    at = prepare(database, 6)
    first, second = raced(at.url, rounds, folder)
    wins = Counter((one == "won") + (other == "won") for one, other in zip(first, second, strict=True))
    told = sum((one != "won" and "cannot" in one.lower()) or "from" in one for one in (*first, *second))
    engine = open_database(at.url)
    seal(engine, at.home / "seals.jsonl", "race", datetime.now(UTC))
    report = verify(engine, at.home / "seals.jsonl")
    engine.dispose()
    say(
        f"{database}: {rounds} rounds, one winner in {wins[1]}, {told} told "
        f"({first.count('won')} and {second.count('won')} won), {report.events} events, {len(report.faults)} faults"
    )
    assert wins == {1: rounds}
    assert (told, report.faults) == (rounds, [])


def test_one_of_two_wins_each_round(prepare: Prepared, folder: Path, say: Say) -> None:
    race(prepare, "sqlite", 50, folder, say)


@pytest.mark.slow
@pytest.mark.parametrize("database", DATABASES)
def test_one_of_two_wins_each_of_ten_thousand(prepare: Prepared, database: str, folder: Path, say: Say) -> None:
    race(prepare, database, ROUNDS, folder, say)
