"""The wording shipped is bound to the catalogue; a council's own is found, or refused with line and fix."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from notifications.catalogue import CATALOGUE, ProgressMeasure
from notifications.errors import LetterError
from notifications.examples import example_letter
from notifications.fields_page import document
from notifications.render import SHARED_FIELDS, compose, template_of
from notifications.wording import TEMPLATES, Wording

BROKEN = {
    "undefined field": (
        "Subject: S\n\n{{ duedate }}",
        r"line 3 \(\{\{ duedate \}\}\): 'duedate' is undefined",
    ),
    "no value": ("Subject: S\n\nBy {{ reply_by }}", r"line 3 \(By \{\{ reply_by \}\}\): the value is None"),
    "no text": ("Subject: S\n\n{{ recipient.email }}", r"line 3 .*the value is empty"),
    "a list": ("Subject: S\n\n{{ activities }}", r"line 3 .*no text, number or date"),
    "a yes or no": ("Subject: S\n\n{{ monitored }}", r"line 3 .*the value is True"),
    "open if": ("Subject: S\n\n{% if monitored %}\nx", r"letter.md, line \d.*needs its end"),
    "forbidden": ("Subject: S\n\n{{ school.__class__ }}", r"line 3 .*(unsafe|undefined)"),
    "wrong sum": ("Subject: S\n\n{{ 1 / 0 }}", r"line 3 .*division"),
    "no subject": ("Dear all", r"line 1: it reads 'Dear all'. Begin the letter"),
    "unknown include": ('Subject: S\n\n{% include "poem.md" %}', r"poem.md"),
    "itself": ('Subject: S\n\n{% include "category_notice/letter.md" %}', r"line 3 .*recursion"),
    "italics": ("Subject: S\n\n*now*", r"cannot show 'em_open'. Letters use no italics"),
    "not UTF-8": (b"Subject: S\n\n\xe9", r"not UTF-8"),
}


def _council(folder: Path, wording: str | bytes) -> Wording:
    file = folder / "category_notice" / "letter.md"
    file.parent.mkdir()
    file.write_bytes(wording if isinstance(wording, bytes) else wording.encode())
    return Wording(folder)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_template_uses_just_the_fields_offered(kind: str, wording: Wording) -> None:
    offered = {field.name for field in fields(CATALOGUE[kind])}
    assert wording.fields_used(template_of(kind)).keys() - set(SHARED_FIELDS) == offered


def test_page_of_fields_is_up_to_date() -> None:
    page = (TEMPLATES / "FIELDS.md").read_text(encoding="utf-8")
    assert page == f"{document()}\n", "templates/FIELDS.md is stale: run `make docs`"


def test_every_folder_of_wording_is_a_letter() -> None:
    assert {file.parent.name for file in TEMPLATES.glob("*/letter.md")} == set(CATALOGUE)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_broken_wording_is_refused_with_place_and_fix(broken: tuple[str | bytes, str], tmp_path: Path) -> None:
    text, message = broken
    letter = example_letter("category_notice")
    letter = replace(
        letter,
        recipient=replace(letter.recipient, email=""),
        fields=replace(letter.fields, reply_by=None),
    )
    with pytest.raises(LetterError, match=message) as raised:
        compose(letter, _council(tmp_path, text))
    assert str(raised.value).startswith("Letter CN-199999-4-H, ")


def test_council_overrides_one_letter_only(tmp_path: Path, wording: Wording) -> None:
    council = _council(tmp_path, "Subject: Ours\n\nOur own words.\n")
    assert compose(example_letter("category_notice"), council).subject == "Ours"
    shipped = compose(example_letter("progress_request"), wording)
    assert compose(example_letter("progress_request"), council) == shipped


def test_edit_does_not_change_a_run(tmp_path: Path) -> None:
    council = _council(tmp_path, "Subject: Before\n\nText.\n")
    before = compose(example_letter("category_notice"), council)
    (tmp_path / "category_notice" / "letter.md").write_text("Subject: After\n\nText.\n")
    assert compose(example_letter("category_notice"), council) == before


def test_measure_without_a_label_is_refused(wording: Wording) -> None:
    letter = example_letter("progress_request")
    nameless = (ProgressMeasure(label=" ", target_percent=75),)
    with pytest.raises(LetterError, match=r"measure.label .*the value is empty"):
        compose(replace(letter, fields=replace(letter.fields, measures=nameless)), wording)
