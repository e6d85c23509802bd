"""What a person who signs has seen: each letter's words, the templates they came from, and all of it as one digest.

A digest says that nothing has changed since: it is printed with a review, may be given with the signature, and is kept
with every letter that was signed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from casework.chain import canonical, digest
from casework.record import LetterFile
from notifications.errors import LetterError
from notifications.letter import from_json
from notifications.render import compose, fingerprints
from notifications.wording import Wording

NOBODY_TO_WRITE_TO = "The person it was for has been redacted from it. It stays on record; a new letter is a new draft."


@dataclass(frozen=True, slots=True)
class Seen:
    """One letter as it reads now: digests of its facts and of its words, and how many words there are.

    `why_not` says why it cannot be signed as it is; one that cannot be written has no digest of its words.
    """

    facts: str
    templates: dict[str, str]
    digest: str = ""
    words: int = 0
    why_not: str = ""


def look_at(letters: Iterable[LetterFile], wording: Wording) -> dict[str, Seen]:
    """Reference → the letter as it reads now."""
    return {letter.reference: _look_at_one(letter, wording) for letter in letters}


def _look_at_one(letter: LetterFile, wording: Wording) -> Seen:
    facts = digest(canonical(letter.facts))
    try:
        templates, whole = fingerprints(letter.kind, wording), from_json(letter.facts)
        composed = compose(whole, wording)
    except LetterError as error:
        return Seen(facts, {}, why_not=str(error))
    why_not = NOBODY_TO_WRITE_TO if whole.recipient.is_redacted else ""
    return Seen(facts, templates, composed.digest, len(composed.text.split()), why_not)


def whole_digest(seen: Mapping[str, Seen]) -> str:
    """SHA-256, in hex, of a line for each template and each letter: the digest of its facts and words."""
    templates = {f"{name} {hash_}" for one in seen.values() for name, hash_ in one.templates.items()}
    letters = (f"{reference} {seen[reference].digest or seen[reference].facts}" for reference in sorted(seen))
    return sha256("\n".join([*sorted(templates), *letters]).encode()).hexdigest()
