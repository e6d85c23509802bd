"""The conditions that the tables name. Each looks at the facts and returns None, or the refusal in an officer's words.

A guard has no side effect, reads no clock, and says in its refusal what would satisfy it.
"""

from states.facts import EligibilityGround, Facts
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
        "No evidence is recorded for this move. Say what it rests on with --evidence.",
    )


def inspection_is_recorded(facts: Facts) -> Refusal | None:
    """A judgement needs the inspection that made it."""
    if facts.inspected_on:
        return None
    return Refusal(
        RefusalCode.NO_INSPECTION,
        "No Ofsted inspection is recorded for this judgement. Give its date with --fact inspected_on=YYYY-MM-DD.",
    )


def audit_or_evidence_is_recorded(facts: Facts) -> Refusal | None:
    """The audit determines 'whether a PSSWN might be issued' (MI 269/13, line 35); recorded evidence may serve."""
    if facts.audit_outcome.strip() or facts.evidence.strip():
        return None
    return Refusal(
        RefusalCode.NO_AUDIT_OR_EVIDENCE,
        "Neither an audit outcome nor other evidence is recorded. Give --fact audit_outcome=… or --evidence.",
    )


def notice_is_complete(facts: Facts) -> Refusal | None:
    """A notice with a mandatory content missing is no notice (Education and Inspections Act 2006 s60(4)-(5))."""
    if facts.notice_complete:
        return None
    return Refusal(
        RefusalCode.NOTICE_INCOMPLETE,
        "The warning notice is not recorded as complete. When every content of section 60 is in it, "
        "state --fact notice_complete=yes.",
    )


def notice_was_checked_by_second_officer(facts: Facts) -> Refusal | None:
    """Four eyes: whoever gives the notice is not the one who checked it (our policy's default)."""
    if facts.checked_by.strip() and not _same_person(facts.checked_by, facts.actor):
        return None
    return Refusal(
        RefusalCode.NOTICE_NOT_CHECKED,
        "A second officer has not checked the warning notice. "
        "Name an officer other than yourself with --fact checked_by=…",
    )


def notice_outcome_is_recorded(facts: Facts) -> Refusal | None:
    """A school leaves the notice by one of the exits that the law knows."""
    if facts.notice_outcome:
        return None
    return Refusal(
        RefusalCode.NO_NOTICE_OUTCOME,
        "How the notice ended is not recorded. "
        "State --fact notice_outcome=complied, withdrawn, not_confirmed or lapsed.",
    )


def school_is_eligible_for_intervention(facts: Facts) -> Refusal | None:
    """An academy order reaches schools that are eligible for intervention (Academies Act 2010 s4(1)(b))."""
    if facts.eligible_under:
        return None
    return Refusal(
        RefusalCode.NOT_ELIGIBLE,
        "The school is not recorded as eligible for intervention. State the ground with "
        f"--fact eligible_under={', '.join(EligibilityGround)} (Education and Inspections Act 2006).",
    )


def academy_order_is_recorded(facts: Facts) -> Refusal | None:
    """The Secretary of State decides, not the authority (Academies Act 2010 s4)."""
    if facts.academy_order_on:
        return None
    return Refusal(
        RefusalCode.NO_ACADEMY_ORDER,
        "No academy order of the Secretary of State is recorded. "
        "Give its date with --fact academy_order_on=YYYY-MM-DD.",
    )


def revocation_is_recorded(facts: Facts) -> Refusal | None:
    """Only the Secretary of State ends an academy order."""
    if facts.revoked_on:
        return None
    return Refusal(
        RefusalCode.NO_REVOCATION,
        "No revocation of the academy order is recorded. Give its date with --fact revoked_on=YYYY-MM-DD.",
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
        "The day on which the academy opened is not recorded. Give it with --fact opened_on=YYYY-MM-DD.",
    )


def closure_is_recorded(facts: Facts) -> Refusal | None:
    """A case ends with the school, on a date that the register or a decision gives."""
    if facts.closed_on:
        return None
    return Refusal(
        RefusalCode.NO_CLOSURE,
        "The day on which the school closed is not recorded. Give --fact closed_on=YYYY-MM-DD.",
    )


def signatory_is_named(facts: Facts) -> Refusal | None:
    """A letter goes out after a person signs, never by itself."""
    if facts.actor.strip():
        return None
    return Refusal(RefusalCode.NOT_SIGNED, "Nobody has signed. Name the person who signs with --by and --role.")


def second_officer_signs(facts: Facts) -> Refusal | None:
    """Where policy asks for a second officer (`drafted_by` is then on record), nobody signs what they decided."""
    if not facts.drafted_by or not _same_person(facts.drafted_by, facts.actor):
        return None
    return Refusal(
        RefusalCode.SAME_OFFICER,
        f"{facts.drafted_by} made the decision that this letter tells of; by policy a second officer signs it.",
    )


def _same_person(one: str, other: str) -> bool:
    """However the name was typed: letter case and white space do not make a second officer."""
    return one.casefold().split() == other.casefold().split()


def _came_from(facts: Facts, state: str, instead: str) -> Refusal | None:
    if facts.came_from == state:
        return None
    return Refusal(
        RefusalCode.ORDER_NOT_MADE_FROM_THERE,
        f"The academy order was not made while the school was {state.replace('_', ' ')}. Use {instead}.",
    )
