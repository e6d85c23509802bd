"""The one write path: all of a decision or nothing of it, and never two winners."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, school_case
from casework.check import run_check
from casework.errors import Contended, StaleCase
from casework.moves import move_school
from casework.record import Decisions, Stamp
from casework.returns import load_returns
from casework.tables import EventKind
from casework.unit_of_work import reading
from states.facts import Facts
from states.half_terms import SchoolCalendar
from states.machine import Moved, Refused

DEMO = Path(__file__).parents[2] / "demo"
GOOD_SCHOOL = 990001


def read(engine: Engine, urn: int = GOOD_SCHOOL) -> SchoolCase:
    with reading(engine) as session:
        return school_case(session, urn)


def write(engine: Engine, decisions: Decisions) -> None:
    with Session(engine) as session, session.begin():
        decisions.write(session)


def test_decision_on_a_stale_case_writes_nothing(
    fenshire: Engine, stamp: Callable[..., Stamp], contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    ours = Decisions(stamp())
    ours.move(read(fenshire).case, "enter_transition", Facts(), "A new head")
    move_school(fenshire, GOOD_SCHOOL, "make_system_leader", {}, "Leads a network", "", stamp())
    before = contents(fenshire)
    with pytest.raises(StaleCase, match="1 of 1 cases were changed by somebody else"):
        write(fenshire, ours)
    assert contents(fenshire) == before


def test_one_stale_case_stops_all_of_its_chunk(
    fenshire: Engine, stamp: Callable[..., Stamp], contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    ours = Decisions(stamp())
    for urn in (GOOD_SCHOOL, 990005, 990010):
        ours.move(read(fenshire, urn).case, "enter_transition", Facts(), "A new head")
    move_school(fenshire, 990005, "make_system_leader", {}, "Leads a network", "", stamp())
    before = contents(fenshire)
    with pytest.raises(StaleCase, match="1 of 3 cases"):
        write(fenshire, ours)
    assert contents(fenshire) == before


def test_of_two_officers_at_once_one_is_refused(
    fenshire: Engine, stamp: Callable[..., Stamp], assert_record_holds: Callable[[Engine], None]
) -> None:
    def move(actor: str) -> Moved | Refused:
        return move_school(fenshire, GOOD_SCHOOL, "make_system_leader", {}, "Leads", "", stamp(actor=actor))[0]

    with ThreadPoolExecutor(2) as officers:
        outcomes = list(officers.map(move, ["Ada Quill", "Ben Marsh"]))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Moved", "Refused"]
    assert_record_holds(fenshire)


def test_work_that_is_not_committed_leaves_nothing(
    fenshire: Engine, stamp: Callable[..., Stamp], contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(fenshire)
    decisions = Decisions(stamp())
    decisions.move(read(fenshire).case, "make_system_leader", Facts(), "Leads a network")
    with Session(fenshire) as session:
        decisions.write(session)
    assert contents(fenshire) == before


def test_what_may_happen_once_cannot_happen_twice(fenshire: Engine, stamp: Callable[..., Stamp]) -> None:
    for attempt in ("first", "second"):
        decisions = Decisions(stamp())
        decisions.note(read(fenshire).case, EventKind.REQUESTED, attempt, evidence={}, once="requested 2025-26/2")
        if attempt == "first":
            write(fenshire, decisions)
    with pytest.raises((IntegrityError, Contended), match=r"an event is never changed|uq_event_case_id_once"):
        write(fenshire, decisions)


def test_event_says_who_when_why_and_under_which_policy(
    fenshire: Engine, stamp: Callable[..., Stamp], events_of: Callable[[Engine, int], list[Any]]
) -> None:
    signed = stamp("2025-12-03", actor="Ben Marsh", role="Head of Service")
    move_school(fenshire, GOOD_SCHOOL, "make_system_leader", {}, "Leads a network", "", signed)
    event = events_of(fenshire, GOOD_SCHOOL)[-1]
    assert (event.actor, event.role, event.reason) == ("Ben Marsh", "Head of Service", "Leads a network")
    assert (event.effective_on, event.recorded_at) == (signed.on, signed.now)
    assert (event.policy, event.policy_hash) == ("norfolk-2013", signed.policy.hash)


def test_refusal_is_recorded_and_moves_nothing(
    fenshire: Engine,
    stamp: Callable[..., Stamp],
    events_of: Callable[[Engine, int], list[Any]],
    state_of: Callable[[Engine, int], str],
) -> None:
    move_school(fenshire, GOOD_SCHOOL, "begin_audit", {}, "Worried", "", stamp())
    event = events_of(fenshire, GOOD_SCHOOL)[-1]
    assert (event.kind, event.trigger, event.destination) == ("refused", "begin_audit", None)
    assert [one["code"] for one in event.evidence["refusals"]] == ["not_from_here"]
    assert state_of(fenshire, GOOD_SCHOOL) == "good_or_better"


def test_states_are_the_fold_of_events_after_a_round(
    fenshire: Engine,
    stamp: Callable[..., Stamp],
    calendar: SchoolCalendar,
    assert_record_holds: Callable[[Engine], None],
) -> None:
    for half_term, on in (("2025-26/1", "2025-11-04"), ("2025-26/2", "2025-12-01"), ("2025-26/3", "2026-01-20")):
        run_check(fenshire, calendar, calendar.half_term(half_term), stamp(on))
        load_returns(fenshire, DEMO / "returns.csv", calendar, stamp(on))
    move_school(fenshire, 990013, "raise_concern", {}, "Off track", "Its return", stamp("2026-01-21"))
    assert_record_holds(fenshire)
