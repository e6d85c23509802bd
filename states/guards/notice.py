"""What a warning notice asks for before it is given, and at each step after.

Contents, copies and rights are those of the law on the day the notice is given: states.law.regimes.
"""

from collections.abc import Iterator

from states.dates import in_words
from states.facts import Facts
from states.guards.general import same_person
from states.law import LAW, HeardBy, Regime
from states.law.notices import COPIES, GROUNDS, PAY_GROUND, NoticeKind, contents_missing, contents_wrong
from states.refusals import Refusal, RefusalCode


def notice_is_complete(facts: Facts) -> Refusal | None:
    """A notice that lacks a ground, a content or a copy is none (Education and Inspections Act 2006 s60(2) to (6A))."""
    if facts.given_on is None:
        return Refusal(
            RefusalCode.NOTICE_INCOMPLETE,
            "The day on which the notice is given decides what it must say. Give it as the fact given_on=YYYY-MM-DD.",
        )
    lacks = list(_lacks(facts, LAW.on(facts.given_on)))
    if not lacks:
        return None
    return Refusal(
        RefusalCode.NOTICE_INCOMPLETE,
        f"A warning notice given on {in_words(facts.given_on)} is not complete. {' '.join(lacks)}",
    )


def _lacks(facts: Facts, regime: Regime) -> Iterator[str]:
    """Everything at once, so that an officer corrects the notice once."""
    contents = regime.contents_for(_kind(facts))
    yield from _wrong_with_the_ground(facts, regime)
    if missing := contents_missing(contents, facts.contents):
        yield f"It does not set out: {', '.join(contents[one].value for one in missing)}."
    for wrong in contents_wrong(regime.contents, facts.contents):
        yield f"Under the law of that day it must not set out {wrong.replace('_', ' ')}."
    yield from _wrong_with_the_period(facts, regime)
    if facts.character is None:
        yield "The school's type and religious character, which decide the copies, are not on record."
    elif no_copy := [copy for copy in regime.copies_for(facts.character) if copy not in facts.copies]:
        yield f"No copy goes to: {', '.join(COPIES[copy].value for copy in no_copy)}."


def _kind(facts: Facts) -> NoticeKind:
    return facts.kind or NoticeKind.S60


def _wrong_with_the_ground(facts: Facts, regime: Regime) -> Iterator[str]:
    """The grounds of section 60(2) are none for a pay notice, which has one of its own (s60A)."""
    if _kind(facts) is NoticeKind.S60:
        if not facts.grounds:
            yield f"It gives no ground: state grounds={', '.join(GROUNDS)}, one or more of them."
        return
    if facts.grounds:
        yield f"The one ground of a pay notice is that {PAY_GROUND.value}: clear the others (the fact grounds)."
    since = regime.pay_notices_since
    if facts.given_on and facts.given_on < since.value:
        yield f"Pay notices exist since {in_words(since.value)}: correct the day or the kind."


def _wrong_with_the_period(facts: Facts, regime: Regime) -> Iterator[str]:
    """What the clocks could not make sense of afterwards (s60(10), before and from 18 April 2016)."""
    if not regime.notice_states_its_period:
        if facts.period_ends:
            yield "It must not state a period of its own, because the Act fixes the period: withdraw it and begin anew."
    elif facts.period_ends is None:
        yield "It does not say when its compliance period ends: state period_ends."
    elif facts.given_on and facts.period_ends < facts.given_on:
        yield f"Its compliance period ends on {in_words(facts.period_ends)}, before the notice is given."


def notice_was_checked_by_second_officer(facts: Facts) -> Refusal | None:
    """Four eyes: whoever gives the notice is not the one who checked it (our policy's default)."""
    if facts.checked_by.strip() and not same_person(facts.checked_by, facts.actor):
        return None
    return Refusal(
        RefusalCode.NOTICE_NOT_CHECKED,
        "A second officer has not checked the warning notice. "
        "Name an officer other than yourself as the fact checked_by=…",
    )


def checker_is_a_second_officer(facts: Facts) -> Refusal | None:
    """Whoever checks a notice is not the one who drafted it."""
    if not facts.actor.strip():
        return Refusal(RefusalCode.NOTICE_NOT_CHECKED, "Nobody is named who checks this notice. Name the officer.")
    if not same_person(facts.drafted_by, facts.actor):
        return None
    return Refusal(
        RefusalCode.SAME_OFFICER, f"{facts.drafted_by} drafted this notice. Ask another officer to check it."
    )


def no_notice_of_the_secretary_of_state_stands(facts: Facts) -> Refusal | None:
    """From 18 April 2016 a notice of the Secretary of State bars one of the authority, until it is told that it may.

    That is s60(4A), and of notices under section 60: that a pay notice is not barred is our reading.
    """
    if facts.secretary_notice_on is None or not _ends_ours(facts):
        return None
    if facts.notice_permitted_on and facts.notice_permitted_on >= facts.secretary_notice_on:
        return None
    return Refusal(
        RefusalCode.SECRETARY_OF_STATES_NOTICE,
        f"The Secretary of State gave the school a warning notice on {in_words(facts.secretary_notice_on)}. "
        "The authority may not give one until it is told that it may. "
        "Give the day on which it was told as the fact notice_permitted_on=YYYY-MM-DD.",
    )


def notice_of_the_secretary_of_state_is_recorded(facts: Facts) -> Refusal | None:
    """From 18 April 2016 a notice of the Secretary of State ends an earlier one of the authority (s60(4B))."""
    if facts.secretary_notice_on and _ends_ours(facts):
        return None
    return Refusal(
        RefusalCode.NO_SECRETARY_OF_STATES_NOTICE,
        "No warning notice of the Secretary of State given on or after 18 April 2016 is recorded. "
        "Give its day as the fact secretary_notice_on=YYYY-MM-DD.",
    )


def _ends_ours(facts: Facts) -> bool:
    if facts.secretary_notice_on is None or _kind(facts) is not NoticeKind.S60:
        return False
    return LAW.on(facts.secretary_notice_on).ends_authority_notice is not None


def representations_were_made_in_time(facts: Facts) -> Refusal | None:
    """In writing before the end of the initial period, before 18 April 2016 (s60(7); of a pay notice, s60A)."""
    if facts.represented_on is None:
        return Refusal(
            RefusalCode.NO_REPRESENTATIONS,
            "No representations are recorded. Give their day as the fact represented_on=YYYY-MM-DD.",
        )
    if facts.given_on and _kind(facts) not in LAW.on(facts.given_on).representations:
        return Refusal(
            RefusalCode.NO_REPRESENTATIONS,
            "A notice given since 18 April 2016 carries no right of representations. Record them as correspondence.",
        )
    if facts.given_on and facts.represented_on < facts.given_on:
        return Refusal(
            RefusalCode.NO_REPRESENTATIONS,
            f"Representations of {in_words(facts.represented_on)} cannot have come before the notice was given on "
            f"{in_words(facts.given_on)}. Correct the date.",
        )
    if facts.initial_ends is None or facts.represented_on <= facts.initial_ends:
        return None
    return Refusal(
        RefusalCode.REPRESENTATIONS_LATE,
        f"The initial period ended on {in_words(facts.initial_ends)}; representations of "
        f"{in_words(facts.represented_on)} came too late to count. Go on as if there were none.",
    )


def decision_is_recorded(facts: Facts) -> Refusal | None:
    """The Chief Inspector may confirm a notice (s60(8) and (9)); a pay notice, the authority itself (s60A)."""
    if facts.decided_on and facts.represented_on and facts.decided_on < facts.represented_on:
        return Refusal(
            RefusalCode.NO_DECISION,
            f"A decision of {in_words(facts.decided_on)} cannot have come before the representations of "
            f"{in_words(facts.represented_on)}. Correct the date.",
        )
    if facts.decided_on:
        return None
    return Refusal(
        RefusalCode.NO_DECISION,
        f"No decision of {_heard_by(facts)} is recorded. Give its day as the fact decided_on=YYYY-MM-DD.",
    )


def _heard_by(facts: Facts) -> str:
    return HeardBy.AUTHORITY if _kind(facts) is NoticeKind.S60A else HeardBy.CHIEF_INSPECTOR


def compliance_came_after_the_notice(facts: Facts) -> Refusal | None:
    """What a governing body did before it was given the notice is not compliance with it (s60(1))."""
    if not (facts.complied_on and facts.given_on and facts.complied_on < facts.given_on):
        return None
    return Refusal(
        RefusalCode.COMPLIED_BEFORE_THE_NOTICE,
        f"Compliance of {in_words(facts.complied_on)} cannot have come before the notice was given on "
        f"{in_words(facts.given_on)}. Correct the date.",
    )


def intention_was_notified(facts: Facts) -> Refusal | None:
    """Powers need reasonable notice in writing that the authority proposes to use them (s60(1))."""
    if facts.intention_notified_on:
        return None
    return Refusal(
        RefusalCode.NO_REASONABLE_NOTICE,
        "The governing body has not been told in writing that the authority proposes to use its powers. "
        "Give the day as the fact intention_notified_on=YYYY-MM-DD.",
    )


def compliance_period_is_over(facts: Facts) -> Refusal | None:
    """Nobody has failed to comply before the end of the period that they were given (s60(1))."""
    if facts.on and facts.compliance_ends and facts.on > facts.compliance_ends:
        return None
    until = f"until {in_words(facts.compliance_ends)}" if facts.compliance_ends else "and no end of it is known yet"
    return Refusal(
        RefusalCode.PERIOD_NOT_OVER,
        f"The compliance period runs {until}. Record that it was not complied with, or use a power, once it is over.",
    )


def window_of_powers_is_over(facts: Facts) -> Refusal | None:
    """The powers of ss63, 64 and 66 lapse two months after the compliance period, and not before."""
    if facts.on and facts.window_ends and facts.on > facts.window_ends:
        return None
    until = f"until {in_words(facts.window_ends)}" if facts.window_ends else "and its end is not known yet"
    return Refusal(
        RefusalCode.WINDOW_OPEN,
        f"The two months in which powers may start run {until}. Record a lapse once they are over.",
    )
