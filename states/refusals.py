"""A refused move is an ordinary outcome: a code, and a sentence for whoever asked. It is recorded, not raised."""

from dataclasses import dataclass
from enum import StrEnum


class RefusalCode(StrEnum):
    """Why a move was refused. Each code has one guard, or the machine itself, behind it."""

    NOT_FROM_HERE = "not_from_here"
    IN_THE_FUTURE = "in_the_future"
    OUT_OF_ORDER = "out_of_order"
    NOT_MAINTAINED = "not_maintained"
    NO_EVIDENCE = "no_evidence"
    NO_INSPECTION = "no_inspection"
    NO_STATEMENT = "no_statement"
    NO_AUDIT_OR_EVIDENCE = "no_audit_or_evidence"
    NOTICE_INCOMPLETE = "notice_incomplete"
    NOTICE_NOT_CHECKED = "notice_not_checked"
    NO_NOTICE_OUTCOME = "no_notice_outcome"
    NOT_ELIGIBLE = "not_eligible"
    DOOR_NOT_ON_RECORD = "door_not_on_record"
    NO_ACADEMY_ORDER = "no_academy_order"
    NO_REVOCATION = "no_revocation"
    ORDER_NOT_MADE_FROM_THERE = "order_not_made_from_there"
    NOT_OPENED = "not_opened"
    NO_CLOSURE = "no_closure"
    SECRETARY_OF_STATES_NOTICE = "secretary_of_states_notice"
    NO_SECRETARY_OF_STATES_NOTICE = "no_secretary_of_states_notice"
    NO_REPRESENTATIONS = "no_representations"
    REPRESENTATIONS_LATE = "representations_late"
    NO_DECISION = "no_decision"
    COMPLIED_BEFORE_THE_NOTICE = "complied_before_the_notice"
    PERIOD_NOT_OVER = "period_not_over"
    NO_REASONABLE_NOTICE = "no_reasonable_notice"
    WINDOW_OPEN = "window_open"
    WINDOW_OVER = "window_over"
    NO_POWER = "no_power"
    NOT_CONSULTED = "not_consulted"
    NO_CONSENT = "no_consent"
    NOT_RECEIVED = "not_received"
    NO_SPONSOR = "no_sponsor"
    NO_AGREEMENT = "no_agreement"
    NO_PARTNER = "no_partner"
    NO_ACTIVITY = "no_activity"
    NOT_SIGNED = "not_signed"
    SAME_OFFICER = "same_officer"
    LETTER_NOT_CHECKED = "letter_not_checked"
    STOPPED = "stopped"
    SERVICE_NOT_PROVED = "service_not_proved"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a move cannot be made now, and what would make it possible."""

    code: RefusalCode
    sentence: str
