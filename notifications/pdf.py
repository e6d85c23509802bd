"""A composed letter set in type: PDF/UA-1 and PDF/A-2a at once, the same bytes each time.

How the page looks is not here but in `templates/letterhead.typ`, and what a council may set of it in `letterhead.toml`.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import fontpkg_arimo
import typst

from notifications.errors import LetterError
from notifications.letter import Letter
from notifications.letterhead import FILE as LETTERHEAD_FILE
from notifications.letterhead import Area, Letterhead, stationery
from notifications.markdown import Block, Paragraph, Span
from notifications.render import Composed
from notifications.values import printable
from notifications.wording import TEMPLATES

_LETTERHEAD = "letterhead.typ"
_FONTS = Path(fontpkg_arimo.__file__).parent / "files"
_NO_GLYPH = re.compile(r'the text `"(.+)"` could not be displayed')
_KEPT_WHOLE = re.compile(r"\d{1,2} [JFMASOND][a-z]{2,8} \d{4}|\b0\d{2,4} \d{3,6}(?: \d{3,4})?\b")  # dates, telephones
_NO_BREAK = "\u00a0"
_LINE, _BOX = 70, 40  # characters that fit into a line of the body, of the address and the contact details
_SCREEN = 110  # points of a picture to the inch
ADDRESS_LINES = 6  # at 10.5 points they just fill the address window


class Measured(NamedTuple):
    """How many pages a letter has, and where its address stands: left, top, right and bottom in millimetres."""

    pages: int
    address: Area


class Typesetter:
    """Sets letters one after another; keep one for each thread, for a compiler is not shared.

    Start it in the process that uses it: typst's threads do not survive a fork.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        """A council's own letterhead in `overrides` is taken before ours; raises LetterError if it cannot be used."""
        own = overrides / _LETTERHEAD if overrides else None
        self._page = (own if own and own.is_file() else TEMPLATES / _LETTERHEAD).resolve()
        self.letterhead, logo, fonts = stationery(overrides)
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[*filter(None, (fonts, _FONTS))]
        )
        if self.letterhead.font not in self._fonts.families():
            known = ", ".join(self._fonts.families())
            raise LetterError(
                f"{LETTERHEAD_FILE}: there is no font {self.letterhead.font!r}. Those found are: {known}."
            )
        self._root = Path(os.path.commonpath([self._page.parent, logo.parent])) if logo else self._page.parent
        self._logo = f"/{logo.relative_to(self._root).as_posix()}" if logo else ""
        self._compiler = typst.Compiler(
            self._page, root=self._root, font_paths=self._fonts, sys_inputs={"letter": "{}"}
        )

    def pdf(self, composed: Composed, letter: Letter) -> bytes:
        """The letter on paper; raises LetterError if a character has no print or the letterhead is broken."""
        try:
            pages = self._compiler.compile(
                format="pdf",
                sys_inputs=self._told(composed, letter),
                pdf_standards=["ua-1", "a-2a"],
                timestamp=int(datetime.combine(letter.dated, time(12), UTC).timestamp()),
            )
        except typst.TypstError as error:
            raise LetterError(self._explained(letter, error)) from error
        assert isinstance(pages, bytes)  # narrows: a PDF is one file
        return pages

    def pictures(self, composed: Composed, letter: Letter) -> tuple[bytes, ...]:
        """Each page as a PNG, to look at on a screen; raises LetterError as `pdf` does."""
        try:
            pages = self._compiler.compile(format="png", ppi=_SCREEN, sys_inputs=self._told(composed, letter))
        except typst.TypstError as error:
            raise LetterError(self._explained(letter, error)) from error
        return (pages,) if isinstance(pages, bytes) else tuple(pages or ())

    def measured(self, composed: Composed, letter: Letter) -> Measured:
        """The letter's pages and the box of its address, in millimetres; raises LetterError as `pdf` does."""
        try:
            found = typst.query(
                self._page,
                "metadata",
                root=self._root,
                font_paths=self._fonts,
                sys_inputs={**self._told(composed, letter), "measured": "yes"},
            )
        except typst.TypstError as error:
            raise LetterError(self._explained(letter, error)) from error
        marks = {mark["label"]: mark["value"] for mark in json.loads(found)}
        if not marks.keys() >= {"<address>", "<pages>"}:
            raise LetterError(f"{self._page}: it has no <address> or no <pages>. Keep these two labels of ours.")
        return Measured(marks["<pages>"], Area(*marks["<address>"]))

    def _told(self, composed: Composed, letter: Letter) -> dict[str, str]:
        return {"letter": json.dumps(page_data(composed, letter, self.letterhead, self._logo))}

    def _explained(self, letter: Letter, error: typst.TypstError) -> str:
        missing = _NO_GLYPH.search(error.message)
        if missing is None:
            return f"Letter {letter.reference}: {self._page}: {error.message}. Correct the letterhead."
        return (
            f"Letter {letter.reference}: the character {missing[1]!r} cannot be printed, for the font of the "
            "letters does not have it. Replace it where it was typed: in a name, an address or the wording."
        )


def page_data(composed: Composed, letter: Letter, letterhead: Letterhead, logo: str = "") -> dict[str, Any]:
    """What `letterhead.typ` is told: plain text in plain JSON; `logo` is where the picture lies, from typst's root."""
    sender, reference = letter.sender, printable(letter.reference)
    return {
        "subject": composed.subject,
        "reference": reference,
        "authority": _breakable(printable(sender.authority), _BOX),
        "department": _breakable(printable(sender.department), _BOX),
        "address": [_breakable(line, _BOX) for line in address_lines(letter)],
        "contact": [_breakable(line, _BOX) for line in letterhead.contact_of(letter)],
        "blocks": [_block(block, reference) for block in composed.blocks],
        "page": {
            "address": letterhead.window.address,
            "font": letterhead.font,
            "size": letterhead.size,
            "logo": logo,
            "logo_says": letterhead.logo_says or printable(sender.authority),
        },
    }


def address_lines(letter: Letter) -> tuple[str, ...]:
    """Addressee, role, school and address: six lines at most, of which some may share one; none is lost."""
    person = letter.recipient
    addressee = person.addressee(letter.dated)
    lines = _continued((*addressee, *(person.address or (letter.school.name, *letter.school.address))))
    at = 0 if len(addressee) > 1 else 2
    while len(lines) > ADDRESS_LINES:
        lines[at : at + 2] = [", ".join(lines[at : at + 2])]
        at = at + 1 if 2 <= at < len(lines) - 3 else 2
    return tuple(lines)


def _continued(lines: Iterable[str]) -> list[str]:
    """The lines that say something; one in brackets joins the one above: Notify takes none that begins so."""
    whole: list[str] = []
    for line in _filled(lines):
        if line.startswith("(") and whole:
            whole[-1] += f" {line}"
        else:
            whole.append(line)
    return whole


def _filled(lines: Iterable[str]) -> list[str]:
    return [line for line in map(printable, lines) if line]


def _block(block: Block, reference: str) -> dict[str, Any]:
    """`signed` is a paragraph with line breaks in it: there a person signs, and it stays whole."""
    fields: dict[str, Any] = {name: _plain(getattr(block, name), reference) for name in block.__match_args__}
    signed = isinstance(block, Paragraph) and any(span.text == "\n" for span in block.spans)
    return {"kind": block.__class__.__name__.lower(), "signed": signed, **fields}


def _plain(value: Any, reference: str) -> Any:
    if not isinstance(value, tuple):
        return value
    return [
        part
        for item in value
        for part in (_parts(item, reference) if isinstance(item, Span) else [_plain(item, reference)])
    ]


def _parts(span: Span, reference: str) -> Iterator[dict[str, Any]]:
    """The text of a span, cut where the letter's own reference stands, which is kept `whole`."""
    for text in filter(None, re.split(f"({re.escape(reference)})", span.text)):
        whole = text == reference
        shown = text if whole else _KEPT_WHOLE.sub(lambda found: found[0].replace(" ", _NO_BREAK), text)
        yield {"text": _breakable(shown, _LINE), "strong": span.strong, "link": span.link, "whole": whole}


def _breakable(text: str, longest: int) -> str:
    """A word of more than `longest` characters may break after any of them, rather than leave the page."""
    if len(text) <= longest:
        return text
    return re.sub(rf"\S{{{longest + 1},}}", lambda word: "\u200b".join(word[0]), text)
