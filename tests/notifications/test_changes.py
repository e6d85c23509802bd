"""A change of wording is shown as what schools would read, letter by letter."""

from pathlib import Path

import pytest

from notifications.changes import changes
from notifications.errors import LetterError
from notifications.examples import example_letters
from notifications.wording import TEMPLATES, Wording

LETTERS = example_letters("category_notice")


def _own(folder: Path, ours: str, theirs: str) -> Wording:
    text = (TEMPLATES / "category_notice" / "letter.md").read_text(encoding="utf-8")
    assert ours in text
    (folder / "category_notice").mkdir()
    (folder / "category_notice" / "letter.md").write_text(text.replace(ours, theirs), encoding="utf-8")
    return Wording(folder)


def test_same_wording_changes_nothing(wording: Wording) -> None:
    assert [one.lines for one in changes(LETTERS, wording, Wording())] == [()] * len(LETTERS)


def test_change_shows_both_readings_and_where_each_is_from(wording: Wording, tmp_path: Path) -> None:
    found = list(changes(LETTERS, wording, _own(tmp_path, "## What happens next", "## What we do next")))
    assert [one.example for one in found] == list(range(1, len(LETTERS) + 1))
    assert found[0].lines[:2] == ("--- the wording as shipped", f"+++ {tmp_path}")
    assert {"-What happens next", "+What we do next"} <= set(found[0].lines)


def test_change_within_a_branch_shows_only_where_it_is_taken(wording: Wording, tmp_path: Path) -> None:
    own = _own(tmp_path, "This category starts no new work with the school.", "We start nothing new.")
    assert {bool(one.lines) for one in changes(LETTERS, wording, own)} == {True, False}


def test_wording_that_cannot_be_written_is_told(wording: Wording, tmp_path: Path) -> None:
    with pytest.raises(LetterError, match="'basic' is undefined"):
        list(changes(LETTERS, wording, _own(tmp_path, "{{ basis }}", "{{ basic }}")))
