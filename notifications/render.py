"""A letter's facts and wording composed into subject, blocks, text and HTML. The printed page is `pdf`."""

import hashlib
import json
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from notifications.errors import LetterError
from notifications.html import to_html
from notifications.letter import Letter, to_json
from notifications.markdown import Block, Heading, Paragraph, parse
from notifications.text import plain, to_text
from notifications.wording import Wording

FRAME = "frame.md"
SHARED_TEMPLATES = (FRAME, "contact.md", "eligibility.md")
LETTERHEAD = "letterhead.typ"
SHARED_FIELDS = ("school", "recipient", "sender", "reference", "dated")

_SUBJECT = "Subject:"


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter in words; `digest` (SHA-256 of facts and text) ties what is sent to what was approved."""

    subject: str
    blocks: tuple[Block, ...]
    text: str
    html: str
    digest: str


def compose(letter: Letter, wording: Wording) -> Composed:
    """The letter in words; raises LetterError naming letter, template, line, field and fix."""
    values = _values(letter)
    subject, body = _parted(letter, wording.write(template_of(letter.kind), letter.reference, values))
    frame = {**values, "copies": letter.copies, "subject": Markup(subject), "body": Markup(body)}  # noqa: S704
    markdown = wording.write(FRAME, letter.reference, frame)
    try:
        blocks, heading = parse(markdown), parse(subject)
    except LetterError as error:
        raise LetterError(f"Letter {letter.reference}, {template_of(letter.kind)}: {error}") from error
    if letter.fields.statutory and (problems := section_problems(letter, blocks)):
        raise LetterError(f"Letter {letter.reference}, {template_of(letter.kind)}: {' '.join(problems)}")
    title = " ".join(plain(block.spans) for block in heading if isinstance(block, Paragraph))
    text, html = to_text(letter, blocks), to_html(letter, title, blocks)
    facts = json.dumps(to_json(letter), sort_keys=True)
    digest = hashlib.sha256(f"{facts}\0{title}\0{text}\0{html}".encode()).hexdigest()
    return Composed(title, blocks, text, html, digest)


def section_problems(letter: Letter, blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """What the wording leaves out that it must have, or has that no letter of its day may: a sentence for each.

    A letter under an Act is not composed with such a fault; in any other letter it is for lint to say.
    """
    headings = {plain(block.spans) for block in blocks if isinstance(block, Heading)}
    missing = [
        f"The section '## {one}' is missing. Put it back." for one in letter.fields.required if one not in headings
    ]
    wrong = (
        f"The section '## {one}' is not for that day. Take it out."
        for one in letter.fields.forbidden
        if one in headings
    )
    return (*missing, *wrong)


def template_of(kind: str) -> str:
    """The name of a letter's template within `templates/`."""
    return f"{kind}/letter.md"


@lru_cache(maxsize=64)
def _fingerprints(kind: str, wording: Wording) -> tuple[tuple[str, str], ...]:
    names = (template_of(kind), *SHARED_TEMPLATES, LETTERHEAD)
    return tuple((name, hashlib.sha256(wording.source(name)[0].encode()).hexdigest()) for name in names)


def fingerprints(kind: str, wording: Wording) -> dict[str, str]:
    """Template → SHA-256, in hex, of its text, for each that a letter of this kind is made from, its page too."""
    return dict(_fingerprints(kind, wording))


def _values(letter: Letter) -> dict[str, Any]:
    shared = {name: getattr(letter, name) for name in SHARED_FIELDS}
    return shared | {field.name: getattr(letter.fields, field.name) for field in fields(letter.fields)}


def _parted(letter: Letter, markdown: str) -> tuple[str, str]:
    """Subject and body: a letter's template opens with a line `Subject: …`."""
    first, _, body = markdown.lstrip().partition("\n")
    subject = first.removeprefix(_SUBJECT).strip()
    if not first.startswith(_SUBJECT) or not subject:
        raise LetterError(
            f"Letter {letter.reference}, {template_of(letter.kind)}, line 1: it reads {first!r}. "
            "Begin the letter with a line of its own: 'Subject: ' and the heading of the letter."
        )
    return subject, body
