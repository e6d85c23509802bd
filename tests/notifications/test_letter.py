"""The stored form of a letter: exact, plain, and refused by name when it is damaged."""

import json
from dataclasses import replace
from typing import Any

import pytest

from notifications.catalogue import CATALOGUE, PartnerAllocation
from notifications.errors import LetterError
from notifications.examples import example_letter, example_letters
from notifications.letter import from_json, to_json

DAMAGE = {
    "missing field": (lambda data: data.pop("dated"), "dated"),
    "unknown field": (lambda data: data.update(colour="red"), "colour"),
    "unknown kind": (lambda data: data.update(kind="poem"), "'poem' is not in the catalogue"),
    "no date": (lambda data: data.update(dated="soon"), "dated: 'soon' cannot be read"),
    "no role": (lambda data: data["recipient"].update(role="caretaker"), "recipient, role: 'caretaker'"),
    "number as text": (lambda data: data["school"].update(urn="100000"), "school, urn: '100000'"),
    "text for a list": (lambda data: data.update(copies="Chair"), "copies: 'Chair' cannot be read"),
    "text for an object": (lambda data: data.update(school="High Heath"), "school: expected fields"),
}


@pytest.mark.parametrize("kind", CATALOGUE)
def test_stored_letter_comes_back_equal(kind: str) -> None:
    for letter in example_letters(kind):
        assert from_json(json.loads(json.dumps(to_json(letter)))) == letter


def test_letter_of_before_there_were_addresses_stays_the_same() -> None:
    letter = example_letter("category_notice")
    assert to_json(letter)["recipient"].keys() == {"role", "name", "email"}
    outside = replace(letter, recipient=replace(letter.recipient, address=("1 Invented Street", "WX1 1AA")))
    assert from_json(to_json(outside)) == outside


def test_absent_date_is_stored_as_null() -> None:
    letter = example_letter("category_notice")
    letter = replace(letter, fields=replace(letter.fields, reply_by=None))
    assert to_json(letter)["fields"]["reply_by"] is None
    assert from_json(to_json(letter)) == letter


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_letter_names_its_field(damage: tuple[Any, str]) -> None:
    harm, message = damage
    data = to_json(example_letter("category_notice"))
    harm(data)
    with pytest.raises(LetterError, match=message.replace("(", r"\(")) as raised:
        from_json(data)
    assert "CN-199999-4-H" in str(raised.value)


def test_letter_refuses_fields_of_another_kind() -> None:
    letter = example_letter("category_notice")
    with pytest.raises(LetterError, match="those of 'partner_allocation'"):
        replace(letter, fields=PartnerAllocation.example())


def test_unknown_example_lists_the_letters() -> None:
    with pytest.raises(LetterError, match="The letters are: category_notice, accuracy_check"):
        example_letter("poem")
