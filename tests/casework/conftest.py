"""What tests of the services share: every write is looked at, it must come by the one path; and a post office."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from casework import officers
from casework.check import run_check
from casework.contacts import load_contacts
from casework.dispatch import PostRoom
from casework.record import Stamp
from casework.register import load_register
from notifications.channels.folder import FolderChannel
from notifications.pdf import Typesetter
from notifications.wording import Wording
from states.half_terms import SchoolCalendar
from states.policy import Policy
from tests.casework.post_office import BATCH, URN, PostOffice
from tests.casework.write_path import watched


@pytest.fixture(autouse=True, scope="session")
def _one_write_path() -> Iterator[None]:
    with watched():
        yield


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of passwords that take no time: what they ought to cost is tried in one place only."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    nobody = cheap.hash("nobody has this password")
    monkeypatch.setattr(officers, "_hasher", lambda: cheap)
    monkeypatch.setattr(officers, "_nobody", lambda: nobody)


@pytest.fixture
def office(  # noqa: PLR0917  # a fixture asks for all that it puts together
    engine: Engine,
    emailing_policy: Policy,
    wording: Wording,
    typesetter: Typesetter,
    calendar: SchoolCalendar,
    stamp: Callable[..., Stamp],
    register: Callable[..., Path],
    table_file: Callable[..., Path],
    home: Path,
) -> PostOffice:
    """One school with two signed letters of a batch: the head has an address for email, the chair has none."""
    signed = stamp("2025-12-01", policy=emailing_policy)
    load_register(engine, register({"rating": "Requires improvement"}), "999", replace(signed, actor="Register load"))
    load_contacts(engine, table_file("urn,role,name,email", f"{URN},head,Mrs Okafor,head@example.org"), signed)
    run_check(engine, calendar, calendar.half_term("2025-26/2"), signed)
    folder = FolderChannel(home / "letters")
    made = PostOffice(engine, signed, PostRoom(folder, folder, wording, typesetter))
    made.approve(batch=BATCH)
    return made
