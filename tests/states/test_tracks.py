"""The tables themselves: well formed, without dead ends, and holding every move that was asked for."""

from collections import Counter
from enum import StrEnum

import pytest

from states.track import Row, Track
from states.tracks import TRACKS as ALL
from states.tracks import school
from states.tracks.school import AT_A_LATER_INSPECTION, SCHOOL, SchoolState

TRACKS = [pytest.param(track, id=track.name) for track in ALL.values()]
ROWS = [pytest.param(row, id=f"{track.name}: {row.trigger}") for track in ALL.values() for row in track.rows]
STATES = [pytest.param(track, state, id=f"{track.name}: {state}") for track in ALL.values() for state in track.states]

# The path as it was asked for (from, to), written out: not derived from the table that it judges.
ASKED_FOR = """
    good_or_better → in_transition                  system_leader → in_transition
    requires_improvement → in_transition            in_transition → causing_concern
    requires_improvement → causing_concern          good_or_better → causing_concern
    system_leader → causing_concern                 causing_concern → under_audit
    under_audit → causing_concern                   under_audit → under_warning_notice
    under_warning_notice → causing_concern          under_warning_notice → requires_improvement
    inadequate → converting                         under_warning_notice → converting
    converting → inadequate                         converting → under_warning_notice
    converting → academy                            causing_concern → requires_improvement
    unclassified → inadequate                       unclassified → requires_improvement
    good_or_better → inadequate                     good_or_better → requires_improvement
    system_leader → inadequate                      system_leader → requires_improvement
    requires_improvement → inadequate               inadequate → requires_improvement
    in_transition → inadequate                      in_transition → requires_improvement
    causing_concern → inadequate                    under_audit → requires_improvement
    under_audit → inadequate                        under_warning_notice → inadequate
    requires_improvement → good_or_better           inadequate → good_or_better
    causing_concern → good_or_better                in_transition → good_or_better
    good_or_better → system_leader                  system_leader → good_or_better
    unclassified → closed                           good_or_better → closed
    system_leader → closed                          requires_improvement → closed
    in_transition → closed                          causing_concern → closed
    under_audit → closed                            under_warning_notice → closed
    inadequate → closed                             converting → closed
"""
# Beyond the path: the first category of a school that is new to the caseload.
FIRST_CATEGORY = {("unclassified", "good_or_better"), ("unclassified", "causing_concern")}


def asked_for() -> set[tuple[str, str]]:
    words = ASKED_FOR.replace("→", " ").split()
    return set(zip(words[::2], words[1::2], strict=True))


def reachable(track: Track) -> set[StrEnum]:
    found: set[StrEnum] = {track.initial}
    while new := {row.to for row in track.rows if found.intersection(row.sources)} - found:
        found |= new
    return found


def test_school_track_is_the_path_asked_for() -> None:
    moves = {(str(source), str(row.to)) for row in SCHOOL.rows for source in row.sources if not row.stays}
    assert moves - FIRST_CATEGORY == asked_for()


@pytest.mark.parametrize("track", TRACKS)
def test_state_and_trigger_have_one_row(track: Track) -> None:
    pairs = Counter((source, row.trigger) for row in track.rows for source in row.sources)
    assert [pair for pair, rows in pairs.items() if rows > 1] == []
    assert len(track.moves) == pairs.total()


@pytest.mark.parametrize("track", TRACKS)
def test_every_state_is_reached_from_the_first(track: Track) -> None:
    assert reachable(track) == set(track.states)


@pytest.mark.parametrize(("track", "state"), STATES)
def test_only_ended_states_have_no_way_out(track: Track, state: StrEnum) -> None:
    assert bool(list(track.from_state(state))) is (state not in track.ended)


@pytest.mark.parametrize("track", TRACKS)
def test_opening_trigger_moves_no_open_case(track: Track) -> None:
    assert track.opens_by
    assert track.opens_by not in track.triggers


@pytest.mark.parametrize(("track", "state"), STATES)
def test_every_state_can_come_to_its_end(track: Track, state: StrEnum) -> None:
    before = {state}
    while new := {row.to for row in track.rows if before.intersection(row.sources)} - before:
        before |= new
    assert before.intersection(track.ended)


@pytest.mark.parametrize("row", ROWS)
def test_row_leads_somewhere_else_and_says_so(row: Row) -> None:
    assert row.stays or row.to not in row.sources
    assert len(set(row.sources)) == len(row.sources) > 0
    assert row.label[0].isupper()
    assert not row.label.endswith(".")


@pytest.mark.parametrize("track", TRACKS)
def test_labels_are_there_and_different(track: Track) -> None:
    assert list(track.labels) == list(track.states)
    assert len(set(track.labels.values())) == len(track.states)


@pytest.mark.parametrize("track", TRACKS)
def test_rows_of_a_trigger_have_different_labels(track: Track) -> None:
    labels = Counter(row.label for row in track.rows)
    assert max(labels.values()) == 1


@pytest.mark.parametrize("track", TRACKS)
def test_open_and_ended_states_make_up_all(track: Track) -> None:
    assert {*track.open_states, *track.ended} == set(track.states)
    assert track.initial in track.open_states
    assert track.known_states == {state.value for state in track.states}


@pytest.mark.parametrize(
    ("group", "states"),
    [
        pytest.param(school.ENDED, {"academy", "closed"}, id="ended"),
        pytest.param(school.OPEN, set(SchoolState) - {"academy", "closed"}, id="open"),
        pytest.param(school.GOOD, {"good_or_better", "system_leader"}, id="good"),
        pytest.param(school.CONCERN, {"causing_concern", "under_audit"}, id="concern"),
        pytest.param(
            school.NOT_YET_A_CONCERN,
            {"unclassified", "good_or_better", "system_leader", "requires_improvement", "in_transition"},
            id="not yet a concern",
        ),
    ],
)
def test_group_holds_the_states_it_names(group: tuple[SchoolState, ...], states: set[str]) -> None:
    assert set(group) == states
    assert len(group) == len(states)


def test_concern_and_not_yet_a_concern_are_apart() -> None:
    assert set(school.NOT_YET_A_CONCERN).isdisjoint(school.CONCERN)
    assert {*school.GOOD} < {*school.NOT_YET_A_CONCERN} < {*school.OPEN}


@pytest.mark.parametrize(("first", "later"), AT_A_LATER_INSPECTION.items())
def test_later_inspection_leads_where_the_first_did(first: str, later: str) -> None:
    classified = SCHOOL.moves[SchoolState.UNCLASSIFIED, first]
    assert {row.to for row in SCHOOL.rows if row.trigger == later} == {classified.to}


def test_every_classification_has_a_later_judgement() -> None:
    first = [row.trigger for row in SCHOOL.rows if row.trigger.startswith("classify_")]
    assert list(AT_A_LATER_INSPECTION) == first


def test_school_is_told_of_every_new_category() -> None:
    silent = {row.trigger for row in SCHOOL.rows if "category_notice" not in row.letters}
    assert silent == {
        "begin_audit",
        "clear_audit",
        "give_notice",
        "open_as_academy",
        "close",
        "send_statement_of_action",
    }
