"""Blocks to plain text: the first part of every email, and what an officer reads in a preview."""

import textwrap
from collections.abc import Iterator

from notifications.letter import Letter
from notifications.markdown import Block, Bullets, Heading, Paragraph, Span, Spans, Table
from notifications.values import printable
from states.dates import in_words

WIDTH = 76
_RULES = {1: "=", 2: "-", 3: "-"}


def to_text(letter: Letter, blocks: tuple[Block, ...]) -> str:
    """The whole letter as text, lines of 76 characters at most where words and tables allow it."""
    sender = letter.sender
    head = "\n".join(filter(None, (printable(sender.authority), printable(sender.department))))
    facts = f"Date: {in_words(letter.dated)}\nOur reference: {printable(letter.reference)}"
    return "\n\n".join((head, facts, *map(_block, blocks))) + "\n"


def plain(spans: Spans) -> str:
    """Spans without their style; a link is followed by its address, unless it is its address."""
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    if not span.link or span.link.removeprefix("mailto:") == span.text:
        return span.text
    return f"{span.text} ({span.link.removeprefix('mailto:')})"


def _block(block: Block) -> str:
    match block:
        case Heading(level, spans):
            heading = _wrapped(plain(spans))
            return f"{heading}\n{_RULES[level] * max(map(len, heading.splitlines()), default=0)}"
        case Paragraph(spans):
            return "\n".join(_wrapped(line) for line in plain(spans).split("\n"))
        case Bullets():
            return "\n".join(_items(block))
        case Table():
            return "\n".join(_lines(block))


def _items(bullets: Bullets) -> Iterator[str]:
    for number, item in enumerate(bullets.items, start=1):
        mark = f"{number}. " if bullets.numbered else "- "
        yield _wrapped(plain(item).replace("\n", " "), mark)


def _lines(table: Table) -> Iterator[str]:
    cells = [[plain(cell).replace("\n", " ") for cell in row] for row in (table.header, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _wrapped(text: str, mark: str = "") -> str:
    if len(mark) + len(text) <= WIDTH:
        return mark + text
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
