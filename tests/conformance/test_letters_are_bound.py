"""A letter that is named anywhere has its fields, its wording and its rules; none has only some of them."""

from pathlib import Path
from typing import get_args

import pytest

from casework.drafting import reference
from notifications.catalogue import CATALOGUE, LetterFields
from notifications.letter import RecipientRole
from states.policy import Policy, load_policy, policy_names
from states.policy_checks import LETTERS
from states.tracks import TRACKS

TEMPLATES = Path(__file__).parents[2] / "templates"
POLICIES = [pytest.param(load_policy(name), id=name) for name in policy_names()]


def test_letters_of_the_tables_are_in_the_catalogue() -> None:
    named = {letter for track in TRACKS.values() for row in track.rows for letter in row.letters}
    assert named <= CATALOGUE.keys()


def test_catalogue_files_every_letter_under_its_folder() -> None:
    assert {letter.folder: letter for letter in get_args(LetterFields)} == CATALOGUE


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
        assert {RecipientRole(role) for role in rules.recipients}


def test_references_of_different_letters_never_meet() -> None:
    made = {reference(kind, 990001, "2025-26/2", role) for kind in CATALOGUE for role in RecipientRole}
    assert len(made) == len(CATALOGUE) * len(RecipientRole)
