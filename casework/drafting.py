"""From a decision to drafts: who is written to, under which reference, with which facts. The wording is templates/."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from casework.caseload import SchoolCase
from casework.record import Row, Stamp
from notifications.catalogue import (
    CATALOGUE,
    AccuracyCheck,
    CategoryNotice,
    FactOnRecord,
    LetterFields,
    PartnerAllocation,
    ProgressMeasure,
    ProgressRequest,
)
from notifications.letter import Recipient, RecipientRole, SchoolFacts, Sender, to_json
from notifications.recipients import contact_for, recipient_for, why_not_emailed
from states.half_terms import HalfTerm
from states.policy import Category, Policy
from states.tracks.letter import LETTER


class Placed(NamedTuple):
    """When a school came into its category, and why."""

    on: date
    why: str


def category_notices(one: SchoolCase, came_from: str, basis: str, stamp: Stamp) -> list[Row]:
    """What tells a school its new category after a move; nothing if policy gives both states the same, or none."""
    category = stamp.policy.category_of(one.case.state)
    if category in (None, stamp.policy.category_of(came_from)):
        return []
    fields = _category_notice(one, category, basis, stamp.on, stamp)
    return list(drafts(one, fields, str(one.case.version), stamp))


def yearly_notices(one: SchoolCase, category: Category, year: HalfTerm, placed: Placed, stamp: Stamp) -> list[Row]:
    """What tells a school its category for a school year, of which `year` is the first half-term."""
    fields = _category_notice(one, category, placed.why, max(placed.on, year.opens), stamp)
    return list(drafts(one, replace(fields, school_year=year.year_label), year.school_year, stamp))


def accuracy_checks(one: SchoolCase, facts: tuple[FactOnRecord, ...], year: HalfTerm, stamp: Stamp) -> list[Row]:
    """What shows a school the facts that its category for a school year will rest on."""
    reply_by = stamp.on + _reply_within(stamp.policy)
    fields = AccuracyCheck(school_year=year.year_label, facts=facts, reply_by=reply_by, decided_by=reply_by)
    return list(drafts(one, fields, year.school_year, stamp))


def _category_notice(one: SchoolCase, category: Category, basis: str, since: date, stamp: Stamp) -> CategoryNotice:
    return CategoryNotice(
        category_letter=category.letter,
        category_label=category.printed_label,
        basis=as_sentence(basis),
        effective_from=since,
        activities=tuple(activity.sentence for activity in category.activities_for(one.case.sector)),
        monitored=stamp.policy.is_monitored(one.case.state),
        reply_by=stamp.on + _reply_within(stamp.policy),
    )


def _reply_within(policy: Policy) -> timedelta:
    return timedelta(days=policy.classification.letter.reply_within_days)


def progress_requests(
    one: SchoolCase, half_term: HalfTerm, due: date, previous_outcome: str, stamp: Stamp
) -> list[Row]:
    """What asks a school for its half-termly return; only schools with a category are monitored."""
    category = stamp.policy.category_of(one.case.state)
    assert category is not None, "policy_checks sees to it that every monitored state has a category"
    monitoring = stamp.policy.monitoring
    fields = ProgressRequest(
        half_term_label=half_term.label,
        category_letter=category.letter,
        category_label=category.printed_label,
        due=due,
        measures=_measures(stamp.policy, one.school.phase),
        return_email=stamp.policy.signatory_of(ProgressRequest.folder).email or stamp.policy.authority.email,
        minimum_pupils=monitoring.minimum_pupils,
        previous_outcome=previous_outcome,
    )
    return list(drafts(one, fields, half_term.key, stamp))


def partner_allocations(one: SchoolCase, partner_name: str, first_contact_by: date, stamp: Stamp) -> list[Row]:
    """What tells a school its Education Challenge Partner."""
    category = stamp.policy.category_of(one.case.state)
    partner = stamp.policy.partner
    contact = stamp.policy.signatories[partner.contact]
    fields = PartnerAllocation(
        programme=partner.programme,
        category_label=category.printed_label if category else "",
        partner_name=partner_name,
        provider=partner.provider,
        purpose=partner.purpose,
        steps=partner.steps,
        first_contact_by=first_contact_by,
        contact_name=contact.name,
        contact_telephone=contact.telephone,
        contact_email=contact.email,
    )
    return list(drafts(one, fields, str(one.case.version), stamp))


def _measures(policy: Policy, phase: str) -> tuple[ProgressMeasure, ...]:
    return tuple(
        ProgressMeasure(label=measure.label, target_percent=measure.target_percent)
        for measure in policy.measures_for(phase)
    )


def as_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def drafts(
    one: SchoolCase, fields: LetterFields, occasion: str, stamp: Stamp, to: Sequence[Recipient] = (), batch: str = ""
) -> Iterator[Row]:
    """A row of the letter table for each recipient: those that policy names for this kind of letter, or `to`.

    `occasion` is what makes the letter the only one of its kind to this person: "2025-26/2", or an event's number.
    The facts are a notifications.letter.Letter as plain JSON, of which only three parts differ between the recipients.
    """
    kind, school, sender = fields.folder, one.school, sender_of(stamp.policy, fields.folder)
    shared = {
        "kind": kind,
        "dated": to_json(stamp.on),
        "school": to_json(SchoolFacts(urn=school.urn, name=school.name, address=school.address)),
        "sender": _to_json_once(sender),
        "fields": _to_json_once(fields),
    }
    recipients = to or [at_school(one, RecipientRole(role)) for role in stamp.policy.letters[kind].recipients]
    for recipient in recipients:
        role = recipient.role
        own = {
            "reference": (name := reference(kind, school.urn, occasion, role)),
            "recipient": to_json(recipient),
            "copies": [other.role.label for other in recipients if other.role is not role],
        }
        yield {
            "reference": name,
            "urn": school.urn,
            "kind": kind,
            "occasion": occasion,
            "recipient_role": role.value,
            "batch": batch or batch_of(kind, occasion, stamp),
            "state": LETTER.initial.value,
            "facts": shared | own,
            "not_emailed": not_emailed(recipient, sender),
            "drafted_by": stamp.actor,
            "drafted_at": stamp.now,
            "approved_by": "",
            "approved_role": "",
            "approved_at": None,
            "digest": "",
            "sent_at": None,
        }


def at_school(one: SchoolCase, role: RecipientRole) -> Recipient:
    return recipient_for(role, contact_for(role, one.contacts), one.school.head_name)


# For what hundreds of letters have in common; nobody changes it, for it is written out as text.
_to_json_once = lru_cache(maxsize=256)(to_json)


def not_emailed(recipient: Recipient, sender: Sender) -> str:
    """Why a letter goes by post only, or nothing."""
    if not sender.email:
        return "The authority has no email address to send from (policy key authority.email)."
    return why_not_emailed(recipient)


def reference(kind: str, urn: int, occasion: str, role: RecipientRole) -> str:
    """For example PR-120777-2025-26-2-H: the letter's initials, the school, the occasion, head, chair or clerk (K)."""
    return f"{CATALOGUE[kind].initials}-{urn}-{occasion.replace('/', '-')}-{role.initial}"


# The occasion of letters that go to many schools together: a half-term, or a school year.
_A_ROUND = re.compile(r"\d{4}-\d\d(/\d)?")


def batch_of(kind: str, occasion: str, stamp: Stamp) -> str:
    """Letters that are approved together: those of one half-term or school year, or those of one day."""
    return f"{kind}-{occasion.replace('/', '-') if _A_ROUND.fullmatch(occasion) else stamp.on.isoformat()}"


def sender_of(policy: Policy, kind: str) -> Sender:
    """The authority on the letterhead, and the officer who signs this kind of letter."""
    authority, signatory = policy.authority, policy.signatory_of(kind)
    return Sender(
        authority=authority.name,
        department=authority.department,
        address=authority.address,
        telephone=authority.telephone,
        email=authority.email,
        website=authority.website,
        signatory_name=signatory.name,
        signatory_title=signatory.title,
        signatory_telephone=signatory.telephone,
        signatory_email=signatory.email,
    )
