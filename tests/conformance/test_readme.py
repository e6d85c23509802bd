"""The README speaks of what is there: its diagram's moves, its commands, its files."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from casework.cli import COMMANDS
from states.tracks.school import SCHOOL

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARROWS = re.findall(r"^    (\w+) --> (\w+): (\w+)$", README, re.MULTILINE)
FILES = sorted(set(re.findall(r"`((?:states|templates|casework|docs|demo|flows|tests)/[\w./-]*)`", README)))


@pytest.mark.parametrize(("source", "to", "trigger"), ARROWS, ids=lambda word: word)
def test_every_arrow_is_a_row_of_the_table(source: str, to: str, trigger: str) -> None:
    assert SCHOOL.moves[source, trigger].to == to


def test_diagram_has_the_path_that_was_asked_for() -> None:
    path = ["in_transition", "causing_concern", "under_audit", "under_warning_notice", "converting", "academy"]
    assert set(pairwise(path)) <= {(source, to) for source, to, _ in ARROWS}


def test_every_command_it_shows_exists() -> None:
    assert set(re.findall(r"`?casework (\w[\w-]*)", README)) <= {*COMMANDS, "COMMAND"}


@pytest.mark.parametrize("file", FILES)
def test_every_file_it_names_is_there(file: str) -> None:
    assert (ROOT / file).exists()
