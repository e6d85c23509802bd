"""Which field of a letter the record fills in, and from what: tables, field → where its value comes from.

A name alone speaks of that field in every letter; "kind.field" of that of one kind, and comes first. What the record
does not know is BLANK, and an officer is asked for it. One module beside this for each subject.
"""

from typing import Any

from casework.dossier import Dossier
from casework.prefill import categories, notices, partners, powers, returns
from casework.prefill.common import Source, ask
from notifications.answers import Answers, made
from notifications.catalogue import CATALOGUE, LetterFields
from notifications.form import BLANK, empty_of, hints_of, is_partly_blank, may_be_empty
from notifications.letter import field_names

SOURCES: dict[str, Source] = {
    name: source for room in (categories, returns, partners, notices, powers) for name, source in room.SOURCES.items()
}


def known_fields(kind: str, dossier: Dossier) -> dict[str, Any]:
    """Field → what the record says, for each field of the letter; BLANK where only a person knows."""
    return {name: source_of(kind, name)(dossier) for name in field_names(CATALOGUE[kind])}


def whole_letter(kind: str, dossier: Dossier) -> LetterFields | None:
    """The letter that the record can write alone; None where somebody has to be asked for a part of it."""
    known, optional = known_fields(kind, dossier), may_be_empty(CATALOGUE[kind])
    answers = Answers({name: _filled(kind, name, value) for name, value in known.items()})
    if any(value in (None, "", ()) for name, value in answers.values.items() if name not in optional):
        return None
    if any(map(is_partly_blank, answers.values.values())):
        return None
    return made(CATALOGUE[kind], answers)


def _filled(kind: str, name: str, value: Any) -> Any:
    return empty_of(hints_of(CATALOGUE[kind])[name]) if value is BLANK else value


def source_of(kind: str, name: str) -> Source:
    return SOURCES.get(f"{kind}.{name}") or SOURCES.get(name) or ask
