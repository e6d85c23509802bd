"""What policy and record say in letters about partners, support and the programme."""

from datetime import date, timedelta
from typing import Any

from casework.dossier import Dossier
from casework.prefill.common import Source, ask, day_when, or_blank, stated
from notifications.form import BLANK
from states.dates import in_words


def _partner(of: Dossier) -> Any:
    return or_blank(of.stated.partner or of.allocation.get("partner"))


def _first_contact_by(of: Dossier) -> date:
    said = of.allocation.get("first_contact_by")
    after = of.on + timedelta(days=of.policy.partner.first_contact_within_days)
    return date.fromisoformat(said) if said and said >= of.on.isoformat() else after


def _contact(name: str) -> Source:
    return lambda of: getattr(of.policy.signatories[of.policy.partner.contact], name)


def _signatory(kind: str, name: str) -> Source:
    return lambda of: getattr(of.policy.signatory_of(kind), name)


def _why_programme(of: Dossier) -> Any:
    school = of.one.school
    if not (school.rating and school.inspected_on):
        return BLANK
    return f"Ofsted judged the school {school.rating} on {in_words(school.inspected_on)}."


SOURCES: dict[str, Source] = {
    "programme": lambda of: of.policy.partner.programme,
    "partner_name": _partner,
    "provider": lambda of: of.policy.partner.provider,
    "partner_allocation.purpose": lambda of: of.policy.partner.purpose,
    "leader_partner_allocation.purpose": lambda of: of.policy.partner.purpose,
    "partner_allocation.steps": lambda of: of.policy.partner.steps,
    "leader_partner_allocation.steps": lambda of: of.policy.partner.steps,
    "first_contact_by": _first_contact_by,
    "contact_name": _contact("name"),
    "contact_telephone": _contact("telephone"),
    "contact_email": _contact("email"),
    "programme_invitation.why": _why_programme,
    "activity": stated("activity"),
    "support_thanks.activity": ask,
    "activity_agreed.agreed_on": lambda of: or_blank(day_when(of.last_move(of.case, "commission"))),
    "activity_evaluation.evaluated_on": lambda of: or_blank(day_when(of.last_move(of.case, "evaluate"))),
    "circular.contact_name": _signatory("circular", "name"),
    "circular.contact_telephone": _signatory("circular", "telephone"),
    "circular.contact_email": _signatory("circular", "email"),
}
