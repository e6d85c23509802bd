"""Cases beside the school's own, through the service and the command: stated once, checked twice, followed through."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from casework.clockwork import school_deadlines
from casework.errors import NotFound
from casework.moves import Ask, Made, make_move, open_case
from casework.record import Decisions, Stamp
from casework.register import load_register
from casework.story import standing
from casework.tables import Case, Event
from casework.unit_of_work import reading
from casework.verify import verify
from states.clocks import Calendars
from states.facts import NotAFact
from states.half_terms import load_calendar
from states.machine import Moved, Refused
from states.policy import Policy
from states.tracks import TRACKS
from states.tracks.notice import NOTICE
from states.tracks.school import SCHOOL
from states.working_days import load_working_days

Stamped = Callable[..., Stamp]
Step = Callable[..., Made]
URN = 990001
GIVEN = "2013-11-18"
COMPLETE = {
    "given_on": GIVEN,
    "grounds": "low_standards",
    "contents": "matters,action_required,initial_period,action_minded_to_take,right_of_representations",
    "copies": "chief_inspector,head_teacher",
}
CALENDARS = Calendars(load_working_days(), load_calendar())


@pytest.fixture
def school(engine: Engine, register: Callable[..., Path], stamp: Stamped) -> Engine:
    """One community school, under audit since 4 November 2013."""
    load_register(engine, register({"rating": ""}), "999", stamp("2013-09-02"))
    for trigger in ("raise_concern", "begin_audit"):
        make_move(engine, URN, SCHOOL, Ask(trigger, {}, "Results fell", "Visit"), stamp("2013-11-04"))
    return engine


@pytest.fixture
def step(school: Engine, stamp: Stamped) -> Step:
    """`step("notice", "give", on=…, by=…, **facts)`: one move on a track, with evidence."""

    def made(track: str, trigger: str, on: str = GIVEN, by: str = "Ada Quill", **facts: str) -> Made:
        return make_move(school, URN, TRACKS[track], Ask(trigger, facts, "As agreed", "Visit"), stamp(on, actor=by))

    return made


@pytest.fixture
def begin(school: Engine, stamp: Stamped) -> Callable[..., str]:
    def begun(track: str, on: str = GIVEN, **facts: str) -> str:
        ask = Ask(TRACKS[track].opens_by, facts, "As agreed", "Visit")
        return open_case(school, URN, TRACKS[track], ask, stamp(on))

    return begun


@pytest.fixture
def given(begin: Callable[..., str], step: Step) -> None:
    """A notice of 18 November 2013: drafted by one officer, checked by another, given, and the school put under it."""
    begin("notice")
    step("notice", "check", by="Ben Marsh", **COMPLETE)
    step("notice", "give")
    step("school", "give_notice")


@pytest.fixture
def in_use(given: None, begin: Callable[..., str], step: Step) -> None:
    """The notice was not complied with, and additional governors are appointed."""
    step("notice", "record_non_compliance", on="2013-12-10")
    step("notice", "open_powers", on="2013-12-10", intention_notified_on="2013-12-10")
    begin("power", on="2014-01-06")
    step("power", "begin", on="2014-01-06", section="64", eligible_under="s60")


@pytest.fixture
def converting(in_use: None, step: Step) -> None:
    step("school", "record_academy_order", on="2014-02-03", eligible_under="s60", academy_order_on="2014-01-31")
    step("conversion", "match_sponsor", on="2014-03-03", sponsor="Larkfield Learning Trust")
    step("conversion", "agree_funding", on="2014-06-02", agreed_on="2014-05-30")


def told(engine: Engine, track: str, trigger: str) -> dict[str, Any]:
    """What the event of that move keeps."""
    query = select(Event.evidence).join(Case, Case.id == Event.case_id)
    with engine.connect() as connection:
        found = connection.scalars(query.where(Case.track == track, Event.trigger == trigger)).all()
    return dict(found[-1])


def states(engine: Engine) -> dict[str, str]:
    """Track and subject → state."""
    with engine.connect() as connection:
        rows = connection.execute(select(Case.track, Case.subject, Case.state)).all()
    return {f"{track} {subject}": state for track, subject, state in rows}


def clocks(engine: Engine, policy: Policy, on: str) -> dict[str, str]:
    with reading(engine) as session:
        due = school_deadlines(session, URN, policy, CALENDARS, date.fromisoformat(on))
    return {clock.name: clock.state.value for clock in due}


def test_notice_is_described_once_for_every_later_move(school: Engine, given: None) -> None:
    assert told(school, "notice", "give").items() >= COMPLETE.items()
    assert told(school, "school", "give_notice")["checked_by"] == "Ben Marsh"


def test_fact_stated_again_replaces_the_one_before(school: Engine, begin: Callable[..., str], step: Step) -> None:
    begin("notice", given_on="2013-11-15", grounds="safety")
    step("notice", "check", by="Ben Marsh", **COMPLETE)
    assert told(school, "notice", "check")["given_on"] == GIVEN


def test_fact_that_was_taken_back_is_gone_from_later_moves(
    school: Engine, begin: Callable[..., str], step: Step
) -> None:
    begin("notice", grounds="safety", sponsor="Larkfield Learning Trust")
    step("notice", "check", by="Ben Marsh", **COMPLETE | {"sponsor": "", "copies": ""})
    step("notice", "check", by="Ben Marsh", copies=COMPLETE["copies"])
    step("notice", "give")
    assert "sponsor" not in told(school, "notice", "give")


def test_only_a_fact_can_be_taken_back(begin: Callable[..., str], step: Step) -> None:
    begin("notice")
    with pytest.raises(NotAFact, match="no fact called 'mood'"):
        step("notice", "check", by="Ben Marsh", mood="")


def test_new_notice_takes_over_what_the_secretary_of_state_gave(
    school: Engine, given: None, begin: Callable[..., str], step: Step
) -> None:
    step("notice", "withdraw", secretary_notice_on="2013-11-11")
    begin("notice", notice_permitted_on=GIVEN)
    step("notice", "withdraw")
    begin("notice")
    assert told(school, "notice", "draft") == {
        "evidence": "Visit",
        "secretary_notice_on": "2013-11-11",
        "notice_permitted_on": GIVEN,
    }


@pytest.mark.parametrize("by", ["Ada Quill", "ADA QUILL", " ada  quill "])
def test_whoever_drafted_a_notice_cannot_check_it(begin: Callable[..., str], step: Step, by: str) -> None:
    begin("notice")
    outcome = step("notice", "check", by=by, **COMPLETE).outcome
    assert isinstance(outcome, Refused)
    assert [one.code for one in outcome.refusals] == ["same_officer"]


def test_refused_check_does_not_count_as_a_check(begin: Callable[..., str], step: Step) -> None:
    begin("notice")
    step("notice", "check", by="Ben Marsh", given_on=GIVEN)
    outcome = step("school", "give_notice", **COMPLETE).outcome
    assert isinstance(outcome, Refused)
    assert [one.code for one in outcome.refusals] == ["notice_not_checked"]


def test_given_notice_is_proposed_to_the_school_and_not_made(
    school: Engine, begin: Callable[..., str], step: Step, policy: Policy
) -> None:
    begin("notice")
    step("notice", "check", by="Ben Marsh", **COMPLETE)
    made = step("notice", "give")
    with reading(school) as session:
        stands = standing(session, URN, policy, CALENDARS, date(2013, 11, 18))
    assert (stands["state"], [one["trigger"] for one in stands["proposed"]]) == ("under_audit", ["give_notice"])
    assert made.follows == ["proposed on the school track: give_notice (A warning notice was given)"]


def test_move_of_the_school_answers_the_proposal(school: Engine, given: None, policy: Policy) -> None:
    with reading(school) as session:
        assert standing(session, URN, policy, CALENDARS, date(2013, 11, 19))["proposed"] == []


def test_refused_move_has_no_effect_beyond_its_case(begin: Callable[..., str], step: Step) -> None:
    begin("notice")
    made = step("notice", "give")
    assert isinstance(made.outcome, Refused)
    assert made.follows == made.letters == []


def test_opening_as_an_academy_ends_all_that_rested_on_the_school(school: Engine, converting: None, step: Step) -> None:
    step("conversion", "open", on="2014-09-01", opened_on="2014-09-01")
    assert states(school) == {
        f"school {URN}": "academy",
        f"notice {URN}/1": "withdrawn",
        f"power {URN}/1": "ended",
        f"conversion {URN}/1": "opened",
    }


def test_move_that_leaves_the_school_where_it_is_proposes_nothing_again(school: Engine, step: Step) -> None:
    judged = step("school", "judged_inadequate", on="2013-11-04", inspected_on="2013-10-01")
    assert [one.partition(":")[0] for one in judged.follows] == ["proposed on the power track"]
    assert step("school", "send_statement_of_action", on="2013-11-18", statement_sent_on="2013-11-18").follows == []


ENDINGS = {
    "closed": ("close", {"closed_on": "2014-09-01"}),
    "academy": ("open_as_academy", {"opened_on": "2014-09-01"}),
}


@pytest.mark.parametrize(("trigger", "facts"), ENDINGS.values(), ids=ENDINGS)
def test_no_case_of_a_school_that_ended_is_forgotten(
    school: Engine, converting: None, begin: Callable[..., str], step: Step, trigger: str, facts: dict[str, str]
) -> None:
    """Each is ended, or its end is proposed on its own record."""
    for track in ("support", "monitoring", "notice", "power"):
        begin(track, on="2014-06-03")
    step("school", trigger, on="2014-09-01", **facts)
    with school.connect() as connection:
        proposed = connection.scalars(
            select(Case.subject.concat(Case.track)).join(Event).where(Event.kind == "proposed")
        ).all()
        cases = connection.execute(select(Case.track, Case.subject, Case.state)).all()
    left = [case for case in cases if case.state not in TRACKS[case.track].ended]
    assert [case for case in left if f"{case.subject}{case.track}" not in proposed] == []


def test_end_that_could_only_be_proposed_is_no_fault_of_the_record(school: Engine, given: None, step: Step) -> None:
    step("notice", "record_compliance", on="2014-09-03")
    step("school", "close", on="2014-08-31", closed_on="2014-08-31")
    assert states(school) == {f"school {URN}": "closed", f"notice {URN}/1": "complied"}
    assert verify(school, Path("no-seals-yet")).faults == []


def test_what_follows_an_opening_is_written_with_it_or_not_at_all(
    school: Engine,
    converting: None,
    step: Step,
    contents: Callable[[Engine], dict[str, list[Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cut_off(decisions: Decisions, session: Any) -> None:
        write(decisions, session)
        raise OSError("the disk is full")

    write, before = Decisions.write, contents(school)
    monkeypatch.setattr(Decisions, "write", cut_off)
    with pytest.raises(OSError, match="disk is full"):
        step("conversion", "open", on="2014-09-01", opened_on="2014-09-01")
    assert contents(school) == before


def test_every_case_is_the_fold_of_its_events(
    school: Engine,
    converting: None,
    begin: Callable[..., str],
    step: Step,
    assert_record_holds: Callable[[Engine], None],
) -> None:
    begin("support", on="2014-06-03")
    begin("monitoring", on="2014-06-03")
    step("conversion", "open", on="2014-09-01", opened_on="2014-09-01")
    assert {subject.split()[0] for subject in states(school)} == set(TRACKS) - {"letter"}
    assert_record_holds(school)


def test_school_may_have_one_notice_after_another(
    school: Engine, given: None, begin: Callable[..., str], step: Step
) -> None:
    step("notice", "withdraw", on="2013-11-25")
    assert begin("notice", on="2014-04-07") == f"{URN}/2"
    step("notice", "check", on="2014-04-07", by="Ben Marsh", **(COMPLETE | {"given_on": "2014-04-07"}))
    assert states(school)[f"notice {URN}/1"] == "withdrawn"
    assert states(school)[f"notice {URN}/2"] == "checked"


def test_second_notice_carries_nothing_over_from_the_first(given: None, begin: Callable[..., str], step: Step) -> None:
    begin("notice", on="2014-04-07")
    outcome = step("notice", "check", on="2014-04-07", by="Ben Marsh").outcome
    assert isinstance(outcome, Refused)
    assert "The day on which the notice is given decides what it must say" in outcome.sentence


def test_notice_cannot_begin_for_an_unknown_school(school: Engine, stamp: Stamped) -> None:
    with pytest.raises(NotFound, match="no case for URN 990099"):
        open_case(school, 990099, NOTICE, Ask("draft", {}, "As agreed"), stamp(GIVEN))


def test_case_that_nobody_began_cannot_move(step: Step) -> None:
    with pytest.raises(NotFound, match=r"on the power track\. Begin one first: its step propose\."):
        step("power", "begin")


def test_fact_that_nobody_knows_begins_no_case(school: Engine, begin: Callable[..., str]) -> None:
    with pytest.raises(NotAFact, match="no fact called 'mood'"):
        begin("notice", mood="low")
    assert list(states(school)) == [f"school {URN}"]


CLOCKS = {
    "last day of the period": ("2013-12-09", "initial_period_ends", "running"),
    "day after the period": ("2013-12-10", "initial_period_ends", "met"),
    "right to representations on its last day": ("2013-12-09", "representations_by", "running"),
    "right to representations a day later": ("2013-12-10", "representations_by", "lapsed"),
    "compliance on its last day": ("2013-12-09", "compliance_period_ends", "running"),
    "compliance a day later": ("2013-12-10", "compliance_period_ends", "missed"),
    "powers on their last day": ("2014-02-09", "powers_start_by", "running"),
    "powers a day later": ("2014-02-10", "powers_start_by", "lapsed"),
}


@pytest.mark.parametrize(("on", "clock", "state"), CLOCKS.values(), ids=CLOCKS)
def test_clock_turns_on_the_day_after_its_last(
    school: Engine, given: None, policy: Policy, on: str, clock: str, state: str
) -> None:
    assert clocks(school, policy, on)[clock] == state


def test_notice_has_no_clock_before_it_is_given(school: Engine, given: None, policy: Policy) -> None:
    assert clocks(school, policy, "2013-11-17") == {}
    assert "initial_period_ends" in clocks(school, policy, GIVEN)


def test_power_in_use_stops_the_clock_that_waits_for_it(school: Engine, in_use: None, policy: Policy) -> None:
    assert clocks(school, policy, "2014-03-03")["powers_start_by"] == "met"


BY = ("--by", "Ada Quill", "--role", "Senior Adviser", "--reason", "As agreed", "--on", GIVEN)


def test_command_begins_a_notice_and_names_its_subject(school: Engine, casework: Callable[..., Any]) -> None:
    ran = casework("move", URN, "draft", "--track", "notice", *BY, "--json")
    assert ran.code == 0
    assert json.loads(ran.out) == {"moved": True, "urn": URN, "track": "notice", "subject": f"{URN}/1"}


def test_command_tells_a_refusal_and_fails(school: Engine, casework: Callable[..., Any]) -> None:
    casework("move", URN, "draft", "--track", "notice", *BY)
    ran = casework("move", URN, "give", "--track", "notice", *BY, "--json")
    data = json.loads(ran.out)
    assert (ran.code, data["moved"], data["state"]) == (1, False, "drafted")
    assert [one["code"] for one in data["refusals"]] == ["not_from_here"]
    assert ran.err.startswith("Refused: “Give it to the governing body” cannot be done while the notice is “Drafted”.")


def test_command_tells_what_follows_a_move(
    school: Engine, begin: Callable[..., str], step: Step, casework: Callable[..., Any]
) -> None:
    begin("notice")
    step("notice", "check", by="Ben Marsh", **COMPLETE)
    ran = casework("move", URN, "give", "--track", "notice", *BY)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{URN}: checked → given.\nIt follows: proposed on the school track: give_notice")


WRONG = {
    "unknown track": (("move", URN, "draft", "--track", "tram"), 2, "'tram' is not one of"),
    "letters move elsewhere": (("move", URN, "approve", "--track", "letter"), 2, "'letter' is not one of"),
    "unknown school": (("move", 990099, "draft", "--track", "notice"), 1, "There is no case for URN 990099"),
    "nothing begun": (("move", URN, "check", "--track", "notice"), 1, "has no open case on the notice track"),
    "fact without a value": (("move", URN, "draft", "--track", "notice", "--fact", "grounds"), 2, "is not KEY=VALUE"),
}


@pytest.mark.parametrize(("typed", "code", "said"), WRONG.values(), ids=WRONG)
def test_command_says_what_was_wrong_with_what_was_typed(
    school: Engine, casework: Callable[..., Any], typed: tuple[object, ...], code: int, said: str
) -> None:
    ran = casework(*typed, *BY)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_show_tells_the_case_beside_the_school(school: Engine, given: None, casework: Callable[..., Any]) -> None:
    data = json.loads(casework("show", URN, "--on", "2013-12-09", "--json").out)
    assert [(one["track"], one["subject"], one["state"]) for one in data["cases"]] == [("notice", f"{URN}/1", "given")]
    assert {one["date"] for one in data["deadlines"]} == {"2013-12-09", "2014-02-09"}


def test_notice_may_state_a_period_that_is_still_to_come(begin: Callable[..., str], step: Step) -> None:
    begin("notice", on="2017-10-02")
    facts = COMPLETE | {
        "given_on": "2017-10-02",
        "period_ends": "2017-11-30",
        "contents": "matters,action_required,compliance_period,action_minded_to_take",
        "copies": "chief_inspector,head_teacher,secretary_of_state",
    }
    assert isinstance(step("notice", "check", on="2017-10-02", by="Ben Marsh", **facts).outcome, Moved)
