"""One return, one outcome, and a sentence for each measure that gives no small group away."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.progress import Evaluation, Figure, Outcome, evaluate

ORDER = [Outcome.OFF_TRACK, Outcome.INSUFFICIENT, Outcome.ON_TRACK]


@dataclass(frozen=True)
class Asked:
    key: str
    label: str
    target_percent: int = 75
    off_track_below: int = 65


TOLERANCE = "This is within tolerance (65% or more)."
Numbers = tuple[int, int]
READING, WRITING = Asked("reading", "Reading"), Asked("writing", "Writing")


def judge(*figures: Figure) -> Evaluation:
    return evaluate(figures, [READING, WRITING], 6)


@pytest.mark.parametrize(
    ("reading", "writing", "outcome"),
    [
        pytest.param((20, 15), (20, 20), Outcome.ON_TRACK, id="at target"),
        pytest.param((20, 14), (20, 20), Outcome.ON_TRACK, id="within tolerance"),
        pytest.param((20, 13), (20, 20), Outcome.ON_TRACK, id="at the edge of tolerance"),
        pytest.param((1000, 649), (20, 20), Outcome.OFF_TRACK, id="just below tolerance"),
        pytest.param((20, 0), (5, 5), Outcome.OFF_TRACK, id="off track beside a small group"),
        pytest.param((20, 20), (5, 0), Outcome.INSUFFICIENT, id="small group"),
        pytest.param((20, 20), (6, 6), Outcome.ON_TRACK, id="just enough pupils"),
        pytest.param((20, 20), (0, 0), Outcome.INSUFFICIENT, id="no pupils"),
        pytest.param((20, 20), None, Outcome.INSUFFICIENT, id="no figure"),
        pytest.param((20, 1), None, Outcome.OFF_TRACK, id="off track beside no figure"),
    ],
)
def test_figures_decide_the_outcome(reading: Numbers, writing: Numbers | None, outcome: Outcome) -> None:
    given_figures = {"reading": reading, "writing": writing}
    figures = [Figure(key, *numbers) for key, numbers in given_figures.items() if numbers]
    assert judge(*figures).outcome is outcome


@pytest.mark.parametrize(
    ("figure", "finding"),
    [
        ((20, 15), "Reading: 15 of 20 pupils (75%) on track; the target is 75%."),
        ((20, 14), f"Reading: 14 of 20 pupils (70%) on track; the target is 75%. {TOLERANCE}"),
        ((20, 8), "Reading: 8 of 20 pupils (40%) on track; the target is 75%. Below 65% is off track."),
        ((5, 4), "Reading: fewer than 6 pupils, too few to judge."),
    ],
)
def test_finding_gives_the_numbers(figure: tuple[int, int], finding: str) -> None:
    assert evaluate([Figure("reading", *figure)], [READING], 6).findings == (finding,)


def test_percentage_never_rounds_up_to_target() -> None:
    assert "(74%)" in judge(Figure("reading", 1000, 749)).findings[0]


def test_findings_follow_the_order_of_policy() -> None:
    findings = judge(Figure("writing", 20, 20)).findings
    assert findings[0] == "Reading: no figure was given."
    assert findings[1].startswith("Writing: 20 of 20")


def test_figure_not_asked_for_is_left_aside() -> None:
    assert evaluate([Figure("music", 20, 0)], [], 6) == Evaluation(Outcome.INSUFFICIENT, ())


def test_empty_group_is_never_judged() -> None:
    evaluation = evaluate([Figure("reading", 0, 0)], [READING], 0)
    assert evaluation == Evaluation(Outcome.INSUFFICIENT, ("Reading: no pupils, too few to judge.",))


@pytest.mark.parametrize(("pupils", "on_track"), [(5, 6), (5, -1), (-1, -1)])
def test_impossible_figure_cannot_be_made(pupils: int, on_track: int) -> None:
    with pytest.raises(ValueError, match="cannot be on track"):
        Figure("reading", pupils, on_track)


def test_measure_given_twice_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="reading is given more than once"):
        judge(Figure("reading", 20, 1), Figure("reading", 20, 20))


pupils = st.integers(0, 300)


@given(pupils, st.data(), st.integers(0, 100), st.integers(0, 100), st.integers(0, 12))
def test_more_on_track_is_never_worse(
    pupils: int, data: st.DataObject, target: int, tolerance: int, minimum: int
) -> None:
    measure = Asked("reading", "Reading", max(target, tolerance), min(target, tolerance))
    fewer = data.draw(st.integers(0, pupils))
    more = data.draw(st.integers(fewer, pupils))
    worse, better = (evaluate([Figure("reading", pupils, n)], [measure], minimum).outcome for n in (fewer, more))
    assert ORDER.index(worse) <= ORDER.index(better)


@given(pupils, st.data(), st.integers(2, 12))
def test_small_group_shows_no_number(pupils: int, data: st.DataObject, minimum: int) -> None:
    on_track = data.draw(st.integers(0, pupils))
    (finding,) = evaluate([Figure("reading", pupils, on_track)], [READING], minimum).findings
    assert (f"{on_track} of {pupils}" in finding) is (pupils >= minimum)
