"""Putting right what the record says of a move: what may be, what may not, and what everything reads afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from casework import corrections
from casework.caseload import school_case
from casework.corrections import CannotCorrect, Corrected, correct
from casework.dispatch import PostRoom, send_letters
from casework.errors import NotAttributed, NotFound
from casework.letters import Selection, approve_letters
from casework.moves import Ask, make_move, move_school, open_case
from casework.policy_change import CannotMigrate, preview
from casework.record import Decisions, Stamp
from casework.register import load_register
from casework.story import standing, states_as_of
from casework.tables import Case, Event, EventKind, Letter
from casework.unit_of_work import reading, transact
from casework.verify import verify
from notifications.channels.folder import FolderChannel
from notifications.pdf import Typesetter
from notifications.wording import Wording
from states.clocks import Calendars, ImpossibleDates
from states.facts import NotAFact
from states.half_terms import load_calendar
from states.machine import Moved
from states.policy import Policy, load_policy
from states.tracks.notice import NOTICE
from states.working_days import load_working_days

CALENDARS = Calendars(load_working_days(), load_calendar())
URN = 990001
TODAY = date(2026, 2, 2)
COMPLETE = {
    "grounds": "low_standards",
    "contents": "matters,action_required,compliance_period,action_minded_to_take",
    "copies": "chief_inspector,head_teacher,secretary_of_state",
    "period_ends": "2026-01-30",
    "given_on": "2026-01-02",
}

NOW = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)

Correct = Callable[..., Corrected]


@pytest.fixture
def told(engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp]) -> Engine:
    """A school: on the register from 1 September, a concern from 1 October, an audit from 3 November."""
    load_register(engine, register({"rating": "Requires improvement"}), "999", stamp("2025-09-01"))
    for trigger, day in (("raise_concern", "2025-10-01"), ("begin_audit", "2025-11-03")):
        move_school(engine, URN, trigger, {}, f"Because of {day}", "Visits", stamp(day))
    return engine


@pytest.fixture
def right(told: Engine, stamp: Callable[..., Stamp]) -> Correct:
    """Corrects an event of that school: `right("school#3", on="2025-10-08")`."""

    def put(name: str, on: str = "", **asked: Any) -> Corrected:
        day = date.fromisoformat(on) if on else None
        ask = corrections.Ask(event=name, reason="A slip of the pen", on=day, **asked)
        return correct(told, URN, ask, CALENDARS, stamp("2026-02-02"))

    return put


def state_on(engine: Engine, day: str) -> str | None:
    with reading(engine) as session:
        return states_as_of(session, date.fromisoformat(day)).get(URN)


def last_event(engine: Engine) -> Any:
    with engine.connect() as connection:
        events = Event.__table__
        return connection.execute(select(events).order_by(events.c.case_id, events.c.seq.desc()).limit(1)).one()


def faults(engine: Engine, home: Path) -> list[Any]:
    return verify(engine, home / "seals.jsonl").faults


def test_move_counts_from_the_right_day(told: Engine, right: Correct) -> None:
    made = right("school#3", on="2025-10-08")
    assert (made.event, made.corrects, made.was_on) == ("school#5", "school#3", date(2025, 10, 1))
    assert [state_on(told, day) for day in ("2025-10-07", "2025-10-08")] == ["requires_improvement", "causing_concern"]
    assert state_on(told, "2026-02-02") == "under_audit"


def test_correction_is_an_event_that_names_the_wrong_one(told: Engine, right: Correct) -> None:
    right("school#3", on="2025-10-08")
    event = last_event(told)
    assert (event.kind, event.trigger, event.corrects, event.reason) == ("corrected", "redate", 3, "A slip of the pen")
    assert (event.source, event.destination) == ("requires_improvement", "causing_concern")
    assert (event.occurred_on, event.effective_on) == (TODAY, date(2025, 10, 8))


def test_newest_of_several_corrections_counts(told: Engine, right: Correct, home: Path) -> None:
    right("school#3", on="2025-10-08")
    right("school#3", on="2025-10-15")
    right("school#6", on="2025-10-20")
    days = ("2025-10-19", "2025-10-20")
    assert [state_on(told, day) for day in days] == ["requires_improvement", "causing_concern"]
    assert faults(told, home) == []


@pytest.mark.parametrize(
    ("name", "on", "why"),
    [
        ("school#3", "2025-08-31", r"school#2 came before it and counts from 1 September 2025"),
        ("school#3", "2025-11-03", r"school#4 came after it and counts from 3 November 2025\. Give an earlier day"),
        ("school#3", "2025-11-04", r"school#4 came after it"),
        ("school#1", "2025-09-01", r"says so already"),
        ("school#4", "2025-11-03", r"school#4 says so already: there is nothing to correct"),
        ("school#4", "2026-02-03", r"3 February 2026 has not come yet"),
        ("school#9", "2025-11-04", r"There is no school#9: the case has 4 events"),
        ("0", "2025-11-04", r"There is no school#0"),
        ("notice/1#1", "2025-11-04", r"The school has no case notice 990001/1"),
    ],
)
def test_day_that_cannot_be_right_is_refused(
    told: Engine, right: Correct, contents: Callable[[Engine], Any], name: str, on: str, why: str
) -> None:
    before = contents(told)
    with pytest.raises((CannotCorrect, NotFound), match=why):
        right(name, on=on)
    assert contents(told) == before


def test_move_may_count_from_the_day_of_the_one_before(told: Engine, right: Correct, home: Path) -> None:
    right("school#4", on="2025-10-01")
    assert [state_on(told, day) for day in ("2025-09-30", "2025-10-01")] == ["requires_improvement", "under_audit"]
    assert faults(told, home) == []


@pytest.mark.parametrize("day", ["2025-11-20", "2025-10-08"], ids=["later", "earlier"])
def test_last_move_is_where_the_case_came_from(told: Engine, right: Correct, day: str) -> None:
    right("school#4" if day > "2025-11-03" else "school#3", on=day)
    with reading(told) as session:
        case = school_case(session, URN).case
    assert case.came_from == "causing_concern"
    assert case.last_moved_on == (date(2025, 11, 20) if day > "2025-11-03" else date(2025, 11, 3))


def test_next_move_may_not_count_from_before_the_right_day(
    told: Engine, right: Correct, stamp: Callable[..., Stamp]
) -> None:
    right("school#4", on="2025-11-20")
    outcome, _ = move_school(told, URN, "clear_audit", {}, "Nothing found", "", stamp("2025-11-19"))
    assert "last moved on 20 November 2025" in outcome.sentence  # type: ignore[union-attr]


def test_voided_move_takes_the_case_back(told: Engine, right: Correct, home: Path) -> None:
    made = right("school#4", void=True)
    assert (made.state, state_on(told, "2025-12-01")) == ("causing_concern", "causing_concern")
    event = last_event(told)
    assert (event.trigger, event.corrects, event.destination) == ("void", 4, None)
    assert event.evidence == {"was_on": "2025-11-03", "from": "under_audit", "to": "causing_concern"}
    assert faults(told, home) == []


def test_after_a_void_the_case_moves_on_from_before(
    told: Engine, right: Correct, stamp: Callable[..., Stamp], home: Path
) -> None:
    right("school#4", void=True)
    move_school(told, URN, "lift_concern", {}, "All is well", "A visit", stamp("2025-10-15"))
    right("school#3", on="2025-10-10")
    days = ("2025-10-09", "2025-10-10", "2025-10-15", "2025-12-01")
    want = ["requires_improvement", "causing_concern", "requires_improvement", "requires_improvement"]
    assert [state_on(told, day) for day in days] == want
    assert faults(told, home) == []


def test_moves_are_voided_from_the_newest_on(told: Engine, right: Correct, home: Path) -> None:
    with pytest.raises(CannotCorrect, match=r"Later moves rest on it: school#4 of 3 November 2025\. Void them first"):
        right("school#3", void=True)
    right("school#4", void=True)
    assert right("school#3", void=True).state == "requires_improvement"
    assert state_on(told, "2026-02-02") == "requires_improvement"
    assert faults(told, home) == []


@pytest.mark.parametrize("how", [{"void": True}, {"on": "2025-11-04"}, {"facts": {"audit_outcome": "None"}}])
def test_void_event_can_only_be_made_again(right: Correct, how: dict[str, Any]) -> None:
    right("school#4", void=True)
    with pytest.raises(CannotCorrect, match=r"school#4 is void\. If it did happen after all, make the move again"):
        right("school#4", **how)


def test_beginning_of_a_case_is_never_void(right: Correct) -> None:
    with pytest.raises(CannotCorrect, match="school#1 is the beginning of the case"):
        right("school#1", void=True)


def test_beginning_of_a_case_can_be_dated_back(told: Engine, right: Correct, home: Path) -> None:
    right("school#1", on="2025-08-01")
    assert [state_on(told, day) for day in ("2025-07-31", "2025-08-01")] == [None, "unclassified"]
    assert faults(told, home) == []


def test_only_moves_can_be_corrected(told: Engine, right: Correct, stamp: Callable[..., Stamp]) -> None:
    move_school(told, URN, "settle", {}, "Too soon", "", stamp("2025-11-04"))
    with pytest.raises(CannotCorrect, match=r"school#5 is no move \(refused\)\. Only moves can be corrected"):
        right("school#5", on="2025-11-05")


def test_no_void_into_a_state_that_the_policy_does_not_use(
    told: Engine, right: Correct, stamp: Callable[..., Stamp]
) -> None:
    right("school#4", void=True)
    ask = corrections.Ask(event="school#3", reason="A slip", void=True)
    without = load_policy("norfolk-2013").model_copy(deep=True)
    object.__setattr__(without, "uses", lambda state: state != "requires_improvement")
    with pytest.raises(CannotCorrect, match="would go back to “Requires improvement”, which the policy norfolk-2013"):
        correct(told, URN, ask, CALENDARS, stamp("2026-02-02", policy=without))


def test_fact_is_corrected_and_its_day_stays(told: Engine, right: Correct, home: Path) -> None:
    made = right("school#3", facts={"audit_outcome": "Serious weaknesses"})
    event = last_event(told)
    assert made.facts == {"audit_outcome": ("", "Serious weaknesses")}
    assert (event.trigger, event.destination, event.effective_on) == ("restate", None, date(2025, 10, 1))
    assert state_on(told, "2025-10-01") == "causing_concern"
    assert faults(told, home) == []


@pytest.mark.parametrize(
    ("facts", "error", "why"),
    [
        ({"weather": "fair"}, NotAFact, "There is no fact called 'weather'"),
        ({"inspected_on": "June"}, NotAFact, "inspected_on is a date"),
        (
            {"inspected_on": "2025-10-02"},
            CannotCorrect,
            "The date inspected_on is 2 October 2025, after 1 October 2025",
        ),
        ({"audit_outcome": ""}, CannotCorrect, "says so already"),
    ],
)
def test_fact_that_cannot_be_right_is_refused(
    right: Correct, facts: dict[str, str], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        right("school#3", facts=facts)


def test_correction_needs_a_reason(told: Engine, stamp: Callable[..., Stamp]) -> None:
    with pytest.raises(NotAttributed, match="No reason is given"):
        correct(told, URN, corrections.Ask(event="4", reason=" ", void=True), CALENDARS, stamp("2026-02-02"))


@pytest.fixture
def noticed(told: Engine, stamp: Callable[..., Stamp]) -> Engine:
    """A notice of the school, given on 2 January 2026 and recorded as of that day."""
    asks = (("check", {}, "Bea Marsh"), ("give", {}, "Ada Quill"))
    open_case(told, URN, NOTICE, Ask("draft", COMPLETE, "The audit found it inadequate"), stamp("2025-12-20"))
    for trigger, facts, actor in asks:
        made = make_move(told, URN, NOTICE, Ask(trigger, facts, "As agreed"), stamp("2026-01-02", actor=actor))
        assert isinstance(made.outcome, Moved), made.outcome
    return told


def clocks(engine: Engine, policy: Policy) -> dict[str, Any]:
    with reading(engine) as session:
        return {one["name"]: one for one in standing(session, URN, policy, CALENDARS, TODAY)["deadlines"]}


def test_clock_follows_the_right_day(told: Engine, right: Correct, stamp: Callable[..., Stamp], policy: Policy) -> None:
    report = {"inspected_on": "2025-11-18", "reported_on": "2025-12-01"}
    move_school(told, URN, "judged_inadequate", report, "Ofsted's report", "The report", stamp("2025-12-01"))
    before = clocks(told, policy)["statement_of_action_by"]
    made = right("school#5", on="2025-12-08")
    after = clocks(told, policy)["statement_of_action_by"]
    assert made.facts == {"reported_on": ("2025-12-01", "2025-12-08")}
    assert (made.clocks, "8 December 2025" in after["sentence"]) == ((after["sentence"],), True)
    assert after["date"] > before["date"]


def test_clock_stays_where_it_was_if_nothing_is_corrected_for_it(
    noticed: Engine, right: Correct, policy: Policy
) -> None:
    before = clocks(noticed, policy)
    assert right("school#3", on="2025-10-08").clocks == ()
    assert clocks(noticed, policy) == before


def test_wrong_fact_is_put_right_wherever_it_was_repeated(
    noticed: Engine, right: Correct, stamp: Callable[..., Stamp], policy: Policy
) -> None:
    right("notice/1#1", facts={"period_ends": "2026-01-20"})
    assert clocks(noticed, policy)["compliance_period_ends"]["date"] == date(2026, 1, 20)
    over = Ask("record_non_compliance", {}, "Nothing was done", "A visit")
    assert isinstance(make_move(noticed, URN, NOTICE, over, stamp("2026-01-22")).outcome, Moved)


def test_fact_stated_anew_since_is_left_alone(noticed: Engine, right: Correct, policy: Policy) -> None:
    right("notice/1#3", facts={"period_ends": "2026-01-27"})
    right("notice/1#1", facts={"period_ends": "2026-01-20"})
    assert clocks(noticed, policy)["compliance_period_ends"]["date"] == date(2026, 1, 27)


def test_days_that_contradict_each_other_are_refused(
    noticed: Engine, right: Correct, contents: Callable[[Engine], Any]
) -> None:
    before = contents(noticed)
    with pytest.raises(ImpossibleDates):
        right("notice/1#3", facts={"period_ends": "2025-12-30"})
    assert contents(noticed) == before


def test_voided_notice_leaves_no_clock(noticed: Engine, right: Correct, policy: Policy, home: Path) -> None:
    assert right("notice/1#3", void=True).state == "checked"
    assert "compliance_period_ends" not in clocks(noticed, policy)
    assert faults(noticed, home) == []


def test_what_a_voided_move_brought_about_is_told(
    noticed: Engine, right: Correct, stamp: Callable[..., Stamp], state_of: Callable[..., str]
) -> None:
    later = stamp("2026-01-20", now=NOW + timedelta(minutes=1))
    move_school(noticed, URN, "close", {"closed_on": "2026-01-20"}, "The school closed", "", later)
    made = right("school#6", void=True)
    assert made.state == "under_audit"
    assert [line.partition(":")[0] for line in made.not_undone] == ["notice/1#4"]


@pytest.mark.parametrize(
    ("done", "group"),
    [(0, "rejected"), (1, "signed"), (2, "gone_out")],
    ids=["drafts", "signed", "sent"],
)
def test_letters_of_a_voided_move_are_told(
    told: Engine, right: Correct, stamp: Callable[..., Stamp], tmp_path: Path, done: int, group: str, home: Path
) -> None:
    _, letters = move_school(told, URN, "lift_concern", {}, "All is well", "A visit", stamp("2025-12-01"))
    chosen, wording = Selection(references=tuple(letters)), Wording()
    if done:
        approve_letters(told, chosen, stamp("2025-12-02", actor="Bea Marsh"), wording)
    if done > 1:
        folder = FolderChannel(tmp_path)
        send_letters(told, chosen, PostRoom(folder, folder, wording, Typesetter()), stamp("2025-12-02"))
    assert letters
    assert getattr(right("school#5", void=True).letters, group) == tuple(sorted(letters))
    with reading(told) as session:
        states = set(session.scalars(select(Letter.state).where(Letter.reference.in_(letters))))
    assert states == {["rejected", "approved", "sent"][done]}
    assert faults(told, home) == []


def test_voided_move_answers_no_proposal(
    told: Engine, right: Correct, stamp: Callable[..., Stamp], policy: Policy
) -> None:
    def propose(session: Session) -> None:
        decisions = Decisions(stamp("2025-11-10"))
        case = school_case(session, URN).case
        decisions.note(case, EventKind.PROPOSED, "All is well", trigger="lift_concern", evidence={}, once=None)
        decisions.write(session)

    transact(told, propose)
    right("school#4", on="2025-11-04")
    move_school(told, URN, "lift_concern", {}, "As proposed", "A visit", stamp("2025-12-01"))
    right("school#7", void=True)
    with reading(told) as session:
        proposed = standing(session, URN, policy, CALENDARS, TODAY)["proposed"]
    assert [one["trigger"] for one in proposed] == ["lift_concern"]


def test_change_of_policy_sees_the_right_day(told: Engine, right: Correct, policy: Policy) -> None:
    right("school#3", on="2025-10-08")
    new = load_policy("norfolk-2013-mi")
    with pytest.raises(CannotMigrate, match="the last on 3 November 2025"):
        preview(told, policy, new, date(2025, 11, 2))
    assert len(preview(told, policy, new, date(2025, 11, 3)).cases) == 1


def test_only_the_right_move_stands_for_the_fold(told: Engine, right: Correct, home: Path) -> None:
    right("school#3", on="2025-10-08")
    with told.begin() as connection:
        connection.execute(update(Case).where(Case.urn == URN).values(state="causing_concern"))
    assert [fault.what for fault in faults(told, home)] == ["is causing_concern, but its events make it under_audit."]
