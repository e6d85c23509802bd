"""A unit of work is whole or nothing; met by another it is done again from its start, and reading waits for nobody."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from casework import unit_of_work as module
from casework.caseload import school_case
from casework.errors import Contended, DatabaseUnusable, StaleCase
from casework.moves import move_school
from casework.record import Decisions, Stamp
from casework.tables import Case, Contact
from casework.unit_of_work import reading, transact
from states.facts import Facts

URN = 990001

Contents = Callable[[Engine], dict[str, list[Any]]]
Stamped = Callable[..., Stamp]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)


@pytest.mark.parametrize("met", [StaleCase("stale"), Contended("locked")], ids=["stale", "contended"])
def test_work_is_done_again_from_its_start(fenshire: Engine, met: Exception) -> None:
    tries: list[str] = []

    def work(session: Session) -> str:
        tries.append(session.get_one(Contact, (URN, "head")).name)
        session.execute(update(Contact).where(Contact.urn == URN).values(name="Somebody else"))
        if len(tries) < 3:
            raise met
        return "done"

    assert transact(fenshire, work) == "done"
    assert tries == [tries[0]] * 3  # each try saw nothing of the one before


@pytest.mark.parametrize("error", [ValueError("ours"), DatabaseUnusable("full"), KeyError("x")], ids=type)
def test_other_errors_are_not_tried_again(fenshire: Engine, error: Exception, contents: Contents) -> None:
    before, tries = contents(fenshire), []

    def work(session: Session) -> None:
        tries.append(1)
        session.execute(update(Contact).values(name="Somebody else"))
        raise error

    with pytest.raises(type(error)):
        transact(fenshire, work)
    assert (tries, contents(fenshire)) == ([1], before)


@pytest.mark.usefixtures("impatient")
def test_patience_ends_and_the_reason_is_told(fenshire: Engine) -> None:
    tries: list[float] = []

    def work(_session: Session) -> None:
        tries.append(time.monotonic())
        raise StaleCase("1 of 1 cases were changed by somebody else")

    with pytest.raises(StaleCase, match="changed by somebody else"):
        transact(fenshire, work)
    assert len(tries) > 1


def test_overtaken_decision_is_made_anew(
    fenshire: Engine, stamp: Stamped, events_of: Callable[[Engine, int], list[Any]]
) -> None:
    said: list[str] = []

    def work(session: Session) -> None:
        decisions = Decisions(stamp())
        case = school_case(session, URN).case
        case.version -= not said  # the first time as if read before the last event
        said.append(type(decisions.move(case, "make_system_leader", Facts(), "Leads")).__name__)
        decisions.write(session)

    before = len(events_of(fenshire, URN))
    transact(fenshire, work)
    assert (said, len(events_of(fenshire, URN))) == (["Moved", "Moved"], before + 1)


def test_reading_sees_one_moment_while_others_write(fenshire: Engine, stamp: Stamped) -> None:
    with reading(fenshire) as session:
        before = session.scalar(select(Case.state).where(Case.urn == URN))
        move_school(fenshire, URN, "make_system_leader", {}, "Leads", "", stamp())
        session.expire_all()
        assert session.scalar(select(Case.state).where(Case.urn == URN)) == before
    with reading(fenshire) as session:
        assert session.scalar(select(Case.state).where(Case.urn == URN)) == "system_leader"


@pytest.mark.usefixtures("impatient")
def test_reading_waits_for_no_writer(fenshire: Engine) -> None:
    def work(_session: Session) -> int:
        with reading(fenshire) as other:
            return len(other.scalars(select(Case.id)).all())

    assert transact(fenshire, work) == 54
