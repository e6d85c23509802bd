"""What was true and what was known on any day: random histories against a second, naive account of them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from casework.caseload import own_cases
from casework.corrections import Ask, CannotCorrect, correct
from casework.database import open_initialised
from casework.moves import move_school
from casework.record import Decisions, Stamp
from casework.register import load_register
from casework.seals import seal
from casework.story import states_as_of
from casework.tables import EventKind
from casework.timeline import NotAnEvent, event_name, read_event_name
from casework.unit_of_work import reading, transact
from casework.verify import verify
from states.clocks import Calendars
from states.half_terms import load_calendar
from states.machine import Moved
from states.policy import Policy
from states.working_days import load_working_days

CALENDARS = Calendars(load_working_days(), load_calendar())
URN = 990001
BEGIN = date(2026, 1, 5)
# Moves that need no more than evidence, so that a random history gets far.
TRIGGERS = ("raise_concern", "begin_audit", "clear_audit", "lift_concern", "enter_transition", "settle")

MOVES = st.tuples(st.just("move"), st.sampled_from(TRIGGERS), st.integers(0, 2))
CORRECTIONS = st.tuples(st.sampled_from(("redate", "restate", "void")), st.integers(0, 5), st.integers(-3, 3))
STEPS = st.lists(st.one_of(MOVES, MOVES, CORRECTIONS, st.just(("note", "", 0))), min_size=3, max_size=14)


class Account:
    """The naive second account: a journal, read from its beginning for every question.

    It keeps the moves as a list. A new day changes a move where it stands, a void takes it out; nothing is ever sorted.
    """

    def __init__(self) -> None:
        self.journal: list[tuple[date, str, int, Any]] = []

    def moves(self, known_on: date) -> dict[int, tuple[date, str]]:
        told: dict[int, tuple[date, str]] = {}
        for said_on, what, number, said in self.journal:
            if said_on > known_on:
                continue
            if what == "void":
                del told[number]
            else:
                told[number] = said if what == "move" else (said, told[number][1])
        return told

    def state(self, day: date, known_on: date) -> str | None:
        return next((state for on, state in reversed(self.moves(known_on).values()) if on <= day), None)


class History:
    """One school's history made step by step, a day each, on the record and in the naive account."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        self.engine = open_initialised(f"sqlite:///{folder / 'casework.db'}")
        # What survives a power cut is tested elsewhere; here it would only cost time.
        event.listen(self.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
        self.seals, self.policy, self.today = folder / "seals.jsonl", policy, BEGIN
        self.account = Account()
        self.account.journal += [
            (BEGIN, "move", number, (BEGIN, state)) for number, state in ((1, "unclassified"), (2, "good_or_better"))
        ]

    @property
    def stamp(self) -> Stamp:
        now = datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)
        return Stamp(actor="Ada Quill", role="Senior Adviser", on=self.today, now=now, policy=self.policy)

    def take(self, kind: str, what: Any, days: int) -> None:
        self.today += timedelta(days=1)
        if kind == "move":
            self.move(what, days)
        elif kind == "note":
            transact(self.engine, self.note)
        else:
            known = self.account.moves(self.today)
            self.correct(kind, list(known)[-1 - what % len(known)], days)
        seal(self.engine, self.seals, kind, self.stamp.now)

    def move(self, trigger: str, days: int) -> None:
        on = self.today - timedelta(days=days)
        outcome, _ = move_school(self.engine, URN, trigger, {}, "As seen", "A visit", replace(self.stamp, on=on))
        if isinstance(outcome, Moved):
            self.account.journal.append((self.today, "move", self.case().version, (on, str(outcome.row.to))))

    def note(self, session: Session) -> None:
        decisions = Decisions(self.stamp)
        decisions.note(own_cases(session, [URN])[URN], EventKind.PROPOSED, "Looked at", evidence={}, once=None)
        decisions.write(session)

    def correct(self, kind: str, number: int, days: int) -> None:
        on = self.account.moves(self.today)[number][0] + timedelta(days=days)
        wanted: dict[str, dict[str, Any]] = {
            "redate": {"on": on},
            "restate": {"facts": {"audit_outcome": f"Outcome {days}"}},
            "void": {"void": True},
        }
        ask = Ask(event=str(number), reason="A slip", **wanted[kind])
        try:
            correct(self.engine, URN, ask, CALENDARS, self.stamp)
        except CannotCorrect:
            return
        if kind != "restate":
            self.account.journal.append((self.today, kind, number, on))

    def case(self) -> Any:
        with reading(self.engine) as session:
            return own_cases(session, [URN])[URN]


@pytest.fixture(scope="session")
def one_school(blank_file: Path, tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Path:
    """A record of one good school, loaded on the first day; no seal yet."""
    folder = tmp_path_factory.mktemp("one-school")
    file = Path(shutil.copy(blank_file, folder / "casework.db"))
    register = folder / "register.csv"
    header = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (code),EstablishmentStatus (name)"
    register.write_text(
        f"{header},PhaseOfEducation (name),OfstedRating (name),OfstedLastInsp,CloseDate,Street,Postcode,HeadLastName\n"
        f"{URN},999,Fenshire,Aldermere Primary School,01,Open,Primary,Good,17-06-2015,,Mill Lane,ZZ1 1AA,Okafor\n",
        encoding="cp1252",
    )
    engine = open_initialised(f"sqlite:///{file}")
    now = datetime(BEGIN.year, BEGIN.month, BEGIN.day, 12, tzinfo=UTC)
    load_register(engine, register, "999", Stamp(actor="Load", role="register", on=BEGIN, now=now, policy=policy))
    engine.dispose()
    return file


@contextmanager
def a_history(prepared: Path, policy: Policy) -> Iterator[History]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(prepared, folder)
        history = History(Path(folder), policy)
        yield history
        history.engine.dispose()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_any_history_is_told_as_the_naive_account(
    one_school: Path, policy: Policy, steps: list[tuple[str, Any, int]]
) -> None:
    with a_history(one_school, policy) as history:
        for step in steps:
            history.take(*step)
        days = [BEGIN + timedelta(days=number) for number in range(-1, len(steps) + 1)]
        with reading(history.engine) as session:
            told = {(day, known): states_as_of(session, day, known).get(URN) for day in days for known in days}
            now = states_as_of(session, history.today)[URN]
        assert told == {(day, known): history.account.state(day, known) for day in days for known in days}
        assert now == history.account.state(history.today, history.today) == history.case().state
        assert verify(history.engine, history.seals).faults == []


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("4", ("school", "990001", 4)),
        ("school#4", ("school", "990001", 4)),
        (" notice/1#12 ", ("notice", "990001/1", 12)),
    ],
)
def test_event_is_named_as_the_history_shows_it(name: str, read: tuple[str, str, int]) -> None:
    assert read_event_name(URN, name) == read
    assert read_event_name(URN, event_name(*read)) == read


@pytest.mark.parametrize("typed", ["", "#4", "notice", "school4", "school#four", "notice/1", "notice/x#1"])
def test_what_names_no_event_is_said(typed: str) -> None:
    with pytest.raises(NotAnEvent, match=r"names no event\. `casework history 990001` shows their names"):
        read_event_name(URN, typed)
