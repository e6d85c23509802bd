"""What is due on a day, overdue, lapsed or silent, over the whole caseload, and why."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, update

from casework.check import run_check
from casework.due import due
from casework.due_report import DueReport, Group, Item
from casework.moves import Ask, make_move, open_case
from casework.record import Stamp
from casework.register import load_register
from casework.returns import load_returns
from casework.tables import Case, Event, Letter
from casework.unit_of_work import reading
from states.clocks import Calendars
from states.half_terms import load_calendar
from states.machine import Moved
from states.policy import Policy
from states.tracks import TRACKS
from states.tracks.letter import LetterState
from states.working_days import load_working_days

Stamped = Callable[..., Stamp]
Move = Callable[..., None]
Ask_ = Callable[..., DueReport]
CALENDARS = Calendars(load_working_days(), load_calendar())
URN, NEIGHBOUR = 990001, 990002
GIVEN = "2013-11-18"
COMPLETE = {
    "given_on": GIVEN,
    "grounds": "low_standards",
    "contents": "matters,action_required,initial_period,action_minded_to_take,right_of_representations",
    "copies": "chief_inspector,head_teacher",
}


@pytest.fixture
def school(engine: Engine, register: Callable[..., Path], stamp: Stamped) -> Engine:
    """Two community schools of the autumn of 2013: one without a grade, and a good one."""
    load_register(engine, register({"rating": ""}, {"urn": str(NEIGHBOUR)}), "999", stamp("2013-09-02"))
    return engine


@pytest.fixture
def move(school: Engine, stamp: Stamped) -> Move:
    """`move("notice", "give", on=…, by=…, **facts)`: one move with evidence; the first of a track begins its case."""

    def made(track: str, trigger: str, on: str, by: str = "Ada Quill", **facts: str) -> None:
        ask, signed = Ask(trigger, facts, "As agreed", "Visit"), stamp(on, actor=by)
        if trigger == TRACKS[track].opens_by:
            open_case(school, URN, TRACKS[track], ask, signed)
        else:
            outcome = make_move(school, URN, TRACKS[track], ask, signed).outcome
            assert isinstance(outcome, Moved), outcome

    return made


@pytest.fixture
def given(move: Move) -> None:
    """A notice given on 18 November 2013."""
    move("school", "raise_concern", "2013-10-01")
    move("school", "begin_audit", "2013-11-04")
    move("notice", "draft", GIVEN)
    move("notice", "check", GIVEN, by="Ben Marsh", **COMPLETE)
    move("notice", "give", GIVEN)
    move("school", "give_notice", GIVEN)


@pytest.fixture
def asked(request: pytest.FixtureRequest, policy: Policy) -> Ask_:
    """`asked("2013-12-02", until=…)`, of the record of the test."""

    def found(on: str, until: str | None = None, record: str = "school", by: Policy = policy) -> DueReport:
        with reading(request.getfixturevalue(record)) as session:
            ahead = date.fromisoformat(until) if until else None
            return due(session, by, CALENDARS, date.fromisoformat(on), ahead)

    return found


def told(report: DueReport, group: Group) -> dict[str, Item]:
    return {item.what: item for item in report.of(group)}


def whats(report: DueReport) -> dict[str, list[str]]:
    return {group: sorted(told(report, group)) for group in Group if report.of(group)}


def test_clocks_of_a_notice_are_due_before_their_day(given: None, asked: Ask_) -> None:
    clock = told(asked("2013-12-02"), Group.DUE)["compliance_period_ends"]
    assert (clock.date, clock.days) == (date(2013, 12, 9), 7)
    assert (clock.urn, clock.school, clock.subject) == (URN, "Aldermere Primary School", "990001/1")
    assert clock.then == "`casework move 990001 record_compliance --track notice`"
    assert clock.why.startswith("The compliance period ends on Monday 9 December 2013: ")


def test_day_itself_is_still_due(given: None, asked: Ask_) -> None:
    assert told(asked("2013-12-09"), Group.DUE)["compliance_period_ends"].days == 0


@pytest.mark.parametrize(
    ("until", "listed", "later"),
    [(None, 3, 1), ("2013-12-08", 0, 4), ("2013-12-09", 3, 1), ("2014-02-09", 4, 0)],
    ids=["four weeks", "a day short", "to the day", "over the winter"],
)
def test_list_looks_ahead_as_far_as_it_is_asked(
    given: None, asked: Ask_, until: str | None, listed: int, later: int
) -> None:
    report = asked("2013-12-02", until=until)
    assert (len(report.of(Group.DUE)), report.later) == (listed, later)


def test_missed_period_is_overdue_and_says_what_may_be_decided(given: None, asked: Ask_) -> None:
    report = asked("2013-12-11")
    clock = told(report, Group.OVERDUE)["compliance_period_ends"]
    moves = [f"`casework move 990001 {move} --track notice`" for move in ("record_compliance", "record_non_compliance")]
    assert (clock.days, clock.then) == (-2, " or ".join(moves))
    assert whats(report) == {"overdue": ["compliance_period_ends"]}


def test_what_was_decided_is_overdue_no_more(given: None, move: Move, asked: Ask_) -> None:
    move("notice", "record_non_compliance", "2013-12-10")
    assert whats(asked("2013-12-11", until="2014-02-09")) == {"due": ["powers_start_by"]}


def test_unused_window_has_lapsed_until_it_is_recorded(given: None, move: Move, asked: Ask_) -> None:
    move("notice", "record_non_compliance", "2013-12-10")
    clock = told(asked("2014-02-10"), Group.LAPSED)["powers_start_by"]
    assert (clock.days, clock.then) == (-1, "`casework move 990001 lapse --track notice`")
    move("notice", "lapse", "2014-02-10")
    assert whats(asked("2014-02-10")) == {}


def test_earlier_day_is_told_as_it_was(given: None, move: Move, asked: Ask_) -> None:
    before = asked("2013-12-02").as_dict()
    move("notice", "withdraw", "2013-12-03")
    assert asked("2013-12-02").as_dict() == before
    assert whats(asked("2013-12-04")) == {}


def test_case_begun_later_is_not_there(given: None, asked: Ask_) -> None:
    assert whats(asked("2013-11-17")) == {}


def test_statement_of_action_is_asked_for_until_it_is_sent(move: Move, asked: Ask_) -> None:
    facts = {"inspected_on": "2013-10-01", "reported_on": "2013-10-21", "inadequate_as": "special_measures"}
    move("school", "judged_inadequate", "2013-10-21", **facts)
    clock = told(asked("2013-11-05"), Group.OVERDUE)["statement_of_action_by"]
    assert (clock.date, clock.then) == (date(2013, 11, 4), "`casework move 990001 send_statement_of_action`")
    move("school", "send_statement_of_action", "2013-11-06", statement_sent_on="2013-11-06")
    assert whats(asked("2013-11-07")) == {}


@pytest.fixture
def budget(given: None, move: Move) -> None:
    """The delegated budget, suspended since 8 January 2014 under the notice."""
    move("notice", "record_non_compliance", "2013-12-10")
    move("notice", "open_powers", "2013-12-10", intention_notified_on="2013-12-10")
    move("power", "propose", "2014-01-06")
    move("power", "begin", "2014-01-08", section="66", eligible_under="s60", received_on="2014-01-08")


def test_twelve_months_ahead_hold_the_review_and_the_end_of_the_term(budget: None, asked: Ask_) -> None:
    report = asked("2014-04-01", until="2015-03-31")
    ahead = {what: item.date for what, item in told(report, Group.DUE).items() if item.track == "power"}
    assert ahead == {"budget_review_by": date(2015, 3, 31), "fixed_term_ends": date(2015, 1, 8)}


def test_missed_review_is_overdue_until_a_later_one_is_made(budget: None, move: Move, asked: Ask_) -> None:
    assert "budget_review_by" in told(asked("2015-04-02"), Group.OVERDUE)
    move("power", "review", "2015-05-05")
    move("power", "continue", "2015-05-06")
    assert "budget_review_by" not in told(asked("2015-05-07"), Group.OVERDUE)


def test_school_that_cannot_be_read_is_named_and_hides_no_other(given: None, school: Engine, asked: Ask_) -> None:
    """A representation after the period, written past every guard: no clock can be worked out from it."""
    with school.begin() as connection:
        notice = connection.execute(select(Case.id, Case.version, Case.head).where(Case.track == "notice")).one()
        last = connection.execute(select(Event.__table__).where(Event.case_id == notice.id, Event.seq == 3)).one()
        forged = last._asdict() | {"seq": notice.version + 1, "trigger": "confirm", "hash": b"0" * 32}
        connection.execute(insert(Event).values(**forged | {"evidence": {"decided_on": "2013-11-20"}, "once": None}))
    report = asked("2013-12-11")
    assert [(one["urn"], "needs representations first" in one["problem"]) for one in report.unreadable] == [(URN, True)]
    assert "Clocks that cannot be worked out" in report.as_markdown()
    assert whats(report) == {}


# Silent


@pytest.mark.parametrize(("on", "silent"), [("2013-12-29", []), ("2013-12-30", ["nothing_moves"])])
def test_audit_of_which_nothing_is_heard_is_silent_after_eight_weeks(
    move: Move, asked: Ask_, on: str, silent: list[str]
) -> None:
    move("school", "raise_concern", "2013-10-01")
    move("school", "begin_audit", "2013-11-04")
    assert sorted(told(asked(on), Group.SILENT)) == silent


def test_silence_says_since_when_and_in_which_state(move: Move, asked: Ask_) -> None:
    move("school", "raise_concern", "2013-10-01")
    item = told(asked("2014-01-06"), Group.SILENT)["nothing_moves"]
    assert item.why == (
        "Nothing has moved since 1 October 2013, and no clock runs: school “Causing concern” since 1 October 2013"
    )
    assert (item.days, item.then) == (-97, "`casework show 990001`")


def test_school_with_a_clock_is_not_silent(given: None, asked: Ask_) -> None:
    assert told(asked("2014-02-01"), Group.SILENT) == {}


def test_good_school_is_silent_only_with_a_case_beside_it(move: Move, asked: Ask_) -> None:
    assert told(asked("2014-06-02"), Group.SILENT) == {}
    move("support", "offer", "2013-10-01")
    assert "support “Offered”" in told(asked("2014-06-02"), Group.SILENT)["nothing_moves"].why


def test_council_says_how_long_is_silent(move: Move, asked: Ask_, policy: Policy) -> None:
    move("school", "raise_concern", "2013-10-01")
    patient = policy.model_copy(update={"silence": policy.silence.model_copy(update={"after_days": 300})})
    assert told(asked("2014-06-02", by=patient), Group.SILENT) == {}
    unconcerned = policy.model_copy(update={"silence": policy.silence.model_copy(update={"states": ()})})
    assert told(asked("2014-06-02", by=unconcerned), Group.SILENT) == {}


def test_school_that_has_closed_asks_for_nobody(given: None, move: Move, asked: Ask_) -> None:
    move("school", "close", "2013-12-02", closed_on="2013-12-02")
    assert whats(asked("2014-06-02")) == {}


# Returns, checks and letters, on the made-up authority of demo/


@pytest.fixture
def checked(fenshire: Engine, stamp: Stamped) -> Engine:
    run_check(fenshire, CALENDARS.school, CALENDARS.school.half_term("2025-26/2"), stamp("2025-11-04"))
    return fenshire


def of_returns(report: DueReport, group: Group) -> set[tuple[str, date | None]]:
    return {(item.what, item.date) for item in report.of(group) if item.what.startswith("return")}


def test_return_is_due_then_overdue(checked: Engine, asked: Ask_) -> None:
    assert of_returns(asked("2025-11-18", record="checked"), Group.DUE) == {("return_due", date(2025, 11, 18))}
    assert of_returns(asked("2025-11-19", record="checked"), Group.OVERDUE) == {("return_due", date(2025, 11, 18))}


def test_return_that_never_came_is_silent(checked: Engine, asked: Ask_, stamp: Stamped) -> None:
    run_check(checked, CALENDARS.school, CALENDARS.school.half_term("2025-26/2"), stamp("2025-12-01"))
    report = asked("2025-12-02", record="checked")
    assert of_returns(report, Group.SILENT) == {("return_missing", date(2025, 11, 18))}
    assert of_returns(report, Group.OVERDUE) == set()


def test_return_that_came_waits_for_the_check_and_then_for_nobody(
    checked: Engine, asked: Ask_, stamp: Stamped, table_file: Callable[..., Path]
) -> None:
    schools = {item.urn for item in asked("2025-11-05", record="checked").of(Group.DUE) if item.what == "return_due"}
    urn = min(filter(None, schools))
    lines = [f"{urn},2025-26/2,{measure},30,28,2025-11-12" for measure in ("reading", "writing", "mathematics")]
    file = table_file("urn,half_term,measure,pupils,on_track,received", *lines)
    load_returns(checked, file, CALENDARS.school, stamp("2025-11-12"))
    came = told(asked("2025-11-13", record="checked"), Group.DUE)["return_to_evaluate"]
    assert (came.urn, came.then) == (urn, "`casework check 2025-26/2`")
    run_check(checked, CALENDARS.school, CALENDARS.school.half_term("2025-26/2"), stamp("2025-11-14"))
    assert urn not in {item.urn for item in asked("2025-11-14", record="checked").items}


def test_check_that_was_not_run_is_overdue(fenshire: Engine, asked: Ask_) -> None:
    item = told(asked("2025-11-06", record="fenshire"), Group.OVERDUE)["half_termly_check"]
    assert (item.urn, item.date, item.then) == (None, date(2025, 11, 4), "`casework check 2025-26/2`")


def test_check_that_was_run_is_not_asked_for_again(checked: Engine, asked: Ask_) -> None:
    assert "half_termly_check" not in told(asked("2025-11-06", record="checked"), Group.OVERDUE)


def test_next_half_term_is_due_on_the_day_that_it_opens(checked: Engine, asked: Ask_) -> None:
    until = {"until": "2026-01-06", "record": "checked"}
    item = told(asked("2025-12-01", **until), Group.DUE)["half_termly_check"]
    assert (item.date, item.then) == (date(2026, 1, 6), "`casework check 2025-26/3`")
    assert "half_termly_check" not in told(asked("2025-12-01", "2026-01-05", "checked"), Group.DUE)


def test_calendar_that_ends_within_reach_is_due(fenshire: Engine, asked: Ask_) -> None:
    ends = CALENDARS.school.last.closes
    within = asked("2026-02-02", until=ends.isoformat(), record="fenshire")
    assert told(within, Group.DUE)["calendar_ends"].date == ends
    assert "calendar_ends" not in told(asked("2026-02-02", record="fenshire"), Group.DUE)


def letters(report: DueReport) -> dict[str, tuple[int, str]]:
    return {row["state"]: (row["letters"], row["then"]) for row in report.letters if row["kind"] == "progress_request"}


def test_letters_wait_by_batch_and_state(checked: Engine, asked: Ask_) -> None:
    batch = "progress_request-2025-26-2"
    with checked.begin() as connection:
        found = connection.scalars(select(Letter.reference).where(Letter.batch == batch).limit(3)).all()
        for reference, state in zip(found, (LetterState.SENT, LetterState.UNKNOWN, LetterState.APPROVED), strict=True):
            connection.execute(update(Letter).where(Letter.reference == reference).values(state=state))
        total = len(connection.scalars(select(Letter.reference).where(Letter.batch == batch)).all())
    assert letters(asked("2026-02-02", record="checked")) == {
        "drafted": (total - 3, f"Read and sign: `casework letters approve --batch {batch}`"),
        "approved": (1, f"Send: `casework letters send --batch {batch}`"),
        "unknown": (1, "Decide on each: `casework letters unknown`"),
    }


def test_stopped_letters_say_why(checked: Engine, asked: Ask_) -> None:
    with checked.begin() as connection:
        connection.execute(update(Letter).values(stopped="A figure is wrong | *look*"))
    report = asked("2026-02-02", record="checked")
    assert letters(report)["drafted"][1] == "`casework letters resume --batch progress_request-2025-26-2`"
    assert r"Drafted, stopped: A figure is wrong \| \*look\*" in report.as_markdown()


def test_letter_drafted_later_does_not_wait_yet(checked: Engine, asked: Ask_) -> None:
    assert asked("2026-02-01", record="checked").letters == []


@pytest.fixture
def statements(fenshire: Engine) -> Iterator[list[str]]:
    """What the database is asked."""
    asked_of_it: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked_of_it.append(statement)

    event.listen(fenshire, "before_cursor_execute", note)
    yield asked_of_it
    event.remove(fenshire, "before_cursor_execute", note)


def test_record_is_asked_no_more_often_for_more_schools(
    fenshire: Engine, asked: Ask_, stamp: Stamped, statements: list[str]
) -> None:
    counts = []
    for urn in (990001, 990003, 990005, 990006):
        open_case(fenshire, urn, TRACKS["support"], Ask("offer", {}, "Agreed"), stamp("2025-11-10"))
        statements.clear()
        asked("2025-11-11", record="fenshire")
        counts.append(len(statements))
    assert len(set(counts)) == 1
    assert counts[0] <= 10


# The report and the command


def test_report_is_plain_json_that_counts_what_it_lists(checked: Engine, asked: Ask_) -> None:
    report = asked("2025-11-19", record="checked")
    data = json.loads(json.dumps(report.as_dict()))
    assert {group: len(data[group]) for group in ("due", "overdue", "lapsed", "silent")} == {
        group: data["counts"][group] for group in ("due", "overdue", "lapsed", "silent")
    }
    assert data["counts"]["overdue"] > 1
    assert set(data["overdue"][0]) == {
        "what", "why", "then", "date", "days", "urn", "school", "track", "subject",
    }  # fmt: skip


def test_page_tells_what_many_schools_share_in_one_line(checked: Engine, asked: Ask_) -> None:
    report = asked("2025-11-19", record="checked")
    [line] = [line for line in report.as_markdown().splitlines() if "The return for 2025-26/2 has not come" in line]
    many = len(report.of(Group.OVERDUE))
    assert line.startswith(f"| 18 November 2025, 1 day ago | {many} schools: ")
    assert line.endswith(
        f" and {many - 12} more | The return for 2025-26/2 has not come | `casework check 2025-26/2` |"
    )


def test_command_prints_json_alone(fenshire: Engine, casework: Callable[..., Any]) -> None:
    ran = casework("due", "--on", "2025-11-06", "--until", "2026-11-06", "--json")
    data = json.loads(ran.out)
    assert (ran.code, data["on"], data["until"]) == (0, "2025-11-06", "2026-11-06")
    assert [one["then"] for one in data["overdue"]] == ["`casework check 2025-26/2`"]


def test_command_tells_the_page_and_records_nothing(
    fenshire: Engine, casework: Callable[..., Any], contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(fenshire)
    ran = casework("due", "--on", "2025-11-06")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "# What is due on 6 November 2025")
    assert contents(fenshire) == before


def test_command_does_not_look_back(fenshire: Engine, casework: Callable[..., Any]) -> None:
    assert casework("due", "--on", "2025-11-06", "--until", "2025-11-05").code == 2
