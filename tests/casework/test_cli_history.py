"""correct, history and as-of as an officer types and reads them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

SIGNED = ("--by", "Ada Quill", "--role", "Senior Adviser")
SLIP = (*SIGNED, "--reason", "A slip of the pen")
URN = 990013

Casework = Callable[..., Any]


@pytest.fixture
def concern(fenshire: Engine, casework: Casework) -> Casework:
    """A concern about a school from 20 January 2026, as its event school#5."""
    why = ("--reason", "Results fell", "--evidence", "A visit", "--on", "2026-01-20")
    assert casework("move", URN, "raise_concern", *SIGNED, *why).code == 0
    return casework


def test_history_is_read_as_a_story(concern: Casework) -> None:
    told = concern("history", URN).out
    assert "\n20 January 2026\n  school#5      Raise a concern (Requires improvement → Causing concern)\n" in told
    assert "\n                Results fell. A visit. [Ada Quill, Senior Adviser]\n" in told
    assert "Headteacher: drafted." in told
    assert max(map(len, told.splitlines())) <= 100


def test_signed_letters_are_told_in_one_line(concern: Casework) -> None:
    concern("letters", "approve", "--all", "--by", "Bea Marsh", "--role", "Director")
    told = " ".join(concern("history", URN).out.split())
    assert "drafted, signed by Bea Marsh (Director) on " in told
    assert "not sent yet" in told
    assert "approve" not in told


def test_correction_is_told_where_it_is_and_where_it_was_made(concern: Casework) -> None:
    ran = concern("correct", URN, "--event", "school#5", "--on", "2026-01-13", *SLIP)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "school#5 corrected by school#6.\nIt counts from 13 January 2026, not 20 January 2026.\n"
    told = concern("history", URN).out
    assert "\n13 January 2026\n  school#5 " in told
    assert "As corrected by school#6; recorded as of 20 January 2026." in told
    assert "school#5 corrected: it counts from 13 January 2026, not 20 January 2026" in told


def test_void_is_told_with_its_letters(concern: Casework) -> None:
    ran = concern("correct", URN, "--event", "5", "--void", *SLIP)
    assert ran.out.startswith(
        "school#5 is void by school#6: the case is requires_improvement.\nLetters rejected with it"
    )
    told = concern("history", URN).out
    assert "Void: Raise a concern" in told
    assert "Void by school#6." in told
    assert "school#5 corrected: it never happened" in told
    assert "rejected by Ada Quill" in told


def test_corrected_fact_is_told(concern: Casework) -> None:
    ran = concern("correct", URN, "--event", "5", "--fact", "audit_outcome=Weak", *SLIP)
    assert ran.out == "school#5 corrected by school#6.\naudit_outcome: Weak, not none.\n"
    assert "school#5 corrected: audit_outcome is Weak, not none" in concern("history", URN).out


def test_correction_is_json_too(concern: Casework) -> None:
    made = json.loads(concern("correct", URN, "--event", "5", "--on", "2026-01-13", *SLIP, "--json").out)
    assert (made["event"], made["corrects"], made["how"]) == ("school#6", "school#5", "redate")
    assert (made["was_on"], made["on"], made["state"]) == ("2026-01-20", "2026-01-13", "causing_concern")


@pytest.mark.parametrize(
    "how",
    [(), ("--void", "--on", "2026-01-13"), ("--void", "--fact", "audit_outcome=Weak")],
    ids=["nothing", "void and day", "void and fact"],
)
def test_correction_says_one_thing(concern: Casework, how: tuple[str, ...]) -> None:
    ran = concern("correct", URN, "--event", "5", *how, *SLIP)
    assert (ran.code, ran.out) == (2, "")
    assert "Give the right day (--on), the right facts (--fact), or --void alone." in ran.err


def test_refused_correction_ends_with_one(concern: Casework) -> None:
    ran = concern("correct", URN, "--event", "2", "--void", *SLIP)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Later moves rest on it: school#5 of 20 January 2026. Void them first")


def test_correction_is_sealed_and_proved(concern: Casework) -> None:
    concern("correct", URN, "--event", "5", "--void", *SLIP)
    assert concern("verify").code == 0


def test_as_of_lists_the_caseload(concern: Casework) -> None:
    lines = concern("as-of", "2026-01-20", "--list").out.splitlines()
    assert len(lines) == 54
    assert [line.split("  ")[-1] for line in lines if line.startswith(str(URN))] == ["Causing concern"]


def test_as_of_shows_every_case_of_a_school(concern: Casework) -> None:
    concern("move", URN, "draft", "--track", "notice", *SIGNED, "--reason", "As agreed", "--on", "2026-01-21")
    assert concern("as-of", "2026-01-21", "--urn", URN).out.splitlines()[1:] == [
        f"school {URN}: Causing concern since 20 January 2026",
        f"notice {URN}/1: Drafted since 21 January 2026",
    ]


def test_as_of_before_anybody_knew_is_empty(concern: Casework) -> None:
    assert concern("as-of", "2026-01-20", "--known-on", "2026-02-01").out == "No school had a case on that day.\n"
    assert concern("as-of", "2026-01-20", "--known-on", "9999-12-31", "--list").out.count("\n") == 54
    told = json.loads(concern("as-of", "2026-01-20", "--known-on", "2026-02-01", "--urn", URN, "--json").out)
    assert (told["known_on"], told["state"], told["cases"]) == ("2026-02-01", None, [])


def test_as_of_is_of_one_or_of_all(concern: Casework) -> None:
    assert concern("as-of", "2026-01-20", "--list", "--urn", URN).code == 2
