"""From a decision to drafts: who is written to, under which reference, with which facts. The wording is templates/."""

from collections.abc import Iterator
from datetime import date, timedelta

from casework.caseload import SchoolCase
from casework.record import Row, Stamp
from notifications.catalogue import (
    CategoryNotice,
    LetterFields,
    PartnerAllocation,
    ProgressMeasure,
    ProgressRequest,
)
from notifications.letter import Letter, Recipient, RecipientRole, SchoolFacts, Sender, to_json
from notifications.recipients import recipient_for, why_not_emailed
from states.half_terms import HalfTerm
from states.policy import Policy
from states.tracks.letter import LETTER


def category_notices(one: SchoolCase, came_from: str, basis: str, stamp: Stamp) -> list[Row]:
    """What tells a school its new category after a move; nothing if policy gives both states the same, or none."""
    category = stamp.policy.category_of(one.case.state)
    if category in (None, stamp.policy.category_of(came_from)):
        return []
    reply_within = timedelta(days=stamp.policy.classification.letter.reply_within_days)
    fields = CategoryNotice(
        category_letter=category.letter,
        category_label=category.printed_label,
        basis=as_sentence(basis),
        effective_from=stamp.on,
        activities=tuple(activity.sentence for activity in category.activities_for(one.case.sector)),
        monitored=stamp.policy.is_monitored(one.case.state),
        reply_by=stamp.on + reply_within,
    )
    return list(_drafts(one, fields, str(one.case.version), stamp))


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
    return list(_drafts(one, fields, half_term.key, stamp))


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
    return list(_drafts(one, fields, str(one.case.version), stamp))


def _measures(policy: Policy, phase: str) -> tuple[ProgressMeasure, ...]:
    return tuple(
        ProgressMeasure(label=measure.label, target_percent=measure.target_percent)
        for measure in policy.measures_for(phase)
    )


def as_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _drafts(one: SchoolCase, fields: LetterFields, occasion: str, stamp: Stamp) -> Iterator[Row]:
    """A row of the letter table for each recipient that policy names for this kind of letter.

    `occasion` is what makes the letter the only one of its kind to this person: "2025-26/2", or an event's number.
    """
    kind, school = fields.folder, one.school
    school_facts = SchoolFacts(urn=school.urn, name=school.name, address=school.address)
    sender = _sender(stamp.policy, kind)
    roles = [RecipientRole(role) for role in stamp.policy.letters[kind].recipients]
    for role in roles:
        letter = Letter(
            kind=kind,
            reference=reference(kind, school.urn, occasion, role),
            dated=stamp.on,
            school=school_facts,
            recipient=recipient_for(role, one.contacts.get(role), school.head_name),
            sender=sender,
            copies=tuple(other.label for other in roles if other is not role),
            fields=fields,
        )
        yield _row(letter, occasion, stamp)


def _row(letter: Letter, occasion: str, stamp: Stamp) -> Row:
    return {
        "reference": letter.reference,
        "urn": letter.school.urn,
        "kind": letter.kind,
        "occasion": occasion,
        "recipient_role": letter.recipient.role.value,
        "batch": batch_of(letter.kind, occasion, stamp),
        "state": LETTER.initial.value,
        "facts": to_json(letter),
        "not_emailed": not_emailed(letter.recipient, letter.sender),
        "drafted_by": stamp.actor,
        "drafted_at": stamp.now,
        "approved_by": "",
        "approved_role": "",
        "approved_at": None,
        "digest": "",
        "sent_at": None,
    }


def not_emailed(recipient: Recipient, sender: Sender) -> str:
    """Why a letter goes by post only, or nothing."""
    if not sender.email:
        return "The authority has no email address to send from (policy key authority.email)."
    return why_not_emailed(recipient)


def reference(kind: str, urn: int, occasion: str, role: RecipientRole) -> str:
    """For example PR-120777-2025-26-2-H: the kind's initials, the school, the occasion, head, chair or clerk (K)."""
    initials = "".join(word[0] for word in kind.split("_")).upper()
    letter_of_role = {RecipientRole.head: "H", RecipientRole.chair: "C", RecipientRole.clerk: "K"}[role]
    return f"{initials}-{urn}-{occasion.replace('/', '-')}-{letter_of_role}"


def batch_of(kind: str, occasion: str, stamp: Stamp) -> str:
    """Letters that are approved together: those of one half-term's check, or those of one day."""
    return f"{kind}-{occasion.replace('/', '-') if '/' in occasion else stamp.on.isoformat()}"


def _sender(policy: Policy, kind: str) -> Sender:
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
