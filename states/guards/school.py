"""What a school's own moves ask for: inspections, audits, academy orders, openings and closures."""

from states.dates import in_words
from states.facts import Facts, NoticeOutcome
from states.law.powers import BY_NOTICE, Door
from states.refusals import Refusal, RefusalCode


def inspection_is_recorded(facts: Facts) -> Refusal | None:
    """A judgement needs the inspection that made it."""
    if facts.inspected_on and facts.reported_on and facts.reported_on < facts.inspected_on:
        return Refusal(
            RefusalCode.NO_INSPECTION,
            f"The report of {in_words(facts.reported_on)} cannot have come before the inspection of "
            f"{in_words(facts.inspected_on)}. Correct the date.",
        )
    if facts.inspected_on:
        return None
    return Refusal(
        RefusalCode.NO_INSPECTION,
        "No Ofsted inspection is recorded for this judgement. Give its date as the fact inspected_on=YYYY-MM-DD.",
    )


def statement_was_sent(facts: Facts) -> Refusal | None:
    """To the Chief Inspector, after a report that makes the school eligible (Education Act 2005 s15)."""
    if facts.statement_sent_on:
        return None
    return Refusal(
        RefusalCode.NO_STATEMENT,
        "The day on which the written statement of action was sent to the Chief Inspector is not recorded. "
        "Give it as the fact statement_sent_on=YYYY-MM-DD.",
    )


def audit_or_evidence_is_recorded(facts: Facts) -> Refusal | None:
    """The audit determines 'whether a PSSWN might be issued' (MI 269/13, line 35); recorded evidence may serve."""
    if facts.audit_outcome.strip() or facts.evidence.strip():
        return None
    return Refusal(
        RefusalCode.NO_AUDIT_OR_EVIDENCE,
        "Neither an audit outcome nor other evidence is recorded. State the fact audit_outcome=… or the evidence.",
    )


def notice_outcome_is_recorded(facts: Facts) -> Refusal | None:
    """A school leaves the notice by one of the exits that the law knows."""
    if facts.notice_outcome:
        return None
    return Refusal(
        RefusalCode.NO_NOTICE_OUTCOME,
        f"How the notice ended is not recorded. State the fact notice_outcome={', '.join(NoticeOutcome)}.",
    )


def school_is_eligible_for_intervention(facts: Facts) -> Refusal | None:
    """An academy order reaches schools that are eligible for intervention (Academies Act 2010 s4(1)(b))."""
    if facts.eligible_under:
        return None
    return Refusal(
        RefusalCode.NOT_ELIGIBLE,
        "The school is not recorded as eligible for intervention. State the ground as "
        f"the fact eligible_under={', '.join(Door)} (Education and Inspections Act 2006).",
    )


def record_bears_out_the_door(facts: Facts) -> Refusal | None:
    """The ground that an officer names is one that the record knows, or the Secretary of State's notice (s60(4B))."""
    door = facts.eligible_under
    theirs = door is Door.S60 and facts.secretary_notice_on is not None
    if door is None or door in facts.doors or theirs:
        return None
    needed = (
        "no warning notice of that section which was not complied with and followed by written notice that powers "
        "will be used. Record that on its notice first, with open_powers, or name the right ground"
        if door in BY_NOTICE
        else "no judgement of Ofsted that says so: the school is not inadequate by that section. Record the judgement "
        "first, with judged_inadequate, or name the right ground"
    )
    return Refusal(RefusalCode.DOOR_NOT_ON_RECORD, f"The ground {door} is stated, but the record has {needed}.")


def academy_order_is_recorded(facts: Facts) -> Refusal | None:
    """The Secretary of State decides, not the authority (Academies Act 2010 s4)."""
    if facts.academy_order_on:
        return None
    return Refusal(
        RefusalCode.NO_ACADEMY_ORDER,
        "No academy order of the Secretary of State is recorded. "
        "Give its date as the fact academy_order_on=YYYY-MM-DD.",
    )


def revocation_is_recorded(facts: Facts) -> Refusal | None:
    """Only the Secretary of State ends an academy order."""
    if facts.revoked_on:
        return None
    return Refusal(
        RefusalCode.NO_REVOCATION,
        "No revocation of the academy order is recorded. Give its date as the fact revoked_on=YYYY-MM-DD.",
    )


def order_was_made_while_inadequate(facts: Facts) -> Refusal | None:
    """A revoked order leaves the school where it found it."""
    return _came_from(facts, "inadequate", "revoke_order_to_notice")


def order_was_made_under_notice(facts: Facts) -> Refusal | None:
    """A revoked order leaves the school where it found it."""
    return _came_from(facts, "under_warning_notice", "revoke_order_to_inadequate")


def academy_has_opened(facts: Facts) -> Refusal | None:
    """A school is an academy from the day it opens as one, not from the order."""
    if facts.opened_on:
        return None
    return Refusal(
        RefusalCode.NOT_OPENED,
        "The day on which the academy opened is not recorded. Give it as the fact opened_on=YYYY-MM-DD.",
    )


def closure_is_recorded(facts: Facts) -> Refusal | None:
    """A case ends with the school, on a date that the register or a decision gives."""
    if facts.closed_on:
        return None
    return Refusal(
        RefusalCode.NO_CLOSURE,
        "The day on which the school closed is not recorded. Give the fact closed_on=YYYY-MM-DD.",
    )


def _came_from(facts: Facts, state: str, instead: str) -> Refusal | None:
    if facts.came_from == state:
        return None
    return Refusal(
        RefusalCode.ORDER_NOT_MADE_FROM_THERE,
        f"The academy order was not made while the school was {state.replace('_', ' ')}. Use {instead}.",
    )
