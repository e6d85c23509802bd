"""What a letter asks for: who checks it, who signs it, no stop on its batch, and a day when it is served."""

from states.dates import in_words
from states.facts import Facts
from states.guards.general import same_person
from states.refusals import Refusal, RefusalCode


def signatory_is_named(facts: Facts) -> Refusal | None:
    """A letter goes out after a person signs, never by itself."""
    if facts.actor.strip():
        return None
    return Refusal(RefusalCode.NOT_SIGNED, "Nobody has signed. Name the person who signs, and their role.")


def second_officer_signs(facts: Facts) -> Refusal | None:
    """Where policy asks for a second officer (`drafted_by` is then on record), nobody signs what they decided."""
    if not facts.drafted_by or not same_person(facts.drafted_by, facts.actor):
        return None
    return Refusal(
        RefusalCode.SAME_OFFICER,
        f"{facts.drafted_by} made the decision that this letter tells of; by policy a second officer signs it.",
    )


def another_officer_checks(facts: Facts) -> Refusal | None:
    """A check by the one who wrote the letter is none."""
    if not facts.drafted_by or not same_person(facts.drafted_by, facts.actor):
        return None
    return Refusal(
        RefusalCode.SAME_OFFICER, f"{facts.drafted_by} drafted this letter. Ask another officer to check it."
    )


def act_asks_for_no_check(facts: Facts) -> Refusal | None:
    """What is given under an Act is read by a second officer before anybody signs it (our default)."""
    if not facts.under:
        return None
    return Refusal(
        RefusalCode.LETTER_NOT_CHECKED,
        f"It is given under the {facts.under}. Ask a second officer to check it first.",
    )


def letter_is_not_stopped(facts: Facts) -> Refusal | None:
    """A person may stop a batch at any time; nothing of it leaves until a person lets it go on."""
    if not facts.stopped:
        return None
    return Refusal(RefusalCode.STOPPED, f"Its batch is stopped: {facts.stopped} Resume the batch to let it go on.")


def service_is_dated(facts: Facts) -> Refusal | None:
    """Service is proved for a day on which the letter existed, and which has been."""
    if facts.served_on is None or facts.dated is None or facts.on is None:
        return Refusal(RefusalCode.SERVICE_NOT_PROVED, "No day of service is given. Say when it was served.")
    if facts.served_on < facts.dated:
        return Refusal(
            RefusalCode.SERVICE_NOT_PROVED,
            f"The letter is dated {in_words(facts.dated)}: it cannot have been served on {in_words(facts.served_on)}. "
            "Give the day of service with --on.",
        )
    if facts.served_on > facts.on:
        return Refusal(
            RefusalCode.SERVICE_NOT_PROVED,
            f"The day {in_words(facts.served_on)} is still to come. Record the service once it has happened.",
        )
    return None
