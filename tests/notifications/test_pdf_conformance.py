"""Every printed letter is accessible (PDF/UA-1) and archival (PDF/A-2a): judged by a validator, and looked into by us.

The validator is `page-validation`, young and independent of veraPDF; what pikepdf finds must hold whatever it says. No
person with a screen reader has tried the letters.
"""

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import page
import pikepdf
import pytest

from notifications.catalogue import CATALOGUE
from notifications.examples import example_letters
from notifications.letter import Letter
from notifications.markdown import Block, Bullets, Heading, Table
from notifications.pdf import Typesetter
from notifications.render import compose
from notifications.wording import Wording

PROFILES = ("ua1", "2a")
# What would run, fetch or hide something.
FORBIDDEN = {"/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/EmbeddedFiles", "/SMask", "/Encrypt", "/AcroForm"}
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><rect width="60" height="40" fill="#063"/></svg>'


class Printed:
    """A letter as blocks and as an opened PDF, with the elements of its structure from first to last."""

    def __init__(self, letter: Letter, wording: Wording, typesetter: Typesetter) -> None:
        composed = compose(letter, wording)
        self.blocks: tuple[Block, ...] = composed.blocks
        self.pdf = pikepdf.open(BytesIO(typesetter.pdf(composed, letter)))
        self.elements = list(_elements(self.pdf.Root.StructTreeRoot.K))
        self.tags = Counter(str(one.S) for one in self.elements)

    def dictionaries(self) -> Iterator[pikepdf.Dictionary]:
        yield from (one for one in self.pdf.objects if isinstance(one, pikepdf.Dictionary))


def _elements(node: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from _elements(one)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        if "/K" in node:
            yield from _elements(node.K)


def _attribute(element: pikepdf.Dictionary, name: str) -> str:
    return next((str(one[name]) for one in element.get("/A", ()) if name in one), "")


def _faults(pdf: bytes, profile: str) -> list[tuple[str, str]]:
    """What the validator finds, but for one false alarm that we look into ourselves.

    Where a compressed stream happens to end with CR, it takes that CR with the LF before `endstream` for the end of a
    line, and calls a right /Length wrong (0.11.0).
    """
    report = page.validate_pdf_bytes(pdf, profile=profile)
    assert report.rules.total > 100
    found = [(one.rule_id, one.message) for one in report.failures]
    return [fault for fault in found if "STREAM-LENGTH" not in fault[0] or not _lengths_are_right(pdf)]


def _lengths_are_right(pdf: bytes) -> bool:
    streams = list(re.finditer(rb"/Length (\d+)[^>]*?>>\s*stream\n", pdf, re.DOTALL))
    return bool(streams) and all(pdf[one.end() + int(one[1]) :].startswith(b"\nendstream") for one in streams)


@pytest.fixture(scope="session")
def all_printed(wording: Wording, typesetter: Typesetter) -> dict[str, list[Printed]]:
    return {kind: [Printed(one, wording, typesetter) for one in example_letters(kind)] for kind in CATALOGUE}


@pytest.fixture(params=CATALOGUE)
def printed(request: pytest.FixtureRequest, all_printed: dict[str, list[Printed]]) -> list[Printed]:
    """Every worked example of one letter."""
    return all_printed[request.param]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", CATALOGUE)
def test_validator_finds_no_fault(kind: str, profile: str, wording: Wording, typesetter: Typesetter) -> None:
    letter = example_letters(kind)[0]
    assert _faults(typesetter.pdf(compose(letter, wording), letter), profile) == []


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", CATALOGUE)
def test_validator_finds_no_fault_on_any_branch(
    kind: str, profile: str, wording: Wording, typesetter: Typesetter
) -> None:
    for letter in example_letters(kind)[1:]:
        assert _faults(typesetter.pdf(compose(letter, wording), letter), profile) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_letter_with_a_logo_for_another_window_has_no_fault(profile: str, tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "arms.svg").write_text(LOGO, encoding="utf-8")
    (tmp_path / "letterhead.toml").write_text('logo = "arms.svg"\nwindow = "dl"\nsize = 16\n', encoding="utf-8")
    letter = example_letters("warning_notice")[0]
    pdf = Typesetter(tmp_path).pdf(compose(letter, wording), letter)
    assert _faults(pdf, profile) == []


@pytest.mark.parametrize(("profile", "key"), [("ua1", "/StructTreeRoot"), ("2a", "/Metadata"), ("ua1", "/MarkInfo")])
def test_validator_sees_a_damaged_letter(profile: str, key: str, wording: Wording, typesetter: Typesetter) -> None:
    damaged, content = Printed(example_letters("circular")[0], wording, typesetter).pdf, BytesIO()
    del damaged.Root[key]
    damaged.save(content)
    assert _faults(content.getvalue(), profile)


def test_headings_follow_the_letter_and_skip_no_level(printed: list[Printed]) -> None:
    for one in printed:
        levels = [int(str(element.S)[2]) for element in one.elements if str(element.S) in {"/H1", "/H2", "/H3"}]
        assert levels == [block.level for block in one.blocks if isinstance(block, Heading)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_lists_and_tables_have_all_their_parts(printed: list[Printed]) -> None:
    for one in printed:
        lists = [block for block in one.blocks if isinstance(block, Bullets)]
        tables = [block for block in one.blocks if isinstance(block, Table)]
        items = sum(len(block.items) for block in lists)
        assert (one.tags["/L"], one.tags["/LI"], one.tags["/LBody"]) == (len(lists), items, items)
        assert (one.tags["/Table"], one.tags["/THead"]) == (len(tables), len(tables))
        assert one.tags["/TH"] == sum(len(block.header) for block in tables)
        assert one.tags["/TD"] == sum(len(block.header) * len(block.rows) for block in tables)


def test_every_cell_knows_its_heading(printed: list[Printed]) -> None:
    for one in printed:
        heads = [element for element in one.elements if element.S == "/TH"]
        cells = [element for element in one.elements if element.S == "/TD"]
        assert {_attribute(head, "/Scope") for head in heads} <= {"/Column"}
        assert all("/Headers" in attribute or "/O" in attribute for cell in cells for attribute in cell.A)
        named = {bytes(head.ID) for head in heads}
        assert all(
            bytes(name) in named for cell in cells for part in cell.A if "/Headers" in part for name in part.Headers
        )


def test_document_speaks_english_and_shows_its_title(printed: list[Printed]) -> None:
    for one in printed:
        assert str(one.pdf.Root.Lang) == "en-GB"
        assert one.pdf.Root.ViewerPreferences.DisplayDocTitle
        assert one.pdf.Root.MarkInfo.Marked


def test_colours_are_said_for_the_archive(printed: list[Printed]) -> None:
    for one in printed:
        [intent] = one.pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert len(intent.DestOutputProfile.read_bytes()) > 100


def test_text_can_be_read_out_of_every_font(printed: list[Printed]) -> None:
    for one in printed:
        fonts = [item for item in one.dictionaries() if item.get("/Type") == "/Font"]
        whole = [font for font in fonts if font.get("/Subtype") == "/Type0"]
        assert whole
        assert all("/ToUnicode" in font for font in whole)
        assert {str(font.Subtype) for font in fonts} <= {"/Type0", "/CIDFontType0", "/CIDFontType2"}


def test_nothing_runs_is_hidden_or_shines_through(printed: list[Printed]) -> None:
    for one in printed:
        assert not {str(key) for item in one.dictionaries() for key in item} & FORBIDDEN
        states = [item for item in one.dictionaries() if {"/ca", "/CA"} & {str(key) for key in item}]
        assert all(float(state.get(key, 1)) == 1 for state in states for key in ("/ca", "/CA"))
        assert all("/Group" not in sheet for sheet in one.pdf.pages)


def test_keyboard_goes_by_structure_and_links_say_where(printed: list[Printed]) -> None:
    for one in printed:
        assert all(sheet.get("/Tabs") == "/S" for sheet in one.pdf.pages)
        links = [note for sheet in one.pdf.pages for note in sheet.get("/Annots", ())]
        assert all(str(note.get("/Contents", "")) for note in links)
        assert len(links) >= one.tags["/Link"]
