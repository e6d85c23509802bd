"""What follows a warning notice: Ofsted's decision of the old law, compliance or not, powers announced, its end."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from notifications.catalogue.fields import LetterFields, contradiction
from notifications.catalogue.parts import PowerInMind
from notifications.roles import RecipientRole
from states.dates import in_words
from states.facts import PowerSection
from states.law import LAW
from states.law.notices import NoticeKind

_SCHOOL = (RecipientRole.governing_body, RecipientRole.chair, RecipientRole.head, RecipientRole.clerk)
_SCHOOL_AND_COPIES = (
    *_SCHOOL,
    RecipientRole.ofsted,
    RecipientRole.diocese,
    RecipientRole.foundation_appointer,
    RecipientRole.secretary_of_state,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentationsOutcome(LetterFields):
    """Tells a governing body what the Chief Inspector decided on its representations, and what that means.

    `compliance_ends` is the 15th working day after a confirmation; None if the notice was not confirmed.
    """

    folder: ClassVar[str] = "representations_outcome"
    initials: ClassVar[str] = "RO"
    title: ClassVar[str] = "Ofsted's decision on representations"
    audience: ClassVar[tuple[RecipientRole, ...]] = _SCHOOL
    statutory: ClassVar[str] = "Education and Inspections Act 2006, s60(8) to (10), before 18 April 2016"

    given_on: date
    represented_on: date
    decided_on: date
    compliance_ends: date | None

    def __post_init__(self) -> None:
        if NoticeKind.S60 not in LAW.on(self.given_on).representations:
            problem = f"a notice given on {in_words(self.given_on)} carries no right of representations"
            raise contradiction(type(self), problem, "Answer the governing body's letter as correspondence.")

    @classmethod
    def examples(cls) -> tuple[tuple[date, "RepresentationsOutcome"], ...]:
        """Confirmed, and not confirmed."""

        def outcome(compliance_ends: date | None) -> RepresentationsOutcome:
            return cls(
                given_on=date(2013, 11, 18),
                represented_on=date(2013, 12, 4),
                decided_on=date(2014, 1, 13),
                compliance_ends=compliance_ends,
            )

        return (date(2014, 1, 15), outcome(date(2014, 2, 3))), (date(2014, 1, 15), outcome(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotComplied(LetterFields):
    """Tells a governing body that it has not complied with its warning notice, and what may follow by when.

    `unmet` has a sentence for each action that was not taken; `window_ends` is the last day on which powers may start.
    """

    folder: ClassVar[str] = "not_complied"
    initials: ClassVar[str] = "NC"
    title: ClassVar[str] = "The warning notice was not complied with"
    audience: ClassVar[tuple[RecipientRole, ...]] = _SCHOOL_AND_COPIES
    sections: ClassVar[tuple[str, ...]] = ("What has not been done", "What happens next")

    given_on: date
    period_ended: date
    met: tuple[str, ...]
    unmet: tuple[str, ...]
    window_ends: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "NotComplied"], ...]:
        """A governing body that did a part; one that did nothing."""

        def failure(*met: str) -> NotComplied:
            return cls(
                given_on=date(2026, 9, 14),
                period_ended=date(2026, 11, 6),
                met=met,
                unmet=("Figures for years 5 and 6 have not come.", "No meeting with us took place in October 2026."),
                window_ends=date(2027, 1, 6),
            )

        partly = failure("You appointed a leader for the teaching of reading on 25 September 2026.")
        return (date(2026, 11, 16), partly), (date(2026, 11, 16), failure())


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentionToUsePowers(LetterFields):
    """The reasonable notice in writing that the authority proposes to use its powers, and not before which day.

    `window_ends` is None for section 65 alone, which has no limit of two months.
    """

    folder: ClassVar[str] = "intention_to_use_powers"
    initials: ClassVar[str] = "IP"
    title: ClassVar[str] = "Notice that powers will be used"
    audience: ClassVar[tuple[RecipientRole, ...]] = _SCHOOL_AND_COPIES
    statutory: ClassVar[str] = "Education and Inspections Act 2006, s60(1)"
    sections: ClassVar[tuple[str, ...]] = ("The powers we propose to use", "If you have something to tell us")

    given_on: date
    period_ended: date
    powers: tuple[PowerInMind, ...]
    not_before: date
    window_ends: date | None

    @classmethod
    def examples(cls) -> tuple[tuple[date, "IntentionToUsePowers"], ...]:
        """Additional governors and the budget, within two months; an interim executive board, without a limit."""

        def intention(window_ends: date | None, *powers: PowerInMind) -> IntentionToUsePowers:
            return cls(
                given_on=date(2026, 9, 14),
                period_ended=date(2026, 11, 6),
                powers=powers,
                not_before=date(2026, 12, 1),
                window_ends=window_ends,
            )

        governors = PowerInMind(section=PowerSection.GOVERNORS, how="We will appoint two additional governors.")
        budget = PowerInMind(section=PowerSection.BUDGET, how="We will suspend the right to a delegated budget.")
        board = PowerInMind(
            section=PowerSection.INTERIM_BOARD,
            how="We will consult you first, and ask the Secretary of State to consent.",
        )
        return (
            (date(2026, 11, 16), intention(date(2027, 1, 6), governors, budget)),
            (date(2026, 11, 16), intention(None, board)),
        )


class NoticeEnding(StrEnum):
    """How a warning notice came to its end; one that Ofsted did not confirm ends with RepresentationsOutcome."""

    COMPLIED = "complied"
    LIFTED = "lifted"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEnded(LetterFields):
    """Tells everybody who had the notice that it has ended: complied with, lifted, lapsed, withdrawn or superseded.

    `evidence` has a sentence for each thing that the decision rests on; the category is the one that the school has
    now. `secretary_notice_on` is the day of the Secretary of State's own notice, which ends the authority's.
    """

    folder: ClassVar[str] = "notice_ended"
    initials: ClassVar[str] = "NE"
    title: ClassVar[str] = "End of the warning notice"
    audience: ClassVar[tuple[RecipientRole, ...]] = _SCHOOL_AND_COPIES

    given_on: date
    ended_on: date
    ending: NoticeEnding
    evidence: tuple[str, ...]
    category_letter: str
    category_label: str
    secretary_notice_on: date | None

    def __post_init__(self) -> None:
        """Only a notice of the Secretary of State supersedes, and only since 18 April 2016 (EIA 2006 s60(4B))."""
        if (self.ending is NoticeEnding.SUPERSEDED) is not (self.secretary_notice_on is not None):
            problem = "it is superseded just when the Secretary of State has given a notice"
            raise contradiction(type(self), problem, "Correct ending or secretary_notice_on.")
        if self.secretary_notice_on and not LAW.on(self.secretary_notice_on).ends_authority_notice:
            problem = f"on {in_words(self.secretary_notice_on)} no such notice ended one of an authority"
            raise contradiction(type(self), problem, "Correct secretary_notice_on.")

    @classmethod
    def examples(cls) -> tuple[tuple[date, "NoticeEnded"], ...]:
        """Each way in which a notice may end."""

        def ended(ending: NoticeEnding, *evidence: str, secretary_notice_on: date | None = None) -> NoticeEnded:
            return cls(
                given_on=date(2026, 9, 14),
                ended_on=date(2026, 11, 9),
                ending=ending,
                evidence=evidence,
                category_letter="C",
                category_label="Causing concern to the local authority",
                secretary_notice_on=secretary_notice_on,
            )

        letters = (
            ended(
                NoticeEnding.COMPLIED,
                "You appointed a leader for the teaching of reading on 25 September 2026.",
                "The figures of 16 October 2026 show 63% of pupils on track in reading.",
            ),
            ended(NoticeEnding.LIFTED, "The additional governors report that standards are rising."),
            ended(NoticeEnding.LAPSED),
            ended(NoticeEnding.WITHDRAWN, "The figures of 2026 that we relied on were wrong."),
            ended(NoticeEnding.SUPERSEDED, secretary_notice_on=date(2026, 11, 9)),
        )
        return tuple((date(2026, 11, 10), one) for one in letters)


LETTERS: tuple[type[LetterFields], ...] = (RepresentationsOutcome, NotComplied, IntentionToUsePowers, NoticeEnded)
