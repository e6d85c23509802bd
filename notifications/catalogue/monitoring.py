"""Letters of the half-termly return: the request, the reminder, the chaser, a query, and what the figures show."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from notifications.catalogue.fields import LetterFields, contradiction
from states.progress import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressMeasure:
    """One line of a half-termly return: what is counted, and the share of pupils that is hoped for."""

    label: str
    target_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRequest(LetterFields):
    """Asks a headteacher for the half-termly figures on pupils' progress; the chair of governors has a copy.

    `previous_outcome` is what came of the last return: on_track, off_track, insufficient or missing, or "" if
    there was none. Figures for fewer than `minimum_pupils` pupils are asked for but never published.
    """

    folder: ClassVar[str] = "progress_request"
    initials: ClassVar[str] = "PR"
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
    def examples(cls) -> tuple[tuple[date, "ProgressRequest"], ...]:
        """A primary school after a return below target, and after each other outcome; one that returns by post."""

        def request(previous_outcome: str, return_email: str = "progress@wensum.example") -> ProgressRequest:
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
                return_email=return_email,
                minimum_pupils=6,
                previous_outcome=previous_outcome,
            )

        others = (*(request(outcome) for outcome in ("on_track", "insufficient", "missing")), request("", ""))
        return tuple((date(2025, 12, 8), one) for one in (request("off_track"), *others))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReminder(LetterFields):
    """Reminds a headteacher of figures that were due, and names the day after which the chair hears of it."""

    folder: ClassVar[str] = "progress_reminder"
    initials: ClassVar[str] = "RM"
    title: ClassVar[str] = "Reminder of half-termly progress figures"

    half_term_label: str
    asked_on: date
    due: date
    send_by: date
    measures: tuple[str, ...]
    return_email: str

    @classmethod
    def examples(cls) -> tuple[tuple[date, "ProgressReminder"], ...]:
        """Figures that are three days late; by email and by post."""

        def reminder(return_email: str) -> ProgressReminder:
            return cls(
                half_term_label="second half of the autumn term 2025 to 2026",
                asked_on=date(2025, 12, 8),
                due=date(2026, 1, 9),
                send_by=date(2026, 1, 19),
                measures=("Reading", "Writing", "Mathematics"),
                return_email=return_email,
            )

        return tuple((date(2026, 1, 12), reminder(email)) for email in ("progress@wensum.example", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressChaser(LetterFields):
    """Tells a chair of governors that the school's figures have not come, and what follows if they do not."""

    folder: ClassVar[str] = "progress_chaser"
    initials: ClassVar[str] = "PC"
    title: ClassVar[str] = "Progress figures that have not come"

    half_term_label: str
    asked_on: date
    reminded_on: date
    due: date
    send_by: date
    return_email: str

    @classmethod
    def examples(cls) -> tuple[tuple[date, "ProgressChaser"], ...]:
        """Figures that are ten days late; by email and by post."""

        def chaser(return_email: str) -> ProgressChaser:
            return cls(
                half_term_label="second half of the autumn term 2025 to 2026",
                asked_on=date(2025, 12, 8),
                reminded_on=date(2026, 1, 12),
                due=date(2026, 1, 9),
                send_by=date(2026, 1, 26),
                return_email=return_email,
            )

        return tuple((date(2026, 1, 19), chaser(email)) for email in ("progress@wensum.example", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureQueried:
    """One figure as the school gave it, and a sentence that says what does not fit."""

    measure: str
    given: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressQuery(LetterFields):
    """Asks a headteacher about figures that cannot be right, or cannot be understood."""

    folder: ClassVar[str] = "progress_query"
    initials: ClassVar[str] = "PQ"
    title: ClassVar[str] = "Question about progress figures"

    half_term_label: str
    received_on: date
    queries: tuple[FigureQueried, ...]
    answer_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "ProgressQuery"], ...]:
        """A figure that differs from the last half-term's, and one that is not there."""
        query = cls(
            half_term_label="second half of the autumn term 2025 to 2026",
            received_on=date(2026, 1, 8),
            queries=(
                FigureQueried(measure="Reading", given="44 of 46", question="Last half-term you assessed 58 pupils."),
                FigureQueried(measure="Writing", given="not given", question="Please send this figure."),
            ),
            answer_by=date(2026, 1, 22),
        )
        return ((date(2026, 1, 15), query),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressOutcome(LetterFields):
    """Tells a school what its figures show: on track, off track, or too few to judge; never that none came.

    `findings` has a sentence or two for each measure, `next_steps` a sentence for each thing that follows.
    """

    folder: ClassVar[str] = "progress_outcome"
    initials: ClassVar[str] = "PO"
    title: ClassVar[str] = "What the progress figures show"
    sections: ClassVar[tuple[str, ...]] = ("What each figure shows", "If you disagree")

    half_term_label: str
    outcome: Outcome
    received_on: date
    findings: tuple[str, ...]
    next_steps: tuple[str, ...]
    reply_by: date

    def __post_init__(self) -> None:
        """A return that did not come has no figures to write about."""
        if self.outcome is Outcome.MISSING:
            problem = "figures that are missing show nothing"
            raise contradiction(type(self), problem, "Write the letter progress_chaser to the chair instead.")

    @classmethod
    def examples(cls) -> tuple[tuple[date, "ProgressOutcome"], ...]:
        """The same school in three half-terms."""

        def result(outcome: Outcome, *findings: str, next_steps: tuple[str, ...] = ()) -> ProgressOutcome:
            return cls(
                half_term_label="second half of the autumn term 2025 to 2026",
                outcome=outcome,
                received_on=date(2026, 1, 8),
                findings=findings,
                next_steps=next_steps,
                reply_by=date(2026, 2, 2),
            )

        off_track = result(
            Outcome.OFF_TRACK,
            "Reading: 30 of 58 pupils (51%) on track; the target is 75%. Below 65% is off track.",
            "Writing: 45 of 58 pupils (77%) on track; the target is 75%.",
            "Mathematics: 41 of 58 pupils (70%) on track; the target is 75%. This is within tolerance (65% or more).",
            next_steps=(
                "Our adviser will visit you in the week of 26 January 2026.",
                "We will consider whether to place the school in category C, causing concern.",
            ),
        )
        on_track = result(
            Outcome.ON_TRACK,
            "Reading: 46 of 58 pupils (79%) on track; the target is 75%.",
            "Writing: 45 of 58 pupils (77%) on track; the target is 75%.",
        )
        insufficient = result(
            Outcome.INSUFFICIENT,
            "Reading: fewer than 6 pupils, too few to judge.",
            "Writing: no figure was given.",
            next_steps=("We will talk with you about evidence other than figures.",),
        )
        return tuple((date(2026, 1, 19), one) for one in (off_track, on_track, insufficient))


LETTERS: tuple[type[LetterFields], ...] = (
    ProgressRequest,
    ProgressReminder,
    ProgressChaser,
    ProgressQuery,
    ProgressOutcome,
)
