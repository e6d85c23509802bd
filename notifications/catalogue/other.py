"""Letters of no one subject: an invitation to a meeting, the closing of a case, and the circular (MI sheet)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from notifications.catalogue.fields import LetterFields, contradiction
from notifications.roles import RecipientRole


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingInvitation(LetterFields):
    """Invites a school's leaders to a meeting: what about, when, where, who comes, and what to bring.

    `purpose` completes "We would like to talk with you about"; `attending` are people of the authority.
    """

    folder: ClassVar[str] = "meeting_invitation"
    initials: ClassVar[str] = "MT"
    title: ClassVar[str] = "Invitation to a meeting"
    audience: ClassVar[tuple[RecipientRole, ...]] = (RecipientRole.head, RecipientRole.chair, RecipientRole.clerk)

    purpose: str
    held_on: date
    starts_at: str
    place: str
    attending: tuple[str, ...]
    agenda: tuple[str, ...]
    bring: tuple[str, ...]
    reply_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "MeetingInvitation"], ...]:
        """A meeting for which papers are needed; one for which none are."""

        def invitation(*bring: str) -> tuple[date, MeetingInvitation]:
            return date(2026, 1, 19), cls(
                purpose="the progress of pupils in reading",
                held_on=date(2026, 1, 29),
                starts_at="10am",
                place="County Hall, Staithe Road, Wensum",
                attending=("Harriet Penhallow, Assistant Director", "Imogen Farrow, Senior Adviser"),
                agenda=(
                    "what the figures of the autumn term show",
                    "what you have done about it",
                    "what help you need",
                ),
                bring=bring,
                reply_by=date(2026, 1, 23),
            )

        return invitation("your improvement plan", "your own figures on reading"), invitation()


class CaseClosing(StrEnum):
    """Why the authority closes its case."""

    CONCERN_OVER = "concern_over"
    BECAME_ACADEMY = "became_academy"
    SCHOOL_CLOSED = "school_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(LetterFields):
    """Tells head, chair and clerk that the authority's case is closed, and what is kept.

    `done` are sentences about what was done. `successor` is the academy that the school has become, otherwise "".
    """

    folder: ClassVar[str] = "case_closed"
    initials: ClassVar[str] = "CC"
    title: ClassVar[str] = "The case is closed"
    audience: ClassVar[tuple[RecipientRole, ...]] = (
        RecipientRole.head,
        RecipientRole.chair,
        RecipientRole.clerk,
        RecipientRole.diocese,
    )

    closing: CaseClosing
    opened_on: date
    closed_on: date
    done: tuple[str, ...]
    successor: str

    def __post_init__(self) -> None:
        if (self.closing is CaseClosing.BECAME_ACADEMY) is not bool(self.successor):
            problem = "a school that became an academy has a successor, and no other has"
            raise contradiction(type(self), problem, "Correct closing or successor.")

    @classmethod
    def examples(cls) -> tuple[tuple[date, "CaseClosed"], ...]:
        """Each way in which a case is closed."""

        def closed(closing: CaseClosing, *done: str, successor: str = "") -> tuple[date, CaseClosed]:
            return date(2026, 9, 7), cls(
                closing=closing, opened_on=date(2025, 10, 6), closed_on=date(2026, 9, 1), done=done, successor=successor
            )

        return (
            closed(CaseClosing.CONCERN_OVER, "We looked at four half-termly returns.", "We audited the school."),
            closed(CaseClosing.BECAME_ACADEMY, successor="High Heath Primary Academy"),
            closed(CaseClosing.SCHOOL_CLOSED),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CircularSection:
    """A heading of a circular and the paragraphs under it."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circular(LetterFields):
    """A management information sheet: one text to many schools, numbered within the calendar year, such as 269/13.

    `complete_by` is None on a sheet for information; `readers` says for whom it is, in free words.
    """

    folder: ClassVar[str] = "circular"
    initials: ClassVar[str] = "MI"
    title: ClassVar[str] = "Circular (MI sheet)"
    optional: ClassVar[tuple[str, ...]] = ("contact_telephone", "contact_email")
    pages: ClassVar[int] = 4

    number: str
    heading: str
    complete_by: date | None
    readers: str
    contact_name: str
    contact_telephone: str
    contact_email: str
    sections_of_text: tuple[CircularSection, ...]

    @classmethod
    def examples(cls) -> tuple[tuple[date, "Circular"], ...]:
        """News of the strategy; a sheet that asks for something."""

        def sheet(complete_by: date | None, heading: str, *text: CircularSection) -> Circular:
            return cls(
                number="269/13",
                heading=heading,
                complete_by=complete_by,
                readers="All headteachers and chairs of governors",
                contact_name="Harriet Penhallow",
                contact_telephone="01632 960102",
                contact_email="schools@wensum.example",
                sections_of_text=text,
            )

        news = sheet(
            None,
            "How we support schools to improve",
            CircularSection(
                heading="An outside review",
                paragraphs=(
                    "A review of our work with schools is published this week.",
                    "It finds that our plan can work if we act in the same way everywhere, and quickly.",
                ),
            ),
            CircularSection(
                heading="Education Challenge Partners",
                paragraphs=(
                    "Fenland Education will find a partner for each school. We write to the first schools next week.",
                ),
            ),
        )
        asking = sheet(
            date(2013, 12, 6),
            "Check your contact details",
            CircularSection(heading="What to check", paragraphs=("Check the names and email addresses we hold.",)),
        )
        return (date(2013, 11, 15), news), (date(2013, 11, 15), asking)


LETTERS: tuple[type[LetterFields], ...] = (MeetingInvitation, CaseClosed, Circular)
