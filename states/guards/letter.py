"""What a letter asks for before it leaves: a person who signs, and where policy says so a second one."""

from states.facts import Facts
from states.guards.general import same_person
from states.refusals import Refusal, RefusalCode


def signatory_is_named(facts: Facts) -> Refusal | None:
    """A letter goes out after a person signs, never by itself."""
    if facts.actor.strip():
        return None
    return Refusal(RefusalCode.NOT_SIGNED, "Nobody has signed. Name the person who signs with --by and --role.")


def second_officer_signs(facts: Facts) -> Refusal | None:
    """Where policy asks for a second officer (`drafted_by` is then on record), nobody signs what they decided."""
    if not facts.drafted_by or not same_person(facts.drafted_by, facts.actor):
        return None
    return Refusal(
        RefusalCode.SAME_OFFICER,
        f"{facts.drafted_by} made the decision that this letter tells of; by policy a second officer signs it.",
    )
