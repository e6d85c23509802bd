"""A dispatch is killed at every place where it commits or hands over; the same command again makes it good.

Each place is tried on a record of its own, against a real relay and a stub of GOV.UK Notify that live on. Nothing is
lost, nothing leaves twice by Notify or into the folder, and on SMTP one letter at most is not known of.
"""

import os
import shutil
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from tests.casework.post_office import BATCH, CHAIR, HEAD, PostOffice
from tests.conftest import Say
from tests.servers.notify import KEY, TEMPLATE, notify_stub
from tests.servers.relay import mail_relay

# A process that has done nothing yet is forked for each run: quick, and no thread of the tests comes along.
FRESH = get_context("forkserver")
FRESH.set_forkserver_preload(
    ["casework.cli.posting", "notifications.channels.notify", "notifications.channels.smtp", "casework.verify"]
)
SEND = ("letters", "send", "--all")


@dataclass
class Outside:
    """The world that a dispatch reaches: what it is told of it, and how often it has each letter, by its own count."""

    environ: dict[str, str]
    received: Callable[[Path], Counter[str]]


@contextmanager
def folder() -> Iterator[Outside]:
    def received(home: Path) -> Counter[str]:
        return Counter(file.stem for file in (home / "letters").rglob("*.pdf"))

    yield Outside({}, received)


@contextmanager
def relay() -> Iterator[Outside]:
    with mail_relay() as running:
        said = {"EMAIL_BY": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(running.port), "SMTP_SECURITY": "none"}

        def received(home: Path) -> Counter[str]:
            subjects = (str(taken.message["Subject"]) for taken in running.taken)
            by_email = Counter(subject.rpartition("(")[2].removesuffix(")") for subject in subjects)
            running.taken.clear()
            return by_email + Counter(file.stem for file in (home / "letters").rglob("*.pdf"))

        yield Outside(said | {"SMTP_PER_MINUTE": "100000"}, received)


@contextmanager
def notify() -> Iterator[Outside]:
    with notify_stub() as stub:
        said = {"EMAIL_BY": "notify", "POST_BY": "notify", "NOTIFY_KEY": KEY, "NOTIFY_TEMPLATE": TEMPLATE}

        def received(_home: Path) -> Counter[str]:
            found = Counter(reference.rpartition("/")[0] for reference in stub.references)
            stub.posted.clear()
            return found

        yield Outside(said | {"NOTIFY_URL": stub.url, "NOTIFY_PER_MINUTE": "100000"}, received)


WORLDS = {"folder": folder, "smtp": relay, "notify": notify}


def dispatch(environ: dict[str, str], at: int, told: Path) -> int | None:
    """`casework letters send --all` in a process of its own, killed at the place numbered `at`, or at none."""
    running = FRESH.Process(target=_command, args=(environ, at, told))
    running.start()
    running.join(60)
    assert running.exitcode is not None, "it hangs"
    return running.exitcode


def _command(environ: dict[str, str], at: int, told: Path) -> None:
    """Runs in the new process."""
    os.environ.update(environ)
    from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite  # noqa: PLC0415

    from casework import whereabouts  # noqa: PLC0415
    from casework.cli import main  # noqa: PLC0415
    from notifications.channels.folder import FolderChannel  # noqa: PLC0415
    from notifications.channels.notify import NotifyApi  # noqa: PLC0415
    from notifications.channels.smtp import SmtpChannel  # noqa: PLC0415

    places = 0

    def reach() -> None:
        nonlocal places
        places += 1
        if places == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(owner: Any, name: str) -> None:
        do = getattr(owner, name)

        def around(*args: Any) -> Any:
            reach()
            done = do(*args)
            reach()
            return done

        setattr(owner, name, around)

    watched(SQLiteDialect_pysqlite, "do_commit")
    watched(FolderChannel, "deliver")
    watched(SmtpChannel, "_content")
    watched(NotifyApi, "_posted")
    whereabouts.NOTIFY_KNOWS_AFTER = timedelta(0)  # the stub knows at once
    sys.argv = ["casework", *SEND]
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    try:
        main()
    except SystemExit as end:
        told.write_text(str(places))
        sys.exit(end.code)
    told.write_text(str(places))


@pytest.mark.slow
@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("world", WORLDS)
def test_every_kill_is_made_good(office: PostOffice, home: Path, world: str, say: Say) -> None:
    tally = killed_everywhere(office, home, world)
    say(f"sending by {world}: {', '.join(f'{count} {what}' for what, count in tally.items())}")
    assert (tally["lost"], tally["faults"]) == (0, 0)
    assert tally["kills"] == tally["places"] > 10
    assert tally["double"] == 0
    assert tally["unknown"] == 0 or world == "smtp"
    assert tally["most unknown at once"] <= 1


def killed_everywhere(office: PostOffice, home: Path, world: str) -> Counter[str]:
    office.engine.dispose()
    tally: Counter[str] = Counter()
    with WORLDS[world]() as outside:
        environ = {f"CASEWORK_{name}": value for name, value in outside.environ.items()}
        places = tried(home, environ, 0, outside, tally)
        tally["places"] = places
        for place in range(1, places + 1):
            tried(home, environ, place, outside, tally)
    return tally


def tried(home: Path, environ: dict[str, str], place: int, outside: Outside, tally: Counter[str]) -> int:
    """Kill a dispatch at this place, send again, and count what came of it; returns how many places there were."""
    copy = home.with_name("copy")
    shutil.copytree(home, copy)
    here = environ | {"CASEWORK_HOME": str(copy), "CASEWORK_POLICY": str(policy_of(copy))}
    tally["kills"] += dispatch(here, place, copy / "told") == -signal.SIGKILL
    places = int((copy / "told").read_text()) if not place else 0
    for _ in range(2):
        dispatch(here, 0, copy / "told")
    received, states = outside.received(copy), states_of(copy)
    unknown = sum(state == "unknown" for state in states.values())
    tally["unknown"] += unknown
    tally["most unknown at once"] = max(tally["most unknown at once"], unknown)
    tally["lost"] += sum(state != "unknown" and not received[one] for one, state in states.items())
    tally["double"] += sum(count > 1 for count in received.values())
    tally["faults"] += faults_of(copy)
    shutil.rmtree(copy)
    return places


def policy_of(home: Path) -> Path:
    """The policy that the letters were signed under: Norfolk's, with an address to send from."""
    file = home / "policy.toml"
    about = 'name = "norfolk-2013"\ntitle = "x"\nsource = "x"\nvalid_from = 2013-11-01\nextends = "norfolk-2013"'
    file.write_text(f'[policy]\n{about}\n[authority]\nemail = "schools@example.org"\n')
    return file


def states_of(home: Path) -> dict[str, str]:
    with sqlite3.connect(home / "casework.db") as raw:
        rows = raw.execute("SELECT reference, state FROM letter WHERE batch = ?", [BATCH]).fetchall()
    assert {reference for reference, _ in rows} == {HEAD, CHAIR}
    return dict(rows)


def faults_of(home: Path) -> int:
    from casework.database import open_database  # noqa: PLC0415
    from casework.verify import verify  # noqa: PLC0415

    engine = open_database(f"sqlite:///{home / 'casework.db'}")
    found = verify(engine, home / "seals.jsonl").faults
    engine.dispose()
    return len(found)
