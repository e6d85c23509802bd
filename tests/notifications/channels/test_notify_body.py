"""A letter in Notify's dialect of Markdown: nothing that a person typed becomes a heading or a list."""

import pytest

from notifications.catalogue import CATALOGUE
from notifications.channels.notify_body import notify_body
from notifications.examples import example_letter
from notifications.markdown import Bullets, Heading, Paragraph, Span, Table
from notifications.render import compose
from notifications.text import plain
from notifications.wording import Wording


def spans(text: str) -> tuple[Span, ...]:
    return (Span(text),)


BLOCKS = [
    (Heading(1, spans("Subject")), "# Subject"),
    (Heading(3, spans("Part")), "## Part"),
    (Paragraph(spans("One\ntwo")), "One\ntwo"),
    (Bullets((spans("a"), spans("b")), numbered=False), "* a\n* b"),
    (Bullets((spans("a"), spans("b")), numbered=True), "1. a\n2. b"),
    (
        Table((spans("Measure"), spans("Pupils")), ((spans("Reading"), spans("30")),)),
        "* Measure: Reading\n* Pupils: 30",
    ),
]


@pytest.mark.parametrize(("block", "written"), BLOCKS, ids=[type(block).__name__ for block, _ in BLOCKS])
def test_block_is_written_in_the_dialect(block: Heading, written: str) -> None:
    assert notify_body((block,)) == written


@pytest.mark.parametrize("line", ["# Head School", "* star", "- dash", "1. first", "> quoted", "^ inset", "==="])
def test_line_that_looks_like_a_mark_stays_text(line: str) -> None:
    body = notify_body((Paragraph(spans(line)),))
    assert body.replace("\u200b", "") == line
    assert body.startswith("\u200b")


@pytest.mark.parametrize("kind", CATALOGUE)
def test_body_says_what_the_letter_says(kind: str, wording: Wording) -> None:
    blocks = compose(example_letter(kind), wording).blocks
    body = notify_body(blocks)
    assert [block for block in blocks if isinstance(block, Heading) and plain(block.spans) not in body] == []
    assert "**" not in body
    assert " | " not in body
