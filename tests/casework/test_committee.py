"""What a committee is told of a period: every number from the record, no school's name unless it is asked for."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.check import run_check
from casework.committee import NotAPeriod, committee_report
from casework.committee_report import NOT_FOR_PUBLICATION, CommitteeReport, Line
from casework.corrections import Ask as Correction
from casework.corrections import correct
from casework.moves import Ask, make_move, open_case
from casework.record import Stamp
from casework.register import load_register
from casework.returns import load_returns
from casework.story import counts_as_of
from casework.unit_of_work import reading
from states.clocks import Calendars
from states.half_terms import SchoolCalendar, load_calendar
from states.policy import Policy
from states.tracks import TRACKS
from states.tracks.notice import NOTICE
from states.tracks.power import POWER
from states.working_days import load_working_days
from tests.casework.post_office import PostOffice

CALENDARS = Calendars(load_working_days(), load_calendar())
TODAY = date(2026, 2, 2)
NAMES = {990001: "Aldermere Primary School", 990002: "Marsh Infant School", 990003: "Holt Junior School"}
COMPLETE = {
    "given_on": "2013-11-20",
    "grounds": "low_standards",
    "contents": "matters,action_required,initial_period,action_minded_to_take,right_of_representations",
    "copies": "chief_inspector,head_teacher",
}
Told = Callable[..., CommitteeReport]


@pytest.fixture
def told(policy: Policy) -> Told:
    """The report of a period: `told(engine, "2013-11-01", "2013-12-31")`."""

    def report(engine: Engine, since: str, until: str, today: date = TODAY) -> CommitteeReport:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
        return committee_report(engine, first, last, policy, CALENDARS, today)

    return report


@pytest.fixture
def autumn(engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp]) -> Engine:
    """Autumn 2013: three schools; concerns, audits, one notice that was not complied with, and a power under it."""

    def move(urn: int, trigger: str, on: str, track: str = "school", by: str = "Ada Quill", **facts: str) -> None:
        make_move(engine, urn, TRACKS[track], Ask(trigger, facts, "As agreed", "Visit"), stamp(on, actor=by))

    rows = [{"urn": str(urn), "name": name, "rating": "Good"} for urn, name in NAMES.items()]
    load_register(engine, register(*rows), "999", stamp("2013-09-02"))
    move(990001, "raise_concern", "2013-10-01")
    move(990002, "raise_concern", "2013-11-01")
    move(990001, "begin_audit", "2013-11-04")
    move(990002, "begin_audit", "2013-11-11")
    move(990002, "clear_audit", "2013-11-15")
    move(990002, "begin_audit", "2013-11-25")
    move(990003, "settle", "2013-11-18")  # refused: it is not in transition
    ask = Ask(NOTICE.opens_by, COMPLETE, "As agreed", "Visit")
    open_case(engine, 990001, NOTICE, ask, stamp("2013-11-18"))
    move(990001, "give", "2013-11-18", "notice")  # refused: nobody has checked it
    move(990001, "check", "2013-11-18", "notice", "Ben Marsh")
    move(990001, "give", "2013-11-20", "notice")
    move(990001, "give_notice", "2013-11-21")
    move(990001, "record_non_compliance", "2013-12-16", "notice")
    move(990001, "open_powers", "2013-12-16", "notice", intention_notified_on="2013-12-16")
    open_case(engine, 990001, POWER, Ask(POWER.opens_by, {}, "As agreed", "Visit"), stamp("2014-01-06"))
    move(990001, "begin", "2014-01-06", "power", section="64", eligible_under="s60")
    return engine


def counts(lines: list[Line]) -> dict[str, int]:
    return {line.name: line.count for line in lines if line.count}


def test_caseload_is_told_at_the_start_and_at_the_end(autumn: Engine, told: Told) -> None:
    rows = {
        row["category"]: (row["at_the_start"], row["at_the_end"])
        for row in told(autumn, "2013-11-01", "2013-12-31").caseload
    }
    assert rows == {"A": (0, 0), "B": (0, 0), "C": (1, 2), "D": (0, 0), "E": (0, 0), "F": (2, 1)}


def test_school_without_a_category_is_told_by_its_state(
    engine: Engine, told: Told, register: Callable[..., Path], stamp: Callable[..., Stamp]
) -> None:
    load_register(engine, register({"rating": ""}), "999", stamp("2013-09-02"))
    last = told(engine, "2013-09-02", "2013-09-30").caseload[-1]
    assert last == {"category": "", "label": "Not yet classified", "at_the_start": 0, "at_the_end": 1}


def test_moves_are_counted_by_kind(autumn: Engine, told: Told) -> None:
    made = told(autumn, "2013-11-01", "2013-12-31")
    assert counts(made.moves) == {"raise_concern": 1, "begin_audit": 3, "clear_audit": 1, "give_notice": 1}
    assert (made.opened, told(autumn, "2013-09-01", "2013-09-30").opened) == (0, 3)


def test_adjacent_periods_add_up(autumn: Engine, told: Told) -> None:
    parts = [told(autumn, *days) for days in (("2013-09-01", "2013-11-04"), ("2013-11-05", "2014-01-31"))]
    whole = told(autumn, "2013-09-01", "2014-01-31")
    for name in ("moves", "notices", "powers", "refusals", "missed"):
        assert Counter(counts(getattr(parts[0], name))) + Counter(counts(getattr(parts[1], name))) == counts(
            getattr(whole, name)
        )
    assert [row["at_the_end"] for row in parts[0].caseload] == [row["at_the_start"] for row in parts[1].caseload]


def test_caseload_at_the_end_is_that_of_as_of(autumn: Engine, told: Told, policy: Policy) -> None:
    rows = {row["category"]: row["at_the_end"] for row in told(autumn, "2013-09-01", "2013-11-30").caseload}
    with reading(autumn) as session:
        states = counts_as_of(session, date(2013, 11, 30))
    found: Counter[str] = Counter()
    for state, count in states.items():
        category = policy.category_of(state)
        assert category
        found[category.letter] += count
    assert {letter: count for letter, count in rows.items() if count} == found


def test_notice_counts_for_the_day_on_which_it_was_given(autumn: Engine, told: Told) -> None:
    assert counts(told(autumn, "2013-11-20", "2013-11-20").notices) == {"give": 1}
    assert counts(told(autumn, "2013-11-18", "2013-11-19").notices) == {"check": 1}


def test_every_end_of_a_notice_has_its_line(autumn: Engine, told: Told) -> None:
    lines = {line.name: line.count for line in told(autumn, "2013-11-01", "2013-12-31").notices}
    assert (lines["give"], lines["record_non_compliance"], lines["record_compliance"], lines["lapse"]) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("until", "in_use", "begun"), [("2014-01-05", {}, {}), ("2014-01-06", {"64": 1}, {"begin": 1})]
)
def test_power_is_in_use_from_its_day(
    autumn: Engine, told: Told, until: str, in_use: dict[str, int], begun: dict[str, int]
) -> None:
    made = told(autumn, "2013-12-01", until)
    assert (counts(made.powers_in_use), counts(made.powers)) == (in_use, begun)


def test_speed_is_counted_from_the_concern_to_what_came_first(autumn: Engine, told: Told) -> None:
    audit, notice = told(autumn, "2013-11-01", "2013-12-31").speed
    assert (audit.cases, audit.median, audit.shortest, audit.longest) == (2, 22, 10, 34)
    assert (notice.cases, notice.median, notice.shortest, notice.longest) == (1, 50, 50, 50)


def test_speed_of_what_did_not_happen_is_not_nought(autumn: Engine, told: Told) -> None:
    made = told(autumn, "2013-09-01", "2013-09-30")
    assert [(one.cases, one.median) for one in made.speed] == [(0, None), (0, None)]
    assert "| Audit | 0 | – | – |" in made.as_markdown()


def test_lifted_concern_ends_the_count(autumn: Engine, told: Told, stamp: Callable[..., Stamp]) -> None:
    for trigger, day in (
        ("lift_concern", "2014-02-03"),
        ("raise_concern", "2014-03-03"),
        ("begin_audit", "2014-03-10"),
    ):
        make_move(autumn, 990002, TRACKS["school"], Ask(trigger, {}, "As agreed", "Visit"), stamp(day))
    [audit, _] = told(autumn, "2014-03-01", "2014-03-31").speed
    assert (audit.cases, audit.median) == (1, 7)


def test_notice_after_the_concern_was_lifted_is_no_answer_to_it(
    autumn: Engine, told: Told, stamp: Callable[..., Stamp]
) -> None:
    lift = Ask("lift_concern", {}, "As agreed", "Visit")
    make_move(autumn, 990002, TRACKS["school"], lift, stamp("2014-02-03"))
    ask = Ask(NOTICE.opens_by, COMPLETE | {"given_on": "2014-02-10"}, "As agreed", "Visit")
    open_case(autumn, 990002, NOTICE, ask, stamp("2014-02-04"))
    for trigger, day, by in (("check", "2014-02-05", "Ben Marsh"), ("give", "2014-02-10", "Ada Quill")):
        made = make_move(autumn, 990002, NOTICE, Ask(trigger, {}, "As agreed", "Visit"), stamp(day, actor=by))
        assert made.outcome.source in {"drafted", "checked"}
    report = told(autumn, "2014-02-01", "2014-02-28")
    assert (counts(report.notices), [one.cases for one in report.speed]) == ({"check": 1, "give": 1}, [0, 0])


def test_correction_is_followed(autumn: Engine, told: Told, stamp: Callable[..., Stamp]) -> None:
    assert counts(told(autumn, "2013-11-05", "2013-11-12").moves) == {"begin_audit": 1}
    correct(autumn, 990002, Correction(event="school#4", on=date(2013, 11, 4), reason="Earlier"), CALENDARS, stamp())
    assert counts(told(autumn, "2013-11-05", "2013-11-12").moves) == {}


def test_void_move_is_not_counted(autumn: Engine, told: Told, stamp: Callable[..., Stamp]) -> None:
    void = Correction(event="school#6", void=True, reason="There was no second audit")
    correct(autumn, 990002, void, CALENDARS, stamp())
    assert counts(told(autumn, "2013-11-25", "2013-11-25").moves) == {}


def test_deadline_is_missed_in_the_period_in_which_it_passed(autumn: Engine, told: Told) -> None:
    with_it = [day for day in range(9, 14) if counts(told(autumn, f"2013-12-{day:02}", f"2013-12-{day:02}").missed)]
    assert with_it == [11]
    made = told(autumn, "2013-12-11", "2013-12-11")
    assert counts(made.missed) == {"compliance_period_ends": 1}
    assert "| The compliance period ends on … | 1 |" in made.as_markdown()


def test_refusals_are_counted_by_what_was_missing(autumn: Engine, told: Told) -> None:
    made = told(autumn, "2013-11-01", "2013-11-30")
    assert (made.refused, counts(made.refusals)) == (2, {"not_from_here": 2})
    assert "| No such move from where the case stood | 2 |" in made.as_markdown()


def test_returns_asked_for_are_each_told_once(
    fenshire: Engine, told: Told, calendar: SchoolCalendar, stamp: Callable[..., Stamp], table_file: Callable[..., Path]
) -> None:
    run_check(fenshire, calendar, calendar.half_term("2025-26/2"), stamp("2025-12-01"))
    lines = [
        f"{urn},2025-26/2,{measure},30,24,{day}"
        for urn, day in ((990013, "2025-12-10"), (990041, "2026-01-20"))
        for measure in ("reading", "writing", "english", "mathematics")
    ]
    file = table_file("urn,half_term,measure,pupils,on_track,received", *lines)
    assert load_returns(fenshire, file, calendar, stamp("2026-01-20")).received == 2
    assert told(fenshire, "2025-12-01", "2025-12-05").returns == {"not yet due": 24}
    assert told(fenshire, "2025-12-01", "2025-12-31").returns == {"received in time": 1, "missing": 23}
    late = told(fenshire, "2025-12-01", "2026-01-31")
    assert late.as_dict()["returns"] == {
        "asked": 24, "received in time": 1, "received late": 1, "missing": 22, "not yet due": 0
    }  # fmt: skip
    assert told(fenshire, "2026-01-01", "2026-01-31").returns == {}


def test_letters_count_for_the_day_on_which_they_went(office: PostOffice, told: Told) -> None:
    office.send()
    sent = office.stamp.now.date()
    made = told(office.engine, str(sent), str(sent))
    assert [(line.name, line.label, line.count) for line in made.letters] == [
        ("progress_request", "Request for half-termly progress figures", 2)
    ]


@pytest.mark.parametrize(
    ("since", "until"), [("2013-12-01", "2013-11-30"), ("2026-01-01", "2026-02-03")], ids=["backwards", "not over"]
)
def test_no_period_is_told_in_words(autumn: Engine, told: Told, since: str, until: str) -> None:
    with pytest.raises(NotAPeriod, match="is no period that can be told on 2 February 2026"):
        told(autumn, since, until)


def test_public_page_names_no_school_and_no_officer(autumn: Engine, told: Told) -> None:
    made = told(autumn, "2013-09-01", "2014-01-31")
    public = made.as_markdown() + json.dumps(made.as_dict())
    hidden = (*NAMES.values(), *map(str, NAMES), "Ada Quill", "Ben Marsh")
    assert [word for word in hidden if word in public] == []


def test_page_with_names_is_marked_at_its_top_and_has_them(autumn: Engine, told: Told) -> None:
    made = told(autumn, "2013-09-01", "2014-01-31")
    assert made.names_as_markdown().startswith("**NOT FOR PUBLICATION.**")
    assert made.names_as_dict()["not_for_publication"] == NOT_FOR_PUBLICATION
    page = made.names_as_markdown()
    assert "| 990002 | Marsh Infant School | C | Under audit |" in page
    assert "| 990001 | Aldermere Primary School | 20 November 2013 | Give it to the governing body |" in page
    assert "| 990003 | Holt Junior School | 18 November 2013 | Transition is over: " in page


def test_days_that_contradict_each_other_are_told(autumn: Engine, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def contradicts(*_arguments: object) -> None:
        raise NotAPeriod("The days contradict each other.")

    monkeypatch.setattr("casework.committee.school_deadlines", contradicts)
    made = told(autumn, "2013-11-01", "2013-12-31")
    assert made.unclear == 1
    assert "Of 1 school(s) the deadlines cannot be worked out" in made.as_markdown()
    assert made.named["Deadlines that cannot be worked out"][0]["urn"] == 990001


def test_report_writes_nothing_into_the_record(
    autumn: Engine, told: Told, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(autumn)
    told(autumn, "2013-09-01", "2014-01-31")
    assert contents(autumn) == before


def test_command_keeps_the_public_page_alone(autumn: Engine, casework: Callable[..., Any], home: Path) -> None:
    ran = casework("report", "committee", "--from", "2013-11-01", "--to", "2013-12-31")
    assert (ran.code, ran.err) == (0, "")
    assert sorted(page.name for page in (home / "reports").iterdir()) == [
        "committee-2013-11-01-to-2013-12-31.json",
        "committee-2013-11-01-to-2013-12-31.md",
    ]
    assert "| Begin an audit | 3 |" in ran.out
    assert "Aldermere" not in ran.out


def test_command_keeps_the_names_apart(autumn: Engine, casework: Callable[..., Any]) -> None:
    ran = casework("report", "committee", "--from", "2013-11-01", "--to", "2013-12-31", "--names", "--json")
    data = json.loads(ran.out)
    assert data["names"]["not_for_publication"] == NOT_FOR_PUBLICATION
    public, public_json, exempt, exempt_json = map(Path, data["reports"])
    assert [
        page.name.endswith(("NOT-FOR-PUBLICATION.md", "NOT-FOR-PUBLICATION.json"))
        for page in (public, public_json, exempt, exempt_json)
    ] == [False, False, True, True]
    assert "Aldermere" not in public.read_text(encoding="utf-8") + public_json.read_text(encoding="utf-8")
    assert json.loads(exempt_json.read_text(encoding="utf-8"))["Moves"]


def test_command_says_which_days_are_wrong(autumn: Engine, casework: Callable[..., Any]) -> None:
    ran = casework("report", "committee", "--from", "2013-12-31", "--to", "2013-11-01")
    assert (ran.code, ran.out) == (1, "")
    assert "is no period that can be told" in ran.err
