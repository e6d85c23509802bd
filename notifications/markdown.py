"""Markdown to blocks: the small dialect that letters are written in, and nothing else.

Paragraphs, headings, bulleted and numbered lists, tables, **bold**, links and line breaks. Whatever else the
parser recognises is refused by name, because each renderer must be able to show every block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token

from notifications.errors import LetterError


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; a newline alone is a line break. `link` is an address, or ""."""

    text: str
    strong: bool = False
    link: str = ""


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (the subject of the letter) to 3."""

    level: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; with line breaks in it, a block that stays together, such as a signature."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, each item one paragraph long."""

    items: tuple[Spans, ...]
    numbered: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A header row and its body; every row has as many cells as the header."""

    header: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]


Block = Heading | Paragraph | Bullets | Table

# The full grammar is switched on, raw HTML included, so that what we do not print is seen here and refused.
_PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")

_ADVICE = {
    "em": "Letters use no italics; write **bold** for what matters most.",
    "hr": "Leave the rule out; use a heading to divide the letter.",
    "image": "Letters have no pictures; say it in words.",
    "html": "HTML is not for letters; write Markdown.",
    "code": "Take the backticks away, or the four spaces before the line.",
    "fence": "Take the backticks away.",
    "blockquote": "Take the > away.",
}


def parse(markdown: str) -> tuple[Block, ...]:
    """The blocks of one letter; raises LetterError, with the line, for Markdown that letters do not use."""
    tokens = _PARSER.parse(markdown)
    blocks: list[Block] = []
    start = 0
    while start < len(tokens):
        end = _closing(tokens, start)
        blocks.append(_block(tokens[start : end + 1]))
        start = end + 1
    return tuple(blocks)


def _closing(tokens: Sequence[Token], start: int) -> int:
    """The index of the token that ends the block which begins at `start`."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _block(tokens: Sequence[Token]) -> Block:
    match tokens[0].type:
        case "paragraph_open":
            return Paragraph(_spans(tokens[1]))
        case "heading_open" if tokens[0].tag in ("h1", "h2", "h3"):
            return Heading(int(tokens[0].tag[1]), _spans(tokens[1]))
        case "bullet_list_open" | "ordered_list_open":
            return Bullets(_items(tokens), numbered=tokens[0].type.startswith("ordered"))
        case "table_open":
            header, *rows = _rows(tokens)
            return Table(header, tuple(rows))
    raise _refusal(tokens[0])


def _items(tokens: Sequence[Token]) -> tuple[Spans, ...]:
    for token in tokens[1:-1]:
        if token.type.removesuffix("_open").removesuffix("_close") not in (
            "list_item",
            "paragraph",
            "inline",
        ):
            raise _refusal(token)
    items = tuple(_spans(token) for token in tokens if token.type == "inline")
    if len(items) != sum(token.type == "list_item_open" for token in tokens):
        raise LetterError(f"{_line(tokens[0])}an item of a list must be one paragraph. Join or split the item.")
    return items


def _rows(tokens: Sequence[Token]) -> list[tuple[Spans, ...]]:
    rows: list[tuple[Spans, ...]] = []
    cells: list[Spans] = []
    for token in tokens:
        if token.type == "inline":
            cells.append(_spans(token))
        elif token.type == "tr_close":
            rows.append(tuple(cells))
            cells = []
    return rows


def _spans(inline: Token) -> Spans:
    strong, link, spans = False, "", []
    for token in inline.children or []:
        match token.type:
            case "text" | "text_special":
                spans.append(Span(token.content, strong, link))
            case "softbreak":
                spans.append(Span(" ", strong, link))
            case "hardbreak":
                spans.append(Span("\n"))
            case "strong_open" | "strong_close":
                strong = token.nesting == 1
            case "link_open" | "link_close":
                link = _address(token, inline)
            case _:
                raise _refusal(token, inline)
    return _joined(spans)


def _joined(spans: list[Span]) -> Spans:
    """Neighbours of one style as one span: the parser cuts text at every escaped character."""
    runs = groupby(spans, key=lambda span: (span.text == "\n", span.strong, span.link))
    return tuple(
        span
        for (is_break, strong, link), run in runs
        for span in (run if is_break else [Span("".join(part.text for part in run), strong, link)])
        if span.text
    )


def _address(token: Token, inline: Token) -> str:
    address = str(token.attrs.get("href", ""))
    if token.nesting == 1 and not address.startswith(("https://", "mailto:")):
        raise LetterError(f"{_line(inline)}the link to {address!r} must begin with https:// or mailto:.")
    return address


def _refusal(token: Token, inline: Token | None = None) -> LetterError:
    name = token.type.split("_")[0]
    advice = _ADVICE.get(name, "See templates/README.md for what a letter may contain.")
    return LetterError(f"{_line(inline or token)}letters cannot show {token.type!r}. {advice}")


def _line(token: Token) -> str:
    return f"line {token.map[0] + 1} of the text: " if token.map else ""
