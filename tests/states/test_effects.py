"""Effects name tracks, states and moves that exist; what the law brings about is cited, and comes to an end."""

import pytest

from states.effects import EFFECTS, Effect, How, effects_of
from states.track import Track
from states.tracks import TRACKS
from states.tracks.letter import LETTER
from states.tracks.school import ENDED, SCHOOL, SchoolState

EACH = pytest.mark.parametrize(
    "effect", EFFECTS, ids=[f"{one.track}: {one.state} => {one.target}: {one.trigger}" for one in EFFECTS]
)

# What was asked for (in → then, of whom), written out: not derived from the table that it judges.
ASKED_FOR = """
    notice given → school give_notice, proposed
    notice not_confirmed → school end_notice_concern_remains, proposed
    notice lapsed → school end_notice_concern_remains, proposed
    notice superseded → school end_notice_concern_remains, proposed
    notice withdrawn → school end_notice_concern_remains, proposed
    notice lifted → school end_notice_concern_lifted, proposed
    notice not_complied → notice open_powers, proposed
    notice powers_open → power propose, proposed
    school inadequate → power propose, proposed
    school converting → conversion make_order, automatic
    conversion opened → school open_as_academy, automatic
    conversion revoked → school revoke_order_to_inadequate, proposed
    conversion revoked → school revoke_order_to_notice, proposed
"""
# What rests on a maintained school (Education and Inspections Act 2006 s59(1)), and so ends with it, whoever decides.
RESTS_ON_IT = {("power", "end"), ("power", "give_up"), ("notice", "withdraw")}


def comes_to(effect: Effect) -> tuple[str, str]:
    """The track and the state in which the effect leaves its target."""
    track = TRACKS[effect.target]
    if effect.opens:
        return track.name, str(track.initial)
    return track.name, next(str(row.to) for row in track.rows if row.trigger == effect.trigger)


def follows(place: tuple[str, str], seen: tuple[tuple[str, str], ...] = ()) -> None:
    """Walks every automatic chain from a place, and fails where one comes back to itself."""
    assert place not in seen, f"automatic effects go round: {(*seen, place)}"
    for effect in effects_of(*place):
        if effect.how is How.AUTOMATIC:
            follows(comes_to(effect), (*seen, place))


@EACH
def test_effect_follows_a_state_some_move_reaches(effect: Effect) -> None:
    track = TRACKS[effect.track]
    assert effect.state in track.states
    assert effect.state in {track.initial, *(row.to for row in track.rows)}


@EACH
def test_effect_asks_for_a_move_of_its_target(effect: Effect) -> None:
    target = TRACKS[effect.target]
    assert effect.trigger in ((target.opens_by,) if effect.opens else target.triggers)


@EACH
def test_effect_says_why_in_words(effect: Effect) -> None:
    assert effect.why[0].isupper()
    assert not effect.why.endswith(".")


@EACH
def test_automatic_effect_cites_law_or_plain_fact(effect: Effect) -> None:
    if effect.how is How.AUTOMATIC:
        assert " Act " in effect.why or effect.why.startswith("Plain fact: ")


@EACH
def test_automatic_effects_come_to_an_end(effect: Effect) -> None:
    follows((effect.track, str(effect.state)))


@EACH
def test_effect_is_found_by_its_state(effect: Effect) -> None:
    assert effect in effects_of(effect.track, effect.state)


@EACH
def test_effect_is_not_found_from_another_track(effect: Effect) -> None:
    others = TRACKS.keys() - {effect.track}
    assert [name for name in others if effect in effects_of(name, effect.state)] == []


@pytest.mark.parametrize("line", ASKED_FOR.strip().splitlines())
def test_effect_that_was_asked_for_is_there(line: str) -> None:
    track, state, _, target, trigger, how = line.replace(",", "").split()
    found = [one.how for one in effects_of(track, state) if (one.target, one.trigger) == (target, trigger)]
    assert found == [how]


@pytest.mark.parametrize("state", ENDED)
def test_end_of_a_school_ends_what_rests_on_it(state: SchoolState) -> None:
    by_itself = {(one.target, one.trigger) for one in effects_of("school", state) if one.how is How.AUTOMATIC}
    assert by_itself >= RESTS_ON_IT


def test_each_effect_stands_once() -> None:
    assert len({(one.track, one.state, one.target, one.trigger) for one in EFFECTS}) == len(EFFECTS)


# What rests on a school beside its own case; letters are not cases, and the school's own case has ended.
BESIDE = [
    pytest.param(ending, track, state, id=f"{ending}: {track.name} {state}")
    for ending in ENDED
    for track in TRACKS.values()
    for state in track.open_states
    if track not in (SCHOOL, LETTER)
]


@pytest.mark.parametrize(("ending", "track", "state"), BESIDE)
def test_no_open_case_is_forgotten_when_the_school_ends(ending: str, track: Track, state: str) -> None:
    """Every open state has a move to an end of its track that follows, or is proposed."""
    answers = [one.trigger for one in effects_of("school", ending) if (one.target, one.opens) == (track.name, False)]
    ends = {track.moves[state, trigger].to for trigger in answers if (state, trigger) in track.moves}
    assert ends
    assert ends <= set(track.ended)
