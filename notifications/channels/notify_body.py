"""A letter in GOV.UK Notify's own dialect of Markdown: headings and lists, no bold, no tables.

Notify draws the email from one template of the authority's service, with the subject ((subject)) and the body ((body)).
"""

import re
from collections.abc import Iterator

from notifications.markdown import Block, Bullets, Heading, Paragraph, Table
from notifications.text import plain

# What would begin a heading, a list, an inset text or a rule where a line of a letter merely begins so.
_MARK = re.compile(r"^(\s*)(#|\*|-|\+|>|\^|={3}|_{3}|\d+[.)])")
_NOTHING = "\u200b"


def notify_body(blocks: tuple[Block, ...]) -> str:
    """The letter's blocks, parted by empty lines; a row of a table becomes a list of “heading: cell”."""
    return "\n\n".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Heading(level, spans):
            return f"{'#' if level == 1 else '##'} {_line(plain(spans))}"
        case Paragraph(spans):
            return "\n".join(map(_plain_line, plain(spans).split("\n")))
        case Bullets(items, numbered):
            marks = (f"{number}." if numbered else "*" for number in range(1, len(items) + 1))
            return "\n".join(f"{mark} {_line(plain(item))}" for mark, item in zip(marks, items, strict=True))
        case Table():
            return "\n\n".join(_rows(block))


def _rows(table: Table) -> Iterator[str]:
    header = [_line(plain(cell)) for cell in table.header]
    for row in table.rows:
        cells = zip(header, (_line(plain(cell)) for cell in row), strict=True)
        yield "\n".join(f"* {name}: {cell}" if name else f"* {cell}" for name, cell in cells)


def _line(text: str) -> str:
    return text.replace("\n", " ")


def _plain_line(text: str) -> str:
    return _MARK.sub(rf"\1{_NOTHING}\2", text)
