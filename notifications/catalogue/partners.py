"""Letters about partners and the programme (MI 269/13, lines 17 to 20): who comes, and how a school joins."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from notifications.catalogue.fields import LetterFields


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerAllocation(LetterFields):
    """Tells a headteacher and a chair of governors which Education Challenge Partner the school has.

    `purpose` says what the partner is for and `steps` what the school does next, each a sentence; the contact
    is the person at the authority who answers questions about the allocation.
    """

    folder: ClassVar[str] = "partner_allocation"
    initials: ClassVar[str] = "PA"
    title: ClassVar[str] = "Allocation of an Education Challenge Partner"
    optional: ClassVar[tuple[str, ...]] = ("contact_telephone", "contact_email")

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
    def examples(cls) -> tuple[tuple[date, "PartnerAllocation"], ...]:
        """A school that joins the improvement programme; one without a category."""
        return tuple((date(2015, 7, 3), cls._example(label)) for label in (_REQUIRES_IMPROVEMENT, ""))

    @classmethod
    def _example(cls, category_label: str) -> Self:
        return cls(
            programme="Good and Great",
            category_label=category_label,
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


_REQUIRES_IMPROVEMENT = "Requires improvement and targeted for Good and Great"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderPartnerAllocation(PartnerAllocation):
    """Tells a school that leads others, or may, which partner challenges what it commissions and leads."""

    folder: ClassVar[str] = "leader_partner_allocation"
    initials: ClassVar[str] = "LP"
    title: ClassVar[str] = "Allocation of a partner to a system leader"

    @classmethod
    def examples(cls) -> tuple[tuple[date, "LeaderPartnerAllocation"], ...]:
        """A school that is targeted to be a system leader; one without a category."""
        return tuple((date(2015, 7, 3), cls._example(label)) for label in ("Targeted to be a system leader", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeInvitation(LetterFields):
    """Invites a school to join the improvement programme; `cost` is a sentence, or "" where it costs nothing.

    `why` is a sentence about the school; `offers` are sentences; `lasts` is such as "two years".
    """

    folder: ClassVar[str] = "programme_invitation"
    initials: ClassVar[str] = "PI"
    title: ClassVar[str] = "Invitation to the improvement programme"
    sections: ClassVar[tuple[str, ...]] = ("The choice is yours",)

    programme: str
    why: str
    offers: tuple[str, ...]
    starts_on: date
    lasts: str
    cost: str
    reply_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "ProgrammeInvitation"], ...]:
        """A programme that schools pay towards, and one that they do not."""

        def invitation(cost: str) -> ProgrammeInvitation:
            return cls(
                programme="Good and Great",
                why="Ofsted judged the school Requires improvement on 17 June 2015.",
                offers=(
                    "An Education Challenge Partner works with your school.",
                    "Your leaders and teachers join training with those of other schools.",
                    "You meet schools that have become good.",
                ),
                starts_on=date(2015, 9, 21),
                lasts="two years",
                cost=cost,
                reply_by=date(2015, 7, 17),
            )

        paid = invitation("The school pays £3,000 for the two years.")
        return (date(2015, 7, 3), paid), (date(2015, 7, 3), invitation(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeJoined(LetterFields):
    """Confirms that a school has joined the programme, from when, with whom and what comes first."""

    folder: ClassVar[str] = "programme_joined"
    initials: ClassVar[str] = "PJ"
    title: ClassVar[str] = "The school has joined the improvement programme"

    programme: str
    starts_on: date
    ends_on: date
    partner_name: str
    provider: str
    cost: str
    steps: tuple[str, ...]

    @classmethod
    def examples(cls) -> tuple[tuple[date, "ProgrammeJoined"], ...]:
        """A school whose partner is known; one whose partner is not, on a programme that costs nothing."""

        def joined(partner_name: str, provider: str, cost: str) -> ProgrammeJoined:
            return cls(
                programme="Good and Great",
                starts_on=date(2015, 9, 21),
                ends_on=date(2017, 7, 21),
                partner_name=partner_name,
                provider=provider,
                cost=cost,
                steps=(
                    "Send your improvement plan to your partner by 11 September 2015.",
                    "Come to the opening day on 21 September 2015.",
                ),
            )

        known = joined("Ms Rosalind Achterberg", "Fenland Education", "The school pays £3,000 for the two years.")
        return (date(2015, 7, 20), known), (date(2015, 7, 20), joined("", "", ""))


LETTERS: tuple[type[LetterFields], ...] = (
    PartnerAllocation,
    LeaderPartnerAllocation,
    ProgrammeInvitation,
    ProgrammeJoined,
)
