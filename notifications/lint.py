"""What is wrong with the wording, before a letter is made from it: for who edits it, and for tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from notifications.catalogue import CATALOGUE
from notifications.errors import LetterError
from notifications.examples import example_letter
from notifications.markdown import Block, Bullets, Heading, Paragraph, Spans, Table
from notifications.render import SHARED_FIELDS, compose, template_of
from notifications.text import plain
from notifications.wording import Wording

LONGEST_SENTENCE = 25  # words: GOV.UK's limit

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_HABITS = (
    (re.compile(r"\b(?:e\.?g|i\.?e|etc)\b"), "write 'for example', 'that is' or 'and so on'"),
    (re.compile(r"\b\d{1,2}(?:st|nd|rd|th)\b"), "write the date as '27 February 2026'"),
    (
        re.compile(r"\b(?:herewith|hereby|aforementioned|utilise|in order to)\b", re.IGNORECASE),
        "use a plain word",
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right in the wording of one letter."""

    kind: str
    problem: str


def findings(wording: Wording) -> tuple[Finding, ...]:
    """Every problem in every letter: an example that cannot be written, unknown fields, style."""
    return tuple(Finding(kind, problem) for kind in CATALOGUE for problem in _problems(kind, wording))


def _problems(kind: str, wording: Wording) -> Iterator[str]:
    try:
        used = wording.fields_used(template_of(kind))
        blocks = compose(example_letter(kind), wording).blocks
    except LetterError as error:
        yield str(error)
        return
    offered = {field.name for field in fields(CATALOGUE[kind])}
    for name in sorted(used - offered - set(SHARED_FIELDS)):
        yield f"the field {name!r} does not exist; templates/README.md lists those that do"
    for name in sorted(offered - used):
        yield f"the field {name!r} is never used; the reader will not learn it"
    for sentence in sentences(blocks):
        yield from _style(sentence)


def _style(sentence: str) -> Iterator[str]:
    words = len(sentence.split())
    if words > LONGEST_SENTENCE:
        yield f"{words} words in one sentence, {LONGEST_SENTENCE} at most: {sentence}"
    for habit, advice in _HABITS:
        if found := habit.search(sentence):
            yield f"{found[0]!r}: {advice}: {sentence}"


def sentences(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Each sentence of a letter; items of a list and cells of a table count as their own."""
    for block in blocks:
        for spans in _parts(block):
            yield from _SENTENCE_END.split(plain(spans))


def _parts(block: Block) -> tuple[Spans, ...]:
    match block:
        case Heading(_, spans) | Paragraph(spans):
            return (spans,)
        case Bullets(items, _):
            return items
        case Table(header, rows):
            return (*header, *(cell for row in rows for cell in row))
