"""What a change of wording changes in what schools would read: the text of the same letters, before and after."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from notifications.letter import Letter
from notifications.render import compose
from notifications.wording import Wording


@dataclass(frozen=True, slots=True)
class Change:
    """One worked example in both wordings; `lines` is what differs, as `diff -u` writes it, or empty."""

    letter: str
    example: int
    school: str
    lines: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "letter": self.letter,
            "example": self.example,
            "school": self.school,
            "changed": bool(self.lines),
            "diff": list(self.lines),
        }


def changes(letters: Iterable[Letter], before: Wording, after: Wording) -> Iterator[Change]:
    """Each letter with what differs; raises LetterError if one of the two cannot be written."""
    examples: Counter[tuple[str, int]] = Counter()
    for letter in letters:
        examples[letter.kind, letter.school.urn] += 1
        old, new = (compose(letter, wording).text.splitlines() for wording in (before, after))
        lines = tuple(unified_diff(old, new, _name(before), _name(after), lineterm=""))
        yield Change(letter.kind, examples[letter.kind, letter.school.urn], letter.school.name, lines)


def _name(wording: Wording) -> str:
    return str(wording.overrides) if wording.overrides else "the wording as shipped"
