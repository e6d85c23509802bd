"""What is printed for people is made from the tables, and is not stale."""

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from casework.cli import COMMANDS, cli
from casework.cli.tracks import table
from casework.track_table import FORMATS, as_mermaid, document
from states.effects import EFFECTS
from states.track import Track
from states.tracks import TRACKS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "states.md"
EACH_TRACK = [pytest.param(track, id=track.name) for track in TRACKS.values()]
STATE = re.compile(r"    ([a-z_]+): ([^:;%#\"{}]+)")
ARROW = re.compile(r"    (\[\*\]|[a-z_]+) --> (\[\*\]|[a-z_]+)(?:: ([^:;%#\"{}]+))?")
# Words that Mermaid keeps for itself, and so no state's name.
RESERVED = {"state", "note", "end", "direction", "class", "style", "default", "click", "as", "fork", "join", "choice"}


def test_page_of_states_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == f"{document()}\n", "docs/states.md is stale: run `make docs`"


def test_page_of_states_tells_every_effect() -> None:
    told = document().partition("## Effects")[2]
    assert [one for one in EFFECTS if f"(`{one.trigger}`) | {one.how} | {one.why} |" not in told] == []


def test_page_has_every_state_with_its_label() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for track in TRACKS.values():
        assert all(f"| `{state}` | {track.labels[state]} |" in page for state in track.states)


@pytest.mark.parametrize("track", EACH_TRACK)
def test_diagram_is_made_of_states_and_arrows(track: Track) -> None:
    head, *lines = as_mermaid(track).splitlines()
    assert head == "stateDiagram-v2"
    assert [line for line in lines if not STATE.fullmatch(line) and not ARROW.fullmatch(line)] == []


@pytest.mark.parametrize("track", EACH_TRACK)
def test_diagram_declares_each_state_once(track: Track) -> None:
    declared = [match[1] for line in as_mermaid(track).splitlines() if (match := STATE.fullmatch(line))]
    joined = {
        end for line in as_mermaid(track).splitlines() if (match := ARROW.fullmatch(line)) for end in match.groups()[:2]
    }
    assert len(set(declared)) == len(declared)
    assert joined - {"[*]"} == set(declared)
    assert RESERVED.isdisjoint(declared)


@pytest.mark.parametrize("track", EACH_TRACK)
def test_diagram_draws_every_move(track: Track) -> None:
    drawn = {match[3] for line in as_mermaid(track).splitlines() if (match := ARROW.fullmatch(line))}
    assert drawn - {None} == {row.label for row in track.rows}


@pytest.mark.parametrize("track", EACH_TRACK)
def test_diagram_can_be_read_at_a_glance(track: Track) -> None:
    assert as_mermaid(track).count(" --> ") <= 45


def test_move_of_any_open_state_starts_from_one_box() -> None:
    lines = as_mermaid(TRACKS["school"]).splitlines()
    assert [line.strip() for line in lines if "any_open" in line] == [
        "any_open_state_but_converting: Any open state but Converting to an academy",
        "any_open_state: Any open state",
        "any_open_state_but_converting --> requires_improvement: Ofsted judges that the school requires improvement",
        "any_open_state --> inadequate: Ofsted judges the school inadequate",
        "any_open_state --> closed: School closes",
    ]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("track", EACH_TRACK)
def test_every_form_names_every_move(track: Track, form: str) -> None:
    printed = FORMATS[form](track)
    assert all(row.label in printed for row in track.rows)


def test_table_offers_every_form_and_json() -> None:
    [choice] = [one.type for one in table.params if one.name == "form"]
    assert isinstance(choice, click.Choice)
    assert set(choice.choices) == {*FORMATS, "json"}


@pytest.mark.parametrize("name", COMMANDS)
def test_listed_line_is_the_help_of_its_command(name: str) -> None:
    where, line = COMMANDS[name]
    module, _, attribute = where.partition(":")
    command = getattr(import_module(module), attribute)
    assert command.name == name
    assert (command.help or "").splitlines()[0] == line


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_found_by_its_name(name: str) -> None:
    context = click.Context(cli)
    assert name in cli.list_commands(context)
    assert isinstance(cli.get_command(context, name), click.Command)


@pytest.mark.parametrize("name", COMMANDS)
def test_reading_command_tells_its_options(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help and one.name != "form"] == []
