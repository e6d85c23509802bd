"""Half-termly rounds: one however often somebody looks, how each stands, and which began late or never."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from casework.check import run_check
from casework.daily import GRACE
from casework.register import load_register
from casework.returns import load_returns
from casework.rounds import (
    CASE_ENDED,
    NOT_YET_DUE,
    TO_BE_EVALUATED,
    CannotClose,
    RoundReport,
    close_round,
    late_rounds,
    round_of,
)
from casework.tables import Case, Event, EventKind
from casework.unit_of_work import reading
from states.half_terms import SchoolCalendar

FIRST, SECOND, THIRD = "2025-26/1", "2025-26/2", "2025-26/3"
MEASURES = ("reading", "writing", "mathematics")

# The second half-term opens on 4 November 2025; a return that is asked for then is due on the 18th.
OPENS, LAST_OF_GRACE, DUE = date(2025, 11, 4), date(2025, 11, 8), date(2025, 11, 18)
LOOKS = (
    *(OPENS - timedelta(days=day) for day in range(1, 6)),  # early: schools are still closed
    *(OPENS for _ in range(5)),
    *(OPENS + timedelta(days=day) for day in range(1, 11)),  # late
    *(DUE for _ in range(10)),  # and all at once
)


@pytest.fixture
def look(engine: Engine, calendar: SchoolCalendar, stamp: Callable[..., Any]) -> Callable[[date], list[str]]:
    """One morning: the round that is open is checked. Then what is late is named, since the day of the look before."""
    before: list[date] = []

    def looked(day: date) -> list[str]:
        if half_term := calendar.on(day):
            run_check(engine, calendar, half_term, stamp(day.isoformat()))
        with reading(engine) as session:
            late = late_rounds(session, calendar, before[-1] if before else day, day, GRACE)
        before.append(day)
        return [one.sentence for one in late]

    return looked


@pytest.fixture
def caseload(engine: Engine, register: Callable[..., Path], stamp: Callable[..., Any]) -> Engine:
    """Three schools of which returns are asked, on record since 8 September 2025."""
    schools = [
        {"urn": str(990001 + number), "name": f"School {number} | <b>", "rating": "Requires improvement"}
        for number in range(3)
    ]
    load_register(engine, register(*schools), "999", stamp("2025-09-08"))
    return engine


def test_thirty_looks_end_in_one_round(
    caseload: Engine, look: Callable[[date], list[str]], contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    assert len(LOOKS) == 30
    look(OPENS)
    once = contents(caseload)
    assert len(once["return"]) == 3
    alone, together = LOOKS[:20], LOOKS[20:]
    for day in sorted(alone):
        look(day)
    with ThreadPoolExecutor(4) as looks:
        list(looks.map(look, together))
    assert contents(caseload) == once


def test_round_begun_by_many_at_once_is_one(
    caseload: Engine, calendar: SchoolCalendar, look: Callable[[date], list[str]]
) -> None:
    with ThreadPoolExecutor(4) as looks:
        list(looks.map(look, [OPENS] * 8))
    with reading(caseload) as session:
        report = round_of(session, calendar.half_term(SECOND), OPENS)
    assert (report.asked, report.outcomes) == (3, {NOT_YET_DUE: 3})


@pytest.mark.parametrize(
    ("looks", "named"),
    {
        "each morning": (["2025-09-08", "2025-09-09", "2025-11-04", "2025-11-05"], [[], [], [], []]),
        "within the days of grace": (["2025-10-24", "2025-11-08", "2025-11-10"], [[], [], []]),
        "a week late": (["2025-10-24", "2025-11-11", "2025-11-12"], [[], ["asked for from 11 November 2025"], []]),
        "a month without any": (
            ["2025-10-24", "2025-12-01", "2025-12-02", "2025-12-03"],
            [[], ["returns were asked for from 1 December 2025"], [], []],
        ),
        "a window missed whole": (
            ["2025-10-24", "2025-12-20", "2025-12-21", "2026-01-06"],
            [[], ["to 19 December 2025: no return was asked for while it was open"], [], []],
        ),
        "looked at on its last day, and on the next": (
            ["2025-10-24", "2025-11-03", "2025-12-19", "2025-12-20"],
            [[], [], ["returns were asked for from 19 December 2025"], []],
        ),
        "two windows missed": (
            ["2025-10-24", "2026-02-16", "2026-02-17"],
            [[], ["(2025-26/2)", "(2025-26/3)"], []],
        ),
        "once more on the same day": (["2025-10-24", "2025-12-20", "2025-10-25"], [[], ["(2025-26/2)"], []]),
    }.values(),
)
def test_what_is_late_is_named_once(
    caseload: Engine, look: Callable[[date], list[str]], looks: list[str], named: list[list[str]]
) -> None:
    for day, expected in zip(looks, named, strict=True):
        said = look(date.fromisoformat(day))
        assert len(said) == len(expected), (day, said)
        assert all(words in sentence for words, sentence in zip(expected, said, strict=True)), (day, said)


def test_what_was_before_the_record_is_nobody_s_fault(caseload: Engine, calendar: SchoolCalendar) -> None:
    with reading(caseload) as session:
        late = late_rounds(session, calendar, date(2024, 9, 1), date(2025, 9, 8), GRACE)
    assert late == []


def test_nothing_is_late_on_an_empty_record(engine: Engine, calendar: SchoolCalendar) -> None:
    with reading(engine) as session:
        assert late_rounds(session, calendar, date(2024, 9, 1), date(2026, 7, 1), GRACE) == []


def test_round_is_closed_once_each_return_has_its_outcome(
    caseload: Engine,
    calendar: SchoolCalendar,
    look: Callable[[date], list[str]],
    stamp: Callable[..., Any],
    table_file: Callable[..., Path],
) -> None:
    look(OPENS)
    lines = [f"990001,{SECOND},{measure},100,30,2025-11-17" for measure in MEASURES]
    load_returns(
        caseload, table_file("urn,half_term,measure,pupils,on_track,received", *lines), calendar, stamp("2025-11-17")
    )

    def stands(on: date) -> RoundReport:
        with reading(caseload) as session:
            return round_of(session, calendar.half_term(SECOND), on)

    waiting = stands(DUE)
    assert waiting.outcomes == {TO_BE_EVALUATED: 1, NOT_YET_DUE: 2}
    assert ([one["urn"] for one in waiting.waiting], waiting.is_closed) == ([990002, 990003], False)
    assert stands(DUE + timedelta(days=1)).outcomes == {TO_BE_EVALUATED: 3}
    look(DUE + timedelta(days=1))
    closed = stands(DUE + timedelta(days=1))
    assert (closed.outcomes, closed.is_closed) == ({"off_track": 1, "missing": 2}, True)


@pytest.fixture
def close(caseload: Engine, calendar: SchoolCalendar, stamp: Callable[..., Any]) -> Callable[..., RoundReport]:
    """An officer closes the second half-term's round on a day."""

    def closed(on: date, half_term: str = SECOND) -> RoundReport:
        signed = stamp(on.isoformat(), actor="Ada Quill", role="Adviser")
        return close_round(caseload, calendar, calendar.half_term(half_term), signed)

    return closed


AFTER = DUE + timedelta(days=1)


def test_round_with_returns_that_may_still_come_is_not_closed(
    caseload: Engine,
    look: Callable[[date], list[str]],
    close: Callable[..., RoundReport],
    contents: Callable[[Engine], dict[str, list[Any]]],
) -> None:
    look(OPENS)
    before = contents(caseload)
    with pytest.raises(
        CannotClose, match=r"3 return\(s\) .* 990001 School 0 .* Close the round after 18 November 2025"
    ):
        close(DUE)
    with pytest.raises(CannotClose, match="No return was asked for"):
        close(AFTER, THIRD)
    assert contents(caseload) == before


def test_closing_gives_each_return_its_outcome_in_the_name_of_who_closes(
    caseload: Engine,
    calendar: SchoolCalendar,
    look: Callable[[date], list[str]],
    close: Callable[..., RoundReport],
    stamp: Callable[..., Any],
    table_file: Callable[..., Path],
    contents: Callable[[Engine], dict[str, list[Any]]],
) -> None:
    look(OPENS)
    lines = [f"990001,{SECOND},{measure},100,30,2025-11-17" for measure in MEASURES]
    load_returns(
        caseload, table_file("urn,half_term,measure,pupils,on_track,received", *lines), calendar, stamp("2025-11-17")
    )
    report = close(AFTER)
    assert (report.outcomes, report.is_closed) == ({"off_track": 1, "missing": 2}, True)
    assert "Closed now: 1 return(s) evaluated, 2 missing." in report.as_markdown()
    with reading(caseload) as session:
        signed = session.scalars(select(Event.actor).where(Event.kind.in_((EventKind.EVALUATED, EventKind.MISSING))))
        assert set(signed) == {"Ada Quill"}
    once = contents(caseload)
    assert "Closed now: 0 return(s) evaluated, 0 missing." in close(AFTER).as_markdown()
    assert contents(caseload) == once


def test_closing_asks_nobody_and_leaves_no_school_out(
    caseload: Engine,
    look: Callable[[date], list[str]],
    close: Callable[..., RoundReport],
    register: Callable[..., Path],
    stamp: Callable[..., Any],
) -> None:
    """One school is monitored no more, one has closed, and one came when the others had been asked."""
    look(OPENS)
    improved = {"urn": "990002", "name": "School 1", "rating": "Requires improvement"}
    newcomer = {"urn": "990004", "name": "School 3", "rating": "Requires improvement"}
    load_register(caseload, register(improved, newcomer), "999", stamp("2025-11-10"))
    with caseload.begin() as connection:  # what brings a school there is another's test
        connection.execute(update(Case).where(Case.urn == 990002).values(state="good_or_better"))
        connection.execute(update(Case).where(Case.urn == 990003).values(state="closed"))
    report = close(AFTER)
    assert report.asked == 3
    assert (report.outcomes, report.is_closed) == ({"missing": 2, CASE_ENDED: 1}, True)


def test_page_names_what_is_not_in_and_is_no_table_of_theirs(
    caseload: Engine, calendar: SchoolCalendar, look: Callable[[date], list[str]], tmp_path: Path
) -> None:
    look(OPENS)
    with reading(caseload) as session:
        report = round_of(session, calendar.half_term(SECOND), DUE)
    page = report.save(tmp_path / "reports")
    assert page.name == "round-2025-26-2.md"
    assert r"| 990001 | School 0 \| \<b\> | 2025-11-18 | not yet due |" in page.read_text(encoding="utf-8")
    assert "Open: some returns have no outcome yet." in page.read_text(encoding="utf-8")


def test_round_of_which_nothing_was_asked_says_so(caseload: Engine, calendar: SchoolCalendar) -> None:
    with reading(caseload) as session:
        assert "No return was asked for." in round_of(session, calendar.half_term(THIRD), DUE).as_markdown()


def test_command_tells_how_a_round_stands(
    caseload: Engine, look: Callable[[date], list[str]], casework: Callable[..., Any], home: Path
) -> None:
    look(OPENS)
    ran = casework("round", SECOND, "--on", "2025-11-10", "--json")
    told = json.loads(ran.out)
    assert (ran.code, told["asked"], told["closed"], told["outcomes"]) == (0, 3, False, {NOT_YET_DUE: 3})
    assert Path(told["report"]) == home / "reports" / "round-2025-26-2.md"
    assert casework("round", "2025-26/9").code == 1


def test_command_closes_a_round_in_somebody_s_name(
    caseload: Engine, look: Callable[[date], list[str]], casework: Callable[..., Any]
) -> None:
    look(OPENS)
    named = ("--by", "Ada Quill", "--role", "Adviser")
    assert "Say who acts" in casework("round", SECOND, "--close", "--on", "2025-11-19").err
    early = casework("round", SECOND, "--close", *named, "--on", "2025-11-18")
    assert (early.code, "Close the round after 18 November 2025" in early.err) == (1, True)
    told = json.loads(casework("round", SECOND, "--close", *named, "--on", "2025-11-19", "--json").out)
    assert (told["closed"], len(told["closing"]["missing"])) == (True, 3)
    assert casework("verify").code == 0
