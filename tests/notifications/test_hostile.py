"""Whatever is typed into a name or an address prints letter by letter, and never becomes markup or code."""

import codecs
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from itertools import chain, count, groupby, repeat
from pathlib import Path
from shutil import which
from typing import Any

import pikepdf
import pytest
from docx import Document
from docx.oxml.ns import qn

from notifications.catalogue import CATALOGUE
from notifications.examples import example_letter, example_letters
from notifications.letter import Letter
from notifications.letterhead import stationery
from notifications.pdf import Typesetter, page_data
from notifications.render import compose
from notifications.values import printable
from notifications.word import to_docx
from notifications.wording import Wording

_ESCAPE = re.compile(r"\\(?:[nrt\\]|x[0-9a-f]{2}|u[0-9a-f]{4})")
CORPUS = [
    _ESCAPE.sub(lambda found: codecs.decode(found[0], "unicode_escape"), line)
    for line in Path(__file__).with_name("hostile.txt").read_text(encoding="utf-8").splitlines()
]
PLAIN = "PLAIN"
LETTERHEAD = stationery(None).letterhead
TOGETHER = 12  # values that each letter meets in `make test`; the letters meet different ones

Saying = Callable[[Letter, str], Letter]
SayingInTurn = Callable[[Letter, Iterator[str]], Letter]
Forms = Callable[[Letter], "tuple[_Form, ...]"]

needs_poppler = pytest.mark.skipif(not which("pdftotext"), reason="pdftotext (poppler-utils) reads the page back")


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

    def handle_decl(self, decl: str) -> None:
        self.elements.append(decl)


class _Rendered:
    """One letter by all three renderers: the words of its text, the page, the shapes of the printed blocks."""

    def __init__(self, letter: Letter, wording: Wording) -> None:
        composed = compose(letter, wording)
        self.words = " ".join(composed.text.split())
        self.page = _Page(composed.html)
        blocks = page_data(composed, letter, LETTERHEAD)["blocks"]
        self.shape = [
            (one["kind"], _runs(one["spans"]) if "spans" in one else len(one.get("items", ()))) for one in blocks
        ]


def _runs(parts: list[dict[str, Any]]) -> int:
    """The page cuts a text where the letter's reference stands, which is hostile here too: what is alike is one."""
    return len(list(groupby(parts, lambda part: (part["text"] == "\n", part["strong"], part["link"]))))


def _prints_literally(kind: str, texts: Iterable[str], saying: Saying, wording: Wording) -> None:
    example = example_letter(kind)
    plain = _Rendered(saying(example, PLAIN), wording)
    for text in filter(printable, texts):
        hostile = _Rendered(saying(example, text), wording)
        assert hostile.words.count(printable(text)) >= plain.words.count(PLAIN), text
        assert hostile.page.elements == plain.page.elements, text
        assert printable(text) in " ".join(hostile.page.words), text
        assert hostile.shape == plain.shape, text


def _close(text: str) -> str:
    """The text without white space, soft breaks and direction marks: a page has its own."""
    return "".join(letter for letter in text if not letter.isspace() and letter not in "\u200b\u200e\u200f\u061c\u00ad")


def test_corpus_is_large_and_varied() -> None:
    assert len(CORPUS) >= 200
    for control in ("\n", "\r", "\t", "\x00", "\x1b", "\u202e", "\u2028"):
        assert any(control in text for text in CORPUS), control


@pytest.mark.parametrize("kind", CATALOGUE)
def test_hostile_values_print_literally_everywhere(kind: str, saying: Saying, wording: Wording) -> None:
    first = list(CATALOGUE).index(kind) * TOGETHER
    _prints_literally(kind, ((CORPUS * 3)[first : first + TOGETHER]), saying, wording)


def test_letters_meet_the_whole_corpus_between_them() -> None:
    assert len(CATALOGUE) * TOGETHER >= len(CORPUS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_hostile_value_prints_literally_in_every_letter(kind: str, saying: Saying, wording: Wording) -> None:
    _prints_literally(kind, CORPUS, saying, wording)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_hostile_value_is_harmless_on_every_branch(kind: str, saying: Saying, wording: Wording) -> None:
    text = "# *x* | y | <b>{{ 7*7 }}</b> #eval(1)"
    for example in example_letters(kind):
        hostile, plain = (_Rendered(saying(example, one), wording) for one in (text, PLAIN))
        assert (hostile.page.elements, hostile.shape) == (plain.page.elements, plain.shape)


@needs_poppler
def test_hostile_values_are_read_back_from_the_pdf(wording: Wording, typesetter: Typesetter, tmp_path: Path) -> None:
    texts = [text for text in CORPUS if printable(text)]
    letter = example_letter("category_notice")
    letter = replace(letter, fields=replace(letter.fields, activities=tuple(texts)))
    (tmp_path / "x.pdf").write_bytes(typesetter.pdf(compose(letter, wording), letter))
    read = subprocess.run(["pdftotext", "-raw", tmp_path / "x.pdf", "-"], capture_output=True, check=True)
    words = re.sub(rf"{letter.reference}Page\d+of\d+", "", _close(read.stdout.decode()))
    lost = [text for text in texts if _close(printable(text)) not in words]
    assert [text for text in lost if len(text) < 1000 and "\u200f" not in text] == []


class _Form:
    """One form of a letter as whoever opens the file has it: its words, and what it is made of."""

    def __init__(self, words: str, made_of: Any) -> None:
        self.words, self.made_of = words, made_of

    def lost(self, texts: Iterable[str]) -> list[str]:
        """A text in two directions is not looked for: a reader gives its parts back in the order of the page."""
        return [one for one in texts if "\u200f" not in one and _close(printable(one)) not in self.words]


def _on_paper(pdf: bytes, file: Path, reference: str) -> _Form:
    """The page as poppler reads it, without what stands at its foot, and the tags of its structure."""
    file.write_bytes(pdf)
    read = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True)
    words = re.sub(rf"{reference}Page\d+of\d+", "", _close(read.stdout.decode()))
    with pikepdf.open(BytesIO(pdf)) as opened:
        items = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary)]
        tags = Counter(
            str(one.S) for one in items if one.get("/Type") == "/StructElem" or ("/P" in one and "/S" in one)
        )
        links = sum("/A" in one and one.get("/Subtype") == "/Link" for one in items)
        # The lines of the address are paragraphs, as many as there is room for; bold over two pages is two elements.
        del tags["/P"], tags["/Strong"]
        return _Form(words, (tags, links))


def _in_word(content: bytes) -> _Form:
    word = Document(BytesIO(content))
    words = "".join(node.text or "" for node in word.element.body.iter(qn("w:t")))
    styles = [paragraph._p.style for paragraph in word.paragraphs]
    links = len(list(word.element.body.iter(qn("w:hyperlink"))))
    return _Form(_close(words), (styles, links, [len(table.rows) for table in word.tables]))


@pytest.fixture
def forms(wording: Wording, typesetter: Typesetter, tmp_path: Path) -> Forms:
    """A letter on paper and in Word."""

    def both(letter: Letter) -> tuple[_Form, ...]:
        composed = compose(letter, wording)
        printed = _on_paper(typesetter.pdf(composed, letter), tmp_path / "x.pdf", letter.reference)
        return printed, _in_word(to_docx(composed, letter, LETTERHEAD))

    return both


def _printed_places(letter: Letter, in_turn: SayingInTurn, forms: Forms) -> list[bool]:
    """Of each text of a letter, whether it is printed in every form: an address for emails is not."""
    numbers = count(100_000)
    shown = [form.words for form in forms(in_turn(letter, (f"NO{number}" for number in numbers)))]
    return [all(f"NO{number}" in words for words in shown) for number in range(100_000, next(numbers))]


def _put(texts: Sequence[str], places: list[bool]) -> Iterator[str]:
    """The texts in the places that are printed, and something harmless in all others."""
    left = iter(texts)
    return chain((next(left, PLAIN) if printed else PLAIN for printed in places), repeat(PLAIN))


def _is_literal_on_paper_and_in_word(kind: str, texts: Sequence[str], in_turn: SayingInTurn, forms: Forms) -> None:
    example = example_letter(kind)
    places, plain = _printed_places(example, in_turn, forms), forms(in_turn(example, repeat(PLAIN)))
    for first in range(0, len(texts), sum(places)):
        some = texts[first : first + sum(places)]
        for form, harmless in zip(forms(in_turn(example, _put(some, places))), plain, strict=True):
            assert form.made_of == harmless.made_of, some
            assert form.lost(some) == []


@needs_poppler
@pytest.mark.parametrize("kind", CATALOGUE)
def test_hostile_values_are_literal_on_paper_and_in_word(kind: str, saying_in_turn: SayingInTurn, forms: Forms) -> None:
    first = list(CATALOGUE).index(kind) * TOGETHER
    _is_literal_on_paper_and_in_word(kind, (CORPUS * 3)[first : first + TOGETHER], saying_in_turn, forms)


@pytest.mark.slow
@needs_poppler
@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_hostile_value_is_literal_on_paper_and_in_word(
    kind: str, saying_in_turn: SayingInTurn, forms: Forms
) -> None:
    _is_literal_on_paper_and_in_word(kind, CORPUS, saying_in_turn, forms)
