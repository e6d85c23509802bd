"""A composed letter set in type: PDF/UA-1 and PDF/A-2a at once, the same bytes each time.

How the page looks is not here but in `templates/letterhead.typ`.
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import fontpkg_arimo
import typst

from notifications.errors import LetterError
from notifications.letter import Letter
from notifications.markdown import Block, Span
from notifications.render import Composed
from notifications.values import printable
from notifications.wording import TEMPLATES
from states.dates import in_words

_LETTERHEAD = "letterhead.typ"
_FONTS = Path(fontpkg_arimo.__file__).parent / "files"
_NO_GLYPH = re.compile(r'the text `"(.+)"` could not be displayed')
_LINE, _BOX = 70, 40  # characters that fit into a line of the body, of the address and the contact details
ADDRESS_LINES = 6  # at 10.5 points they just fill the address window


class Typesetter:
    """Sets letters one after another; keep one for each thread, for a compiler is not shared.

    Start it in the process that uses it: typst's threads do not survive a fork.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        """A council's own `letterhead.typ` in `overrides` is taken before ours."""
        own = overrides / _LETTERHEAD if overrides else None
        self._page = own if own and own.is_file() else TEMPLATES / _LETTERHEAD
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])
        self._compiler = typst.Compiler(
            self._page, root=self._page.parent, font_paths=fonts, sys_inputs={"letter": "{}"}
        )

    def pdf(self, composed: Composed, letter: Letter) -> bytes:
        """The letter on paper; raises LetterError if a character has no print or the letterhead is broken."""
        try:
            pages = self._compiler.compile(
                format="pdf",
                sys_inputs={"letter": json.dumps(page_data(composed, letter))},
                pdf_standards=["ua-1", "a-2a"],
                timestamp=int(datetime.combine(letter.dated, time(12), UTC).timestamp()),
            )
        except typst.TypstError as error:
            raise LetterError(self._explained(letter, error)) from error
        assert isinstance(pages, bytes)  # narrows: a PDF is one file
        return pages

    def _explained(self, letter: Letter, error: typst.TypstError) -> str:
        missing = _NO_GLYPH.search(error.message)
        if missing is None:
            return f"Letter {letter.reference}: {self._page}: {error.message}. Correct the letterhead."
        return (
            f"Letter {letter.reference}: the character {missing[1]!r} cannot be printed, for the font of the "
            "letters does not have it. Replace it where it was typed: in a name, an address or the wording."
        )


def page_data(composed: Composed, letter: Letter) -> dict[str, Any]:
    """What `letterhead.typ` is told: plain text in plain JSON."""
    sender = letter.sender
    reach = _filled((sender.telephone, sender.email, sender.website))
    facts = (f"Date: {in_words(letter.dated)}", f"Our reference: {printable(letter.reference)}")
    contact = (*_filled(sender.address), "", *reach, "", *facts)
    return {
        "subject": composed.subject,
        "reference": printable(letter.reference),
        "authority": printable(sender.authority),
        "department": printable(sender.department),
        "address": [_breakable(line, _BOX) for line in address_lines(letter)],
        "contact": [_breakable(line, _BOX) for line in contact],
        "blocks": [_block(block) for block in composed.blocks],
    }


def address_lines(letter: Letter) -> tuple[str, ...]:
    """Addressee, role, school and address: six lines at most, of which some may share one; none is lost."""
    person = letter.recipient
    role = person.role.label if person.name else ""
    lines = _filled((person.addressee, role, letter.school.name, *letter.school.address))
    at = 0 if role else 2
    while len(lines) > ADDRESS_LINES:
        lines[at : at + 2] = [", ".join(lines[at : at + 2])]
        at = at + 1 if 2 <= at < len(lines) - 3 else 2
    return tuple(lines)


def _filled(lines: Iterable[str]) -> list[str]:
    return [line for line in map(printable, lines) if line]


def _block(block: Block) -> dict[str, Any]:
    return {"kind": block.__class__.__name__.lower(), **_fields(block)}


def _fields(value: Block) -> dict[str, Any]:
    return {name: _plain(getattr(value, name)) for name in value.__match_args__}


def _plain(value: Any) -> Any:
    match value:
        case tuple():
            return [_plain(item) for item in value]
        case Span(text, strong, link):
            return {"text": _breakable(text, _LINE), "strong": strong, "link": link}
    return value


def _breakable(text: str, longest: int) -> str:
    """A word of more than `longest` characters may break after any of them, rather than leave the page."""
    if len(text) <= longest:
        return text
    return re.sub(rf"\S{{{longest + 1},}}", lambda word: "\u200b".join(word[0]), text)
