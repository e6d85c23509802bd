"""The half-termly check: who is asked, what is judged, what is flagged, what is proposed, and nothing twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from casework.check import TooEarly, begin_check, check_chunk, due_date, monitored_case_ids, run_check
from casework.check_report import CheckReport
from casework.moves import move_school
from casework.record import Stamp
from casework.register import load_register
from casework.returns import load_returns
from casework.tables import Case, Letter, Return
from states.half_terms import SchoolCalendar, load_calendar
from states.policy import Policy
from states.tracks.school import SCHOOL

DEMO = Path(__file__).parents[2] / "demo"
URN = 990001
SECOND = "2025-26/2"

Contents = Callable[[Engine], dict[str, list[Any]]]
Events = Callable[[Engine, int], list[Any]]
Stamped = Callable[..., Stamp]


class Round:
    """One primary school that requires improvement, and the check of it on any day."""

    def __init__(self, engine: Engine, calendar: SchoolCalendar, stamp: Stamped, file: Callable[..., Path]) -> None:
        self.engine, self.calendar, self.stamp, self.file = engine, calendar, stamp, file

    def check(self, half_term: str, on: str) -> CheckReport:
        return run_check(self.engine, self.calendar, self.calendar.half_term(half_term), self.stamp(on))

    def returned(self, half_term: str, percent: int, pupils: int = 100) -> None:
        lines = [
            f"{URN},{half_term},{measure},{pupils},{pupils * percent // 100},2025-11-20"
            for measure in ("reading", "writing", "mathematics")
        ]
        header = "urn,half_term,measure,pupils,on_track,received"
        load_returns(self.engine, self.file(header, *lines), self.calendar, self.stamp("2025-11-20"))

    def proposed(self, half_term: str, on: str) -> list[str]:
        return [one["trigger"] for one in self.check(half_term, on).proposed]

    def outcome(self, half_term: str) -> str:
        query = select(Return.outcome).where(Return.urn == URN, Return.half_term == half_term)
        with self.engine.connect() as connection:
            return str(connection.scalar(query))


@pytest.fixture
def school(
    engine: Engine,
    calendar: SchoolCalendar,
    stamp: Stamped,
    register: Callable[..., Path],
    table_file: Callable[..., Path],
) -> Round:
    load_register(engine, register({"rating": "Requires improvement"}), "999", stamp("2025-09-01"))
    return Round(engine, calendar, stamp, table_file)


@pytest.fixture
def checked(fenshire: Engine, calendar: SchoolCalendar, stamp: Stamped) -> Callable[..., CheckReport]:
    """The check of all Fenshire."""

    def run(on: str = "2025-12-01", half_term: str = SECOND) -> CheckReport:
        return run_check(fenshire, calendar, calendar.half_term(half_term), stamp(on))

    return run


def test_monitored_schools_are_asked_and_no_others(
    fenshire: Engine, checked: Callable[..., CheckReport], policy: Policy
) -> None:
    report = checked()
    assert (report.cases, report.monitored, report.requested, report.letters_drafted) == (54, 24, 24, 48)
    query = select(Case.state).join(Return, Return.urn == Case.urn)
    with fenshire.connect() as connection:
        assert {state for [state] in connection.execute(query)} <= set(policy.monitoring.states)


def test_second_run_adds_nothing(fenshire: Engine, checked: Callable[..., CheckReport], contents: Contents) -> None:
    checked()
    before = contents(fenshire)
    report = checked()
    assert (report.requested, report.already_requested, report.did_something) == (0, 24, False)
    assert contents(fenshire) == before


def test_second_run_of_a_full_round_adds_nothing(
    fenshire: Engine, checked: Callable[..., CheckReport], contents: Contents, calendar: SchoolCalendar, stamp: Stamped
) -> None:
    checked("2025-11-04", "2025-26/1")
    load_returns(fenshire, DEMO / "returns.csv", calendar, stamp("2026-01-20"))
    report = checked("2026-01-20")
    assert (len(report.evaluated), len(report.missing)) == (45, 1)
    before = contents(fenshire)
    assert not checked("2026-01-20").did_something
    assert contents(fenshire) == before


def test_check_moves_no_school(
    fenshire: Engine, checked: Callable[..., CheckReport], calendar: SchoolCalendar, stamp: Stamped
) -> None:
    with fenshire.connect() as connection:
        before = connection.execute(select(Case.urn, Case.state).order_by(Case.id)).all()
    load_returns(fenshire, DEMO / "returns.csv", calendar, stamp("2026-01-20"))
    assert checked("2026-01-20").proposed
    with fenshire.connect() as connection:
        assert connection.execute(select(Case.urn, Case.state).order_by(Case.id)).all() == before


def test_request_is_an_event_with_its_letters(school: Round, events_of: Events) -> None:
    school.check(SECOND, "2025-12-01")
    event = events_of(school.engine, URN)[-1]
    assert (event.kind, event.evidence["due_on"]) == ("requested", "2025-12-15")
    assert list(event.evidence["letters"]) == ["PR-990001-2025-26-2-C", "PR-990001-2025-26-2-H"]


def test_silence_is_flagged_once_when_due_is_past(school: Round) -> None:
    school.check(SECOND, "2025-12-01")
    counts = [len(school.check(SECOND, day).missing) for day in ("2025-12-15", "2025-12-16", "2025-12-17")]
    assert (counts, school.outcome(SECOND)) == ([0, 1, 0], "missing")


def test_late_return_is_evaluated_after_all(school: Round) -> None:
    school.check(SECOND, "2025-12-01")
    school.check(SECOND, "2026-01-10")
    school.returned(SECOND, 90)
    assert [one["outcome"] for one in school.check(SECOND, "2026-01-12").evaluated] == ["on_track"]
    assert school.outcome(SECOND) == "on_track"


@pytest.mark.parametrize(
    ("percent", "pupils", "outcome"),
    [(90, 100, "on_track"), (70, 100, "on_track"), (40, 100, "off_track"), (100, 5, "insufficient")],
    ids=["on track", "within tolerance", "off track", "too few pupils"],
)
def test_return_is_judged_by_policy(school: Round, percent: int, pupils: int, outcome: str) -> None:
    school.returned(SECOND, percent, pupils)
    report = school.check(SECOND, "2025-12-01")
    assert report.outcomes == {outcome: 1}
    assert school.outcome(SECOND) == outcome


def test_school_that_has_returned_is_not_asked(school: Round) -> None:
    school.returned(SECOND, 90)
    report = school.check(SECOND, "2025-12-01")
    assert (report.requested, report.already_requested, report.letters_drafted) == (0, 1, 0)


def test_off_track_is_proposed_with_its_evidence(
    school: Round, events_of: Events, state_of: Callable[[Engine, int], str]
) -> None:
    school.returned(SECOND, 40)
    assert school.proposed(SECOND, "2025-12-01") == ["raise_concern"]
    event = events_of(school.engine, URN)[-1]
    assert (event.kind, event.trigger, event.evidence["half_term"]) == ("proposed", "raise_concern", SECOND)
    assert "Reading: 40 of 100 pupils (40%) on track" in event.evidence["findings"][0]
    assert state_of(school.engine, URN) == "requires_improvement"


@pytest.mark.parametrize(("percent", "pupils"), [(90, 100), (100, 5)], ids=["on track", "insufficient"])
def test_no_move_is_proposed_without_ground(school: Round, percent: int, pupils: int) -> None:
    school.returned(SECOND, percent, pupils)
    assert school.proposed(SECOND, "2025-12-01") == []


def test_two_silent_half_terms_are_proposed_as_a_concern(school: Round) -> None:
    school.check("2025-26/1", "2025-09-10")
    assert school.proposed(SECOND, "2025-12-01") == []
    assert school.proposed(SECOND, "2026-01-10") == ["raise_concern"]
    assert school.proposed(SECOND, "2026-01-11") == []


def test_correction_for_the_worse_is_proposed(school: Round) -> None:
    school.returned(SECOND, 90)
    assert school.proposed(SECOND, "2025-12-01") == []
    school.returned(SECOND, 40)
    assert school.proposed(SECOND, "2025-12-02") == ["raise_concern"]


def test_correction_of_an_older_return_proposes_nothing_again(
    school: Round, assert_record_holds: Callable[[Engine], None]
) -> None:
    school.returned("2025-26/1", 90)
    school.returned(SECOND, 40)
    assert school.proposed(SECOND, "2025-12-01") == ["raise_concern"]
    school.returned("2025-26/1", 85)
    assert school.proposed(SECOND, "2025-12-02") == []
    assert_record_holds(school.engine)


def test_correction_within_a_run_is_a_new_run(school: Round, stamp: Stamped) -> None:
    move_school(school.engine, URN, "enter_transition", {}, "A new head", "", stamp("2025-09-02"))
    school.returned("2025-26/1", 90)
    school.returned(SECOND, 90)
    assert school.proposed(SECOND, "2025-12-01") == ["settle"]
    school.returned("2025-26/1", 85)
    assert school.proposed(SECOND, "2025-12-02") == ["settle"]


def test_return_of_a_later_half_term_waits(school: Round) -> None:
    school.returned(SECOND, 40)
    report = school.check("2025-26/1", "2025-11-20")
    assert (report.evaluated, report.proposed, report.requested) == ([], [], 1)


def test_check_before_the_half_term_opens_is_refused(
    fenshire: Engine, checked: Callable[..., CheckReport], contents: Contents
) -> None:
    before = contents(fenshire)
    with pytest.raises(TooEarly, match=r"opens on 4 November 2025; it cannot be checked on 3 November 2025"):
        checked("2025-11-03")
    assert contents(fenshire) == before


def test_half_term_may_be_checked_long_after(checked: Callable[..., CheckReport]) -> None:
    report = checked("2026-10-05")
    assert (report.requested, report.on) == (24, date(2026, 10, 5))


def test_closed_school_is_not_asked(school: Round, register: Callable[..., Path]) -> None:
    closed = register({"rating": "Requires improvement", "status": "Closed"})
    load_register(school.engine, closed, "999", school.stamp("2025-11-05"))
    assert school.check(SECOND, "2025-12-01").requested == 0


def test_independent_school_is_not_asked(school: Round, register: Callable[..., Path]) -> None:
    independent = register({"urn": "990002", "rating": "Inadequate", "type": "11"})
    load_register(school.engine, independent, "999", school.stamp("2025-11-05"))
    assert school.check(SECOND, "2025-12-01").requested == 1


def test_opened_academy_is_not_asked(school: Round, stamp: Stamped) -> None:
    facts = {"inspected_on": "2025-09-02", "eligible_under": "s62", "academy_order_on": "2025-09-03"}
    facts |= {"opened_on": "2025-10-01"}
    for trigger in ("judged_inadequate", "record_academy_order", "open_as_academy"):
        move_school(school.engine, URN, trigger, facts, "As recorded", "", stamp("2025-10-02"))
    report = school.check(SECOND, "2025-12-01")
    assert (report.cases, report.monitored, report.requested) == (0, 0, 0)


def test_reports_of_chunks_add_up_to_the_whole(
    fenshire: Engine, calendar: SchoolCalendar, stamp: Stamped, policy: Policy
) -> None:
    load_returns(fenshire, DEMO / "returns.csv", calendar, stamp("2026-01-20"))
    half_term, signed = calendar.half_term("2025-26/3"), stamp("2026-01-20")
    ids = monitored_case_ids(fenshire, policy)
    parts = [check_chunk(fenshire, ids[at : at + 7], calendar, half_term, signed) for at in range(0, len(ids), 7)]
    whole = reduce(CheckReport.plus, parts, begin_check(fenshire, half_term, signed))
    assert (whole.cases, whole.monitored, whole.requested, len(whole.evaluated)) == (54, 24, 24, 45)
    assert sum(whole.outcomes.values()) == 45


def test_more_schools_than_one_chunk_are_all_asked(
    engine: Engine, calendar: SchoolCalendar, stamp: Stamped, register: Callable[..., Path]
) -> None:
    rows = ({"urn": str(urn), "rating": "Inadequate"} for urn in range(500001, 501002))
    load_register(engine, register(*rows), "999", stamp("2025-11-05"))
    shown: list[int] = []
    report = run_check(engine, calendar, calendar.half_term(SECOND), stamp("2025-12-01"), shown.append)
    assert (report.requested, shown) == (1001, [500, 500, 1])


def test_school_that_left_monitoring_meanwhile_is_passed_over(school: Round, stamp: Stamped, policy: Policy) -> None:
    ids = monitored_case_ids(school.engine, policy)
    facts = {"inspected_on": "2025-11-01"}
    move_school(school.engine, URN, "judged_good_or_better", facts, "Ofsted", "", stamp("2025-11-05"))
    half_term = school.calendar.half_term(SECOND)
    assert check_chunk(school.engine, ids, school.calendar, half_term, stamp("2025-12-01")).monitored == 0


def test_letters_of_a_check_share_a_batch(fenshire: Engine, checked: Callable[..., CheckReport]) -> None:
    checked()
    query = select(Letter.batch).where(Letter.kind == "progress_request").distinct()
    with fenshire.connect() as connection:
        assert list(connection.scalars(query)) == ["progress_request-2025-26-2"]


@given(on=st.dates(date(2024, 9, 5), date(2027, 6, 20)), days=st.integers(1, 30))
def test_return_is_due_on_a_school_weekday(on: date, days: int) -> None:
    calendar = load_calendar()
    due = due_date(on, days, calendar)
    assert (due - on).days >= days
    assert due.weekday() < 5
    assert calendar.on(due) is not None


def test_every_proposal_of_policy_is_a_row_of_the_table(policy: Policy) -> None:
    rules = [(state, rule.trigger) for rule in policy.monitoring.proposals for state in rule.states]
    assert [rule for rule in rules if rule not in SCHOOL.moves] == []


def test_letters_without_an_address_are_counted(school: Round, emailing_policy: Policy) -> None:
    signed = replace(school.stamp("2025-12-01"), policy=emailing_policy)
    report = run_check(school.engine, school.calendar, school.calendar.half_term(SECOND), signed)
    assert report.not_emailed == {
        "No email address is recorded for the headteacher.": 1,
        "No email address is recorded for the chair of governors.": 1,
    }


def test_policy_decides_the_days_to_reply(school: Round, policy: Policy) -> None:
    monitoring = policy.monitoring.model_copy(update={"reply_within_days": 3})
    quick = replace(school.stamp("2025-12-01"), policy=policy.model_copy(update={"monitoring": monitoring}))
    run_check(school.engine, school.calendar, school.calendar.half_term(SECOND), quick)
    with school.engine.connect() as connection:
        assert connection.scalar(select(Return.due_on)) == date(2025, 12, 4)
