"""The dialect that letters are written in."""

import pytest

from notifications.errors import LetterError
from notifications.markdown import Bullets, Heading, Paragraph, Span, Table, parse

X, Y = (Span("x"),), (Span("y"),)

DIALECT = {
    "paragraph": ("x\ny", Paragraph((Span("x y"),))),
    "line break": ("x\\\ny", Paragraph((Span("x"), Span("\n"), Span("y")))),
    "bold": ("**x** y", Paragraph((Span("x", strong=True), Span(" y")))),
    "link": ("[x](https://a.example)", Paragraph((Span("x", link="https://a.example"),))),
    "escaped": (r"\*x\* \<b\> \&amp;", Paragraph((Span("*x* <b> &amp;"),))),
    "heading": ("## x", Heading(2, X)),
    "bullets": ("- x\n- y", Bullets((X, Y), numbered=False)),
    "spaced bullets": ("- x\n\n- y", Bullets((X, Y), numbered=False)),
    "steps": ("1. x\n2. y", Bullets((X, Y), numbered=True)),
    "table": ("| x | y |\n|---|---|\n| y | x |", Table((X, Y), ((Y, X),))),
}

REFUSED = {
    "italics": ("a\n\n*x*", "line 3 of the text: letters cannot show 'em_open'"),
    "picture": ("![x](y)", "no pictures"),
    "html block": ("<div>", "HTML is not for letters"),
    "html in a line": ("x <b>y</b>", "HTML is not for letters"),
    "code": ("`x`", "backticks"),
    "fence": ("```\nx\n```", "backticks"),
    "quotation": ("> x", "Take the > away"),
    "rule": ("x\n\n---", "Leave the rule out"),
    "deep heading": ("#### x", "cannot show 'heading_open'"),
    "list in a list": ("- x\n  - y", "cannot show 'bullet_list_open'"),
    "two paragraphs in an item": ("- x\n\n  y", "one paragraph"),
    "empty item": ("- x\n-", "one paragraph"),
    "script link": ("[x](http://a.example)", "must begin with https:// or mailto:"),
}


@pytest.mark.parametrize(("markdown", "block"), DIALECT.values(), ids=DIALECT)
def test_dialect_becomes_blocks(markdown: str, block: object) -> None:
    assert parse(markdown) == (block,)


@pytest.mark.parametrize(("markdown", "message"), REFUSED.values(), ids=REFUSED)
def test_other_markdown_is_refused_by_name(markdown: str, message: str) -> None:
    with pytest.raises(LetterError, match=message):
        parse(markdown)


def test_blocks_follow_in_order() -> None:
    kinds = [type(block) for block in parse("# x\n\ny\n\n- x\n\n|x|\n|-|\n|y|\n")]
    assert kinds == [Heading, Paragraph, Bullets, Table]
