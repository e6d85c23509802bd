"""Letters about becoming a sponsored academy: the Secretary of State decides, the authority works with the school."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from notifications.catalogue.fields import LetterFields, contradiction
from notifications.catalogue.parts import Eligibility
from notifications.roles import RecipientRole
from states.dates import in_words
from states.law.academy_orders import AcademyOrder as Rule
from states.law.academy_orders import academy_order_rule
from states.law.powers import Door
from states.tracks.conversion import ConversionState

_SCHOOL = (RecipientRole.governing_body, RecipientRole.chair, RecipientRole.head, RecipientRole.clerk)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcademyOrder(LetterFields):
    """Tells a school what an academy order means for its work with the authority; the order itself comes from the DfE.

    `under_duty` says whether the Secretary of State had to make it, which the law of the day decides.
    """

    folder: ClassVar[str] = "academy_order"
    initials: ClassVar[str] = "AY"
    title: ClassVar[str] = "The academy order"
    audience: ClassVar[tuple[RecipientRole, ...]] = _SCHOOL

    made_on: date
    eligibility: Eligibility
    under_duty: bool
    steps: tuple[str, ...]
    lead_officer: str

    def __post_init__(self) -> None:
        """Whether there was a duty is the law's to say (Academies Act 2010, s4)."""
        rule = academy_order_rule(self.eligibility.door, self.made_on)
        if self.under_duty is not (rule is Rule.MUST):
            problem = f"on {in_words(self.made_on)} the Secretary of State {rule} make such an order"
            raise contradiction(type(self), problem, "Correct under_duty.")

    @classmethod
    def examples(cls) -> tuple[tuple[date, "AcademyOrder"], ...]:
        """Under the duty in 2017; by choice in 2026."""

        def order(made_on: date, door: Door, *, under_duty: bool) -> AcademyOrder:
            return cls(
                made_on=made_on,
                eligibility=Eligibility(door=door, since=date(made_on.year, 1, 20)),
                under_duty=under_duty,
                steps=("We gather the records of land, staff and contracts.", "We meet you each month until you open."),
                lead_officer="Ms Imogen Farrow",
            )

        return (
            (date(2026, 9, 21), order(date(2026, 9, 14), Door.S62, under_duty=False)),
            (date(2017, 3, 13), order(date(2017, 3, 6), Door.S61, under_duty=True)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionStep(LetterFields):
    """Tells a school which step towards an academy has been taken, and what it needs to do next.

    `step` is the state of the conversion after it; `sponsor` is "" only when the order is revoked; `opens_on` is the
    day that is expected, or None where nobody has named one; `needs` are sentences about what the school does.
    """

    folder: ClassVar[str] = "conversion_step"
    initials: ClassVar[str] = "CS"
    title: ClassVar[str] = "Step towards an academy"
    audience: ClassVar[tuple[RecipientRole, ...]] = _SCHOOL

    step: ConversionState
    taken_on: date
    sponsor: str
    opens_on: date | None
    needs: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.step is ConversionState.ORDER_MADE:
            raise contradiction(type(self), "the order has a letter of its own", "Write the letter academy_order.")
        if (self.step is ConversionState.REVOKED) is bool(self.sponsor):
            problem = "a step has a sponsor, and a revocation has none"
            raise contradiction(type(self), problem, "Name the sponsor, or leave it out of a revocation.")

    @classmethod
    def examples(cls) -> tuple[tuple[date, "ConversionStep"], ...]:
        """Every step after the order."""

        def taken(step: ConversionState, opens_on: date | None, *needs: str) -> tuple[date, ConversionStep]:
            sponsor = "" if step is ConversionState.REVOKED else "Wensum Valley Learning Trust"
            return date(2027, 1, 18), cls(
                step=step, taken_on=date(2027, 1, 11), sponsor=sponsor, opens_on=opens_on, needs=needs
            )

        expected = date(2027, 9, 1)
        return (
            taken(ConversionState.SPONSOR_MATCHED, None, "Agree a day for the trust's first visit."),
            taken(ConversionState.CONSULTATION, expected, "Tell parents and staff how they can answer."),
            taken(ConversionState.FUNDING_AGREEMENT, expected, "Send us the list of contracts by 12 February 2027."),
            taken(ConversionState.OPENED, None),
            taken(ConversionState.REVOKED, None),
        )


LETTERS: tuple[type[LetterFields], ...] = (AcademyOrder, ConversionStep)
