"""Every fact that a clock reads can be stated by an officer, or the record supplies it: no clock waits for ever.

The sources of states/clocks are read for the names that they ask an event for; what the record supplies is looked up in
the events that it hands to the clocks.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework.clockwork import happened
from casework.moves import Ask, open_case
from casework.record import Stamp
from casework.register import load_register
from casework.unit_of_work import reading
from states import clocks
from states.clocks.history import CORRECTION
from states.clocks.values import DATED_BY
from states.facts import STATED
from states.track import Track
from states.tracks import TRACKS

FOLDER = Path(clocks.__file__).parent
READ = sorted(
    {name for file in FOLDER.glob("*.py") for name in re.findall(r"\.(?:day|text)\(\"(\w+)\"", file.read_text())}
    | set(DATED_BY.values())
)
# A correction of a day: the clocks understand one, but the record takes each in before they look (casework.timeline).
OF_A_CORRECTION = {"corrects", "day", "was"}
TRIGGERS = {trigger for track in TRACKS.values() for trigger in (track.opens_by, *track.triggers)}


@pytest.fixture
def supplied(engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp]) -> set[str]:
    """What the events of a school and of a power carry that nobody stated."""
    load_register(engine, register({}), "999", stamp())
    open_case(engine, 990001, TRACKS["power"], Ask("propose", {}, "As agreed"), stamp())
    with reading(engine) as session:
        return {name for event in happened(session, 990001) for name in event.facts} - STATED.keys()


@pytest.mark.parametrize("name", [name for name in READ if name not in OF_A_CORRECTION])
def test_fact_that_a_clock_reads_is_fed(name: str, supplied: set[str]) -> None:
    assert name in STATED.keys() | supplied


def test_names_are_found_in_the_sources() -> None:
    assert {"kind", "period_ends", "term_ends", "due_on", "section", "sector", "notice"} <= set(READ)
    assert set(READ) >= OF_A_CORRECTION


@pytest.mark.parametrize("trigger", DATED_BY)
def test_trigger_that_is_dated_by_a_fact_is_a_move(trigger: str) -> None:
    assert trigger in TRIGGERS


def test_correction_is_no_move_yet() -> None:
    assert CORRECTION not in TRIGGERS


@pytest.mark.parametrize("track", TRACKS.values(), ids=TRACKS)
def test_day_that_a_row_plans_is_a_fact(track: Track) -> None:
    planned = {name for row in track.rows for name in row.planned}
    assert planned <= STATED.keys()
