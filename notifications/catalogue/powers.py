"""Letters about powers in use (Education and Inspections Act 2006, ss64 to 66): proposed, begun, reviewed, ended."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from notifications.catalogue.fields import LetterFields
from notifications.catalogue.parts import Eligibility
from notifications.roles import RecipientRole
from states.law.powers import Door

_SCHOOL = (RecipientRole.governing_body, RecipientRole.chair, RecipientRole.head, RecipientRole.clerk)
_BY_NOTICE = Eligibility(door=Door.S60, since=date(2026, 9, 14))
_SPECIAL_MEASURES = Eligibility(door=Door.S62, since=date(2026, 3, 20))
_IMPROVEMENT = Eligibility(door=Door.S61, since=date(2026, 3, 20))
_BY_PAY_NOTICE = Eligibility(door=Door.S60A, since=date(2026, 9, 14))


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionalGovernors(LetterFields):
    """Tells a governing body which additional governors it has, from when, and until when by the authority's policy.

    `may_be_matched` is for a voluntary aided school, whose appropriate authority may appoint as many (s64(4) and (5)).
    """

    folder: ClassVar[str] = "additional_governors"
    initials: ClassVar[str] = "AG"
    title: ClassVar[str] = "Additional governors"
    audience: ClassVar[tuple[RecipientRole, ...]] = (
        *_SCHOOL,
        RecipientRole.diocese,
        RecipientRole.foundation_appointer,
    )
    statutory: ClassVar[str] = "Education and Inspections Act 2006, s64(1) to (3)"
    sections: ClassVar[tuple[str, ...]] = ("Why we are doing this", "The additional governors")

    eligibility: Eligibility
    governors: tuple[str, ...]
    from_on: date
    term_ends: date | None
    may_be_matched: bool

    @classmethod
    def examples(cls) -> tuple[tuple[date, "AdditionalGovernors"], ...]:
        """After a warning notice, for a fixed term; at a voluntary aided school in special measures, without one."""

        def appointed(eligibility: Eligibility, term_ends: date | None, *, may_be_matched: bool) -> AdditionalGovernors:
            return cls(
                eligibility=eligibility,
                governors=("Mrs Odile Farthing, former headteacher", "Mr Piers Wherry, accountant"),
                from_on=date(2026, 12, 2),
                term_ends=term_ends,
                may_be_matched=may_be_matched,
            )

        return (
            (date(2026, 12, 2), appointed(_BY_NOTICE, date(2027, 12, 2), may_be_matched=False)),
            (date(2026, 12, 2), appointed(_SPECIAL_MEASURES, None, may_be_matched=True)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSuspension(LetterFields):
    """The notice that suspends a governing body's right to a delegated budget, from its receipt (s66).

    `reasons` and `arrangements` are sentences; the second say who decides what while the suspension lasts.
    `review_before` is the day before which the authority must review it, or None if that year is spared.
    """

    folder: ClassVar[str] = "budget_suspension"
    initials: ClassVar[str] = "BS"
    title: ClassVar[str] = "Suspension of the delegated budget"
    audience: ClassVar[tuple[RecipientRole, ...]] = (RecipientRole.governing_body, RecipientRole.clerk)
    statutory: ClassVar[str] = "Education and Inspections Act 2006, s66(1) to (4)"
    sections: ClassVar[tuple[str, ...]] = (
        "Why we are doing this",
        "What happens while it is suspended",
        "How the suspension is reviewed",
    )

    eligibility: Eligibility
    served: str
    reasons: tuple[str, ...]
    arrangements: tuple[str, ...]
    term_ends: date | None
    review_before: date | None

    @classmethod
    def examples(cls) -> tuple[tuple[date, "BudgetSuspension"], ...]:
        """After a warning notice; at a school that requires significant improvement, near the end of the year."""

        def suspension(
            eligibility: Eligibility, term_ends: date | None, review_before: date | None
        ) -> BudgetSuspension:
            return cls(
                eligibility=eligibility,
                served="by hand to the clerk",
                reasons=(
                    "The budget for 2026 to 2027 does not pay for the teaching that the notice asked for.",
                    "The governing body has not agreed a plan to repay the school's deficit of £84,000.",
                ),
                arrangements=(
                    "Our finance officer agrees all spending of more than £500 with the headteacher.",
                    "We decide on the appointment of staff.",
                    "Salaries and standing orders are paid as before.",
                ),
                term_ends=term_ends,
                review_before=review_before,
            )

        return (
            (date(2026, 12, 2), suspension(_BY_NOTICE, date(2027, 12, 2), date(2027, 4, 1))),
            (date(2027, 2, 8), suspension(_IMPROVEMENT, None, None)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSuspensionCopy(LetterFields):
    """Goes on top of the headteacher's copy of a suspension, at the same time as the notice itself (s66)."""

    folder: ClassVar[str] = "budget_suspension_copy"
    initials: ClassVar[str] = "BC"
    title: ClassVar[str] = "Copy of a suspension of the delegated budget"
    audience: ClassVar[tuple[RecipientRole, ...]] = (RecipientRole.head,)
    statutory: ClassVar[str] = "Education and Inspections Act 2006, s66"

    notice_reference: str
    arrangements: tuple[str, ...]

    @classmethod
    def examples(cls) -> tuple[tuple[date, "BudgetSuspensionCopy"], ...]:
        """The copy of the first suspension."""
        copy = cls(
            notice_reference="BS-199999-9-G",
            arrangements=(
                "Our finance officer agrees all spending of more than £500 with you.",
                "We decide on the appointment of staff.",
            ),
        )
        return ((date(2026, 12, 2), copy),)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReview(LetterFields):
    """Invites a governing body and a headteacher to say what they think before a suspension is reviewed."""

    folder: ClassVar[str] = "budget_review"
    initials: ClassVar[str] = "BR"
    title: ClassVar[str] = "Review of the suspended budget"
    audience: ClassVar[tuple[RecipientRole, ...]] = (*_SCHOOL,)
    statutory: ClassVar[str] = "School Standards and Framework Act 1998, Sch 15 para 2"
    sections: ClassVar[tuple[str, ...]] = ("Your right to make representations",)

    suspended_on: date
    represent_by: date
    review_before: date
    asks: tuple[str, ...]

    @classmethod
    def examples(cls) -> tuple[tuple[date, "BudgetReview"], ...]:
        """The review before a financial year."""
        review = cls(
            suspended_on=date(2026, 12, 2),
            represent_by=date(2027, 3, 5),
            review_before=date(2027, 4, 1),
            asks=("how the school's finances stand today", "what you would do with the budget if you had it back"),
        )
        return ((date(2027, 2, 12), review),)


class BudgetDecision(StrEnum):
    """What a review of a suspended budget decided."""

    RETURNED = "returned"
    CONTINUED = "continued"


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReviewOutcome(LetterFields):
    """The written decision of a review: the budget is given back from a day, or stays suspended."""

    folder: ClassVar[str] = "budget_review_outcome"
    initials: ClassVar[str] = "BO"
    title: ClassVar[str] = "Decision on the suspended budget"
    audience: ClassVar[tuple[RecipientRole, ...]] = (*_SCHOOL,)
    statutory: ClassVar[str] = "School Standards and Framework Act 1998, Sch 15 para 2"
    sections: ClassVar[tuple[str, ...]] = ("Why we have decided this",)

    suspended_on: date
    decided_on: date
    decision: BudgetDecision
    effective_from: date
    reasons: tuple[str, ...]

    @classmethod
    def examples(cls) -> tuple[tuple[date, "BudgetReviewOutcome"], ...]:
        """Returned, and continued."""

        def decided(decision: BudgetDecision, *reasons: str) -> tuple[date, BudgetReviewOutcome]:
            return date(2027, 3, 22), cls(
                suspended_on=date(2026, 12, 2),
                decided_on=date(2027, 3, 19),
                decision=decision,
                effective_from=date(2027, 4, 1),
                reasons=reasons,
            )

        return (
            decided(
                BudgetDecision.RETURNED,
                "The governing body has agreed a plan that repays the deficit in three years.",
                "You told us on 3 March 2027 that a finance committee now meets each month.",
            ),
            decided(BudgetDecision.CONTINUED, "The governing body has not yet agreed a plan to repay the deficit."),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InterimBoardConsultation(LetterFields):
    """Asks those concerned what they think of an interim executive board, before the Secretary of State is asked."""

    folder: ClassVar[str] = "interim_board_consultation"
    initials: ClassVar[str] = "IB"
    title: ClassVar[str] = "Consultation on an interim executive board"
    audience: ClassVar[tuple[RecipientRole, ...]] = (
        *_SCHOOL,
        RecipientRole.diocese,
        RecipientRole.foundation_appointer,
    )
    statutory: ClassVar[str] = "Education and Inspections Act 2006, s65"
    sections: ClassVar[tuple[str, ...]] = ("What we propose", "Why we propose it", "How to answer")

    eligibility: Eligibility
    reasons: tuple[str, ...]
    members: tuple[str, ...]
    proposed_from: date
    questions_asked: tuple[str, ...]
    reply_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "InterimBoardConsultation"], ...]:
        """With members in mind after a warning notice; without, after a notice about pay."""

        def consultation(eligibility: Eligibility, *members: str) -> tuple[date, InterimBoardConsultation]:
            return date(2026, 12, 2), cls(
                eligibility=eligibility,
                reasons=(
                    "The governing body has not had a quorum at its last three meetings.",
                    "Standards have gone on falling since our warning notice.",
                ),
                members=members,
                proposed_from=date(2027, 2, 22),
                questions_asked=(
                    "Should an interim executive board take the governing body's place?",
                    "If not, what should?",
                ),
                reply_by=date(2027, 1, 8),
            )

        members = ("Mrs Odile Farthing, former headteacher", "Mr Piers Wherry, accountant")
        return consultation(_BY_NOTICE, *members), consultation(_BY_PAY_NOTICE)


LETTERS: tuple[type[LetterFields], ...] = (
    AdditionalGovernors,
    BudgetSuspension,
    BudgetSuspensionCopy,
    BudgetReview,
    BudgetReviewOutcome,
    InterimBoardConsultation,
)
