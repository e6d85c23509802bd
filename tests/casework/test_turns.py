"""One at a time: the turn ends with the process that has it."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import Engine

from casework.turns import AnotherTurn, turn

HOLDS = """
import sys
from casework.database import open_database
from casework.turns import turn
with turn(open_database(sys.argv[1]), "dispatch"):
    print("mine", flush=True)
    sys.stdin.read()
"""


def test_other_work_has_a_turn_of_its_own(engine: Engine) -> None:
    with turn(engine, "dispatch"), turn(engine, "other"):
        pass
    with turn(engine, "dispatch"):
        pass


def test_turn_of_a_killed_process_is_free(engine: Engine) -> None:
    command = [sys.executable, "-c", HOLDS, engine.url.render_as_string(hide_password=False)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "mine\n"
        with pytest.raises(AnotherTurn, match="under way on this record"), turn(engine, "dispatch"):
            pytest.fail("two at once")
        os.kill(other.pid, signal.SIGKILL)
    with turn(engine, "dispatch"):
        pass
