"""A letter that is named anywhere has its fields, its wording and its rules; none has only some of them."""

from pathlib import Path
from types import ModuleType

import pytest

from casework.drafting import reference
from notifications.catalogue import CATALOGUE, ROOMS, LetterFields
from notifications.letter import RecipientRole
from states.policy import Policy, load_policy, policy_names
from states.policy_checks import LETTERS
from states.tracks import TRACKS

TEMPLATES = Path(__file__).parents[2] / "templates"
POLICIES = [pytest.param(load_policy(name), id=name) for name in policy_names()]


def test_letters_of_the_tables_are_in_the_catalogue() -> None:
    named = {letter for track in TRACKS.values() for row in track.rows for letter in row.letters}
    assert named <= CATALOGUE.keys()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__.rpartition(".")[2])
def test_every_letter_of_a_room_is_in_the_catalogue(room: ModuleType) -> None:
    here = [one for one in vars(room).values() if getattr(one, "__module__", "") == room.__name__]
    letters = [one for one in here if isinstance(one, type) and issubclass(one, LetterFields)]
    assert list(room.LETTERS) == letters
    assert [CATALOGUE[letter.folder] for letter in letters] == letters


def test_each_letter_has_initials_of_its_own() -> None:
    assert len({letter.initials for letter in CATALOGUE.values()}) == len(CATALOGUE)


def test_policies_are_checked_for_every_letter() -> None:
    assert set(LETTERS) == CATALOGUE.keys()


def test_every_letter_has_wording_and_no_wording_is_left_over() -> None:
    assert {file.parent.name for file in TEMPLATES.glob("*/letter.md")} == CATALOGUE.keys()
    assert {folder.name for folder in TEMPLATES.iterdir() if folder.is_dir()} - {"__pycache__"} == CATALOGUE.keys()


@pytest.mark.parametrize("letter", CATALOGUE.values(), ids=CATALOGUE)
def test_letter_has_a_title_and_an_example(letter: type[LetterFields]) -> None:
    assert letter.title[0].isupper()
    assert isinstance(letter.example(), letter)


@pytest.mark.parametrize("policy", POLICIES)
def test_policy_says_who_signs_and_gets_each_letter(policy: Policy) -> None:
    assert policy.letters.keys() == CATALOGUE.keys()
    for kind, rules in policy.letters.items():
        assert policy.signatory_of(kind).name
        assert {RecipientRole(role) for role in rules.recipients} <= set(CATALOGUE[kind].audience)


def test_references_of_different_letters_never_meet() -> None:
    made = {reference(kind, 990001, "2025-26/2", role) for kind in CATALOGUE for role in RecipientRole}
    assert len(made) == len(CATALOGUE) * len(RecipientRole)
