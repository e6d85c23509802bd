"""What a letter is the only one for: a case, a half-term or a day. For one occasion a letter is drafted once."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.dossier import Dossier, name_of
from casework.returns import HeldReturn
from casework.tables import Letter
from notifications.catalogue.monitoring import ProgressOutcome
from states.errors import CaseworkError
from states.tracks.letter import LetterState

# Kind → the track of the case that the letter is about.
ABOUT = {
    **dict.fromkeys(
        ("warning_notice", "representations_outcome", "not_complied", "intention_to_use_powers", "notice_ended"),
        "notice",
    ),
    **dict.fromkeys(
        (
            "additional_governors",
            "budget_suspension",
            "budget_review",
            "budget_review_outcome",
            "interim_board_consultation",
        ),
        "power",
    ),
    **dict.fromkeys(("academy_order", "conversion_step"), "conversion"),
    **dict.fromkeys(
        ("partner_allocation", "leader_partner_allocation", "activity_agreed", "activity_evaluation"), "support"
    ),
}
# These say what the record of their case must bear out.
NEED_THEIR_CASE = "notice"
# Of these there may be one in each state of a case, or one a year.
EACH_STEP = ("conversion_step",)
EACH_YEAR = ("budget_review", "budget_review_outcome")

HALF_TERMLY = ("progress_request", "progress_reminder", "progress_chaser", "progress_query", "progress_outcome")


class AlreadyDrafted(CaseworkError):
    """A letter of this kind for this occasion is there; nothing was drafted."""


def occasion_of(kind: str, dossier: Dossier) -> str:
    """What the letter is the only one for: its case, or the half-term, or else its day."""
    if kind in HALF_TERMLY and dossier.held:
        return occasion_of_return(kind, dossier.held)
    if dossier.case is None:
        return dossier.on.isoformat()
    parts = [name_of(dossier.case).replace("/", "-")]
    parts += [dossier.case.state.replace("_", "-")] if kind in EACH_STEP else []
    parts += [str(dossier.on.year)] if kind in EACH_YEAR else []
    return "-".join(parts)


def occasion_of_return(kind: str, held: HeldReturn) -> str:
    """Its half-term; what figures show is told anew when they were corrected."""
    again = f"-r{held.revision}" if kind == ProgressOutcome.folder and held.revision > 1 else ""
    return f"{held.half_term}{again}"


def free_occasion(session: Session, dossier: Dossier, kind: str, wanted: str) -> str:
    """The occasion, or its next name (notice-1b) where every letter drafted for it was rejected."""
    query = select(Letter.occasion, Letter.reference, Letter.state).where(
        Letter.urn == dossier.one.school.urn, Letter.kind == kind
    )
    there: dict[str, dict[str, str]] = {}
    for occasion, name, state in session.execute(query):
        there.setdefault(_spelt(occasion), {})[name] = state
    for occasion in (wanted, *(f"{wanted}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")):
        states = there.get(_spelt(occasion))
        if not states:
            return occasion
        if set(states.values()) != {LetterState.REJECTED}:
            break
    raise AlreadyDrafted(
        f"{', '.join(sorted(there[_spelt(occasion)]))}: there is such a letter for the occasion {occasion}. "
        "Reject it to have it drafted again, or give the form another occasion."
    )


def _spelt(occasion: str) -> str:
    """As a reference spells it: two that read the same there are one."""
    return occasion.replace("/", "-")
