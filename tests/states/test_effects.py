"""Effects name tracks, states and moves that exist; what the law brings about is cited, and comes to an end."""

import pytest

from states.effects import EFFECTS, Effect, How, effects_of
from states.tracks import TRACKS

EACH = pytest.mark.parametrize(
    "effect", EFFECTS, ids=[f"{one.track}: {one.state} => {one.target}: {one.trigger}" for one in EFFECTS]
)


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
def test_automatic_effect_cites_the_law(effect: Effect) -> None:
    if effect.how is How.AUTOMATIC:
        assert " Act " in effect.why


@EACH
def test_automatic_effects_come_to_an_end(effect: Effect) -> None:
    follows((effect.track, str(effect.state)))


@EACH
def test_effect_is_found_by_its_state(effect: Effect) -> None:
    assert effect in effects_of(effect.track, effect.state)


def test_each_effect_stands_once() -> None:
    assert len({(one.track, one.state, one.target, one.trigger) for one in EFFECTS}) == len(EFFECTS)
