"""The doctor finds each thing that keeps the console from working, and says what to do about it."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, update

from casework import doctor
from casework.check import run_check
from casework.doctor import LOOKS, PINNED, examine
from casework.gate import service_token
from casework.office import Office
from casework.register import load_register
from casework.tables import Letter
from states.half_terms import SchoolCalendar
from states.policy import load_policy
from states.tracks.letter import LetterState
from tests.conftest import DEMO, NOW

Break = Callable[["Installed"], None]


class Installed(SimpleNamespace):
    """An installation with nothing the matter, for a test to spoil: its home, record, settings and console."""

    home: Path
    engine: Engine
    monkeypatch: pytest.MonkeyPatch
    console: Any

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self.monkeypatch.setenv(f"CASEWORK_{name}", value)

    def found(self) -> dict[str, str]:
        return {one.looked_at: one.wrong for one in examine(Office())}


@pytest.fixture
def installed(
    engine: Engine,
    home: Path,
    register: Callable[..., Path],
    stamp: Callable[..., Any],
    calendar: SchoolCalendar,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Installed]:
    """One school with a letter drafted, a daily page of today, and a console that is well."""
    own = str(DEMO / "fenshire.toml")
    signed = stamp("2026-02-02", policy=load_policy(own))
    load_register(engine, register({"rating": "Requires improvement"}), "999", signed)
    run_check(engine, calendar, calendar.half_term("2025-26/3"), signed)
    (home / "reports").mkdir()
    (home / "reports" / "daily-on-2026-02-02.md").touch()
    service_token(home)
    monkeypatch.setattr(Office, "now", NOW)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _place: SimpleNamespace(free=2 * doctor.ROOM_NEEDED))
    with answering(home) as console:
        made = Installed(home=home, engine=engine, monkeypatch=monkeypatch, console=console)
        made.set(POLICY=own, CONSOLE_URL=f"http://127.0.0.1:{console.server_port}")
        yield made


@contextmanager
def answering(home: Path) -> Iterator[Any]:
    """A console of which only the health can be asked, by who shows the secret of this installation."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers["Authorization"] == f"Bearer {service_token(home)}"
            well = known and self.path == "/api/health"
            self.send_response(self.server.status if well else 401)  # type: ignore[attr-defined]
            self.end_headers()

        def log_message(self, *_said: Any) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Health) as server:
        server.status = 200  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_nothing_is_found_where_nothing_is_wrong(
    installed: Installed, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(installed.engine)
    assert installed.found() == dict.fromkeys(LOOKS, "")
    assert contents(installed.engine) == before


def versions(**other: str) -> Break:
    return lambda one: one.monkeypatch.setattr(doctor, "version", lambda name: other.get(name) or version(name))


def not_installed(one: Installed) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    one.monkeypatch.setattr(doctor, "version", absent)


def letter_is(state: LetterState) -> Break:
    def spoil(one: Installed) -> None:
        with one.engine.begin() as connection:
            connection.execute(update(Letter).values(state=state.value))

    return spoil


def now_is(at: datetime) -> Break:
    return lambda one: one.monkeypatch.setattr(Office, "now", at)


def settings(**said: str) -> Break:
    return lambda one: one.set(**said)


def console_says(status: int) -> Break:
    return lambda one: setattr(one.console, "status", status)


def no_seal(one: Installed) -> None:
    (one.home / "seals.jsonl").write_text("0000 {}\n", encoding="utf-8")


def disk_is_full(one: Installed) -> None:
    one.monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _place: SimpleNamespace(free=5 * 1024**2))


def never_looked(one: Installed) -> None:
    (one.home / "reports" / "daily-on-2026-02-02.md").unlink()


def last_looked_in_january(one: Installed) -> None:
    never_looked(one)
    (one.home / "reports" / "daily-on-2026-01-28.md").touch()


# What is spoilt → what is found: the thing looked at, what is the matter, and what to do.
FINDINGS: dict[str, tuple[Break, str, str, str]] = {
    "older Prefect": (versions(prefect="3.7.0"), "packages", f"prefect 3.7.0, not {PINNED['prefect']}", "Install with"),
    "newer FastAPI": (versions(fastapi="0.151.0"), "packages", "fastapi 0.151.0, not below 0.151", "Install with"),
    "FastAPI 1": (versions(fastapi="1.0"), "packages", "fastapi 1.0, not below 0.151", "Install with"),
    "no Prefect": (not_installed, "packages", "prefect is not installed", "Run `make demo`"),
    "no record": (settings(DATABASE_URL="sqlite:///nowhere.db"), "database", "no database", "Run `casework init`"),
    "no such policy": (settings(POLICY="atlantis"), "policy", "no such policy", "norfolk-2013"),
    "another policy": (settings(POLICY="england-2026"), "policy", "under the policy fenshire-demo", "Set it to"),
    "broken seals": (no_seal, "seals", "line 1, is no seal", "Put the file back"),
    "calendar ends": (now_is(datetime(2027, 3, 1, tzinfo=UTC)), "calendars", "on 21 July 2027", "add the next year"),
    "no such way": (settings(EMAIL_BY="pigeon"), "channels of letters", "is 'pigeon'", "one of folder, smtp"),
    "no relay": (settings(EMAIL_BY="smtp"), "channels of letters", "SMTP_HOST is not set", "`casework settings`"),
    "letter failed": (letter_is(LetterState.FAILED), "letters on their way", "letter(s) failed", "letters unknown"),
    "letter unknown": (letter_is(LetterState.UNKNOWN), "letters on their way", "may not have left", "letters unknown"),
    "full disk": (disk_is_full, "room on the disk", "Only 5 MB are free", "lies"),
    "never looked": (never_looked, "daily flow", "has not run yet", "start `casework serve`"),
    "silent": (last_looked_in_january, "daily flow", "last ran on 28 January 2026", "is `casework serve` running?"),
    "no console": (settings(CONSOLE_URL="http://127.0.0.1:9"), "console", "no console", "`casework serve` starts it"),
    "no address": (settings(CONSOLE_URL="file:///etc/passwd"), "console", "no address of a page", "CONSOLE_URL"),
    "half an address": (settings(CONSOLE_URL="http://a b:c"), "console", "no console at", "`casework serve` starts"),
    "ill": (console_says(503), "console", "answers with 503", "see console.log"),
    "not let in": (console_says(401), "console", "answers with 401", "see console.log"),
    "no content": (console_says(204), "console", "is not well", "see console.log"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "looked_at", "matter", "to_do"), FINDINGS.values(), ids=FINDINGS)
def test_each_fault_is_found_and_says_what_to_do(
    installed: Installed, spoil: Break, looked_at: str, matter: str, to_do: str
) -> None:
    spoil(installed)
    wrong = {one: said for one, said in installed.found().items() if said}
    assert looked_at in wrong
    assert matter in wrong[looked_at]
    assert to_do in wrong[looked_at]


def test_every_look_can_find_something() -> None:
    assert {found for _, found, *_ in FINDINGS.values()} | {"register"} == set(LOOKS)


def test_record_without_schools_is_found(engine: Engine, home: Path) -> None:
    found = {one.looked_at: one.wrong for one in examine(Office())}
    assert found["register"].endswith("put the register into inbox/register and run load-the-register.")


def test_one_fault_hides_no_other(installed: Installed) -> None:
    """A policy that is only a base is told of, and so is everything after it."""
    installed.set(POLICY="norfolk-2013", EMAIL_BY="pigeon")
    found = installed.found()
    assert list(found) == list(LOOKS)
    assert found["policy"]
    assert found["channels of letters"]


def test_what_speaks_no_http_is_no_console(installed: Installed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        installed.set(CONSOLE_URL=f"http://127.0.0.1:{other.getsockname()[1]}")
        thread = threading.Thread(target=_greet, args=(other,))
        thread.start()
        found = installed.found()["console"]
        thread.join()
    assert "There is no console at" in found


def _greet(other: socket.socket) -> None:
    line, _ = other.accept()
    with line:
        line.recv(4096)
        line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def test_looking_makes_no_file(home: Path, engine: Engine) -> None:
    """Whoever looks may be another account: a secret that it made could not be read by the console."""
    before = sorted(home.iterdir())
    list(examine(Office()))
    assert [one for one in home.iterdir() if one not in before and not one.name.startswith("casework.db")] == []


def test_command_ends_with_one_where_something_is_wrong(installed: Installed, casework: Callable[..., Any]) -> None:
    assert casework("doctor").code == 0
    never_looked(installed)
    ran = casework("doctor")
    assert ran.code == 1
    assert "LOOK  daily flow              The daily flow has not run yet" in ran.out
    assert json.loads(casework("doctor", "--json").out)[0] == {"looked_at": "packages", "wrong": ""}


def test_silence_of_a_long_weekend_is_none(installed: Installed) -> None:
    installed.monkeypatch.setattr(Office, "now", NOW + timedelta(days=4))
    assert installed.found()["daily flow"] == ""
