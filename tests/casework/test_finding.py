"""Which school a person means: by number, by name, by a part of one; and what is said when that is none or several."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.errors import NotFound
from casework.finding import find_school
from casework.record import Stamp
from casework.register import load_register
from casework.unit_of_work import reading

SIGNED = ("--by", "Ada Quill", "--role", "Senior Adviser", "--reason", "Agreed on Monday")
SCHOOLS = {
    990001: "Aldermere Primary School",
    990002: "St Peter’s CofE (VA) Primary School, Wick",
    990003: "St Peter's Catholic Primary School",
    990004: "Holt & Weybourne Federation",
    990005: "Élan Vital Free School",
    990006: "Aldermere Primary School and Nursery",
    990007: "Marsh Infant School",
    990008: "Marsh Infant School",
    990009: "Old Quay Nursery School",
}
CLOSED = (990008, 990009)


@pytest.fixture
def named(engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp]) -> Engine:
    rows = [
        {"urn": str(urn), "name": name, "status": "Closed" if urn in CLOSED else "Open"}
        for urn, name in SCHOOLS.items()
    ]
    load_register(engine, register(*rows), "999", stamp())
    return engine


def found(engine: Engine, text: str) -> int:
    with reading(engine) as session:
        return find_school(session, text).urn


def said(engine: Engine, text: str) -> str:
    with pytest.raises(NotFound) as told:
        found(engine, text)
    return str(told.value)


@pytest.mark.parametrize(
    ("text", "urn"),
    {
        "its URN": ("990002", 990002),
        "a URN with spaces about it": (" 990002 ", 990002),
        "the URN of a closed school": ("990008", 990008),
        "small letters": ("aldermere primary school and nursery", 990006),
        "a whole name that begins another": ("Aldermere Primary School", 990001),
        "other apostrophes and no brackets": ("st peter's c of e va primary school wick", 990002),
        "no apostrophe": ("St Peters Catholic", 990003),
        "a part of a name": ("weybourne", 990004),
        "and for &": ("Holt and Weybourne", 990004),
        "no accent": ("elan vital", 990005),
        "words in another order": ("Wick St Peter's", 990002),
        "a closed school that alone has the name": ("old quay", 990009),
        "the open one of two of a name": ("Marsh Infant School", 990007),
    }.values(),
    ids=str,
)
def test_school_is_found(named: Engine, text: str, urn: int) -> None:
    assert found(named, text) == urn


def test_several_are_listed_and_more_is_asked_for(named: Engine) -> None:
    assert said(named, "St. Peter’s") == (
        "2 schools may be meant by “St. Peter’s”: 990003 St Peter's Catholic Primary School; "
        "990002 St Peter’s CofE (VA) Primary School, Wick. Give the URN, or more of the name."
    )


def test_many_are_counted_and_the_nearest_named(
    engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp]
) -> None:
    rows = [{"urn": str(990000 + number), "name": f"School {'of Fen ' * number}"} for number in range(1, 9)]
    load_register(engine, register(*rows), "999", stamp())
    told = said(engine, "school")
    assert told.startswith("8 schools may be meant by “school”: 990001 School of Fen; ")
    assert told.endswith(", and 3 more. Give the URN, or more of the name.")


def test_slip_of_the_pen_names_the_nearest(named: Engine) -> None:
    assert said(named, "Aldermeer") == (
        "No school on record is called “Aldermeer”. The nearest: 990001 Aldermere Primary School; "
        "990006 Aldermere Primary School and Nursery. Give the URN, or a part of the name."
    )


def test_name_with_one_right_word_names_those_that_have_it(named: Engine) -> None:
    assert said(named, "Marsh Junior") == (
        "No school on record is called “Marsh Junior”. The nearest: 990007 Marsh Infant School; "
        "990008 Marsh Infant School. Give the URN, or a part of the name."
    )


@pytest.mark.parametrize("text", ["", "  ", "…", "zzzz", "名前"])
def test_what_is_like_no_name_is_no_school(named: Engine, text: str) -> None:
    assert said(named, text) == f"No school on record is called “{text}”. Give the URN, or a part of the name."


@pytest.mark.parametrize("text", ["123456", "99999999999999999999", "9" * 5000])
def test_unknown_number_is_no_school(named: Engine, text: str) -> None:
    assert said(named, text).startswith(f"There is no school with the URN {text}. ")


@pytest.mark.parametrize(
    "typed",
    {
        "show": ("show", "weybourne"),
        "history": ("history", "Weybourne"),
        "as-of": ("as-of", "2026-02-01", "--urn", "holt & weybourne"),
        "move": ("move", "weybourne", "enter_transition", *SIGNED),
        "hold": ("hold", "weybourne", *SIGNED),
    }.values(),
    ids=lambda typed: typed[0],
)
def test_commands_take_a_name(named: Engine, casework: Callable[..., Any], typed: tuple[str, ...]) -> None:
    ran = casework(*typed)
    assert (ran.code, ran.err) == (0, "")
    assert "990004" in ran.out


def test_command_refuses_a_number_that_is_no_urn(named: Engine, casework: Callable[..., Any]) -> None:
    ran = casework("show", "99999999999999999999")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("There is no school with the URN 99999999999999999999. ")


def test_command_refuses_a_name_of_several(named: Engine, casework: Callable[..., Any]) -> None:
    ran = casework("show", "St Peter’s")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("2 schools may be meant by “St Peter’s”: ")
