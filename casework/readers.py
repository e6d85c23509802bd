"""Who reads a letter: those whom policy names, as far as the school has them, and those who must have a copy by law."""

from collections.abc import Iterable, Iterator
from datetime import date

from casework.dossier import Dossier
from casework.drafting import at_school
from casework.prefill.notices import legal_copies
from notifications.catalogue import LetterFields
from notifications.catalogue.notices import WarningNotice, WarningNoticeCopy
from notifications.catalogue.parts import ROLE_OF_COPY, copied_to
from notifications.catalogue.powers import BudgetSuspension, BudgetSuspensionCopy
from notifications.letter import RecipientRole
from states.law import LAW
from states.law.notices import Copy

# Drafted together with the letter that they lie on top of, at the same time (EIA 2006 s60(6), s66).
COVERS = {WarningNoticeCopy.folder: WarningNotice.folder, BudgetSuspensionCopy.folder: BudgetSuspension.folder}

OUTSIDE = (
    RecipientRole.ofsted,
    RecipientRole.diocese,
    RecipientRole.foundation_appointer,
    RecipientRole.secretary_of_state,
)


def roles_of(kind: str, dossier: Dossier, day: date) -> tuple[RecipientRole, ...]:
    """Those that policy names for the letter and that the school has: a community school has no diocese to tell."""
    applies = {
        RecipientRole.diocese: dossier.character.is_diocesan,
        RecipientRole.foundation_appointer: dossier.character.is_foundation_or_voluntary,
        RecipientRole.secretary_of_state: Copy.SECRETARY_OF_STATE in LAW.on(day).copies,
    }
    named = map(RecipientRole, dossier.policy.letters[kind].recipients)
    return tuple(role for role in named if applies.get(role, True))


def covered(kind: str, dossier: Dossier, day: date) -> tuple[RecipientRole, ...]:
    """Those who must have a copy of the letter at the same time, each under a letter of its own."""
    if kind == WarningNotice.folder:
        return tuple(ROLE_OF_COPY[copy] for copy in legal_copies(dossier, day))
    return (RecipientRole.head,) if kind == BudgetSuspension.folder else ()


def all_roles(kind: str, dossier: Dossier, day: date) -> tuple[RecipientRole, ...]:
    return (*roles_of(kind, dossier, day), *covered(kind, dossier, day))


def addressees(dossier: Dossier, roles: Iterable[RecipientRole]) -> Iterator[str]:
    for role in roles:
        name = "" if role in OUTSIDE else at_school(dossier.one, role).name
        yield f"{role.label} ({name})" if name else role.label


def cover_for(fields: LetterFields, role: RecipientRole, notice: str) -> LetterFields:
    if isinstance(fields, WarningNotice):
        [copy] = [one for one in fields.copies if ROLE_OF_COPY[one.copy] is role]
        return WarningNoticeCopy(
            given_on=fields.given_on,
            period_ends=fields.period_ends,
            copied=copied_to(copy.copy, fields.given_on) if role not in OUTSIDE else copy,
            notice_reference=notice,
        )
    assert isinstance(fields, BudgetSuspension)
    return BudgetSuspensionCopy(notice_reference=notice, arrangements=fields.arrangements)
