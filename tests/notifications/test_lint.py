"""What is found in a wording before anybody is written to, and what is let be."""

from pathlib import Path

import pytest

from notifications.letterhead import Window
from notifications.lint import Finding, findings
from notifications.wording import TEMPLATES, Wording

FAULTS = {
    "long sentence": ("word " * 26, "26 words in one sentence"),
    "ordinal date": ("Reply by 4th June.", "'4th'"),
    "Latin": ("Send figures, e.g. reading.", "'e.g'"),
    "officialese": ("We utilise figures.", "Use a plain word"),
    "undefined": ("{{ duedate }}", "'duedate' is undefined"),
    "hidden in a branch": ("{% if false %}{{ duedate }}{% endif %}", "the field 'duedate' does not exist"),
    "unused": ("Hello.", "the field 'basis' is never used"),
    "no section": ("Hello.", "The section '## If a fact is wrong' is missing"),
    "branch not taken": ("{% if dated.year == 1999 %}Old.{% endif %}", "line 3: no example takes the branch {% if %}"),
    "else not taken": ("{% if dated %}New.{% endif %}", "line 3: no example takes the branch {% else %}"),
    "loop not taken": ("{% for one in ''.split() %}x{% endfor %}", "no example takes the branch {% for %}"),
    "too long": ("\n\n".join(["A line."] * 120), "pages, 2 at most"),
    "hard to read": ("Administrative accountability necessitates comprehensive documentation.", "hard to read: index"),
}
ADDRESS = "put(left, top, fitted"


def _council(folder: Path, text: str) -> Wording:
    file = folder / "category_notice" / "letter.md"
    file.parent.mkdir()
    file.write_text(f"Subject: S\n\n{text}\n", encoding="utf-8")
    return Wording(folder)


def _problems(wording: Wording) -> str:
    return "\n".join(map(str, findings(wording, ["category_notice"])))


def test_wording_as_shipped_has_no_findings(wording: Wording) -> None:
    assert findings(wording) == ()


@pytest.mark.parametrize(("text", "problem"), FAULTS.values(), ids=FAULTS)
def test_lint_finds_what_is_wrong(text: str, problem: str, tmp_path: Path) -> None:
    assert problem in _problems(_council(tmp_path, text))


@pytest.mark.parametrize("moved", ["left - 3mm, top", "left + 5mm, top", "left, top - 10mm", "left, top + 20mm"])
def test_address_outside_its_window_is_found(moved: str, tmp_path: Path) -> None:
    letterhead = (TEMPLATES / "letterhead.typ").read_text(encoding="utf-8")
    assert ADDRESS in letterhead
    (tmp_path / "letterhead.typ").write_text(letterhead.replace(ADDRESS, f"put({moved}, fitted"), encoding="utf-8")
    assert "the address leaves the window of 'notify'" in _problems(Wording(tmp_path))


def test_letterhead_without_its_marks_is_found(tmp_path: Path) -> None:
    (tmp_path / "letterhead.typ").write_text("A page.", encoding="utf-8")
    assert "it has no <address> or no <pages>" in _problems(Wording(tmp_path))


def test_untaken_branch_of_a_shared_template_is_found(tmp_path: Path) -> None:
    frame = (TEMPLATES / "frame.md").read_text(encoding="utf-8")
    (tmp_path / "frame.md").write_text(frame + "{% if dated.year == 1999 %}Old.{% endif %}\n", encoding="utf-8")
    assert [finding.letter for finding in findings(Wording(tmp_path))] == ["frame.md"]


PLACED = {
    "26 words, then a field": ("Hello.\n\nThe school {{ school.name }} " + "word " * 26, 5),
    "habit": ("Hello to all of you.\n\nPlease send figures in order to reply.", 5),
    "unknown field": ("Hello.\n\n{% if false %}\n{{ duedate }}\n{% endif %}", 6),
    "undefined": ("Hello.\n\n{{ duedate }}", 5),
    "not closed": ("Hello.\n\n{% if dated %}", 5),
}


@pytest.mark.parametrize(("text", "line"), PLACED.values(), ids=PLACED)
def test_finding_names_the_line_of_the_template(text: str, line: int, tmp_path: Path) -> None:
    found = findings(_council(tmp_path, text), ["category_notice"])
    assert line in [one.line for one in found]


def test_finding_says_where_what_and_what_to_do(tmp_path: Path) -> None:
    [found] = (one for one in findings(_council(tmp_path, "Send it by 4th June."), ["category_notice"]) if one.line)
    assert found == Finding(
        "category_notice", 3, "'4th' in: Send it by 4th June.", "Write the date as '27 February 2026'."
    )
    assert str(found).startswith("category_notice, line 3: '4th' in: ")


@pytest.mark.parametrize("window", Window)
def test_letters_as_shipped_stand_in_every_window(window: Window, tmp_path: Path) -> None:
    (tmp_path / "letterhead.toml").write_text(f'window = "{window}"\n', encoding="utf-8")
    assert findings(Wording(tmp_path)) == ()


def test_address_drawn_for_another_window_is_found(tmp_path: Path) -> None:
    letterhead = (TEMPLATES / "letterhead.typ").read_text(encoding="utf-8")
    (tmp_path / "letterhead.typ").write_text(letterhead.replace(ADDRESS, "put(left, 40.5mm, fitted"), encoding="utf-8")
    (tmp_path / "letterhead.toml").write_text('window = "dl"\n', encoding="utf-8")
    assert "the address leaves the window of 'dl'" in _problems(Wording(tmp_path))


def test_letterhead_that_notify_would_refuse_is_found(tmp_path: Path) -> None:
    letterhead = (TEMPLATES / "letterhead.typ").read_text(encoding="utf-8")
    moved = letterhead.replace("put(page-left, 23mm,", "put(page-left, 33mm,")
    assert moved != letterhead
    (tmp_path / "letterhead.typ").write_text(moved, encoding="utf-8")
    assert "GOV.UK Notify would refuse it: Page 1: something stands 25 mm" in _problems(Wording(tmp_path))


def test_settings_of_the_letterhead_are_a_finding_too(tmp_path: Path) -> None:
    (tmp_path / "letterhead.toml").write_text('font = "Comic Sans MS"\n', encoding="utf-8")
    [found] = findings(Wording(tmp_path))
    assert (found.letter, found.fix) == ("letterhead.toml", "Those found are: Arimo.")
