"""The Word file of a letter: the same words as the text, with Word's own headings, lists and header rows."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as WordFile
from docx.oxml.ns import qn

from notifications.catalogue import CATALOGUE
from notifications.errors import LetterError
from notifications.examples import example_letter, example_letters
from notifications.letter import Letter
from notifications.letterhead import stationery
from notifications.markdown import Bullets, Heading, Table
from notifications.pdf import address_lines
from notifications.render import Composed, compose
from notifications.word import to_docx
from notifications.wording import Wording

Opened = Callable[[Letter], WordFile]
LETTERHEAD = stationery(None).letterhead


def _linked(spans: str) -> Composed:
    from notifications.markdown import parse  # noqa: PLC0415

    return Composed("S", parse(spans), "", "", "")


@pytest.fixture
def opened(wording: Wording) -> Opened:
    return lambda letter: Document(BytesIO(to_docx(compose(letter, wording), letter, LETTERHEAD)))


def _words(word: WordFile) -> str:
    texts = "".join(node.text if node.tag == qn("w:t") else " " for node in word.element.body.iter() if _says(node.tag))
    return " ".join(texts.split())


def _says(tag: object) -> bool:
    return tag in {qn("w:t"), qn("w:p"), qn("w:br")}


@pytest.mark.parametrize("kind", CATALOGUE)
def test_word_file_says_what_the_letter_says(kind: str, opened: Opened, wording: Wording) -> None:
    for letter in example_letters(kind):
        written = compose(letter, wording).text.split("Dear ", 1)[1]
        plain = " ".join(
            word.lstrip("-=") for word in written.split() if word.strip("-=") and not word.rstrip(".").isdigit()
        )
        said = " ".join(word for word in _words(opened(letter)).split() if not word.rstrip(".").isdigit())
        assert "".join(plain.split()).replace("-", "") in "".join(said.split()).replace("-", "")


@pytest.mark.parametrize("kind", CATALOGUE)
def test_blocks_are_words_own(kind: str, opened: Opened, wording: Wording) -> None:
    for letter in example_letters(kind):
        word, blocks = opened(letter), compose(letter, wording).blocks
        styles = [paragraph.style.name for paragraph in word.paragraphs if paragraph.style]
        headings = [f"Heading {block.level}" for block in blocks if isinstance(block, Heading)]
        assert [name for name in styles if name and name.startswith("Heading")] == headings
        items = [len(block.items) for block in blocks if isinstance(block, Bullets)]
        assert sum(name in {"List Bullet", "List Number"} for name in styles) == sum(items)
        assert len(word.tables) == sum(isinstance(block, Table) for block in blocks)


def test_header_row_of_a_table_is_marked_and_bold(opened: Opened) -> None:
    [table] = opened(example_letter("progress_request")).tables
    marked = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.rows]
    assert marked == [True] + [False] * (len(table.rows) - 1)
    assert all(run.bold for cell in table.rows[0].cells for run in cell.paragraphs[0].runs)


def test_table_stays_on_one_page(opened: Opened) -> None:
    [table] = opened(example_letter("warning_notice")).tables
    stays = [{cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells} for row in table.rows]
    assert stays == [{True}] * (len(table.rows) - 1) + [{False}]


def test_page_number_stands_at_the_right_margin(opened: Opened) -> None:
    section = opened(example_letter("warning_notice")).sections[0]
    [footer] = section.footer.paragraphs
    [stop] = footer.paragraph_format.tab_stops
    assert list(footer.style.paragraph_format.tab_stops) == []
    assert stop.position == section.page_width - section.left_margin - section.right_margin
    assert footer.text == "WN-199999-4-G\tPage  of "


def test_file_knows_its_language_title_and_day(opened: Opened) -> None:
    word = opened(example_letter("progress_request"))
    about = word.core_properties
    assert (about.language, about.author) == ("en-GB", "Wensum County Council")
    assert about.title.startswith("High Heath Primary School")
    assert str(about.created).startswith("2025-12-08")
    language = word.styles["Normal"].element.rPr.find(qn("w:lang"))
    assert language.get(qn("w:val")) == "en-GB"


def test_address_and_contact_block_are_in_it(opened: Opened) -> None:
    letter = example_letter("progress_request")
    words = _words(opened(letter))
    assert all(line in words for line in (*address_lines(letter), *letter.sender.address, "Date: 8 December 2025"))


def test_each_numbered_list_counts_from_one() -> None:
    letter = example_letter("progress_request")
    composed = _linked("1. a\n2. b\n\nThen:\n\n1. c\n")
    word = Document(BytesIO(to_docx(composed, letter, LETTERHEAD)))
    counts = [one._p.pPr.numPr.numId.val for one in word.paragraphs if one.style and one.style.name == "List Number"]
    assert counts[0] == counts[1] != counts[2]


def test_links_lead_where_they_say() -> None:
    letter = example_letter("progress_request")
    content = to_docx(_linked("See [our **page**](https://www.wensum.example/a?b=1&c=2)."), letter, LETTERHEAD)
    word = Document(BytesIO(content))
    [paragraph] = [one for one in word.paragraphs if one.hyperlinks]
    assert {(link.address, link.text) for link in paragraph.hyperlinks} == {
        ("https://www.wensum.example/a?b=1&c=2", "our "),
        ("https://www.wensum.example/a?b=1&c=2", "page"),
    }
    assert paragraph.text == "See our page."


def test_nothing_in_the_file_runs_or_fetches(opened: Opened, wording: Wording) -> None:
    letter = example_letter("warning_notice")
    with ZipFile(BytesIO(to_docx(compose(letter, wording), letter, LETTERHEAD))) as parts:
        names = parts.namelist()
        outside = [name for name in names if name.endswith(".rels") and b"External" in parts.read(name)]
    assert not [name for name in names if "vba" in name.lower() or "embed" in name.lower()]
    assert outside == []


def test_character_that_xml_cannot_hold_is_told() -> None:
    letter = example_letter("progress_request")
    letter = replace(letter, school=replace(letter.school, name="High\uffffHeath"))
    with pytest.raises(LetterError, match="PR-199999-4-H: a character in it cannot stand in a Word file"):
        to_docx(_linked("Hello."), letter, LETTERHEAD)
