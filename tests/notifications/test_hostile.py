"""Whatever is typed into a name or an address prints letter by letter, and never becomes markup or code."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from shutil import which

import pytest

from notifications.catalogue import CATALOGUE
from notifications.examples import example_letter
from notifications.letter import Letter
from notifications.pdf import Typesetter, page_data
from notifications.render import compose
from notifications.values import printable
from notifications.wording import Wording

CORPUS = [
    line.encode().decode("unicode_escape").encode("latin-1", "replace").decode("latin-1")
    if line.isascii() and ("\\n" in line or "\\r" in line or "\\u" in line)
    else line
    for line in Path(__file__).with_name("hostile.txt").read_text(encoding="utf-8").splitlines()
]

Saying = Callable[[str, str], Letter]


class _Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[object] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def handle_comment(self, data: str) -> None:
        self.elements.append(data)


def _close(text: str) -> str:
    """The text without white space, soft breaks and direction marks: a page has its own."""
    return "".join(letter for letter in text if not letter.isspace() and letter not in "\u200b\u200e\u200f")


def test_corpus_is_large_enough_to_mean_something() -> None:
    assert len(CORPUS) >= 40
    assert any("\n" in text for text in CORPUS)


@pytest.mark.parametrize("kind", CATALOGUE)
@pytest.mark.parametrize("text", CORPUS)
def test_hostile_value_prints_literally_as_text(text: str, kind: str, saying: Saying, wording: Wording) -> None:
    words = " ".join(compose(saying(kind, text), wording).text.split())
    plain = " ".join(compose(saying(kind, "PLAIN"), wording).text.split())
    assert words.count(printable(text)) >= plain.count("PLAIN")


@pytest.mark.parametrize("kind", CATALOGUE)
@pytest.mark.parametrize("text", CORPUS)
def test_hostile_value_makes_no_element_in_html(text: str, kind: str, saying: Saying, wording: Wording) -> None:
    hostile = _Page(compose(saying(kind, text), wording).html)
    assert hostile.elements == _Page(compose(saying(kind, "PLAIN"), wording).html).elements
    assert printable(text) in " ".join(hostile.words)


@pytest.mark.parametrize("kind", CATALOGUE)
@pytest.mark.parametrize("text", CORPUS)
def test_hostile_value_makes_no_block_in_print(text: str, kind: str, saying: Saying, wording: Wording) -> None:
    def shape(text: str) -> list[tuple[str, int]]:
        letter = saying(kind, text)
        blocks = page_data(compose(letter, wording), letter)["blocks"]
        return [(block["kind"], len(block.get("spans", block.get("items", ())))) for block in blocks]

    assert shape(text) == shape("PLAIN")


@pytest.mark.skipif(not which("pdftotext"), reason="pdftotext (poppler-utils) reads the printed page back")
def test_hostile_values_are_read_back_from_the_pdf(wording: Wording, typesetter: Typesetter, tmp_path: Path) -> None:
    letter = example_letter("category_notice")
    letter = replace(letter, fields=replace(letter.fields, activities=tuple(CORPUS)))
    (tmp_path / "x.pdf").write_bytes(typesetter.pdf(compose(letter, wording), letter))
    read = subprocess.run(["pdftotext", "-raw", tmp_path / "x.pdf", "-"], capture_output=True, check=True)
    words = _close(read.stdout.decode()).replace(f"{letter.reference}Page", "")
    lost = [text for text in CORPUS if _close(printable(text)) not in words and "\u202e" not in text]
    assert [text for text in lost if len(text) < 1000] == []
