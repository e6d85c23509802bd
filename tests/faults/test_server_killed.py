"""PostgreSQL dies in the middle of a check: a sentence, and after its restart the same check ends in the same book."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Say
from tests.faults.conftest import Prepared
from tests.faults.points import Fault
from tests.faults.test_kill_points import CHECK


@dataclass(frozen=True, slots=True)
class Kill:
    """Takes the server away as a power cut would, from within the command that is using it."""

    pid_file: Path

    def __call__(self) -> None:
        os.kill(int(self.pid_file.read_text().split()[0]), signal.SIGQUIT)
        while self.pid_file.exists():
            time.sleep(0.01)


# Lines: what PostgreSQL says of a connection that is gone is three of its own.
SENTENCE = 5


@pytest.mark.slow
def test_killed_server_leaves_nothing_half_done(prepare: Prepared, say: Say) -> None:
    at = prepare("postgresql", 8)
    assert at.server
    with at.copied() as copy:
        places = copy.done(*CHECK.split(), fault=Fault(together=3)).places
        wanted = copy.book()
    last = max(number for number, name in enumerate(places, start=1) if name == "before commit")
    chosen = range(1, last + 1, 6)
    for place in chosen:
        with at.copied() as copy:
            ended = copy.run(
                *CHECK.split(), fault=Fault(at=place, act=Kill(at.server.data / "postmaster.pid"), together=3)
            )
            at.server.stop()
            at.server.start()
            assert (ended.code, ended.said.startswith("The database cannot be")) == (1, True), ended
            assert len(ended.said.splitlines()) <= SENTENCE, ended
            assert (copy.half_done(), copy.faults()) == ([], [])
            copy.done(*CHECK.split())
            assert copy.book() == wanted
    say(f"PostgreSQL was killed {len(chosen)} times in a check: 0 half done, the same book each time")
