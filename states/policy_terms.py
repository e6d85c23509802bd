"""The parts of a policy file: which keys each table has, and what may stand under them.

Here: shape and vocabulary alone. Not here: what the parts demand of each other (policy_checks), the questions
that are put to a policy (policy), and every value, which stands in states/policies/*.toml with its source.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from states.progress import Outcome
from states.school_types import Sector, school_types
from states.toml_file import Table, nearest
from states.tracks.school import SCHOOL, SchoolState


class Phase(StrEnum):
    """GIAS PhaseOfEducation; special schools and pupil referral units are "Not applicable"."""

    NOT_APPLICABLE = "Not applicable"
    NURSERY = "Nursery"
    PRIMARY = "Primary"
    MIDDLE_DEEMED_PRIMARY = "Middle deemed primary"
    SECONDARY = "Secondary"
    MIDDLE_DEEMED_SECONDARY = "Middle deemed secondary"
    SIXTEEN_PLUS = "16 plus"
    ALL_THROUGH = "All-through"


def _known_trigger(name: str) -> str:
    return _one_of(name, SCHOOL.triggers, "this is no move of a school")


def _known_type_code(code: str) -> str:
    return _one_of(code, [kind.code for kind in school_types()], "this is no GIAS type of establishment")


def _one_of(word: str, known: Sequence[str], problem: str) -> str:
    if word not in known:
        raise PydanticCustomError("unknown_name", "{problem}", {"problem": problem, "fix": nearest(word, known)})
    return word


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Trigger = Annotated[str, AfterValidator(_known_trigger)]
TypeCode = Annotated[str, AfterValidator(_known_type_code)]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Days = Annotated[int, Field(strict=True, ge=1, le=366)]
Months = Annotated[int, Field(strict=True, ge=1, le=60)]
Years = Annotated[int, Field(strict=True, ge=1, le=100)]
MonthsEnd = Literal["corresponding_date", "day_before"]
RecipientName = Literal[
    "head", "chair", "clerk", "governing_body", "ofsted", "diocese", "foundation_appointer", "secretary_of_state"
]


class About(Table):
    """Which policy this is, who published it, and the day from which it holds."""

    name: Text
    title: Text
    source: Text
    valid_from: date
    extends: str = Field(default="", exclude=True)


class Authority(Table):
    """The council, as its letterhead gives it; empty means that no source says."""

    name: Text
    department: str
    address: tuple[Text, ...]
    telephone: str
    email: str
    website: str


class Caseload(Table):
    """Which schools of the register become cases, by GIAS type of establishment."""

    type_codes: tuple[TypeCode, ...] = Field(min_length=1)


class Activity(Table):
    """One thing that is done for a category: the source's words, and the sentence a letter prints."""

    text: str = ""
    sentence: Text
    source: Text
    sectors: tuple[Sector, ...] = tuple(Sector)


class Category(Table):
    """A letter, the states that it stands for, and what the authority does in them."""

    letter: Annotated[str, StringConstraints(pattern="^[A-Z]$")]
    label: Text
    public_label: str = ""
    states: tuple[SchoolState, ...] = Field(min_length=1)
    source: Text
    activities: tuple[Activity, ...] = Field(min_length=1)

    @property
    def printed_label(self) -> str:
        """What a letter to a school calls the category."""
        return self.public_label or self.label

    def activities_for(self, sector: Sector) -> tuple[Activity, ...]:
        """What is done for a school of this sector: an authority has no warning notice for an academy."""
        return tuple(activity for activity in self.activities if sector in activity.sectors)


class Migration(Table):
    """Where schools go that come over in a state which this policy does not use; "*" is any policy not named."""

    from_policy: Text
    state: SchoolState
    to: SchoolState


class AccuracyCheck(Table):
    """How long a school has to say that a fact in its category letter is wrong, in calendar days."""

    reply_within_days: Days


class Classification(Table):
    """The move that each Ofsted grade proposes for a school without a category."""

    triggers: dict[str, Trigger]
    letter: AccuracyCheck


class Measure(Table):
    """One figure asked for: how many pupils are on track. From off_track_below to target is tolerance."""

    key: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]*$")]
    label: Text
    phases: tuple[Phase, ...] = Field(min_length=1)
    target_percent: Percent
    off_track_below: Percent


class ProposalRule(Table):
    """A run of `rounds` equal outcomes in one of `states` proposes `trigger`; a person decides."""

    states: tuple[SchoolState, ...] = Field(min_length=1)
    outcome: Outcome
    rounds: Annotated[int, Field(strict=True, ge=1, le=12)]
    trigger: Trigger


class Monitoring(Table):
    """The half-termly look at pupil progress: which schools, by when, on what, and what follows."""

    states: tuple[SchoolState, ...]
    reply_within_days: Days
    minimum_pupils: Annotated[int, Field(strict=True, ge=1, le=100)]
    measures: tuple[Measure, ...] = Field(min_length=1)
    proposals: tuple[ProposalRule, ...]


class DeadlineRules(Table):
    """Where the law gives no number, or leaves its reading open: calendar days, months and working days."""

    reasonable_notice_days: Days
    two_months_end: MonthsEnd
    fixed_term_months: Months
    written_statement_working_days: Days
    reminder_after_days: Days
    chase_after_days: Days


class Silence(Table):
    """When a school is silent: so many calendar days without a move, and no clock that would bring it up again.

    Asked of schools in one of `states`, and of those with a case open beside their own.
    """

    after_days: Days
    states: tuple[SchoolState, ...]


class Retention(Table):
    """For how many years the names and addresses of people at schools are kept, and from when each counts.

    A school's own from the day on which its case ended; those in a letter from the day on which it was sent or, if it
    never was, drafted.
    """

    contacts_years_after_end: Years
    letters_years_after_sent: Years


class Signatory(Table):
    """An officer who may sign; empty means that no source gives a number or address."""

    name: Text
    title: Text
    telephone: str
    email: str


class LetterRules(Table):
    """Who signs one kind of letter, who gets it, and whether a second officer must check it first."""

    signatory: str
    recipients: tuple[RecipientName, ...] = Field(min_length=1)
    second_officer: bool = Field(strict=True)


class Partner(Table):
    """The Education Challenge Partner: who provides it, to which schools, what for, and what comes next."""

    provider: Text
    title: Text
    programme: Text
    states_first: tuple[SchoolState, ...]
    states: tuple[SchoolState, ...]
    first_contact_within_days: Days
    contact: str
    purpose: tuple[Text, ...] = Field(min_length=1)
    steps: tuple[Text, ...] = Field(min_length=1)
