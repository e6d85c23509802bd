"""The warning notice itself (Education and Inspections Act 2006, s60), and the letters that go with its giving.

What follows it, from representations to its end, is `notice_ends`. The law of the day is states.law; here it decides
which parts a notice has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from notifications.catalogue.fields import Fault, LetterFields, contradiction, contradictions
from notifications.catalogue.parts import CopiedTo, GroundReliedOn, PowerInMind, copied_to
from notifications.roles import RecipientRole
from states.dates import in_words
from states.facts import PowerSection
from states.law import LAW
from states.law.notices import Character, Content, Copy, Ground, NoticeKind
from states.law.regimes import Regime

# The heading under which a notice sets each of its contents out.
HEADINGS = {
    Content.MATTERS: "The matters on which this is based",
    Content.ACTION_REQUIRED: "What the governing body must do",
    Content.INITIAL_PERIOD: "The initial period",
    Content.COMPLIANCE_PERIOD: "The compliance period",
    Content.ACTION_MINDED_TO_TAKE: "What we are minded to do if you do not comply",
    Content.RIGHT_OF_REPRESENTATIONS: "Your right to make representations",
}

_OUTSIDE = (
    RecipientRole.ofsted,
    RecipientRole.diocese,
    RecipientRole.foundation_appointer,
    RecipientRole.secretary_of_state,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Representations:
    """Where representations to the Chief Inspector go, and where the authority's copy goes."""

    address: str
    copy_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultInYears:
    """One line of figures: what was measured, when, at the school and elsewhere."""

    measure: str
    year: str
    school: str
    england: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningNotice(LetterFields):
    """A performance standards and safety warning notice, complete by the law of the day on which it is given.

    Before 18 April 2016 it has `representations` and its `period_ends` closes the initial period; from then on it has
    none, and states its compliance period. It cannot be made otherwise. `served` says how it is given, as in "by hand";
    all lists but `grounds`, `results`, `powers` and `copies` are sentences.
    """

    folder: ClassVar[str] = "warning_notice"
    initials: ClassVar[str] = "WN"
    title: ClassVar[str] = "Performance standards and safety warning notice"
    audience: ClassVar[tuple[RecipientRole, ...]] = (RecipientRole.governing_body, RecipientRole.clerk)
    statutory: ClassVar[str] = "Education and Inspections Act 2006, s60"
    pages: ClassVar[int] = 4

    given_on: date
    served: str
    grounds: tuple[GroundReliedOn, ...]
    matters: tuple[str, ...]
    results: tuple[ResultInYears, ...]
    earlier_steps: tuple[str, ...]
    actions: tuple[str, ...]
    period_ends: date
    judged_by: tuple[str, ...]
    representations: Representations | None
    powers: tuple[PowerInMind, ...]
    copies: tuple[CopiedTo, ...]

    def __post_init__(self) -> None:
        """Refuse a notice that the law of its day makes incomplete, or wrong (EIA 2006 s60(4) to (6A))."""
        if faults := list(self.faults({name: getattr(self, name) for name in self.__dataclass_fields__})):
            raise contradictions(type(self), faults)

    @classmethod
    def faults(cls, said: Mapping[str, Any]) -> Iterator[Fault]:
        for name in ("grounds", "matters", "actions", "powers"):
            if not said.get(name):
                yield Fault(name, f"it has no {name}", "Section 60(4) asks for them; state one at least.")
        if given_on := said.get("given_on"):
            yield from _wrong_representations(given_on, said.get("representations"))
            yield from _wrong_copies(given_on, said.get("copies") or ())
            yield from _wrong_period(given_on, said.get("period_ends"))

    @property
    def required(self) -> tuple[str, ...]:
        return (*(HEADINGS[content] for content in self._regime.contents), "Who gets a copy")

    @property
    def forbidden(self) -> tuple[str, ...]:
        return tuple(heading for content, heading in HEADINGS.items() if content not in self._regime.contents)

    @property
    def _regime(self) -> Regime:
        return LAW.on(self.given_on)

    @classmethod
    def examples(cls) -> tuple[tuple[date, "WarningNotice"], ...]:
        """One in each regime: low standards in 2013, two grounds in 2017, a Church of England school in 2026."""
        return (
            (date(2013, 11, 18), cls._of_2013()),
            (date(2017, 3, 6), cls._of_2017()),
            (date(2026, 9, 14), cls._of_2026()),
        )

    @classmethod
    def _of_2013(cls) -> Self:
        on = date(2013, 11, 18)
        return cls(
            given_on=on,
            served="by hand to the clerk",
            grounds=(GroundReliedOn(ground=Ground.LOW_STANDARDS),),
            matters=(
                "Standards have been well below those of England for three years.",
                "Progress differs too much between classes, and leaders have not found out why.",
            ),
            results=tuple(
                ResultInYears(measure="Reading, writing and mathematics", year=year, school=school, england=england)
                for year, school, england in (("2011", "52%", "67%"), ("2012", "49%", "75%"), ("2013", "47%", "75%"))
            ),
            earlier_steps=("On 7 October 2013 we audited the school and found teaching inadequate.",),
            actions=(
                "Agree with us by 2 December 2013 a plan that raises standards in every class.",
                "Give us figures on the progress of each year group by 9 December 2013.",
            ),
            period_ends=date(2013, 12, 9),
            judged_by=("We will look at the plan, at the figures, and at teaching on a visit.",),
            representations=Representations(
                address="Ofsted, 1 Invented Street, Wensum WX1 1AA", copy_to="Wensum County Council, County Hall"
            ),
            powers=(
                PowerInMind(section=PowerSection.GOVERNORS, how="We would appoint three additional governors."),
                PowerInMind(
                    section=PowerSection.BUDGET,
                    how="We would suspend the right to a delegated budget for a fixed term.",
                ),
            ),
            copies=tuple(copied_to(copy, on) for copy in (Copy.CHIEF_INSPECTOR, Copy.HEAD_TEACHER)),
        )

    @classmethod
    def _of_2017(cls) -> Self:
        on = date(2017, 3, 6)
        return cls(
            given_on=on,
            served="by first class post",
            grounds=(GroundReliedOn(ground=Ground.BREAKDOWN), GroundReliedOn(ground=Ground.SAFETY)),
            matters=(
                "The governing body has had no quorum since 14 November 2016, and no budget has been set.",
                "Checks on staff are missing for nine people who work with pupils.",
            ),
            results=(),
            earlier_steps=(),
            actions=("Complete the checks on staff.", "Set a budget for 2017 to 2018."),
            period_ends=date(2017, 4, 28),
            judged_by=("We will inspect the register of checks and the minutes of the governing body.",),
            representations=None,
            powers=(
                PowerInMind(
                    section=PowerSection.INTERIM_BOARD,
                    how="We would ask the Secretary of State to agree to an interim executive board.",
                ),
            ),
            copies=tuple(
                copied_to(copy, on) for copy in (Copy.CHIEF_INSPECTOR, Copy.HEAD_TEACHER, Copy.SECRETARY_OF_STATE)
            ),
        )

    @classmethod
    def _of_2026(cls) -> Self:
        on = date(2026, 9, 14)
        diocese = "Wensum Diocesan Board of Education"
        return cls(
            given_on=on,
            served="by hand to the clerk",
            grounds=(GroundReliedOn(ground=Ground.LOW_STANDARDS),),
            matters=(
                "Attainment has fallen in each of three years and is now among the lowest of similar schools.",
                "Leaders have not carried out the actions of their own plan of January 2026.",
            ),
            results=tuple(
                ResultInYears(measure="Reading, writing and mathematics", year=year, school=school, england=england)
                for year, school, england in (("2024", "48%", "61%"), ("2025", "45%", "62%"), ("2026", "41%", "62%"))
            ),
            earlier_steps=(
                "On 9 and 10 February 2026 we audited the school and found weak teaching of reading.",
                "On 2 March 2026 we wrote to you that a warning notice might follow.",
            ),
            actions=(
                "Appoint a leader for the teaching of reading by 28 September 2026.",
                "Assess every pupil in years 3 to 6, and give us the figures by 16 October 2026.",
                "Meet us each month to show what has changed.",
            ),
            period_ends=date(2026, 11, 6),
            judged_by=(
                "We will compare the figures with those of July 2026.",
                "We will see teaching in every class with your headteacher.",
            ),
            representations=None,
            powers=(
                PowerInMind(section=PowerSection.ARRANGEMENTS, how="We would require you to work with another school."),
                PowerInMind(section=PowerSection.GOVERNORS, how="We would appoint two additional governors."),
            ),
            copies=(
                copied_to(Copy.CHIEF_INSPECTOR, on),
                copied_to(Copy.HEAD_TEACHER, on),
                copied_to(Copy.DIOCESAN_AUTHORITY, on, diocese),
                copied_to(Copy.FOUNDATION_APPOINTER, on, "Parochial Church Council of High Heath"),
                copied_to(Copy.SECRETARY_OF_STATE, on),
            ),
        )


def _wrong_representations(given_on: date, said: Representations | None) -> Iterator[Fault]:
    day, field = in_words(given_on), "representations"
    asked_for = NoticeKind.S60 in LAW.on(given_on).representations
    if said and not asked_for:
        problem = f"a notice given on {day} carries no right of representations (s60, from 18 April 2016)"
        yield Fault(field, problem, "Leave the representations out.")
    if asked_for and not said:
        problem = f"a notice given on {day} must say how to make representations (s60(5), before 18 April 2016)"
        yield Fault(field, problem, "Give the address of the Chief Inspector.")


def _wrong_copies(given_on: date, said: Iterable[CopiedTo]) -> Iterator[Fault]:
    """The diocese and the foundation appointer depend on the school, which the fields do not know."""
    regime, given = LAW.on(given_on), {one.copy for one in said}
    if missing := [copy for copy in regime.copies_for(Character("")) if copy not in given]:
        yield Fault("copies", f"no copy for {', '.join(missing)}", "Section 60(6) asks for one; add it.")
    if wrong := sorted(given - set(regime.copies)):
        fix = "Leave it out: section 60(6A) is of 18 April 2016."
        yield Fault("copies", f"a copy for {', '.join(wrong)}", fix)


def _wrong_period(given_on: date, period_ends: date | None) -> Iterator[Fault]:
    if period_ends and period_ends <= given_on:
        yield Fault("period_ends", "its period ends before it begins", "Correct period_ends or given_on.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningNoticeCopy(LetterFields):
    """Goes on top of the copy of a warning notice that the law asks for, at the same time as the notice itself."""

    folder: ClassVar[str] = "warning_notice_copy"
    initials: ClassVar[str] = "WC"
    title: ClassVar[str] = "Copy of a warning notice"
    audience: ClassVar[tuple[RecipientRole, ...]] = (RecipientRole.head, *_OUTSIDE)
    statutory: ClassVar[str] = "Education and Inspections Act 2006, s60(6) and (6A)"

    given_on: date
    period_ends: date
    copied: CopiedTo
    notice_reference: str

    def __post_init__(self) -> None:
        if self.copied.copy not in LAW.on(self.given_on).copies:
            problem = f"a notice given on {in_words(self.given_on)} has no copy for {self.copied.copy}"
            raise contradiction(type(self), problem, "Leave this copy out.")

    @classmethod
    def examples(cls) -> tuple[tuple[date, "WarningNoticeCopy"], ...]:
        """To the head in 2013; to each of the others in 2026."""

        def copy(to: Copy, on: date, ends: date) -> tuple[date, WarningNoticeCopy]:
            return on, cls(given_on=on, period_ends=ends, copied=copied_to(to, on), notice_reference="WN-199999-7-G")

        then = copy(Copy.HEAD_TEACHER, date(2013, 11, 18), date(2013, 12, 9))
        others = (one for one in Copy if one is not Copy.HEAD_TEACHER)
        return then, *(copy(one, date(2026, 9, 14), date(2026, 11, 6)) for one in others)


LETTERS: tuple[type[LetterFields], ...] = (WarningNotice, WarningNoticeCopy)
