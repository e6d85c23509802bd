"""What the use of a power asks for first (Education and Inspections Act 2006 ss63 to 66; states.law.powers)."""

from states.dates import in_words
from states.facts import Facts, PowerSection
from states.guards.notice import compliance_period_is_over
from states.law.powers import BY_NOTICE, POWERS, powers_through
from states.refusals import Refusal, RefusalCode


def power_is_named(facts: Facts) -> Refusal | None:
    """Each power has a section of its own, with conditions of its own."""
    if facts.section:
        return None
    return Refusal(
        RefusalCode.NO_POWER,
        f"Which power is not recorded. Name its section as the fact section={', '.join(PowerSection)}.",
    )


def window_of_power_is_open(facts: Facts) -> Refusal | None:
    """Through a warning notice: once its compliance period is over, and within two months of that but for s65.

    A school under ss61 and 62 waits for no period (s60(1), and ss63(3), 64(2) and 66(2)).
    """
    if not (facts.section and facts.eligible_under):
        return None
    power, door = POWERS[facts.section], facts.eligible_under
    if door not in power.doors:
        return Refusal(
            RefusalCode.NOT_ELIGIBLE,
            f"Section {facts.section} cannot be used at a school that is eligible under {door}. "
            f"Use one of those that can: {', '.join(one.section for one in powers_through(door))}.",
        )
    if door in BY_NOTICE and (early := compliance_period_is_over(facts) or _reasonable_notice_is_over(facts)):
        return early
    return None if not power.has_window(door) or _within_the_window(facts) else _too_late(facts)


def _reasonable_notice_is_over(facts: Facts) -> Refusal | None:
    """The governing body is told in writing first; how many days are reasonable is the policy's (s60(1))."""
    if facts.on and facts.reasonable_notice_ends and facts.on > facts.reasonable_notice_ends:
        return None
    until = in_words(facts.reasonable_notice_ends) if facts.reasonable_notice_ends else ""
    return Refusal(
        RefusalCode.NO_REASONABLE_NOTICE,
        f"The reasonable written notice of the use of powers runs until {until}. Use the power once it is over."
        if until
        else "The governing body has not been told in writing that powers will be used. Record it on its warning "
        "notice first, with open_powers.",
    )


def _within_the_window(facts: Facts) -> bool:
    return bool(facts.on and facts.window_ends and facts.on <= facts.window_ends)


def _too_late(facts: Facts) -> Refusal:
    ended = f"ended on {in_words(facts.window_ends)}" if facts.window_ends else "are not on record"
    return Refusal(
        RefusalCode.WINDOW_OVER,
        f"The two months in which the power of section {facts.section} may be used {ended}. "
        "Use section 65, which has no such limit, or give a new warning notice.",
    )


def those_concerned_were_consulted(facts: Facts) -> Refusal | None:
    """Sections 63 and 65 ask for consultation of the governing body and the diocese or foundation appointers first."""
    if not facts.section or not POWERS[facts.section].consult or facts.consulted_on:
        return None
    return Refusal(
        RefusalCode.NOT_CONSULTED,
        f"Section {facts.section} asks for consultation first: the governing body, and the diocese or whoever appoints "
        "foundation governors. Give its day as the fact consulted_on=YYYY-MM-DD.",
    )


def secretary_of_state_consents(facts: Facts) -> Refusal | None:
    """An interim executive board needs the Secretary of State's consent (s65)."""
    if not facts.section or not POWERS[facts.section].consent_of_secretary_of_state or facts.consented_on:
        return None
    return Refusal(
        RefusalCode.NO_CONSENT,
        f"Section {facts.section} needs the consent of the Secretary of State. "
        "Give its day as the fact consented_on=YYYY-MM-DD.",
    )


def suspension_was_received(facts: Facts) -> Refusal | None:
    """A delegated budget is suspended from the day the governing body receives the notice (s66)."""
    if facts.section != PowerSection.BUDGET or facts.received_on:
        return None
    return Refusal(
        RefusalCode.NOT_RECEIVED,
        "A suspension takes effect when the governing body receives it. "
        "Give that day as the fact received_on=YYYY-MM-DD.",
    )
