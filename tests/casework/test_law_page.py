"""docs/law.md is made from the law in the rules, and is not stale."""

from pathlib import Path

from casework.law_page import document
from states.clocks.values import TITLES
from states.law import LAW
from states.law.powers import POWERS
from states.policy_terms import DeadlineRules

PAGE = Path(__file__).parents[2] / "docs" / "law.md"


def test_page_of_the_law_is_up_to_date() -> None:
    stale = "docs/law.md is stale: run `python -m casework.law_page > docs/law.md`"
    assert PAGE.read_text(encoding="utf-8") == f"{document()}\n", stale


def test_page_names_every_regime_power_and_clock() -> None:
    page = document()
    names = [*(regime.name for regime in LAW.regimes), *(f"| {section} |" for section in POWERS), *TITLES]
    assert [name for name in names if name not in page] == []


def test_page_says_what_is_left_to_the_policy() -> None:
    page = document()
    assert [name for name in DeadlineRules.model_fields if f"`{name}`" not in page] == []


def test_page_has_no_empty_sources() -> None:
    assert "|  |\n" not in document()
