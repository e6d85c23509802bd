"""What is wrong with the wording, before a letter is made from it: for who edits it, and for tests.

Here: fields, sections, branches, pages and the window of the envelope. How a sentence reads is `prose`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from notifications.branches import WatchedWording
from notifications.catalogue import CATALOGUE
from notifications.channels.precompiled import objections
from notifications.errors import LetterError
from notifications.examples import example_letters, sparse_letters
from notifications.letter import Letter
from notifications.letterhead import FILE as LETTERHEAD
from notifications.letterhead import Window
from notifications.pdf import Typesetter, address_lines
from notifications.prose import faults
from notifications.render import SHARED_FIELDS, SHARED_TEMPLATES, Composed, compose, section_problems, template_of
from notifications.wording import Wording

_TOGETHER = 3  # words in a row by which a sentence is found again in its template
_TEMPLATE_LINE = re.compile(r"\.md, line (\d+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right in one letter, or in a file that several share; `line` is 0 where it is not known."""

    letter: str
    line: int
    problem: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.letter}, line {self.line}" if self.line else self.letter
        return f"{where}: {self.problem}. {self.fix}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"line": self.line or None}


def findings(wording: Wording, kinds: Iterable[str] = CATALOGUE) -> tuple[Finding, ...]:
    """Every problem in the letters of those kinds; of all kinds, in the templates that they share as well.

    It reads the files again, as they are now.
    """
    watched, asked = WatchedWording(wording.overrides), list(kinds)
    try:
        typesetter = Typesetter(wording.overrides)
    except LetterError as error:
        return (_said(LETTERHEAD, str(error)),)
    found = [one for kind in asked for one in _of_letter(kind, watched, typesetter)]
    if not found and asked == list(CATALOGUE):
        found = list(_shared(watched))
    return tuple(found)


def _said(letter: str, sentences: str, line: int = 0) -> Finding:
    """What an error says: its last sentence is what to do."""
    problem, _, fix = sentences.rpartition(". ")
    return Finding(letter, line, problem, fix)


def _of_letter(kind: str, wording: WatchedWording, typesetter: Typesetter) -> Iterator[Finding]:
    template = template_of(kind)
    try:
        used = wording.fields_used(template)
        written = [(letter, compose(letter, wording)) for letter in example_letters(kind)]
        longest = max(written, key=lambda one: len(one[1].text))
        yield from _page(*longest, typesetter)
    except LetterError as error:
        at = _TEMPLATE_LINE.search(str(error))
        yield _said(kind, str(error), int(at[1]) if at else 0)
        return
    yield from _fields(kind, used)
    yield from _branches(kind, template, wording)
    for letter, composed in written:
        yield from (_said(kind, one) for one in section_problems(letter, composed.blocks))
    source = wording.source(template)[0].splitlines()
    for fault in dict.fromkeys(fault for _, composed in written for fault in faults(composed.blocks)):
        yield Finding(kind, _line_of(fault.sentence, source), fault.problem, fault.fix)


def _page(letter: Letter, composed: Composed, typesetter: Typesetter) -> Iterator[Finding]:
    measured, most = typesetter.measured(composed, letter), letter.fields.pages
    if measured.pages > most:
        problem = f"{measured.pages} pages, {most} at most"
        yield Finding(letter.kind, 0, problem, "Leave out what the reader does not need.")
    window = typesetter.letterhead.window
    if not window.shows.holds(measured.address):
        at, within = (", ".join(f"{side:g}" for side in area) for area in (measured.address, window.shows))
        problem = f"the address leaves the window of '{window}': it stands at {at} mm, not within {within}"
        yield Finding(letter.kind, 0, problem, "Correct letterhead.typ, or the window in letterhead.toml.")
    elif window is Window.NOTIFY:
        for objection in objections(typesetter.pdf(composed, letter), address_lines(letter)):
            yield Finding(
                letter.kind, 0, f"GOV.UK Notify would refuse it: {objection.rstrip('.')}", "See letterhead.typ."
            )


def _fields(kind: str, used: dict[str, int]) -> Iterator[Finding]:
    offered = {field.name for field in fields(CATALOGUE[kind])}
    for name in sorted(used.keys() - offered - set(SHARED_FIELDS)):
        problem = f"the field {name!r} does not exist"
        yield Finding(kind, used[name], problem, "templates/FIELDS.md lists those that do.")
    for name in sorted(offered - used.keys()):
        problem = f"the field {name!r} is never used, so the reader will not learn it"
        yield Finding(kind, 0, problem, f"Print {{{{ {name} }}}} where it belongs.")


def _branches(letter: str, template: str, wording: WatchedWording) -> Iterator[Finding]:
    for branch in wording.untaken(template):
        problem = f"no example takes the branch {{% {branch.opens} %}}, so nobody has read it"
        yield Finding(letter, branch.line, problem, "Take the condition out, or ask a developer for an example.")


def _shared(wording: WatchedWording) -> Iterator[Finding]:
    for letter in sparse_letters():
        compose(letter, wording)
    for template in SHARED_TEMPLATES:
        yield from _branches(template, template, wording)


def _line_of(sentence: str, source: list[str]) -> int:
    """The line of a template that has most of the sentence's words in a row; 0 if none has three."""
    words = sentence.split()
    runs = [" ".join(words[at : at + _TOGETHER]) for at in range(len(words) - _TOGETHER + 1)]
    hits = [sum(run in line for run in runs) for line in source]
    return hits.index(max(hits)) + 1 if any(hits) else 0
