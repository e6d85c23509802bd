"""THE CATALOGUE: every letter this system writes, and the merge fields that its wording may use.

One frozen dataclass a letter, in the room of its subject; its `folder` is the folder in `templates/` that has its
wording. The fields that every letter shares (school, recipient, sender, reference, dated) are in
`notifications.letter`. To add a letter: add a class with its `examples` to the LETTERS of a room, and a folder with a
`letter.md`; the tests name whatever is then still missing.
"""

from notifications.catalogue import (
    audit,
    categories,
    conversion,
    monitoring,
    notice_ends,
    notices,
    other,
    partners,
    powers,
    support,
)
from notifications.catalogue.categories import AccuracyCheck, CategoryNotice, FactOnRecord
from notifications.catalogue.fields import LetterFields
from notifications.catalogue.monitoring import ProgressMeasure, ProgressRequest
from notifications.catalogue.partners import PartnerAllocation

__all__ = [
    "CATALOGUE",
    "ROOMS",
    "AccuracyCheck",
    "CategoryNotice",
    "FactOnRecord",
    "LetterFields",
    "PartnerAllocation",
    "ProgressMeasure",
    "ProgressRequest",
]

ROOMS = (categories, monitoring, partners, audit, notices, notice_ends, powers, conversion, support, other)

CATALOGUE: dict[str, type[LetterFields]] = {letter.folder: letter for room in ROOMS for letter in room.LETTERS}
