"""The packaged policy says what MI 269/13 and the card say, bullet by bullet."""

import re
from datetime import date
from pathlib import Path

import pytest

from states.policy import Category, load_policy
from states.policy_terms import Activity
from states.school_types import Sector
from states.tracks.school import SCHOOL, SchoolState

S = SchoolState
EXCERPT = Path(__file__).parent / "data" / "mi-269-13-activity.txt"
SEED = Path(__file__).parents[3] / "shared" / "seed" / "mi-269-13.txt"
LINES = dict(line.split("\t", 1) for line in EXCERPT.read_text(encoding="utf-8").splitlines())
BULLETS = {number: line.removeprefix("  • ") for number, line in LINES.items() if "•" in line}
POLICY = load_policy("norfolk-2013")
ACTIVITIES = [(category.letter, activity) for category in POLICY.categories for activity in category.activities]
SOURCED = [
    pytest.param(activity, id=f"{letter}: {activity.source}") for letter, activity in ACTIVITIES if activity.text
]


@pytest.mark.parametrize("activity", SOURCED)
def test_activity_stands_on_its_line(activity: Activity) -> None:
    number = activity.source.removeprefix("MI 269/13, line ")
    assert activity.text == BULLETS[number]


def test_every_bullet_of_the_sheet_is_data() -> None:
    assert {activity.text for _, activity in ACTIVITIES} >= set(BULLETS.values())


@pytest.mark.skipif(not SEED.exists(), reason="the whole sheet is not beside this checkout; the excerpt is tested")
def test_excerpt_is_the_sheet_word_for_word() -> None:
    sheet = SEED.read_text(encoding="utf-8").splitlines()
    assert {number: sheet[int(number) - 1] for number in LINES} == LINES


@pytest.mark.parametrize("category", POLICY.categories, ids=lambda category: category.letter)
def test_category_names_its_line_in_the_sheet(category: Category) -> None:
    numbers = re.findall(r"\d+", category.source.removeprefix("MI 269/13"))
    letters = {LINES[number][0] for number in numbers if LINES[number][1:2] in ("", " ")}
    assert letters == {category.letter}


@pytest.mark.parametrize(
    ("state", "letter"),
    [
        (S.INADEQUATE, "A"),
        (S.CONVERTING, "A"),
        (S.CAUSING_CONCERN, "C"),
        (S.UNDER_AUDIT, "C"),
        (S.UNDER_WARNING_NOTICE, "C"),
        (S.IN_TRANSITION, "D"),
        (S.REQUIRES_IMPROVEMENT, "B"),
        (S.SYSTEM_LEADER, "E"),
        (S.GOOD_OR_BETTER, "F"),
    ],
)
def test_card_gives_state_its_letter(state: SchoolState, letter: str) -> None:
    category = POLICY.category_of(state)
    assert category is not None
    assert category.letter == letter


@pytest.mark.parametrize("state", [S.UNCLASSIFIED, S.ACADEMY, S.CLOSED])
def test_state_outside_the_programme_has_no_category(state: SchoolState) -> None:
    assert POLICY.category_of(state) is None


@pytest.mark.parametrize("category", POLICY.categories, ids=lambda category: category.letter)
def test_monitored_category_is_told_of_monitoring(category: Category) -> None:
    monitored = {POLICY.is_monitored(state) for state in category.states}
    assert monitored == {category.letter in "ABCD"} == {"progress data" in str(category.activities)}


@pytest.mark.parametrize("letter", ["A", "C", "D"])
def test_academy_is_told_of_no_power_over_maintained_schools(letter: str) -> None:
    category = next(category for category in POLICY.categories if category.letter == letter)
    told = " ".join(activity.sentence for activity in category.activities_for(Sector.ACADEMY))
    assert not any(word in told for word in ("notice", "take back", "audit", "becomes"))


@pytest.mark.parametrize("sentence", [activity.sentence for _, activity in ACTIVITIES])
def test_sentence_of_a_letter_is_short(sentence: str) -> None:
    assert len(sentence.split()) <= 25
    assert sentence.endswith(".")


def test_partner_letter_is_signed_by_denise_walker() -> None:
    assert POLICY.signatory_of("partner_allocation").name == "Denise Walker"


def test_every_letter_of_the_track_has_a_signatory() -> None:
    for kind in {letter for row in SCHOOL.rows for letter in row.letters}:
        assert POLICY.signatory_of(kind).name


@pytest.mark.parametrize(
    ("type_code", "covered"),
    [("01", True), ("34", True), ("14", True), ("11", False), ("18", False), ("", False)],
)
def test_only_state_funded_schools_become_cases(type_code: str, *, covered: bool) -> None:
    assert POLICY.covers(type_code) is covered


def test_policy_holds_from_the_day_of_the_sheet() -> None:
    assert POLICY.policy.valid_from == date(2013, 11, 15)
