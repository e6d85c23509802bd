"""What support, conversion and monitoring ask for: a name, a decision, a day."""

from states.facts import Facts
from states.refusals import Refusal, RefusalCode


def partner_is_named(facts: Facts) -> Refusal | None:
    """A school is told who, never that somebody will come."""
    if facts.partner.strip():
        return None
    return Refusal(RefusalCode.NO_PARTNER, "No partner is named. Name the person as the fact partner=…")


def activity_is_named(facts: Facts) -> Refusal | None:
    """What is commissioned must be known to be evaluated (MI 269/13, lines 40 to 42)."""
    if facts.activity.strip():
        return None
    return Refusal(RefusalCode.NO_ACTIVITY, "No activity is recorded. Say what is commissioned as the fact activity=…")


def sponsor_is_named(facts: Facts) -> Refusal | None:
    """The Department for Education matches a sponsor; the authority records which."""
    if facts.sponsor.strip():
        return None
    return Refusal(RefusalCode.NO_SPONSOR, "No sponsor is recorded. Name the trust as the fact sponsor=…")


def funding_agreement_is_signed(facts: Facts) -> Refusal | None:
    """A school cannot open as an academy before the Secretary of State has signed its funding agreement."""
    if facts.agreed_on:
        return None
    return Refusal(
        RefusalCode.NO_AGREEMENT,
        "No funding agreement is recorded. Give the day it was signed as the fact agreed_on=YYYY-MM-DD.",
    )


def return_was_received(facts: Facts) -> Refusal | None:
    """The day on which it came decides whether it was in time."""
    if facts.received_on:
        return None
    return Refusal(
        RefusalCode.NOT_RECEIVED,
        "The day on which the return came is not recorded. Give it as the fact received_on=YYYY-MM-DD.",
    )
