"""Blocks to the HTML part of an email: inline styles, no pictures, nothing fetched from anywhere."""

from collections.abc import Iterable
from html import escape

from notifications.letter import Letter
from notifications.markdown import Block, Bullets, Heading, Paragraph, Span, Spans, Table
from notifications.values import printable
from states.dates import in_words

_BODY = "margin:0;padding:24px;background:#ffffff;color:#0b0c0c;font:16px/1.5 Arial,Helvetica,sans-serif"
_HEADING = {
    1: "font-size:24px;line-height:1.25;margin:24px 0 16px",
    2: "font-size:19px;line-height:1.3;margin:28px 0 8px",
    3: "font-size:16px;line-height:1.3;margin:20px 0 8px",
}
_CELL = "padding:6px 24px 6px 0;border-bottom:1px solid #b1b4b6;text-align:left;vertical-align:top"
_RULE = "border-bottom:2px solid #0b0c0c;padding-bottom:12px;margin:0 0 20px"
_FOOT = "border-top:1px solid #b1b4b6;padding-top:12px;margin:32px 0 0;font-size:14px"


def to_html(letter: Letter, subject: str, blocks: tuple[Block, ...]) -> str:
    """A complete document; every text is escaped here and nowhere else."""
    sender = letter.sender
    head = f"<strong>{_lines((sender.authority,))}</strong><br>{_lines((sender.department,))}"
    facts = _lines((f"Date: {in_words(letter.dated)}", f"Our reference: {letter.reference}"))
    foot = _lines((", ".join((sender.authority, *sender.address)), sender.telephone, sender.email, sender.website))
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(subject)}</title>\n"
        f'</head>\n<body style="{_BODY}">\n<div style="max-width:38em">\n'
        f'<p style="{_RULE}">{head}</p>\n<p>{facts}</p>\n'
        + "\n".join(map(_block, blocks))
        + f'\n<p style="{_FOOT}">{foot}</p>\n</div>\n</body>\n</html>\n'
    )


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(escape(printable(line)) for line in lines if line)


def _block(block: Block) -> str:
    match block:
        case Heading(level, spans):
            return f'<h{level} style="{_HEADING[level]}">{_html(spans)}</h{level}>'
        case Paragraph(spans):
            return f"<p>{_html(spans)}</p>"
        case Bullets(items, numbered):
            tag = "ol" if numbered else "ul"
            return f"<{tag}>" + "".join(f"<li>{_html(item)}</li>" for item in items) + f"</{tag}>"
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    header = "".join(f'<th scope="col" style="{_CELL}">{_html(cell)}</th>' for cell in table.header)
    rows = ("<tr>" + "".join(f'<td style="{_CELL}">{_html(cell)}</td>' for cell in row) + "</tr>" for row in table.rows)
    head, body = f"<thead><tr>{header}</tr></thead>", f"<tbody>{''.join(rows)}</tbody>"
    return f'<table style="border-collapse:collapse">{head}{body}</table>'


def _html(spans: Spans) -> str:
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    text = "<br>" if span.text == "\n" else escape(span.text)
    if span.strong and span.text != "\n":
        text = f"<strong>{text}</strong>"
    return f'<a href="{escape(span.link)}">{text}</a>' if span.link else text
