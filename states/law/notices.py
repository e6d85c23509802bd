"""Warning notices: on what grounds one may be given, what it must say, and who gets a copy at the same time.

Source: Education and Inspections Act 2006, ss60 and 60A, in the words that applied before and from 18 April 2016. Not
here: how long its periods last (regimes, clocks) and what may follow it (powers).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from states.law.cited import EIA, Cited


class NoticeKind(StrEnum):
    """The section that a warning notice is given under."""

    S60 = "s60"  # performance standards and safety
    S60A = "s60A"  # teachers' pay and conditions


class Ground(StrEnum):
    """What the authority is satisfied of when it gives a notice under section 60."""

    LOW_STANDARDS = "low_standards"
    BREAKDOWN = "breakdown"
    SAFETY = "safety"


class Low(StrEnum):
    """What standards are low by reference to: one of these is enough."""

    EXPECTED = "expected"
    PREVIOUS = "previous"
    COMPARABLE = "comparable"


class Content(StrEnum):
    """What a notice sets out, or must not."""

    MATTERS = "matters"
    ACTION_REQUIRED = "action_required"
    INITIAL_PERIOD = "initial_period"
    COMPLIANCE_PERIOD = "compliance_period"
    ACTION_MINDED_TO_TAKE = "action_minded_to_take"
    RIGHT_OF_REPRESENTATIONS = "right_of_representations"


class Copy(StrEnum):
    """Who gets a copy at the same time as the governing body gets the notice."""

    CHIEF_INSPECTOR = "chief_inspector"
    HEAD_TEACHER = "head_teacher"
    DIOCESAN_AUTHORITY = "diocesan_authority"
    FOUNDATION_APPOINTER = "foundation_appointer"
    SECRETARY_OF_STATE = "secretary_of_state"


GROUNDS = {
    Ground.LOW_STANDARDS: Cited(
        "the standards of performance of pupils at the school are unacceptably low, and are likely to remain so unless "
        "the authority exercise their powers under this Part",
        f"{EIA}, s60(2)(a)",
    ),
    Ground.BREAKDOWN: Cited(
        "there has been a serious breakdown in the way the school is managed or governed which is prejudicing, or "
        "likely to prejudice, such standards of performance",
        f"{EIA}, s60(2)(b)",
    ),
    Ground.SAFETY: Cited(
        "the safety of pupils or staff of the school is threatened (whether by a breakdown of discipline or otherwise)",
        f"{EIA}, s60(2)(c)",
    ),
}

LOW = {
    Low.EXPECTED: Cited(
        "the standards that the pupils might in all the circumstances reasonably be expected to attain",
        f"{EIA}, s60(3)(a)",
    ),
    Low.PREVIOUS: Cited("where relevant, the standards previously attained by them", f"{EIA}, s60(3)(b)"),
    Low.COMPARABLE: Cited("the standards attained by pupils at comparable schools", f"{EIA}, s60(3)(c)"),
}

ALWAYS = {
    Content.MATTERS: Cited("the matters on which the conclusion is based", f"{EIA}, s60(4)(a)"),
    Content.ACTION_REQUIRED: Cited("the action that the governing body is required to take", f"{EIA}, s60(4)(b)"),
}

CONTENTS_2006 = {
    **ALWAYS,
    Content.INITIAL_PERIOD: Cited("the initial period", f"{EIA}, s60(4)(c), before 18 April 2016"),
    Content.ACTION_MINDED_TO_TAKE: Cited(
        "the action that the authority is minded to take, under sections 63 to 66 or otherwise",
        f"{EIA}, s60(4)(d), before 18 April 2016",
    ),
    Content.RIGHT_OF_REPRESENTATIONS: Cited(
        "the right to make representations to the Chief Inspector during the initial period",
        f"{EIA}, s60(5), before 18 April 2016",
    ),
}

CONTENTS_2016 = {
    **ALWAYS,
    Content.COMPLIANCE_PERIOD: Cited("the compliance period", f"{EIA}, s60(4)(c)"),
    Content.ACTION_MINDED_TO_TAKE: Cited(
        "the action that the authority is minded to take, under sections 63 to 69 or otherwise", f"{EIA}, s60(4)(d)"
    ),
}

# What a pay notice says otherwise: who hears it, and what may follow it.
PAY_CONTENTS = {
    Content.ACTION_MINDED_TO_TAKE: Cited(
        "the action that the authority is minded to take, under sections 64 to 66 or otherwise", f"{EIA}, s60A"
    ),
    Content.RIGHT_OF_REPRESENTATIONS: Cited(
        "the right to make representations to the authority during the initial period",
        f"{EIA}, s60A, before 18 April 2016",
    ),
}

PAY_GROUND = Cited(
    "the governing body have failed to comply with the order on teachers' pay and conditions", f"{EIA}, s60A"
)

# Who gets a copy of a pay notice stands in no source that was read: our reading is the copies of section 60, because a
# copy too many invalidates nothing.
COPIES = {
    Copy.CHIEF_INSPECTOR: Cited("the Chief Inspector", f"{EIA}, s60(6)(a)"),
    Copy.HEAD_TEACHER: Cited("the head teacher", f"{EIA}, s60(6)(b)"),
    Copy.DIOCESAN_AUTHORITY: Cited("the appropriate diocesan authority", f"{EIA}, s60(6)(c)"),
    Copy.FOUNDATION_APPOINTER: Cited("the person who appoints the foundation governors", f"{EIA}, s60(6)(d)"),
    Copy.SECRETARY_OF_STATE: Cited("the Secretary of State", f"{EIA}, s60(6A), from 18 April 2016"),
}

# GIAS types of establishment: voluntary aided, voluntary controlled, foundation, foundation special. Section 60(6)(d)
# says "a foundation or voluntary school"; that a foundation special school (12) counts is our reading, on the safe
# side, because a copy too many invalidates nothing.
FOUNDATION_OR_VOLUNTARY = frozenset({"02", "03", "05", "12"})

CHURCH_OF_ENGLAND = "church of england"
ROMAN_CATHOLIC = "roman catholic"


@dataclass(frozen=True, slots=True)
class Character:
    """What decides who gets copies: the GIAS type code of a school and its religious character as GIAS writes it."""

    type_code: str
    religious_character: str = ""

    @property
    def is_foundation_or_voluntary(self) -> bool:
        return self.type_code in FOUNDATION_OR_VOLUNTARY

    @property
    def is_diocesan(self) -> bool:
        """Whether it is a Church of England or a Roman Catholic Church school, alone or jointly with another."""
        said = self.religious_character.casefold()
        return CHURCH_OF_ENGLAND in said or ROMAN_CATHOLIC in said


def contents_missing(required: Collection[Content], said: Collection[Content]) -> tuple[Content, ...]:
    """What a notice must say and does not, in the order of the Act."""
    return tuple(content for content in required if content not in said)


def contents_wrong(required: Collection[Content], said: Collection[Content]) -> tuple[Content, ...]:
    """What a notice says that no notice of its regime may: a right of representations, for one, since 2016."""
    return tuple(content for content in Content if content in said and content not in required)
