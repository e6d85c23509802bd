"""The law is dated and cited, and the regimes differ where the Acts do."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, product

import pytest

from states.law import LAW, BeforeTheLaw, HeardBy, Law, Regime, regimes
from states.law.academy_orders import ACADEMY_ORDERS, AcademyOrder, academy_order_rule, order_continues
from states.law.cited import Cited
from states.law.inspections import (
    FRAMEWORKS,
    SIX_AREAS,
    Area,
    Grade,
    InadequateAs,
    ReportCard,
    Scale,
    door_of_card,
    door_of_grade,
    requires_significant_improvement,
    special_measures,
)
from states.law.notices import (
    CONTENTS_2006,
    CONTENTS_2016,
    COPIES,
    GROUNDS,
    LOW,
    PAY_CONTENTS,
    Character,
    Content,
    Copy,
    Ground,
    Low,
    NoticeKind,
    contents_missing,
    contents_wrong,
)
from states.law.powers import POWERS, Door, powers_through

OLD, NEW, LATEST = LAW.regimes
ONE = timedelta(days=1)
COMMUNITY = Character("01", "Does not apply")
CHURCH_AIDED = Character("02", "Church of England")
MINDED = {Content.MATTERS, Content.ACTION_REQUIRED, Content.ACTION_MINDED_TO_TAKE}
COMPLETE_2013 = MINDED | {Content.INITIAL_PERIOD, Content.RIGHT_OF_REPRESENTATIONS}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2007, 4, 1), "eia-2006"),
        (date(2013, 11, 18), "eia-2006"),
        (date(2016, 4, 17), "eia-2006"),
        (date(2016, 4, 18), "eaa-2016"),
        (date(2026, 6, 28), "eaa-2016"),
        (date(2026, 6, 29), "cwsa-2026"),
    ],
    ids=str,
)
def test_regime_is_chosen_by_the_day_of_the_act(day: date, name: str) -> None:
    assert LAW.on(day).name == name


def test_day_before_the_first_regime_is_refused() -> None:
    with pytest.raises(BeforeTheLaw, match="31 March 2007"):
        LAW.on(date(2007, 3, 31))


def test_regimes_follow_each_other() -> None:
    assert all(earlier.since < later.since for earlier, later in pairwise(LAW.regimes))


def cited_values(regime: Regime) -> list[Cited[object]]:
    values = [getattr(regime, name) for name in regime.__dataclass_fields__]
    inner = [value for many in (regime.contents, regime.representations) for value in many.values()]
    return [value for value in values + inner if isinstance(value, Cited)]


@pytest.mark.parametrize("regime", LAW.regimes, ids=[regime.name for regime in LAW.regimes])
def test_every_value_of_a_regime_is_cited(regime: Regime) -> None:
    assert len(cited_values(regime)) >= 6
    assert all("Act 20" in value.citation and ", s" in value.citation for value in cited_values(regime))


def test_every_word_of_the_law_is_cited() -> None:
    everything = [*GROUNDS.values(), *LOW.values(), *COPIES.values(), *CONTENTS_2006.values(), *CONTENTS_2016.values()]
    assert all(value.citation.startswith("Education and Inspections Act 2006, s60") for value in everything)
    assert all("Act" in power.citation for power in POWERS.values())
    assert all("Academies Act 2010, s4" in rule.citation for rule in ACADEMY_ORDERS)


def test_every_saving_says_whence_it_comes() -> None:
    assert [(one.made_before, one.our_reading) for one in LATEST.savings] == [
        (date(2016, 4, 18), True),
        (date(2026, 6, 29), False),
    ]


def test_hash_follows_every_value() -> None:
    other = replace(OLD, period_working_days=Cited(14, "nowhere"))
    assert LAW.hash == Law(LAW.regimes).hash
    assert len({LAW.hash, Law((other, NEW, LATEST)).hash, Law((OLD, NEW)).hash}) == 3


@pytest.mark.parametrize("part", ["ACADEMY_ORDERS", "FRAMEWORKS", "COPIES", "GROUNDS", "LOW", "POWERS"])
def test_hash_follows_what_all_regimes_share(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    before = Law(LAW.regimes).hash
    monkeypatch.setattr(regimes, part, list(getattr(regimes, part))[:-1])
    assert Law(LAW.regimes).hash != before


# Notices


def test_grounds_are_said_in_the_words_of_the_act() -> None:
    assert set(GROUNDS) == set(Ground)
    assert "unacceptably low, and are likely to remain so" in GROUNDS[Ground.LOW_STANDARDS].value
    assert "serious breakdown in the way the school is managed or governed" in GROUNDS[Ground.BREAKDOWN].value
    assert "safety of pupils or staff of the school is threatened" in GROUNDS[Ground.SAFETY].value


def test_low_is_measured_in_three_ways() -> None:
    assert [LOW[way].citation[-9:] for way in Low] == ["s60(3)(a)", "s60(3)(b)", "s60(3)(c)"]


@pytest.mark.parametrize("content", sorted(COMPLETE_2013))
def test_notice_of_2013_needs_each_of_its_contents(content: Content) -> None:
    assert contents_missing(tuple(OLD.contents), COMPLETE_2013 - {content}) == (content,)


def test_complete_notice_of_2013_lacks_nothing() -> None:
    assert contents_missing(tuple(OLD.contents), COMPLETE_2013) == ()
    assert contents_wrong(tuple(OLD.contents), COMPLETE_2013) == ()


def test_right_of_representations_is_wrong_in_2017() -> None:
    said = MINDED | {Content.COMPLIANCE_PERIOD, Content.RIGHT_OF_REPRESENTATIONS}
    assert contents_missing(tuple(NEW.contents), said) == ()
    assert contents_wrong(tuple(NEW.contents), said) == (Content.RIGHT_OF_REPRESENTATIONS,)


def test_notice_refers_to_more_powers_since_2016() -> None:
    assert (OLD.refers_to.value, NEW.refers_to.value) == ("sections 63 to 66", "sections 63 to 69")


@pytest.mark.parametrize(
    ("school", "extra"),
    [
        pytest.param(COMMUNITY, (), id="community"),
        pytest.param(CHURCH_AIDED, (Copy.DIOCESAN_AUTHORITY, Copy.FOUNDATION_APPOINTER), id="CofE aided"),
        pytest.param(
            Character("03", "Roman Catholic"), (Copy.DIOCESAN_AUTHORITY, Copy.FOUNDATION_APPOINTER), id="RC controlled"
        ),
        pytest.param(Character("05"), (Copy.FOUNDATION_APPOINTER,), id="foundation"),
        pytest.param(Character("02", "Jewish"), (Copy.FOUNDATION_APPOINTER,), id="aided, of another faith"),
        pytest.param(
            Character("02", "Church of England/Methodist"),
            (Copy.DIOCESAN_AUTHORITY, Copy.FOUNDATION_APPOINTER),
            id="joint",
        ),
    ],
)
def test_copies_follow_the_character_of_the_school(school: Character, extra: tuple[Copy, ...]) -> None:
    everywhere = (Copy.CHIEF_INSPECTOR, Copy.HEAD_TEACHER, *extra)
    assert OLD.copies_for(school) == everywhere
    assert NEW.copies_for(school) == (*everywhere, Copy.SECRETARY_OF_STATE)


def test_representations_are_heard_only_before_2016() -> None:
    assert {kind: heard.value for kind, heard in OLD.representations.items()} == {
        NoticeKind.S60: HeardBy.CHIEF_INSPECTOR,
        NoticeKind.S60A: HeardBy.AUTHORITY,
    }
    assert (NEW.representations, NEW.period_working_days) == ({}, None)


def test_notice_by_the_secretary_of_state_ends_the_authoritys() -> None:
    assert OLD.ends_authority_notice is None
    assert NEW.ends_authority_notice
    assert "s60(4A) and (4B)" in NEW.ends_authority_notice.citation


# Powers


@pytest.mark.parametrize(
    ("door", "windowed"),
    [(Door.S60, ["63", "64", "66"]), (Door.S60A, ["64", "66"]), (Door.S61, []), (Door.S62, [])],
    ids=str,
)
def test_window_binds_powers_after_a_notice_only(door: Door, windowed: list[str]) -> None:
    assert [power.section for power in powers_through(door) if power.has_window(door)] == windowed


def test_pay_notice_opens_no_section_63() -> None:
    assert [power.section for power in powers_through(Door.S60A)] == ["64", "65", "66"]


def test_interim_executive_board_needs_consent() -> None:
    assert [power.section for power in POWERS.values() if power.consent_of_secretary_of_state] == ["65"]
    assert [power.section for power in POWERS.values() if power.consult] == ["63", "65"]


def test_section_67_bars_governors_and_budget() -> None:
    barred = {power.section: power.barred_after_section_67 for power in POWERS.values()}
    assert [section for section, citation in barred.items() if citation] == ["64", "66"]


# Academy orders


@pytest.mark.parametrize(
    ("day", "by_inspection", "by_notice"),
    [
        (date(2010, 7, 28), AcademyOrder.NONE, AcademyOrder.NONE),
        (date(2013, 11, 18), AcademyOrder.MAY, AcademyOrder.MAY),
        (date(2016, 4, 20), AcademyOrder.MUST, AcademyOrder.MAY),
        (date(2026, 6, 30), AcademyOrder.MAY, AcademyOrder.MAY),
    ],
    ids=str,
)
def test_academy_order_may_must_may(day: date, by_inspection: AcademyOrder, by_notice: AcademyOrder) -> None:
    assert {academy_order_rule(door, day) for door in (Door.S61, Door.S62)} == {by_inspection}
    assert {academy_order_rule(door, day) for door in (Door.S60, Door.S60A)} == {by_notice}


@pytest.mark.parametrize(
    ("made_on", "under_duty", "continues"),
    [
        (date(2026, 6, 28), True, True),
        (date(2026, 6, 28), False, False),
        (date(2026, 6, 29), True, False),
        (date(2016, 4, 17), True, False),
        (date(2016, 4, 18), True, True),
    ],
)
def test_order_made_under_the_duty_continues(made_on: date, *, under_duty: bool, continues: bool) -> None:
    assert order_continues(made_on, under_duty=under_duty) == continues


# Inspections


def card(*urgent: Area, safeguarding_met: bool = True, otherwise: Scale = Scale.EXPECTED_STANDARD) -> ReportCard:
    grades = dict.fromkeys(SIX_AREAS, otherwise) | dict.fromkeys(urgent, Scale.URGENT_IMPROVEMENT)
    return ReportCard(grades, safeguarding_met)


LEADERSHIP = Area.LEADERSHIP_AND_GOVERNANCE


@pytest.mark.parametrize(
    ("report", "door"),
    [
        pytest.param(card(LEADERSHIP, safeguarding_met=False), Door.S62, id="leadership and safeguarding"),
        pytest.param(card(LEADERSHIP, Area.ACHIEVEMENT), Door.S62, id="leadership and another"),
        pytest.param(card(LEADERSHIP), Door.S61, id="leadership alone"),
        pytest.param(card(Area.INCLUSION), Door.S61, id="inclusion alone"),
        pytest.param(card(Area.SIXTH_FORM), Door.S61, id="sixth form alone"),
        pytest.param(card(safeguarding_met=False), Door.S61, id="safeguarding alone"),
        pytest.param(card(otherwise=Scale.NEEDS_ATTENTION), None, id="needs attention everywhere"),
        pytest.param(card(), None, id="expected standard"),
    ],
)
def test_report_card_opens_its_door(report: ReportCard, door: Door | None) -> None:
    assert door_of_card(report) == door
    assert special_measures(report) == (door is Door.S62)
    assert requires_significant_improvement(report) == (door is Door.S61)


def test_no_report_card_is_both() -> None:
    scales = (Scale.EXPECTED_STANDARD, Scale.URGENT_IMPROVEMENT)
    for grades, met in product(product(scales, repeat=6), (True, False)):
        report = ReportCard(dict(zip(SIX_AREAS, grades, strict=True)), met)
        assert not (special_measures(report) and requires_significant_improvement(report))


def test_report_card_grades_all_six_areas() -> None:
    with pytest.raises(ValueError, match="missing: achievement"):
        ReportCard({area: Scale.EXCEPTIONAL for area in SIX_AREAS if area is not Area.ACHIEVEMENT}, True)


@pytest.mark.parametrize(
    ("grade", "said", "door"),
    [
        (Grade.GOOD, None, None),
        (Grade.REQUIRES_IMPROVEMENT, None, None),
        (Grade.INADEQUATE, InadequateAs.SERIOUS_WEAKNESSES, Door.S61),
        (Grade.INADEQUATE, InadequateAs.SPECIAL_MEASURES, Door.S62),
    ],
)
def test_headline_grade_opens_its_door(grade: Grade, said: InadequateAs | None, door: Door | None) -> None:
    assert door_of_grade(grade, said) == door


def test_inadequate_alone_does_not_say_which() -> None:
    with pytest.raises(ValueError, match="say which the report gives"):
        door_of_grade(Grade.INADEQUATE)


def test_frameworks_know_their_grades() -> None:
    assert [(one.name, len(one.grades)) for one in FRAMEWORKS] == [("2012", 4), ("2015", 4), ("2019", 4), ("2025", 5)]
    assert FRAMEWORKS[-1].since == date(2025, 11, 10)


@pytest.mark.parametrize("regime", LAW.regimes, ids=lambda regime: regime.name)
def test_pay_notice_sets_out_the_same_in_its_own_words(regime: Regime) -> None:
    standards, pay = regime.contents_for(NoticeKind.S60), regime.contents_for(NoticeKind.S60A)
    assert standards == regime.contents
    assert list(pay) == list(standards)
    assert [content for content in pay if pay[content] != standards[content]] == [
        content for content in standards if content in PAY_CONTENTS
    ]
