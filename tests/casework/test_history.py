"""The story of a school: what happened, with its letters, deadlines and corrections each in its place."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from casework import corrections
from casework.corrections import correct
from casework.errors import NotFound
from casework.history import history
from casework.letters import Selection, approve_letters
from casework.moves import move_school
from casework.record import Stamp
from casework.register import load_register
from casework.tables import Event
from casework.unit_of_work import reading
from notifications.wording import Wording
from states.clocks import Calendars
from states.half_terms import load_calendar
from states.policy import Policy
from states.working_days import WorkingDays, load_working_days

CALENDARS = Calendars(load_working_days(), load_calendar())
URN = 990001
TODAY = date(2026, 2, 2)
REPORT = {"inspected_on": "2025-11-18", "reported_on": "2025-12-01"}

Story = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def told(engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp]) -> Engine:
    """A school: on the register from 1 September, a concern from 1 October, inadequate (and proposed) 1 December."""
    load_register(engine, register({"rating": "Requires improvement"}), "999", stamp("2025-09-01"))
    move_school(engine, URN, "raise_concern", {}, "Results fell", "Visits", stamp("2025-10-01"))
    move_school(engine, URN, "judged_inadequate", REPORT, "Ofsted's report", "The report", stamp("2025-12-01"))
    return engine


@pytest.fixture
def story(told: Engine, policy: Policy) -> Story:
    def read(known_on: str = "") -> list[dict[str, Any]]:
        with reading(told) as session:
            known = date.fromisoformat(known_on) if known_on else None
            return history(session, URN, policy, CALENDARS, TODAY, known)

    return read


@pytest.fixture
def put_right(told: Engine, stamp: Callable[..., Stamp]) -> Callable[..., None]:
    def put(name: str, **asked: Any) -> None:
        correct(told, URN, corrections.Ask(event=name, reason="A slip", **asked), CALENDARS, stamp("2026-02-02"))

    return put


def named(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {event["event"]: event for event in events}


def test_every_event_is_told_in_order(story: Story) -> None:
    assert [(event["event"], event["from"], event["to"]) for event in story()] == [
        ("school#1", None, "unclassified"),
        ("school#2", "unclassified", "requires_improvement"),
        ("school#3", "requires_improvement", "causing_concern"),
        ("school#4", "causing_concern", "inadequate"),
        ("school#5", None, None),
    ]


def test_event_is_told_whole_with_its_hash(told: Engine, story: Story) -> None:
    with told.connect() as connection:
        hashes = connection.scalars(select(Event.hash).order_by(Event.seq)).all()
    columns = {column.name for column in Event.__table__.columns}
    as_told = {"effective_on": "on", "source": "from", "destination": "to", "case_id": "track"}
    assert [event["hash"] for event in story()] == [one.hex() for one in hashes]
    assert {as_told.get(name, name) for name in columns} <= story()[0].keys()


def test_corrected_event_is_told_on_the_right_day(story: Story, put_right: Callable[..., None]) -> None:
    put_right("school#3", on=date(2025, 10, 8))
    events = named(story())
    assert events["school#3"]["counts_on"] == date(2025, 10, 8)
    assert events["school#3"]["on"] == date(2025, 10, 1)
    assert (events["school#3"]["corrected_by"], events["school#3"]["void"]) == (["school#6"], False)
    assert (events["school#6"]["corrects_event"], events["school#6"]["counts_on"]) == ("school#3", TODAY)


def test_void_event_is_told_as_void(story: Story, put_right: Callable[..., None]) -> None:
    put_right("school#4", on=date(2025, 12, 8))
    put_right("school#4", void=True)
    event = named(story())["school#4"]
    assert (event["void"], event["corrected_by"], event["began"]) == (True, ["school#6", "school#7"], [])


def test_deadline_stands_beside_what_began_it(story: Story, put_right: Callable[..., None]) -> None:
    before = named(story())["school#4"]["began"]
    put_right("school#4", on=date(2025, 12, 8))
    after = named(story())["school#4"]["began"]
    assert [one["name"] for one in before] == ["statement_of_action_by"]
    assert after[0]["date"] > before[0]["date"]


def test_deadline_stands_beside_what_met_it(told: Engine, story: Story, stamp: Callable[..., Stamp]) -> None:
    sent = {"statement_sent_on": "2025-12-10"}
    move_school(told, URN, "send_statement_of_action", sent, "Sent to Ofsted", "The letter", stamp("2025-12-10"))
    assert [one["name"] for one in named(story())["school#6"]["met"]] == ["statement_of_action_by"]


def test_letters_stand_beside_the_event_that_drafted_them(
    told: Engine, story: Story, stamp: Callable[..., Stamp]
) -> None:
    letters = named(story())["school#3"]["letters"]
    reference = letters[0]["reference"]
    approve_letters(told, Selection(references=(reference,)), stamp("2025-12-02", actor="Bea Marsh"), Wording())
    signed, other = named(story())["school#3"]["letters"]
    assert (signed["state"], other["state"]) == ("approved", "drafted")
    assert [(one["step"], one["actor"], one["on"]) for one in signed["steps"]] == [
        ("approve", "Bea Marsh", date(2025, 12, 2))
    ]


def test_story_is_told_as_it_was_known(story: Story, put_right: Callable[..., None]) -> None:
    put_right("school#3", on=date(2025, 10, 8))
    assert story("2026-02-01") == []
    assert len(story("2026-02-02")) == 6


def test_later_correction_is_not_known_yet(
    told: Engine, story: Story, stamp: Callable[..., Stamp], policy: Policy
) -> None:
    later = stamp("2026-02-02", now=stamp().now.replace(month=3))
    correct(told, URN, corrections.Ask(event="3", reason="A slip", on=date(2025, 10, 8)), CALENDARS, later)
    assert named(story("2026-02-28"))["school#3"]["counts_on"] == date(2025, 10, 1)
    assert named(story())["school#3"]["counts_on"] == date(2025, 10, 8)


def test_history_is_read_though_no_clock_can_be(told: Engine, policy: Policy) -> None:
    none_known = WorkingDays(date(2007, 1, 1), date(2007, 1, 2), {})
    with reading(told) as session:
        events = history(session, URN, policy, CALENDARS._replace(working_days=none_known), TODAY)
    assert [event["began"] for event in events] == [[]] * 5


def test_school_without_a_case_is_told(told: Engine, policy: Policy) -> None:
    with reading(told) as session, pytest.raises(NotFound, match="There is no case for URN 123456"):
        history(session, 123456, policy, CALENDARS, TODAY)


def test_history_is_json(story: Story, put_right: Callable[..., None]) -> None:
    put_right("school#4", void=True)
    assert json.loads(json.dumps(story(), default=str))
