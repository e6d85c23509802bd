"""A letter's form: every field with what it is, written and read back, and every fault told at once."""

import tomllib
from typing import Any

import pytest

from notifications.answers import Answers, made, read_fields, read_outside
from notifications.catalogue import CATALOGUE, LetterFields
from notifications.catalogue.notices import WarningNotice
from notifications.examples import example_letters
from notifications.form import TO_FILL_IN, hints_of, may_be_empty, written_form
from notifications.letter import Recipient, RecipientRole
from states.toml_file import TomlFile, problem_at

EXAMPLES = [
    pytest.param(fields, id=f"{kind}-{number}")
    for kind, letter in CATALOGUE.items()
    for number, (_, fields) in enumerate(letter.examples(), start=1)
]
KINDS = [pytest.param(letter, id=kind) for kind, letter in CATALOGUE.items()]
OFSTED = Recipient(role=RecipientRole.ofsted, name="", email="", address=("1 Invented Street", "WX1 1AA"))


def form_of(letter: type[LetterFields], values: dict[str, Any], outside: dict[str, Recipient] | None = None) -> str:
    return written_form(letter, "", {"kind": letter.folder}, values, outside or {})


def answers_to(letter: type[LetterFields], **fields: Any) -> Answers:
    return read_fields(letter, fields)


@pytest.mark.parametrize("fields", EXAMPLES)
def test_form_that_is_filled_in_gives_the_letter_back(fields: LetterFields) -> None:
    values = {name: getattr(fields, name) for name in hints_of(type(fields))}
    answers = read_fields(type(fields), tomllib.loads(form_of(type(fields), values))["fields"])
    assert answers.complaints == []
    assert made(type(fields), answers) == fields


@pytest.mark.parametrize("letter", KINDS)
def test_blank_form_has_every_field_and_misses_each_that_may_not_be_empty(letter: type[LetterFields]) -> None:
    text = form_of(letter, {})
    given = tomllib.loads(text)["fields"]
    missing = {place[1] for place, _, _ in read_fields(letter, given).complaints}
    assert list(given) == list(hints_of(letter))
    assert missing == set(given) - may_be_empty(letter)
    assert text.count(f"# {TO_FILL_IN}. ") == len(missing)


def test_text_of_the_record_cannot_break_out_of_the_form() -> None:
    hostile = 'He said "no"\n[letter]\nurn = 1 \\ """'
    form = tomllib.loads(form_of(CATALOGUE["category_notice"], {"basis": hostile}))
    assert form["letter"] == {"kind": "category_notice"}
    assert form["fields"]["basis"] == hostile


FAULTS = {
    "no such field": ({"mood": "good"}, ("fields", "mood"), "no such field"),
    "a day that is none": ({"given_on": "soon"}, ("fields", "given_on"), "cannot be understood"),
    "a text for a list": ({"matters": "Low"}, ("fields", "matters"), "no list"),
    "a number in a list of texts": ({"matters": [3]}, ("fields", "matters", 0), "cannot be understood"),
    "an empty line in a list": ({"matters": [" "]}, ("fields", "matters", 0), "nothing is given"),
    "a word that is none": ({"grounds": [{"ground": "mood"}]}, ("fields", "grounds", 0, "ground"), "cannot be"),
    "a table without a key": ({"powers": [{"section": "64"}]}, ("fields", "powers", 0), "no such table"),
    "a table with an empty key": ({"powers": [{"section": "64", "how": ""}]}, ("fields", "powers", 0), "how: nothing"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_fault_is_told_at_its_place(fault: tuple[dict[str, Any], tuple[str | int, ...], str]) -> None:
    given, place, problem = fault
    told = {where: what for where, what, _ in answers_to(WarningNotice, **given).complaints}
    assert problem in told[place]


@pytest.mark.parametrize("number", [-1, 10**30])
def test_number_that_no_letter_counts_to_is_a_fault(number: int) -> None:
    told = answers_to(CATALOGUE["progress_request"], minimum_pupils=number).complaints
    assert (("fields", "minimum_pupils"), "it cannot be understood", "Give a whole number.") in told


def test_fault_is_told_with_its_line_and_value() -> None:
    text = form_of(WarningNotice, {}).replace('served = ""', "served = 7")
    file = TomlFile("form.toml", text, tomllib.loads(text))
    told = [str(problem_at([file], *one)) for one in read_fields(WarningNotice, file.content["fields"]).complaints]
    line = text.split("\n").index("served = 7") + 1
    assert f"form.toml, line {line}: fields.served = 7: it cannot be understood. Give text." in told


def test_law_of_the_day_is_told_of_a_notice_of_which_little_is_said() -> None:
    told = {what for _, what, _ in answers_to(WarningNotice, given_on="2013-11-18").complaints}
    assert told >= {
        "it has no grounds",
        "it has no matters",
        "it has no actions",
        "it has no powers",
        "a notice given on 18 November 2013 must say how to make representations (s60(5), before 18 April 2016)",
        "no copy for chief_inspector, head_teacher",
    }


def test_day_before_the_law_is_a_fault_of_the_form() -> None:
    [told] = [what for where, what, _ in answers_to(WarningNotice, given_on="1998-01-05").complaints if "1998" in what]
    assert told.startswith("No rules are known for 5 January 1998")


def test_fields_that_contradict_each_other_are_one_fault() -> None:
    fields = example_letters("case_closed")[1].fields
    answers = Answers({name: getattr(fields, name) for name in hints_of(type(fields))} | {"successor": ""})
    assert made(type(fields), answers) is None
    assert "a school that became an academy has a successor" in answers.complaints[0][1]


def test_reader_outside_the_school_needs_an_address() -> None:
    given = tomllib.loads(form_of(WarningNotice, {}, {"ofsted": OFSTED}))["recipients"]
    assert read_outside(given, [RecipientRole.ofsted]) == ({RecipientRole.ofsted: OFSTED}, [])
    for address in ([], ["Piccadilly Gate"], ["Piccadilly Gate", "Manchester"]):
        _, [(place, problem, _)] = read_outside({"ofsted": {"address": address}}, [RecipientRole.ofsted])
        assert (place, problem) == (("recipients", "ofsted", "address"), "no address")


def test_reader_who_is_not_asked_for_is_a_fault() -> None:
    _, [(place, problem, _)] = read_outside({"diocese": {}}, [])
    assert (place, problem) == (("recipients", "diocese"), "this letter does not go there")
    _, [(place, problem, _)] = read_outside({}, [RecipientRole.ofsted])
    assert problem == "nothing is said of the Chief Inspector"
