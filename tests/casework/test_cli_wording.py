"""The commands that look at letters before anybody gets them: preview, lint and diff."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from sqlalchemy import Engine

from notifications.catalogue import CATALOGUE
from notifications.wording import TEMPLATES

Casework = Callable[..., Any]
URN = 990013


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A council's folder with a letter of its own in it."""
    folder = tmp_path / "own"
    shutil.copytree(TEMPLATES / "category_notice", folder / "category_notice")
    return folder


def _says(folder: Path, ours: str, theirs: str) -> None:
    letter = folder / "category_notice" / "letter.md"
    text = letter.read_text(encoding="utf-8")
    assert ours in text
    letter.write_text(text.replace(ours, theirs), encoding="utf-8")


def test_preview_writes_every_form(fenshire: Engine, casework: Casework, tmp_path: Path) -> None:
    ran = casework("letters", "preview", "CN-990013-2-H", "--to", tmp_path / "look", "--json")
    written = json.loads(ran.out)
    assert set(written) == {"txt", "html", "pdf", "png"}
    assert Path(written["pdf"]).read_bytes().startswith(b"%PDF")
    assert all(Path(page).read_bytes().startswith(b"\x89PNG") for page in written["png"])
    assert Path(written["png"][0]).name == "CN-990013-2-H.1.png"
    assert {Path(written[form]).parent for form in ("txt", "html", "pdf")} == {tmp_path / "look"}


def test_pages_of_a_longer_letter_are_not_left(casework: Casework, tmp_path: Path) -> None:
    (tmp_path / "MI-199999-4-H.9.png").write_bytes(b"old")
    (tmp_path / "MI-199999-4-HX.9.png").write_bytes(b"of another letter")
    written = json.loads(casework("letters", "preview", "circular", "--to", tmp_path, "--json").out)
    assert {str(page) for page in tmp_path.glob("*.png")} == {*written["png"], str(tmp_path / "MI-199999-4-HX.9.png")}


def test_word_file_is_for_finishing_by_hand(casework: Casework, tmp_path: Path) -> None:
    ran = casework("letters", "preview", "meeting_invitation", "--docx", "--to", tmp_path)
    [file] = tmp_path.glob("*.docx")
    assert Document(str(file)).core_properties.language == "en-GB"
    assert "nobody signs it here" in ran.out


def test_preview_writes_an_example_to_a_school(fenshire: Engine, casework: Casework, tmp_path: Path) -> None:
    ran = casework("letters", "preview", "warning_notice", "--urn", URN, "--example", 3, "--to", tmp_path)
    text = (tmp_path / f"WN-{URN}-4-G.txt").read_text(encoding="utf-8")
    school = casework("show", URN, "--json")
    assert ran.code == 0
    assert json.loads(school.out)["name"] in text
    assert "Wensum County Council" not in text
    assert "2026" in text


def test_preview_of_an_example_needs_no_record(casework: Casework, tmp_path: Path) -> None:
    assert casework("letters", "preview", "circular", "--to", tmp_path).code == 0


WRONG: dict[str, tuple[tuple[object, ...], int, str]] = {
    "too few examples": (("preview", "circular", "--example", 9), 2, "circular has"),
    "example of a letter": (("preview", "CN-990013-2-H", "--urn", URN), 2, "is written already"),
    "unknown school": (("preview", "circular", "--urn", 990999), 1, "There is no case for URN 990999"),
    "lint of no letter": (("lint", "warning"), 2, "'warning' is not one of"),
    "no such folder": (("lint", "--templates", "nowhere"), 2, "'nowhere' does not exist"),
    "nothing to compare": (("diff",), 1, "There is nothing to compare"),
    "diff to no school": (("diff", "circular", "--against", ".", "--urn", 990999), 1, "There is no case"),
}


@pytest.mark.parametrize(("typed", "code", "said"), WRONG.values(), ids=WRONG)
def test_wrong_use_is_told(
    typed: tuple[object, ...], code: int, said: str, fenshire: Engine, casework: Casework
) -> None:
    ran = casework("letters", *typed)
    assert (ran.code, said in ran.err) == (code, True), ran.err


def test_lint_of_our_own_wording_is_silent_and_done(casework: Casework) -> None:
    ran = casework("letters", "lint")
    assert (ran.code, ran.out) == (0, f"{len(CATALOGUE)} letter(s), no findings.\n")


def test_lint_names_letter_line_problem_and_fix(own: Path, casework: Casework) -> None:
    _says(own, "{{ basis }}", "{{ basis }} We utilise it.")
    ran = casework("letters", "lint", "category_notice", "--templates", own, "--json")
    [found] = json.loads(ran.out)
    assert ran.code == 1
    assert found["letter"] == "category_notice"
    assert found["fix"] == "Use a plain word."
    lines = (own / "category_notice" / "letter.md").read_text(encoding="utf-8").splitlines()
    assert "utilise" in lines[found["line"] - 1]


def test_lint_takes_the_councils_folder_of_the_settings(
    own: Path, casework: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    _says(own, "{{ basis }}", "{{ basic }}")
    monkeypatch.setenv("CASEWORK_TEMPLATES_DIR", str(own))
    ran = casework("letters", "lint", "category_notice")
    assert ran.code == 1
    lines = (own / "category_notice" / "letter.md").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if "{{ basic }}" in text)
    assert f"category_notice, line {line}: " in ran.out
    assert "'basic' is undefined" in ran.out


def test_diff_shows_what_schools_would_read(own: Path, casework: Casework) -> None:
    _says(own, "## What happens next", "## What we do next")
    ran = casework("letters", "diff", "category_notice", "accuracy_check", "--templates", own)
    assert ran.code == 0
    assert ran.out.startswith("category_notice, example 1, to High Heath Primary School\n--- the wording as shipped")
    assert ran.out.endswith(" letter(s) written both ways, 2 of them changed.\n")


def test_diff_of_two_folders_to_schools_of_the_register(
    fenshire: Engine, own: Path, casework: Casework, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(own, other)
    _says(other, "## What happens next", "## What we do next")
    typed = ("letters", "diff", "category_notice", "--against", other, "--templates", own, "--urn", URN, "--json")
    found = json.loads(casework(*typed).out)
    assert {(one["letter"], one["changed"]) for one in found} == {("category_notice", True)}
    assert "High Heath" not in json.dumps(found)
    assert "+What happens next" in found[0]["diff"]
