"""The printed letter: accessible and archival by structure, the same bytes each time, inside its areas."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from shutil import which

import pikepdf
import pytest

from notifications.catalogue import CATALOGUE
from notifications.errors import LetterError
from notifications.examples import example_letter, example_letters
from notifications.letter import Letter
from notifications.pdf import Typesetter, address_lines, page_data
from notifications.render import compose
from notifications.wording import Wording

MM = 72 / 25.4
ADDRESS_WINDOW = (24.6, 39.5, 120, 66.3)  # GOV.UK Notify, precompiled letters: left, top, right, bottom
LONG_NAME = "The Blessed Augustine of the Fens Voluntary Aided Church of England Junior and Infant School " * 3
EIGHT_LINES = ("The Old Rectory Annexe", "12 Mill Lane", "High Heath", "Near Low Heath", "Wensum", "WX1 2AB")

NEW_PROCESS = """
import hashlib, sys
from notifications.examples import example_letter, example_letters
from notifications.pdf import Typesetter
from notifications.render import compose
from notifications.wording import Wording
letter = example_letter("progress_request")
sys.stdout.write(hashlib.sha256(Typesetter().pdf(compose(letter, Wording()), letter)).hexdigest())
"""

needs_poppler = pytest.mark.skipif(not which("pdftotext"), reason="pdftotext (poppler-utils) measures the page")

SetLetter = Callable[[Letter], bytes]


@pytest.fixture
def printed(wording: Wording, typesetter: Typesetter) -> SetLetter:
    return lambda letter: typesetter.pdf(compose(letter, wording), letter)


def _words(pdf: bytes, file: Path) -> list[tuple[str, float, float, float, float]]:
    """The words of page 1 with their boxes in millimetres: text, left, top, right, bottom."""
    file.write_bytes(pdf)
    command = ["pdftotext", "-bbox", "-l", "1", str(file), "-"]
    page = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    found = re.findall(r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>', page)
    return [(text, *(float(point) / MM for point in box)) for *box, text in found]


@pytest.mark.parametrize("kind", CATALOGUE)
def test_pdf_is_tagged_titled_and_archival(kind: str, printed: SetLetter, wording: Wording) -> None:
    for letter in example_letters(kind):
        with pikepdf.open(BytesIO(printed(letter))) as pdf, pdf.open_metadata() as metadata:
            assert pdf.Root.MarkInfo.Marked
            assert "/StructTreeRoot" in pdf.Root
            assert str(pdf.Root.Lang) == "en-GB"
            assert metadata["dc:title"] == compose(letter, wording).subject
            conformance = [metadata[key] for key in ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance")]
            assert tuple(conformance) == ("1", "2", "A")


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_font_is_embedded(kind: str, printed: SetLetter) -> None:
    with pikepdf.open(BytesIO(printed(example_letter(kind)))) as pdf:
        fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/FontName" in item]
        assert fonts
        assert all("Arimo" in str(font.FontName) for font in fonts)
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)


def test_structure_has_headings_lists_and_table_headers(printed: SetLetter) -> None:
    with pikepdf.open(BytesIO(printed(example_letter("progress_request")))) as pdf:
        tags = {str(item.S) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item}
    assert {"/H1", "/H2", "/L", "/LI", "/Table", "/TH", "/TD", "/P"} <= tags


def test_same_letter_is_the_same_bytes(printed: SetLetter) -> None:
    letter = example_letter("progress_request")
    first = printed(letter)
    printed(example_letter("category_notice"))
    assert printed(letter) == first


def test_another_process_makes_the_same_bytes() -> None:
    runs = [subprocess.run([sys.executable, "-c", NEW_PROCESS], capture_output=True, check=True) for _ in "ab"]
    assert runs[0].stdout == runs[1].stdout != b""


@pytest.mark.parametrize(("name", "character"), [("Mr 🙂 Ives", "🙂"), ("王 Wang", "王")], ids=["emoji", "Chinese"])
def test_character_without_a_glyph_is_named(name: str, character: str, printed: SetLetter) -> None:
    letter = example_letter("category_notice")
    letter = replace(letter, recipient=replace(letter.recipient, name=name))
    with pytest.raises(LetterError, match=f"CN-199999-4-H: the character '{character}' .* Replace it"):
        printed(letter)


def test_broken_letterhead_of_a_council_is_named(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "letterhead.typ").write_text("#let x = (")
    letter = example_letter("category_notice")
    with pytest.raises(LetterError, match=r"CN-199999-4-H: .*letterhead.typ: unclosed delimiter"):
        Typesetter(tmp_path).pdf(compose(letter, wording), letter)


def test_too_many_address_lines_share_a_line() -> None:
    letter = example_letter("category_notice")
    letter = replace(letter, school=replace(letter.school, address=EIGHT_LINES))
    assert address_lines(letter) == (
        "Mrs Adaeze Okafor, Headteacher",
        "High Heath Primary School",
        "The Old Rectory Annexe, 12 Mill Lane",
        "High Heath, Near Low Heath",
        "Wensum",
        "WX1 2AB",
    )


def test_unnamed_recipient_has_no_role_line() -> None:
    letter = example_letter("category_notice")
    letter = replace(letter, recipient=replace(letter.recipient, name=""))
    assert address_lines(letter)[:2] == ("The Headteacher", "High Heath Primary School")


@needs_poppler
@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("High Heath Primary School", EIGHT_LINES),
        (LONG_NAME, EIGHT_LINES),
        (LONG_NAME * 3, EIGHT_LINES * 4),
        ("Llanfair" * 30, ("WX1 2AB",)),
    ],
    ids=["eight lines", "long name", "absurdly long", "one word"],
)
def test_address_stays_in_its_window(name: str, address: tuple[str, ...], printed: SetLetter, tmp_path: Path) -> None:
    letter = example_letter("progress_request")
    letter = replace(letter, school=replace(letter.school, name=name, address=address))
    left, top, right, bottom = ADDRESS_WINDOW
    words = [word for word in _words(printed(letter), tmp_path / "x.pdf") if 35 < word[2] < 94 and word[1] < 125]
    assert "".join(address[-1].split()) in "".join(word[0] for word in words)
    assert all(left - 0.1 <= word[1] and top <= word[2] for word in words)
    assert all(word[3] <= right and word[4] <= bottom for word in words)


@needs_poppler
@pytest.mark.parametrize("kind", CATALOGUE)
def test_letter_stays_within_the_printable_areas(kind: str, printed: SetLetter, tmp_path: Path) -> None:
    words = _words(printed(example_letter(kind)), tmp_path / "x.pdf")
    greeting = next(word for word in words if word[0] == "Dear")
    assert greeting[2] >= 94.5
    assert all(word[1] >= 15 and word[3] <= 195 and word[2] >= 5 and word[4] <= 292 for word in words)
    assert any(word[0] == "Page" and word[2] > 275 for word in words)


def test_dates_and_telephones_are_kept_whole(wording: Wording) -> None:
    letter = example_letter("partner_allocation")
    text = str(page_data(compose(letter, wording), letter, Typesetter().letterhead)["blocks"])
    assert "2 October 2015" in text.replace("\\xa0", " ")
    assert re.findall(r"\d{1,2} October|01632 \d", text) == []
