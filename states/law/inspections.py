"""What an inspection report makes of a school in law, under the frameworks of 2012, 2015, 2019 and November 2025.

Here: the vocabulary of each framework, and which reports mean special measures or "requires significant improvement".
Not here: what an authority's policy makes of a grade (states.policy). The days on which the frameworks of 2012 to 2019
began stand in no source that was read; they decide nothing here, because their grades are the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from states.law.powers import Door


class Grade(StrEnum):
    """The overall judgement from 2012 until single headline grades ended in September 2024."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"


class InadequateAs(StrEnum):
    """The two ways of being inadequate: only the report says which."""

    SERIOUS_WEAKNESSES = "serious_weaknesses"
    SPECIAL_MEASURES = "special_measures"


class Scale(StrEnum):
    """The five grades of a report card."""

    EXCEPTIONAL = "exceptional"
    STRONG_STANDARD = "strong_standard"
    EXPECTED_STANDARD = "expected_standard"
    NEEDS_ATTENTION = "needs_attention"
    URGENT_IMPROVEMENT = "urgent_improvement"


class Area(StrEnum):
    """The areas of a report card: six that every school has, two that some have."""

    INCLUSION = "inclusion"
    CURRICULUM_AND_TEACHING = "curriculum_and_teaching"
    ACHIEVEMENT = "achievement"
    ATTENDANCE_AND_BEHAVIOUR = "attendance_and_behaviour"
    PERSONAL_DEVELOPMENT_AND_WELLBEING = "personal_development_and_wellbeing"
    LEADERSHIP_AND_GOVERNANCE = "leadership_and_governance"
    EARLY_YEARS = "early_years"
    SIXTH_FORM = "sixth_form"


SIX_AREAS = tuple(area for area in Area if area not in (Area.EARLY_YEARS, Area.SIXTH_FORM))


@dataclass(frozen=True, slots=True)
class Framework:
    """One inspection framework; `since` is a day, or the year alone where no source gives the day."""

    name: str
    since: date | int
    grades: tuple[str, ...]


# No report has an overall grade from this day on: it has a card.
REPORT_CARDS_SINCE = date(2025, 11, 10)

FRAMEWORKS = (
    Framework("2012", 2012, tuple(Grade)),
    Framework("2015", 2015, tuple(Grade)),
    Framework("2019", 2019, tuple(Grade)),
    Framework("2025", REPORT_CARDS_SINCE, tuple(Scale)),
)


@dataclass(frozen=True, slots=True)
class ReportCard:
    """A report since 10 November 2025: a grade for each area, and whether safeguarding is met."""

    grades: Mapping[Area, Scale]
    safeguarding_met: bool

    def __post_init__(self) -> None:
        if missing := [area for area in SIX_AREAS if area not in self.grades]:
            raise ValueError(f"a report card grades six areas; missing: {', '.join(missing)}")

    @property
    def urgent(self) -> frozenset[Area]:
        return frozenset(area for area, grade in self.grades.items() if grade is Scale.URGENT_IMPROVEMENT)


def special_measures(card: ReportCard) -> bool:
    """Leadership and governance urgent, and another area urgent or safeguarding not met (NEU 2025)."""
    others = card.urgent - {Area.LEADERSHIP_AND_GOVERNANCE}
    return others != card.urgent and (bool(others) or not card.safeguarding_met)


def requires_significant_improvement(card: ReportCard) -> bool:
    """An area urgent or safeguarding not met, short of special measures (NEU 2025)."""
    return bool(card.urgent or not card.safeguarding_met) and not special_measures(card)


def inadequate_by_card(card: ReportCard) -> InadequateAs | None:
    """What a card amounts to in the words of the grades before it: serious weaknesses are s61, special measures s62."""
    if special_measures(card):
        return InadequateAs.SPECIAL_MEASURES
    return InadequateAs.SERIOUS_WEAKNESSES if requires_significant_improvement(card) else None


def door_of_card(card: ReportCard) -> Door | None:
    """The section by which a report card makes a maintained school eligible for intervention, if any (EIA ss61-62)."""
    if special_measures(card):
        return Door.S62
    return Door.S61 if requires_significant_improvement(card) else None


def door_of_grade(grade: Grade, inadequate_as: InadequateAs | None = None) -> Door | None:
    """The same for a headline grade; ValueError when inadequate and the report's own words are not given."""
    if grade is not Grade.INADEQUATE:
        return None
    if inadequate_as is None:
        raise ValueError("inadequate means serious weaknesses or special measures; say which the report gives")
    return Door.S62 if inadequate_as is InadequateAs.SPECIAL_MEASURES else Door.S61
