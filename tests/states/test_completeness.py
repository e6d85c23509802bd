"""What a warning notice lacks, by the day it is given and the school it goes to: everything, and in one refusal."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from states.facts import Facts
from states.guards.notice import notice_is_complete
from states.law.notices import Character, Content, Copy, Ground
from states.machine import Refused, advance
from states.school_types import Sector
from states.tracks.school import SCHOOL

IN_2013, IN_2017, IN_2026 = date(2013, 11, 18), date(2017, 3, 6), date(2026, 9, 7)
ALWAYS = (Content.MATTERS, Content.ACTION_REQUIRED, Content.ACTION_MINDED_TO_TAKE)
CONTENTS = {
    IN_2013: (*ALWAYS, Content.INITIAL_PERIOD, Content.RIGHT_OF_REPRESENTATIONS),
    IN_2017: (*ALWAYS, Content.COMPLIANCE_PERIOD),
    IN_2026: (*ALWAYS, Content.COMPLIANCE_PERIOD),
}
DIOCESE, APPOINTER, SECRETARY = (
    "the appropriate diocesan authority",
    "the person who appoints",
    "the Secretary of State",
)
SCHOOLS = {
    "community": (Character("01"), ()),
    "CofE aided": (Character("02", "Church of England"), (DIOCESE, APPOINTER)),
    "RC aided": (Character("02", "Roman Catholic"), (DIOCESE, APPOINTER)),
    "CofE controlled": (Character("03", "Church of England"), (DIOCESE, APPOINTER)),
    "foundation": (Character("05"), (APPOINTER,)),
    "foundation special": (Character("12"), (APPOINTER,)),
}
PRODUCT = [
    pytest.param(day, school, (*named, *(() if day == IN_2013 else (SECRETARY,))), id=f"{day.year} {name}")
    for day in CONTENTS
    for name, (school, named) in SCHOOLS.items()
]


class Subject:
    state = "under_audit"


def notice(day: date, school: Character = SCHOOLS["community"][0]) -> Facts:
    return Facts(
        grounds=(Ground.SAFETY,),
        contents=CONTENTS[day],
        copies=tuple(Copy),
        character=school,
        given_on=day,
        period_ends=None if day == IN_2013 else day,
    )


def said(facts: Facts) -> str:
    refusal = notice_is_complete(facts)
    return refusal.sentence if refusal else ""


@pytest.mark.parametrize(("day", "school", "named"), PRODUCT)
def test_copies_are_those_of_day_and_school(day: date, school: Character, named: tuple[str, ...]) -> None:
    assert said(notice(day, school)) == ""
    lacking = said(replace(notice(day, school), copies=()))
    assert [one for one in (DIOCESE, APPOINTER, SECRETARY) if one in lacking] == list(named)
    assert "the Chief Inspector, the head teacher" in lacking


@pytest.mark.parametrize("day", CONTENTS)
@pytest.mark.parametrize("content", Content)
def test_content_is_asked_for_or_wrong_or_neither(day: date, content: Content) -> None:
    other = tuple(one for one in CONTENTS[day] if one is not content)
    without, with_it = replace(notice(day), contents=other), replace(notice(day), contents=(*other, content))
    assert bool(said(without)) is (content in CONTENTS[day])
    assert bool(said(with_it)) is (content not in CONTENTS[day])


def test_notice_of_2013_states_the_right_of_representations() -> None:
    lacking = said(replace(notice(IN_2013), contents=ALWAYS))
    assert "the initial period, the right to make representations to the Chief Inspector" in lacking


def test_notice_of_2017_must_not_offer_representations() -> None:
    wrong = replace(notice(IN_2017), contents=(*CONTENTS[IN_2017], Content.RIGHT_OF_REPRESENTATIONS))
    assert "it must not set out right of representations" in said(wrong)


@pytest.mark.parametrize("day", CONTENTS)
def test_end_of_period_is_asked_for_since_2016(day: date) -> None:
    assert ("state period_ends" in said(replace(notice(day), period_ends=None))) is (day != IN_2013)


def test_notice_of_2013_must_not_state_a_period() -> None:
    wrong = replace(notice(IN_2013), period_ends=date(2013, 12, 9))
    assert "It must not state a period of its own, because the Act fixes the period" in said(wrong)


@pytest.mark.parametrize(("days", "wrong"), [(-1, True), (0, False), (1, False)])
def test_stated_period_ends_no_earlier_than_it_begins(days: int, *, wrong: bool) -> None:
    ends = IN_2017 + timedelta(days)
    assert ("before the notice is given" in said(replace(notice(IN_2017), period_ends=ends))) is wrong


def test_notice_without_its_day_is_asked_for_it_alone() -> None:
    lacking = said(replace(notice(IN_2017), given_on=None, copies=()))
    assert lacking.startswith("The day on which the notice is given decides what it must say.")


def test_school_without_character_is_refused() -> None:
    assert "religious character, which decide the copies, are not on record" in said(
        replace(notice(IN_2017), character=None)
    )


def test_academy_gets_no_notice_however_complete() -> None:
    facts = replace(
        notice(IN_2017, Character("28")), sector=Sector.ACADEMY, evidence="Visit", actor="A", checked_by="B"
    )
    outcome = advance(SCHOOL, Subject(), "give_notice", facts, IN_2017)
    assert isinstance(outcome, Refused)
    assert [one.code for one in outcome.refusals] == ["not_maintained"]


def test_all_that_is_missing_is_told_at_once() -> None:
    facts = Facts(
        sector=Sector.MAINTAINED, evidence="Visit", character=Character("02", "Roman Catholic"), given_on=IN_2017
    )
    outcome = advance(SCHOOL, Subject(), "give_notice", facts, IN_2017)
    assert isinstance(outcome, Refused)
    assert [one.code for one in outcome.refusals] == ["notice_incomplete", "notice_not_checked"]
    parts = ("gives no ground", "does not set out: the matters", "when its compliance period ends", "No copy goes to")
    assert [part for part in parts if part not in outcome.refusals[0].sentence] == []
