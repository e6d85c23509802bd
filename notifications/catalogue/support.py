"""Letters about support (MI 269/13, lines 22 to 24 and 40 to 48): activity, its evaluation, leaders and advisers."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from notifications.catalogue.fields import LetterFields


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityAgreed(LetterFields):
    """Confirms an improvement activity that a school has commissioned: what, with whom, and how it will be evaluated.

    `activity` is a few words; `aims` are sentences about what will be different for pupils; `cost` is one, or "".
    """

    folder: ClassVar[str] = "activity_agreed"
    initials: ClassVar[str] = "AA"
    title: ClassVar[str] = "Improvement activity agreed"
    sections: ClassVar[tuple[str, ...]] = ("What should change for pupils", "How we will evaluate it")

    activity: str
    led_by: str
    partner_name: str
    agreed_on: date
    starts_on: date
    ends_on: date
    aims: tuple[str, ...]
    cost: str
    evaluated_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "ActivityAgreed"], ...]:
        """An activity that the school pays for, and one that it does not."""

        def agreed(cost: str) -> tuple[date, ActivityAgreed]:
            return date(2026, 1, 19), cls(
                activity="coaching in the teaching of reading",
                led_by="Staithe Junior School",
                partner_name="Ms Rosalind Achterberg",
                agreed_on=date(2026, 1, 14),
                starts_on=date(2026, 2, 2),
                ends_on=date(2026, 5, 22),
                aims=("75% of pupils are on track in reading by May 2026.", "Every teacher leads guided reading well."),
                cost=cost,
                evaluated_by=date(2026, 6, 19),
            )

        return agreed("The school pays £1,200 from its own budget."), agreed("")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEvaluation(LetterFields):
    """Tells a school what an improvement activity has changed, and what should follow."""

    folder: ClassVar[str] = "activity_evaluation"
    initials: ClassVar[str] = "AE"
    title: ClassVar[str] = "Evaluation of an improvement activity"
    sections: ClassVar[tuple[str, ...]] = ("What has changed", "If you disagree")

    activity: str
    partner_name: str
    evaluated_on: date
    findings: tuple[str, ...]
    next_steps: tuple[str, ...]
    reply_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "ActivityEvaluation"], ...]:
        """An activity that should go on; one that is done."""

        def evaluation(*next_steps: str) -> tuple[date, ActivityEvaluation]:
            return date(2026, 6, 22), cls(
                activity="coaching in the teaching of reading",
                partner_name="Ms Rosalind Achterberg",
                evaluated_on=date(2026, 6, 17),
                findings=(
                    "In February 2026, 52% of pupils were on track in reading. In May it was 71%.",
                    "Five of seven teachers now lead guided reading well.",
                ),
                next_steps=next_steps,
                reply_by=date(2026, 7, 6),
            )

        return evaluation("Coach the two other teachers in the autumn term."), evaluation()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRequest(LetterFields):
    """Asks a system leader to support another school; the letter's own school is the one that is asked.

    `needs` are sentences; `effort` is such as "two days a week"; `payment` is a sentence, or "".
    """

    folder: ClassVar[str] = "support_request"
    initials: ClassVar[str] = "SR"
    title: ClassVar[str] = "Request to support another school"

    supported_school: str
    needs: tuple[str, ...]
    effort: str
    starts_on: date
    ends_on: date
    payment: str
    reply_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "SupportRequest"], ...]:
        """Support that is paid for, and support that is not."""

        def request(payment: str) -> tuple[date, SupportRequest]:
            return date(2026, 1, 12), cls(
                supported_school="Low Marsh Primary School",
                needs=("Teachers need coaching in the teaching of reading.", "Leaders need help to check its quality."),
                effort="one day a week",
                starts_on=date(2026, 2, 2),
                ends_on=date(2026, 5, 22),
                payment=payment,
                reply_by=date(2026, 1, 23),
            )

        return request("We pay your school £300 for each day."), request("")


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportThanks(LetterFields):
    """Thanks a system leader for what it has done for another school, with what came of it."""

    folder: ClassVar[str] = "support_thanks"
    initials: ClassVar[str] = "ST"
    title: ClassVar[str] = "Thanks for supporting another school"

    supported_school: str
    activity: str
    ended_on: date
    changes: tuple[str, ...]

    @classmethod
    def examples(cls) -> tuple[tuple[date, "SupportThanks"], ...]:
        """Coaching that worked; support whose effect is not yet known."""

        def thanks(*changes: str) -> tuple[date, SupportThanks]:
            return date(2026, 6, 22), cls(
                supported_school="Low Marsh Primary School",
                activity="coaching in the teaching of reading",
                ended_on=date(2026, 5, 22),
                changes=changes,
            )

        return thanks("In February 2026, 52% of pupils were on track in reading. In May it was 71%."), thanks()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviserDeployed(LetterFields):
    """Tells a school which adviser works with it for a time, and on what (MI 269/13, line 24).

    `background` is a sentence about the adviser; `effort` is such as "two days a week"; `tasks` are sentences.
    """

    folder: ClassVar[str] = "adviser_deployed"
    initials: ClassVar[str] = "AD"
    title: ClassVar[str] = "Adviser for the school"

    adviser_name: str
    background: str
    effort: str
    starts_on: date
    ends_on: date
    tasks: tuple[str, ...]
    steps: tuple[str, ...]

    @classmethod
    def examples(cls) -> tuple[tuple[date, "AdviserDeployed"], ...]:
        """A former headteacher for a term."""
        adviser = cls(
            adviser_name="Mr Edmund Rix",
            background="He has led two primary schools and inspected others.",
            effort="two days a week",
            starts_on=date(2026, 2, 2),
            ends_on=date(2026, 5, 22),
            tasks=("See teaching with your leaders.", "Help you to write and check the plan for reading."),
            steps=("Agree the two days with the adviser.", "Tell your staff why the adviser is coming."),
        )
        return ((date(2026, 1, 19), adviser),)


LETTERS: tuple[type[LetterFields], ...] = (
    ActivityAgreed,
    ActivityEvaluation,
    SupportRequest,
    SupportThanks,
    AdviserDeployed,
)
