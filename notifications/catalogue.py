"""THE CATALOGUE: every letter this system writes, and the merge fields that its wording may use.

One frozen dataclass a letter; its key here names the folder in `templates/` that has its wording. The
fields that every letter shares (school, recipient, sender, reference, dated) are in `notifications.letter`.
To add a letter: add a class here with its `example`, and a folder with a `letter.md`; the tests name whatever
is then still missing.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryNotice:
    """Tells a headteacher and a chair of governors the school's category, why, and how to correct a fact.

    `basis` is a sentence that says what the category rests on; each of `activities` is a sentence about what
    the authority does. `reply_by` is the last day for a correction, or None where the policy sets none.
    """

    folder: ClassVar[str] = "category_notice"
    title: ClassVar[str] = "Category of the school"

    category_letter: str
    category_label: str
    basis: str
    effective_from: date
    activities: tuple[str, ...]
    monitored: bool
    reply_by: date | None

    @classmethod
    def example(cls) -> Self:
        """A school that Ofsted has judged to require improvement."""
        return cls(
            category_letter="B",
            category_label="Requires improvement and targeted for Good and Great",
            basis="Ofsted judged the school Requires improvement on 17 June 2015.",
            effective_from=date(2015, 9, 1),
            activities=(
                "An Education Challenge Partner tests whether the best improvement work is commissioned.",
                "The school carries out the work that it has commissioned.",
                "The partner helps to evaluate what the work has changed.",
            ),
            monitored=True,
            reply_by=date(2015, 7, 17),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressMeasure:
    """One line of a half-termly return: what is counted, and the share of pupils that is hoped for."""

    label: str
    target_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRequest:
    """Asks a headteacher for the half-termly figures on pupils' progress; the chair of governors has a copy.

    `previous_outcome` is what came of the last return: on_track, off_track, insufficient or missing, or "" if
    there was none. Figures for fewer than `minimum_pupils` pupils are asked for but never published.
    """

    folder: ClassVar[str] = "progress_request"
    title: ClassVar[str] = "Request for half-termly progress figures"

    half_term_label: str
    category_letter: str
    category_label: str
    due: date
    measures: tuple[ProgressMeasure, ...]
    return_email: str
    minimum_pupils: int
    previous_outcome: str

    @classmethod
    def example(cls) -> Self:
        """A primary school whose last return was below target."""
        return cls(
            half_term_label="second half of the autumn term 2025 to 2026",
            category_letter="B",
            category_label="Requires improvement and targeted for Good and Great",
            due=date(2026, 1, 9),
            measures=(
                ProgressMeasure(label="Reading", target_percent=75),
                ProgressMeasure(label="Writing", target_percent=70),
                ProgressMeasure(label="Mathematics", target_percent=75),
            ),
            return_email="progress@wensum.example",
            minimum_pupils=6,
            previous_outcome="off_track",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerAllocation:
    """Tells a headteacher and a chair of governors which Education Challenge Partner the school has.

    `purpose` says what the partner is for and `steps` what the school does next, each a sentence; the contact
    is the person at the authority who answers questions about the allocation.
    """

    folder: ClassVar[str] = "partner_allocation"
    title: ClassVar[str] = "Allocation of an Education Challenge Partner"

    programme: str
    category_label: str
    partner_name: str
    provider: str
    purpose: tuple[str, ...]
    steps: tuple[str, ...]
    first_contact_by: date
    contact_name: str
    contact_telephone: str
    contact_email: str

    @classmethod
    def example(cls) -> Self:
        """A school that joins the improvement programme."""
        return cls(
            programme="Good and Great",
            category_label="Requires improvement and targeted for Good and Great",
            partner_name="Ms Rosalind Achterberg",
            provider="Fenland Education",
            purpose=(
                "Test the school's improvement plan and challenge it where it is weak.",
                "Make sure that the best possible improvement work is commissioned.",
                "Take part in evaluating what the work has changed for pupils.",
            ),
            steps=(
                "Agree a date for the partner's first visit.",
                "Send the partner your current improvement plan before that visit.",
                "Invite the chair of governors to the first meeting.",
            ),
            first_contact_by=date(2015, 10, 2),
            contact_name="Mr Tobias Lark",
            contact_telephone="01632 960148",
            contact_email="partners@wensum.example",
        )


LetterFields = CategoryNotice | ProgressRequest | PartnerAllocation

CATALOGUE: dict[str, type[LetterFields]] = {
    CategoryNotice.folder: CategoryNotice,
    ProgressRequest.folder: ProgressRequest,
    PartnerAllocation.folder: PartnerAllocation,
}
