"""docs/refusals.md tells every code with everybody who gives it, and is not stale."""

import inspect
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.refusals_page import codes_of, document, guards
from states.facts import STATED_DATES, Facts
from states.guards import power
from states.machine import advance
from states.refusals import Refusal, RefusalCode
from states.track import Guard

PAGE = Path(__file__).parents[2] / "docs" / "refusals.md"
DAYS = {name: st.none() | st.dates(date(2014, 1, 1), date(2018, 1, 1)) for name in STATED_DATES}
CODES = {guard: codes_of(guard) for guard in guards()}
LINES = [line.strip("| ").split(" | ") for line in document().splitlines() if line.startswith("| `")]
BY_THE_MACHINE = {code.strip("`") for code, asked_by, _ in LINES if asked_by == "the machine, of every move"}


def test_page_of_refusals_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == f"{document()}\n", "docs/refusals.md is stale: run `make docs`"


def test_every_code_has_an_asker_and_a_sentence() -> None:
    assert [code for code, *_ in LINES] == [f"`{code}`" for code in RefusalCode]
    assert [
        code for code, asked_by, sentence in LINES if not (asked_by and sentence[0] in "“ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    ] == []


@pytest.mark.parametrize("guard", guards(), ids=lambda guard: guard.__name__)
def test_guard_stands_beside_each_of_its_codes(guard: Guard) -> None:
    words = guard.__name__.replace("_", " ")
    told = {code for code, asked_by, _ in LINES if words in asked_by.split("; ")}
    assert told == {f"`{code}`" for code in codes_of(guard)} != set()


def test_code_of_a_called_function_is_found() -> None:
    assert codes_of(power.window_of_power_is_open) == {
        RefusalCode.NOT_ELIGIBLE,
        RefusalCode.PERIOD_NOT_OVER,
        RefusalCode.NO_REASONABLE_NOTICE,
        RefusalCode.WINDOW_OVER,
    }


def test_machine_gives_what_no_guard_gives() -> None:
    source = inspect.getsource(inspect.getmodule(advance) or advance)
    assert {code for code in RefusalCode if f"RefusalCode.{code.name}," in source} == BY_THE_MACHINE


def calls_through_a_module(facts: Facts) -> Refusal | None:
    return None if facts.evidence else power.power_is_named(facts)


def test_code_of_a_function_called_through_its_module_is_found() -> None:
    assert codes_of(calls_through_a_module) == {RefusalCode.NO_POWER}


@settings(deadline=None)  # how fast a busy machine answers is no matter of the guards
@given(facts=st.builds(Facts, **DAYS))
def test_guard_gives_no_code_that_the_page_leaves_out(facts: Facts) -> None:
    given_beside = [(guard, refusal.code) for guard in guards() if (refusal := guard(facts))]
    assert [pair for pair in given_beside if pair[1] not in CODES[pair[0]]] == []
