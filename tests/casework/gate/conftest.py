"""What tests of the gate share: a console behind it, three officers, a clock that stands until it is moved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from casework.gate import Gate
from casework.officers import Person, add_officer
from casework.tables import May
from tests.conftest import NOW
from tests.servers.console import Browser, Console

TOKEN = "casework:the-secret-of-the-service"
PASSWORD = "correct horse battery"
PEOPLE = {
    "rhea": Person("Rhea Dunn", "Business Support", May.READER),
    "olga": Person("Olga Utt", "Adviser", May.OFFICER),
    "ann": Person("Ann Pell", "Senior Adviser", May.SIGNATORY),
}


@dataclass
class Clock:
    """Says the same moment until somebody moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: int) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def gate(console: Console, engine: Engine, clock: Clock, cheap_hashes: None) -> Gate:
    """The gate with three officers on record."""
    for sign_in, person in PEOPLE.items():
        add_officer(engine, sign_in, person, PASSWORD, NOW)
    return Gate(console, engine, token=TOKEN, operator=Person("Root", "Operator", May.SIGNATORY), clock=clock)


@pytest.fixture
def open_gate(console: Console, engine: Engine, clock: Clock) -> Gate:
    """The gate of a machine with one operator, and no officer on record."""
    return Gate(console, engine, token=TOKEN, operator=Person("Root", "Operator", May.SIGNATORY), clock=clock)


@pytest.fixture
def signed_in(gate: Gate) -> Callable[[str], Browser]:
    """The browser of an officer who has signed in."""

    def browser(sign_in: str) -> Browser:
        made = Browser(gate)
        assert made.sign_in(sign_in, PASSWORD).status_code == 303
        return made

    return browser
