"""The questions that others put to a policy, and its hash."""

import subprocess
import sys
from pathlib import Path

import pytest

from states.policy import load_policy, policy_names
from states.policy_terms import Phase

POLICY = load_policy("norfolk-2013")
HASH = "import states.policy as p; print(p.load_policy('norfolk-2013').hash)"


@pytest.mark.parametrize("name", policy_names())
def test_every_packaged_policy_loads_under_its_name(name: str) -> None:
    assert load_policy(name).name == name


@pytest.mark.parametrize(
    ("rating", "trigger"),
    [
        ("Outstanding", "classify_good_or_better"),
        ("Good", "classify_good_or_better"),
        ("Requires improvement", "classify_requires_improvement"),
        ("Requires Improvement", "classify_requires_improvement"),
        (" satisfactory ", "classify_requires_improvement"),
        ("INADEQUATE", "classify_inadequate"),
        ("", None),
        ("Not judged", None),
    ],
)
def test_grade_proposes_a_classification(rating: str, trigger: str | None) -> None:
    assert POLICY.classify(rating) == trigger


@pytest.mark.parametrize(
    ("phase", "keys"),
    [
        ("Primary", ["reading", "writing", "mathematics"]),
        ("Middle deemed primary", ["reading", "writing", "mathematics"]),
        ("Secondary", ["english", "mathematics"]),
        ("middle deemed secondary", ["english", "mathematics"]),
        ("All-through", ["reading", "writing", "english", "mathematics"]),
        ("Not applicable", ["reading", "writing", "mathematics"]),
        ("", ["reading", "writing", "mathematics"]),
        ("Lower deemed upper", ["reading", "writing", "mathematics"]),
    ],
)
def test_phase_decides_what_is_asked(phase: str, keys: list[str]) -> None:
    assert [measure.key for measure in POLICY.measures_for(phase)] == keys


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_is_asked_for_something(phase: Phase) -> None:
    assert POLICY.measures_for(phase)


@pytest.mark.parametrize(
    ("state", "outcomes", "trigger"),
    [
        ("requires_improvement", ["off_track"], "raise_concern"),
        ("requires_improvement", ["off_track", "on_track"], "raise_concern"),
        ("requires_improvement", ["on_track", "off_track"], None),
        ("requires_improvement", ["missing"], None),
        ("requires_improvement", ["missing", "missing"], "raise_concern"),
        ("requires_improvement", ["missing", "insufficient", "missing"], None),
        ("in_transition", ["off_track"], "raise_concern"),
        ("in_transition", ["on_track", "on_track"], "settle"),
        ("causing_concern", ["off_track"], "begin_audit"),
        ("causing_concern", ["on_track"], None),
        ("causing_concern", ["on_track", "on_track", "off_track"], "lift_concern"),
        ("under_audit", ["off_track"], None),
        ("good_or_better", ["off_track"], None),
        ("causing_concern", [], None),
    ],
)
def test_run_of_outcomes_proposes_a_move(state: str, outcomes: list[str], trigger: str | None) -> None:
    rule = POLICY.proposal(state, outcomes)
    assert (rule.trigger if rule else None) == trigger


@pytest.mark.parametrize(
    ("state", "printed"),
    [
        pytest.param("requires_improvement", "Requires improvement", id="gentler label"),
        pytest.param("good_or_better", "Good or better", id="only label"),
    ],
)
def test_letter_prints_the_gentler_label(state: str, printed: str) -> None:
    category = POLICY.category_of(state)
    assert category is not None
    assert category.printed_label == printed


def test_hash_is_the_same_in_another_interpreter() -> None:
    other = subprocess.run([sys.executable, "-c", HASH], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == POLICY.hash


def test_hash_follows_the_content(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[policy]\nextends = "norfolk-2013"\n[monitoring]\nminimum_pupils = 11\n', encoding="utf-8")
    assert load_policy(own).hash != POLICY.hash


def test_hash_ignores_how_the_file_is_put_together(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[policy]\nextends = "norfolk-2013"\n', encoding="utf-8")
    assert load_policy(own).hash == POLICY.hash


def test_policy_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        POLICY.monitoring.minimum_pupils = 1  # type: ignore[misc]
