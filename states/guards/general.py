"""What several tracks ask for: a maintained school, evidence, a second pair of eyes."""

from states.facts import Facts
from states.refusals import Refusal, RefusalCode
from states.school_types import Sector


def school_is_maintained(facts: Facts) -> Refusal | None:
    """Warning notices and academy orders reach maintained schools only (Education and Inspections Act 2006 s59(1))."""
    if facts.sector is Sector.MAINTAINED:
        return None
    return Refusal(
        RefusalCode.NOT_MAINTAINED,
        "The school is not a maintained school, so Part 4 of the Education and Inspections Act 2006 "
        "does not apply to it. For an academy, refer the concern to the Department for Education.",
    )


def evidence_is_recorded(facts: Facts) -> Refusal | None:
    """A category changes on an officer's decision with its evidence, never by itself (MI 19564)."""
    if facts.evidence.strip():
        return None
    return Refusal(
        RefusalCode.NO_EVIDENCE,
        "No evidence is recorded for this move. Say what it rests on, as its evidence.",
    )


def same_person(one: str, other: str) -> bool:
    """However the name was typed: letter case and white space do not make a second officer."""
    return one.casefold().split() == other.casefold().split()
