"""Letters about a school's category: the check of its facts, the category itself, a concern, and the way back down."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from notifications.catalogue.fields import LetterFields
from notifications.roles import RecipientRole


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryNotice(LetterFields):
    """Tells a headteacher and a chair of governors the school's category, why, and how to correct a fact.

    `school_year` is that of the yearly letter, such as "2015 to 2016", and "" after a move in between. `basis` is a
    sentence that says what the category rests on; each of `activities` is a sentence about what the authority does.
    `reply_by` is the last day for a correction, or None where the policy sets none.
    """

    folder: ClassVar[str] = "category_notice"
    initials: ClassVar[str] = "CN"
    title: ClassVar[str] = "Category of the school"
    sections: ClassVar[tuple[str, ...]] = ("What the category does not mean", "If a fact is wrong")

    category_letter: str
    category_label: str
    basis: str
    effective_from: date
    activities: tuple[str, ...]
    monitored: bool
    reply_by: date | None
    school_year: str = ""

    @classmethod
    def examples(cls) -> tuple[tuple[date, "CategoryNotice"], ...]:
        """A school that Ofsted has judged to require improvement; a good one, of which nothing is asked, in July."""
        improving = cls(
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
        good = cls(
            category_letter="F",
            category_label="Good or better",
            basis="Ofsted judged the school Good on 17 June 2015.",
            effective_from=date(2015, 9, 1),
            activities=(),
            monitored=False,
            reply_by=None,
            school_year="2015 to 2016",
        )
        return (date(2015, 7, 3), improving), (date(2015, 7, 3), good)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactOnRecord:
    """One fact that a category will rest on, and where the authority has it from."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyCheck(LetterFields):
    """Shows a school the facts that its category will rest on, before the category is decided.

    `school_year` is the year that the category is for, such as "2015 to 2016".
    """

    folder: ClassVar[str] = "accuracy_check"
    initials: ClassVar[str] = "AC"
    title: ClassVar[str] = "Check of the facts before the category"
    sections: ClassVar[tuple[str, ...]] = ("The facts we have", "What you need to do")

    school_year: str
    facts: tuple[FactOnRecord, ...]
    reply_by: date
    decided_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "AccuracyCheck"], ...]:
        """A primary school in the weeks before the yearly letters."""
        facts = (
            FactOnRecord(name="Last graded inspection", value="Requires improvement, 17 June 2015", source="Ofsted"),
            FactOnRecord(name="Reading, writing and mathematics, 2014", value="71% of pupils", source="DfE tables"),
            FactOnRecord(name="Reading, writing and mathematics, 2013", value="68% of pupils", source="DfE tables"),
            FactOnRecord(name="Headteacher", value="Mrs Adaeze Okafor", source="Register of schools"),
        )
        check = cls(school_year="2015 to 2016", facts=facts, reply_by=date(2015, 6, 26), decided_by=date(2015, 7, 3))
        return ((date(2015, 6, 19), check),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernRaised(LetterFields):
    """Tells a school that the authority is concerned about it, why, and what follows.

    `reasons` and `activities` are sentences; `maintained` decides whether the letter speaks of warning notices.
    """

    folder: ClassVar[str] = "concern_raised"
    initials: ClassVar[str] = "CR"
    title: ClassVar[str] = "Concern about the school"
    audience: ClassVar[tuple[RecipientRole, ...]] = (RecipientRole.head, RecipientRole.chair, RecipientRole.clerk)
    sections: ClassVar[tuple[str, ...]] = ("Why we are concerned", "If you disagree")

    category_letter: str
    category_label: str
    effective_from: date
    reasons: tuple[str, ...]
    activities: tuple[str, ...]
    maintained: bool
    reply_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "ConcernRaised"], ...]:
        """A maintained school after two returns off track; an academy."""

        def concern(*, maintained: bool, activities: tuple[str, ...]) -> ConcernRaised:
            return cls(
                category_letter="C",
                category_label="Causing concern to the local authority",
                effective_from=date(2026, 1, 19),
                reasons=(
                    "The return for the autumn term shows 52% of pupils on track in reading. The target is 75%.",
                    "The return before it was below the target as well.",
                ),
                activities=activities,
                maintained=maintained,
                reply_by=date(2026, 2, 2),
            )

        ours = concern(
            maintained=True,
            activities=(
                "We may audit the school.",
                "We look at the school's pupil progress data every half-term.",
            ),
        )
        academy = concern(
            maintained=False, activities=("We raise our concern with the trust and the Department for Education.",)
        )
        return (date(2026, 1, 19), ours), (date(2026, 1, 19), academy)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDown(LetterFields):
    """Tells a school that the authority steps its work down: what has changed, what ends and what goes on.

    `reasons`, `ended` and `continued` are sentences.
    """

    folder: ClassVar[str] = "step_down"
    initials: ClassVar[str] = "SD"
    title: ClassVar[str] = "Less work with the school"
    audience: ClassVar[tuple[RecipientRole, ...]] = (RecipientRole.head, RecipientRole.chair, RecipientRole.clerk)
    sections: ClassVar[tuple[str, ...]] = ("Why we are doing this",)

    previous_label: str
    category_letter: str
    category_label: str
    effective_from: date
    reasons: tuple[str, ...]
    ended: tuple[str, ...]
    continued: tuple[str, ...]

    @classmethod
    def examples(cls) -> tuple[tuple[date, "StepDown"], ...]:
        """A concern that is over; a school in transition that has settled as good."""
        over = cls(
            previous_label="Causing concern to the local authority",
            category_letter="B",
            category_label="Requires improvement",
            effective_from=date(2026, 7, 13),
            reasons=(
                "The last two returns show pupils on track in every measure.",
                "Our adviser saw better teaching of reading on 2 July 2026.",
            ),
            ended=("The weekly visits of our adviser end.", "We plan no audit."),
            continued=("We look at the school's pupil progress data every half-term.",),
        )
        settled = cls(
            previous_label="In transition and temporarily causing concern",
            category_letter="F",
            category_label="Good or better",
            effective_from=date(2026, 7, 13),
            reasons=("The new headteacher has been in post for two terms, and pupils are on track.",),
            ended=("We stop asking for half-termly figures.",),
            continued=(),
        )
        return (date(2026, 7, 10), over), (date(2026, 7, 10), settled)


LETTERS: tuple[type[LetterFields], ...] = (CategoryNotice, AccuracyCheck, ConcernRaised, StepDown)
