"""What is hard to read in a letter: long sentences, hard words, the habits of officialese.

Here: the text of a letter as it is read. Not here: fields, sections, branches and the page (lint).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from notifications.markdown import Block, Bullets, Heading, Paragraph, Spans, Table
from notifications.text import plain

LONGEST_SENTENCE = 25  # words: GOV.UK's limit

# GOV.UK writes for a reading age of 9, for specialists too. The nouns of the field and of the Acts ("governing body",
# "representations") cost about four years more, so above an index of 8, an age of 13, the fault is the writer's.
HARDEST = 8.0
_AGE_AT_SCHOOL = 5  # years between a school year and an age

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_QUOTATION = re.compile("“[^”]*”")
_HABITS = (
    (re.compile(r"\b(?:e\.?g|i\.?e|etc)\b"), "Write 'for example', 'that is' or 'and so on'."),
    (re.compile(r"\b\d{1,2}(?:st|nd|rd|th)\b(?= (?:of )?[A-Z])"), "Write the date as '27 February 2026'."),
    (
        re.compile(
            r"\b(?:herewith|hereby|aforementioned|utilise|in order to|pursuant|in respect of|prior to|commence|going "
            r"forward|facilitate|liaise|leverage|stakeholders?|robust|deploy(?:ed|s)?|please be advised)\b",
            re.IGNORECASE,
        ),
        "Use a plain word.",
    ),
)


class Fault(NamedTuple):
    """A sentence that is hard to read, what is wrong with it, and what to do; of the letter as a whole it is ""."""

    sentence: str
    problem: str
    fix: str


def faults(blocks: tuple[Block, ...]) -> Iterator[Fault]:
    """Everything that is hard to read in one letter."""
    for sentence in sentences(blocks):
        yield from _style(sentence)
    hardness = reading_index([one for block in blocks if not isinstance(block, Heading) for one in sentences((block,))])
    if hardness > HARDEST:
        age, most = (round(index + _AGE_AT_SCHOOL) for index in (hardness, HARDEST))
        problem = f"hard to read: index {hardness:.1f}, {HARDEST} at most (a reading age of {age}, not {most})"
        yield Fault("", problem, "Use shorter words and sentences.")


def _style(sentence: str) -> Iterator[Fault]:
    words = len(sentence.split())
    if words > LONGEST_SENTENCE:
        problem = f"{words} words in one sentence, {LONGEST_SENTENCE} at most: {sentence}"
        yield Fault(sentence, problem, "Make two sentences of it.")
    for habit, advice in _HABITS:
        if found := habit.search(sentence):
            yield Fault(sentence, f"{found[0]!r} in: {sentence}", advice)


def reading_index(prose: Sequence[str]) -> float:
    """The Automated Readability Index of some sentences: a school year, five less than an age in years.

    Email addresses are not counted: nobody reads them as words.
    """
    words = [word for sentence in prose for word in sentence.split() if "@" not in word]
    characters = sum(character.isalnum() for word in words for character in word)
    return 4.71 * characters / max(len(words), 1) + 0.5 * len(words) / max(len(prose), 1) - 21.43


def sentences(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Each sentence of a letter; items of a list and cells of a table count as their own.

    What stands in “double quotation marks” is quoted from an Act and nobody may shorten it: it counts as one word.
    """
    for block in blocks:
        for spans in _parts(block):
            yield from _SENTENCE_END.split(_QUOTATION.sub("“…”", plain(spans)))


def _parts(block: Block) -> tuple[Spans, ...]:
    match block:
        case Heading(_, spans) | Paragraph(spans):
            return (spans,)
        case Bullets(items, _):
            return items
        case Table(header, rows):
            return (*header, *(cell for row in rows for cell in row))
