"""A track's table in the forms that people read: each has every move of the table."""

import json

import pytest

from casework.track_table import FORMATS, TRACKS, as_data, as_markdown, as_mermaid, as_text, place_as_mermaid
from states.track import Track
from states.tracks.school import SCHOOL

EVERY_TRACK = pytest.mark.parametrize("track", TRACKS.values(), ids=TRACKS)


@EVERY_TRACK
@pytest.mark.parametrize("form", FORMATS)
def test_every_form_has_every_move_and_state(track: Track, form: str) -> None:
    text = FORMATS[form](track)
    assert [row.label for row in track.rows if row.label not in text] == []
    assert [state for state in track.states if state not in text] == []


@EVERY_TRACK
def test_data_is_the_table(track: Track) -> None:
    data = json.loads(json.dumps(as_data(track)))
    moves = {(source, move["trigger"]): move["to"] for move in data["moves"] for source in move["from"]}
    assert moves == {pair: str(row.to) for pair, row in track.moves.items()}
    assert [one["state"] for one in data["states"]] == [str(state) for state in track.states]


def test_guards_are_told_in_words() -> None:
    assert "    if   school is maintained, audit or evidence is recorded, notice is complete" in as_text(SCHOOL)


def test_markdown_is_one_table() -> None:
    lines = as_markdown(SCHOOL).splitlines()
    assert len(lines) == 2 + len(SCHOOL.rows)
    assert {line.count(" | ") for line in (lines[0], *lines[2:])} == {5}


def test_diagram_begins_and_ends_with_the_track() -> None:
    lines = [line.strip() for line in as_mermaid(SCHOOL).splitlines()]
    assert lines[0] == "stateDiagram-v2"
    assert f"[*] --> {SCHOOL.initial}" in lines
    assert {line for line in lines if line.endswith("--> [*]")} == {f"{state} --> [*]" for state in SCHOOL.ended}


def test_diagram_draws_a_move_of_few_states_from_each() -> None:
    lines = as_mermaid(SCHOOL).splitlines()
    assert "    causing_concern --> under_audit: Begin an audit" in lines
    assert "    under_audit --> under_warning_notice: Give a warning notice (PSSWN)" in lines


EVERY_PLACE = pytest.mark.parametrize(
    ("track", "here"),
    [pytest.param(track, str(state), id=f"{name} {state}") for name, track in TRACKS.items() for state in track.states],
)


@EVERY_PLACE
def test_picture_of_a_place_has_every_move_there_and_away(track: Track, here: str) -> None:
    lines = [line.strip() for line in place_as_mermaid(track, here).splitlines()]
    drawn = [line.partition(": ") for line in lines if "-->" in line]
    told = {(arrow, label) for arrow, _, labels in drawn for label in labels.split(" / ")}
    moves = {
        (f"{source} --> {row.to}", row.label)
        for row in track.rows
        for source in row.sources
        if here in (source, row.to)
    }
    assert told == moves
    assert len(drawn) == len({arrow for arrow, _, _ in drawn})


@EVERY_PLACE
def test_place_is_marked_and_no_other(track: Track, here: str) -> None:
    lines = [line.strip() for line in place_as_mermaid(track, here).splitlines()]
    assert lines[0] == "stateDiagram-v2"
    assert [line for line in lines if line.startswith("class ")] == [f"class {here} here"]
    assert f"{here}: {track.label_of(here)}" in lines
