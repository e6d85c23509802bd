"""What must hold for the letters of a school: each row says what the events and its own facts say of it.

A row repeats them so that letters are found quickly. What of it is not proved: docs/record.md.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import orjson

from casework.chain import FIELDS, canonical, digest
from casework.proofs import EventTexts, Fault
from casework.record import TOLD_OF_LETTERS
from states.tracks.letter import LETTER, UNSIGNED

# The move of a letter that is a signature: whoever makes it signs.
SIGNS = "approve"

# What reading JSON raises when it was damaged, or has another shape than ours.
DAMAGED = (ValueError, TypeError, AttributeError)

# What an event says of a letter under the name of the column that repeats it.
_TOLD = ("state", "stopped", *TOLD_OF_LETTERS)


class LetterRow(NamedTuple):
    """What is to be proved of one letter; `facts` is JSON and `served_on` a day, both as the text that stands there."""

    urn: int
    reference: str
    kind: str
    recipient_role: str
    state: str
    facts: str
    not_emailed: str
    approved_by: str
    approved_role: str
    digest: str
    channel: str
    attempt: int
    provider_id: str
    stopped: str
    served_on: str | None


# Column → its value by the events; "facts" is the digest that an event names.
Told = dict[str, Any]


def letter_faults(letters: Iterable[LetterRow], events: Iterable[EventTexts]) -> Iterator[Fault]:
    """`events` are all of the school's, whatever the case. Of each letter every column that is wrong is named."""
    told = _told(events)
    for letter in letters:
        said = told.pop(letter.reference, None)
        place = f"letter {letter.reference}"
        if said is None:
            yield Fault(place, "is named by no event: nobody decided on it.")
            continue
        yield from (Fault(place, what) for what in _wrong(letter, said))
    for reference in told:
        yield Fault(f"letter {reference}", "is missing: an event says that it was drafted.")


def _told(events: Iterable[EventTexts]) -> dict[str, Told]:
    """Reference → what the events say of the letter, the last word counting."""
    told: dict[str, Told] = {}
    for event in events:
        if event.evidence:
            with suppress(*DAMAGED):  # says nothing of letters: the event itself is named
                for reference, change in _said_of_letters(event, orjson.loads(event.evidence)):
                    told.setdefault(reference, {}).update(change)
    return told


def _said_of_letters(event: EventTexts, evidence: dict[str, Any]) -> Iterator[tuple[str, Told]]:
    """Events of before digests name letters without facts; those that redact, or name old letters, say their states."""
    named = evidence.get("letters", {})
    states = evidence.get("states", {})
    for reference in named:
        facts = {"facts": named[reference]} if isinstance(named, dict) else {}
        yield reference, {"state": states.get(reference, LETTER.initial.value)} | facts
    if "letter" in evidence:
        said = {name: evidence[name] for name in _TOLD if name in evidence}
        if "facts" in evidence:  # addressed anew, which may change whether it can be emailed
            said |= {"facts": evidence["facts"], "not_emailed": evidence.get("not_emailed")}
        if event.trigger == SIGNS:
            columns = dict(zip(FIELDS, orjson.loads(event.text), strict=True))
            said |= {"approved_by": columns["actor"], "approved_role": columns["role"]}
        yield evidence["letter"], said


def _wrong(letter: LetterRow, said: Told) -> Iterator[str]:
    """Each way in which the row is not what was said of it; None is said of what is not known any more."""
    facts = _read(letter.facts)
    if said.get("facts") and said["facts"] != digest(canonical(facts)):
        yield "was changed: its facts are not those that the event names."
    signed = said.get("approved_by") or (letter.approved_by and letter.digest)
    if letter.state not in (*UNSIGNED, "rejected") and not signed:
        yield f"is {letter.state}, but nobody signed it."
    recipient = facts.get("recipient")
    role = recipient.get("role") if isinstance(recipient, dict) else None
    by_facts = {"kind": facts.get("kind"), "recipient_role": role}
    for source, values in (("the events say", {**said, "facts": None}), ("its facts say", by_facts)):
        for name, value in values.items():
            if value is not None and value != getattr(letter, name):
                yield f"has {name} {getattr(letter, name)!r}, but {source} {value!r}."


def _read(facts: str) -> dict[str, Any]:
    try:
        read = orjson.loads(facts)
        return read if isinstance(read, dict) else {}
    except DAMAGED:
        return {}
