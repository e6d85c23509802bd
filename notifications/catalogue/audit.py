"""Letters of an audit, and the warning before a warning: none of them has any force in law."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from notifications.catalogue.fields import LetterFields
from notifications.catalogue.parts import GroundReliedOn
from notifications.roles import RecipientRole
from states.law.notices import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNotice(LetterFields):
    """Tells a school that it will be audited: when, by whom, why, and what to have ready.

    `reasons`, `covers` and `needs` are lists; a sentence each in the first, a few words each in the others.
    """

    folder: ClassVar[str] = "audit_notice"
    initials: ClassVar[str] = "AN"
    title: ClassVar[str] = "Audit of the school"
    sections: ClassVar[tuple[str, ...]] = ("Why we are auditing the school", "What you need to do")

    begins_on: date
    ends_on: date
    auditors: tuple[str, ...]
    reasons: tuple[str, ...]
    covers: tuple[str, ...]
    needs: tuple[str, ...]
    report_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "AuditNotice"], ...]:
        """A primary school causing concern."""
        audit = cls(
            begins_on=date(2026, 2, 9),
            ends_on=date(2026, 2, 10),
            auditors=("Ms Imogen Farrow, Senior Adviser", "Mr Tobias Lark, Adviser"),
            reasons=("Pupils have been off track in reading for two half-terms.",),
            covers=("the teaching of reading", "how leaders check the quality of teaching", "the work of governors"),
            needs=("your improvement plan", "minutes of governors' meetings since September 2025"),
            report_by=date(2026, 2, 27),
        )
        return ((date(2026, 1, 26), audit),)


class AuditResult(StrEnum):
    """What the authority decided after an audit."""

    NO_NOTICE = "no_notice"
    NOTICE_CONSIDERED = "notice_considered"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditOutcome(LetterFields):
    """Tells a school what an audit found and whether a warning notice is being considered."""

    folder: ClassVar[str] = "audit_outcome"
    initials: ClassVar[str] = "AO"
    title: ClassVar[str] = "Outcome of the audit"
    sections: ClassVar[tuple[str, ...]] = ("What we found", "If you disagree")

    audited_on: date
    result: AuditResult
    strengths: tuple[str, ...]
    findings: tuple[str, ...]
    actions: tuple[str, ...]
    reply_by: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "AuditOutcome"], ...]:
        """An audit after which a notice is considered; one after which none is."""
        considered = cls(
            audited_on=date(2026, 2, 9),
            result=AuditResult.NOTICE_CONSIDERED,
            strengths=(),
            findings=(
                "The teaching of reading differs too much from class to class.",
                "Governors have not asked for figures on reading since September 2025.",
            ),
            actions=("Name one leader for reading.", "Give governors figures on reading each month."),
            reply_by=date(2026, 3, 13),
        )
        clear = cls(
            audited_on=date(2026, 2, 9),
            result=AuditResult.NO_NOTICE,
            strengths=("Leaders know where teaching is weak, and have begun to put it right.",),
            findings=("Some teachers still need training in phonics.",),
            actions=(),
            reply_by=date(2026, 3, 13),
        )
        return (date(2026, 2, 27), considered), (date(2026, 2, 27), clear)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreWarning(LetterFields):
    """Tells a governing body that a warning notice may follow, on which ground, and what would make it needless."""

    folder: ClassVar[str] = "pre_warning"
    initials: ClassVar[str] = "PW"
    title: ClassVar[str] = "Before a warning notice"
    audience: ClassVar[tuple[RecipientRole, ...]] = (
        RecipientRole.governing_body,
        RecipientRole.chair,
        RecipientRole.head,
        RecipientRole.clerk,
        RecipientRole.diocese,
    )
    sections: ClassVar[tuple[str, ...]] = ("Why we are writing", "What you need to do")

    grounds: tuple[GroundReliedOn, ...]
    reasons: tuple[str, ...]
    actions: tuple[str, ...]
    plan_by: date
    reviewed_on: date

    @classmethod
    def examples(cls) -> tuple[tuple[date, "PreWarning"], ...]:
        """A school where standards are low."""
        warning = cls(
            grounds=(GroundReliedOn(ground=Ground.LOW_STANDARDS),),
            reasons=(
                "In 2025, 46% of pupils reached the expected standard in reading. In England it was 75%.",
                "Our audit of 9 February 2026 found weak teaching of reading in four of seven classes.",
            ),
            actions=("Write a plan for the teaching of reading.", "Name a governor who reports on it each month."),
            plan_by=date(2026, 3, 20),
            reviewed_on=date(2026, 5, 15),
        )
        return ((date(2026, 3, 2), warning),)


LETTERS: tuple[type[LetterFields], ...] = (AuditNotice, AuditOutcome, PreWarning)
