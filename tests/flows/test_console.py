"""`casework serve` as a process: from an empty home to sent letters, killed and stopped on the way; nothing is lost."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from casework.tables import Base
from casework.verify import verify
from tests.conftest import DEMO, NOW
from tests.servers.serving import Api, Serving, at_one_moment, environ_of, until

pytestmark = pytest.mark.slow

URN, SCHOOL = 990022, "kettlemarsh"
POLICY = {"CASEWORK_POLICY": str(DEMO / "fenshire.toml")}
FIRST, SECOND = "progress_request-2025-26-1", "progress_request-2025-26-2"
OPERATOR = {"CASEWORK_OPERATOR": "Ann Pell", "CASEWORK_OPERATOR_ROLE": "Senior Adviser"}


def put(home: Path, kind: str, name: str) -> None:
    shutil.copy(DEMO / name, home / "inbox" / kind / name)


def rows(home: Path, *names: str) -> dict[str, list[Any]]:
    engine = create_engine(f"sqlite:///{home / 'casework.db'}")
    with engine.connect() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.name in names]
        found = {
            table.name: [row._mapping for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables
        }
    engine.dispose()
    return found


def faults(home: Path) -> list[Any]:
    engine = create_engine(f"sqlite:///{home / 'casework.db'}")
    found = verify(engine, home / "seals.jsonl").faults
    engine.dispose()
    return list(found)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A console that was started in an empty home."""
    home = tmp_path_factory.mktemp("console") / "home"
    made = Serving(home, environ_of(home, **POLICY, **OPERATOR))
    made.start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def operator(serving: Serving) -> Api:
    return serving.browser()


@pytest.fixture(scope="module")
def asked(serving: Serving, operator: Api) -> Serving:
    """The demo's schools, their people, and a morning in October on which their returns were asked for."""
    put(serving.home, "register", "register.csv")
    put(serving.home, "contacts", "contacts.csv")
    for name, form in {
        "load-the-register": {"la_code": "999", "on": "2025-09-08"},
        "load-contacts": {},
        "daily-clocks": {"on": "2025-10-20"},
    }.items():
        state = operator.run(name, **form)
        assert state["type"] == "COMPLETED", state
    return serving


def empty_home_becomes_a_caseload_with_returns_asked_for(asked: Serving, operator: Api) -> None:
    assert len(rows(asked.home, "return")["return"]) == 24
    assert f"[{FIRST}: 48 letter(s) to be signed](/v2/runs/flow-run/" in operator.page("today")
    assert {event["actor"] for event in rows(asked.home, "event")["event"]} == {"Ann Pell"}


def name_that_a_form_claims_is_not_recorded(asked: Serving, operator: Api) -> None:
    form = {"school": SCHOOL, "step": "Raise a concern (raise_concern)", "reason": "Off track", "evidence": "Audit"}
    assert operator.run("record-a-move", **form, on="2025-10-21", by="Mallory", role="Director")["type"] == "COMPLETED"
    events = rows(asked.home, "event")["event"]
    [moved] = [event for event in events if event["trigger"] == "raise_concern"]
    assert (moved["actor"], moved["role"]) == ("Ann Pell", "Senior Adviser")


def failure_is_told_to_an_officer_and_a_refusal_to_who_asked(asked: Serving, operator: Api) -> None:
    form = {"school": SCHOOL, "step": "Transition is over (settle)", "reason": "It is", "on": "2025-10-21"}
    state = operator.run("record-a-move", **form)
    assert (state["type"], state["name"]) == ("FAILED", "Refused")
    assert "Transition is over" in state["message"]
    assert operator.run("record-a-move", **(form | {"school": "Hogwarts"}))["name"] == "Failed"
    [told] = until(lambda: list((asked.home / "alarms").glob("*.eml")) or None)
    words = told.read_text(encoding="utf-8")
    assert "Hogwarts" in words
    assert "Look at the school's history" in words


def form_is_answered_by_resuming_its_run_and_what_is_signed_is_sent(asked: Serving, operator: Api) -> None:
    left = f"PR-{URN - 20}-2025-26-1-H"
    with pytest.raises(AssertionError, match=r"REJECT|PR-1"):
        operator.answer(FIRST, decision="Sign them", exceptions=["PR-1"])
    said = {"decision": "Sign them", "exceptions": [left], "exceptions_are": "left for another day"}
    assert operator.answer(FIRST, **said, by="Mallory", role="Director")["type"] == "COMPLETED"
    assert operator.run("send-letters")["type"] == "COMPLETED"
    letters = {one["reference"]: one for one in rows(asked.home, "letter")["letter"] if one["batch"] == FIRST}
    assert {one["state"] for reference, one in letters.items() if reference != left} == {"sent"}
    assert letters[left]["state"] == "drafted"
    signed = [one for one in rows(asked.home, "event")["event"] if one["trigger"] == "approve"]
    assert {event["actor"] for event in signed} == {"Ann Pell"}
    assert len(list((asked.home / "letters" / FIRST).glob("*.pdf"))) == len(letters) - 1


def run_that_is_killed_is_picked_up(asked: Serving, operator: Api) -> None:
    run_id = operator.start("daily-clocks", on="2025-12-08")
    [pid, *_] = until(lambda: running(asked, operator, run_id))
    os.kill(pid, signal.SIGKILL)
    assert operator.ended_after(run_id, starts=2)["type"] == "COMPLETED"
    assert len([one for one in rows(asked.home, "return")["return"] if one["half_term"] == "2025-26/2"]) > 0
    assert faults(asked.home) == []


def running(serving: Serving, api: Api, run_id: str) -> list[int] | None:
    if api("GET", f"/flow_runs/{run_id}")["state"]["type"] != "RUNNING":
        return None
    return serving.processes_of(run_id) or None


def nothing_is_lost_by_a_stop(asked: Serving, operator: Api) -> None:
    for batch in (FIRST, SECOND):
        operator.form(batch)
    waiting = {run["id"]: run["parameters"]["batch"] for run in operator.runs("PAUSED")}
    ended = {run["id"] for run in operator.runs("COMPLETED", "FAILED")}
    assert asked.stop() == 0
    asked.start()
    again = asked.browser()
    assert {run["id"]: run["parameters"]["batch"] for run in again.runs("PAUSED")} == waiting
    assert ended <= {run["id"] for run in again.runs("COMPLETED", "FAILED")}
    assert again.answer(SECOND, decision="Sign them")["type"] == "COMPLETED"
    assert again.run("send-letters", batch=SECOND)["type"] == "COMPLETED"
    assert {one["state"] for one in rows(asked.home, "letter")["letter"] if one["batch"] == SECOND} == {"sent"}
    assert again.run("verify-the-record")["type"] == "COMPLETED"


STEPS = (
    empty_home_becomes_a_caseload_with_returns_asked_for,
    name_that_a_form_claims_is_not_recorded,
    failure_is_told_to_an_officer_and_a_refusal_to_who_asked,
    form_is_answered_by_resuming_its_run_and_what_is_signed_is_sent,
    run_that_is_killed_is_picked_up,
    nothing_is_lost_by_a_stop,
)


def test_from_an_empty_home_to_sent_letters_nothing_is_lost(asked: Serving, operator: Api) -> None:
    """One console for all of it, each step where the one before it ended: a start takes half a minute."""
    for step in STEPS:
        step(asked, operator)


def test_other_machines_are_let_in_only_with_officers(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ran = subprocess.run(
        [sys.executable, "-m", "casework", "serve", "--host", "0.0.0.0"],
        env=environ_of(home, **POLICY), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "no officer is on record" in ran.stdout
    assert "casework officers add" in ran.stdout


# A year's work, done twice: in the console by officers who sign in, and at the command line.

OFFICERS = {
    "ada": ("Ada Quill", "Adviser", "officer"),
    "ben": ("Ben Marsh", "Senior Adviser", "officer"),
    "cleo": ("Cleo Fenn", "Assistant Director", "signatory"),
}
PASSWORD = "heron quiet lantern 41"
NOTICE = {
    "given_on": "2026-01-19",
    "period_ends": "2026-03-16",
    "grounds": ["low_standards"],
    "contents": ["matters", "action_required", "compliance_period", "action_minded_to_take"],
    "copies": ["chief_inspector", "head_teacher", "diocesan_authority", "foundation_appointer", "secretary_of_state"],
}
WHY = {"reason": "Progress is off track", "evidence": "Half-termly return 2025-26/1"}
DECISIONS = [
    ("ada", "school", "Raise a concern (raise_concern)", {}, "2026-01-12"),
    ("ada", "school", "Begin an audit (begin_audit)", {}, "2026-01-13"),
    ("ada", "notice", "Begin a notice (draft)", {}, "2026-01-15"),
    ("ada", "notice", "A second officer checks it (check)", NOTICE, "2026-01-16"),  # refused: it is her own
    ("ben", "notice", "A second officer checks it (check)", NOTICE, "2026-01-16"),
    ("cleo", "notice", "Give it to the governing body (give)", {}, "2026-01-19"),
    ("cleo", "school", "Give a warning notice (PSSWN) (give_notice)", {}, "2026-01-19"),
]
FORMS = {"school": "record-a-move", "notice": "warning-notice"}
BOOK = ("school", "contact", "case", "event", "return", "letter")


def by_the_console(serving: Serving) -> None:
    """The calendar's work as our own programs do it, and each decision by the officer who is signed in."""
    for sign_in, (name, title, may) in OFFICERS.items():
        typed = ("officers", "add", sign_in, "--name", name, "--title", title, "--may", may)
        serving.casework(*typed, input=f"{PASSWORD}\n")
    serving.start()
    calendar = serving.service
    signed_in = {sign_in: serving.browser(sign_in, PASSWORD) for sign_in in OFFICERS}

    def done(api: Api, name: str, **form: Any) -> None:
        state = api.run(name, **form)
        assert state["type"] == "COMPLETED" or state["name"] == "Refused", (name, state)

    for kind, name in (("register", "register.csv"), ("contacts", "contacts.csv"), ("returns", "returns.csv")):
        put(serving.home, kind, name)
    done(calendar, "load-the-register", la_code="999", on="2025-09-08")
    done(calendar, "load-contacts")
    done(calendar, "half-termly-check", half_term="2025-26/1", on="2025-10-20")
    done(calendar, "load-returns", on="2026-01-11")
    done(calendar, "half-termly-check", half_term="2025-26/2", on="2025-12-19")
    for sign_in, track, step, facts, on in DECISIONS:
        done(signed_in[sign_in], FORMS[track], school=SCHOOL, step=step, facts=facts, on=on, **WHY)
    put(serving.home, "allocations", "allocations.csv")
    done(signed_in["ben"], "allocate-partners", on="2026-01-20")
    done(calendar, "daily-clocks", on="2026-01-20")
    for batch in (FIRST, SECOND):
        assert signed_in["cleo"].answer(batch, decision="Sign them")["type"] == "COMPLETED"
    done(calendar, "send-letters")


def by_the_command(serving: Serving) -> None:
    """The same, typed."""
    run = serving.casework
    run("init")
    run("register", "load", DEMO / "register.csv", "--la", "999", "--on", "2025-09-08")
    run("contacts", "load", DEMO / "contacts.csv")
    run("check", "2025-26/1", "--on", "2025-10-20")
    run("returns", "load", DEMO / "returns.csv", "--by", "Returns list", "--on", "2026-01-11")
    run("check", "2025-26/2", "--on", "2025-12-19")
    for sign_in, track, step, facts, on in DECISIONS:
        said = [
            f"--fact={name}={','.join(value) if isinstance(value, list) else value}" for name, value in facts.items()
        ]
        typed = (
            "move",
            URN,
            step.rpartition("(")[2].rstrip(")"),
            *signed(sign_in),
            "--track",
            track,
            "--on",
            on,
            *said,
        )
        try:
            run(*typed, "--reason", WHY["reason"], "--evidence", WHY["evidence"])
        except subprocess.CalledProcessError as error:
            assert error.stderr.startswith("Refused: "), error.stderr  # noqa: PT017
    run("allocate", DEMO / "allocations.csv", *signed("ben"), "--on", "2026-01-20")
    run("daily", "--on", "2026-01-20")
    for batch in (FIRST, SECOND):
        run("letters", "approve", "--batch", batch, *signed("cleo"))
    run("letters", "send", "--all")


def signed(sign_in: str) -> tuple[str, ...]:
    name, title, _ = OFFICERS[sign_in]
    return ("--by", name, "--role", title)


def test_year_in_the_console_is_the_year_at_the_command_line(tmp_path: Path) -> None:
    moment = at_one_moment(tmp_path / "clock", NOW.isoformat())
    console, command = (
        Serving(tmp_path / name, environ_of(tmp_path / name, **POLICY, **moment)) for name in ("console", "command")
    )
    console.casework("init")
    try:
        by_the_console(console)
    finally:
        console.end()
    by_the_command(command)
    mine, typed = rows(console.home, *BOOK), rows(command.home, *BOOK)
    for name in BOOK:
        assert mine[name] == typed[name], name
    events = mine["event"]
    assert {event["recorded_at"] for event in events} == {NOW}
    assert [event["kind"] for event in events if event["actor"] == "Ada Quill"].count("refused") == 1
    assert {one["state"] for one in mine["letter"] if one["batch"] in (FIRST, SECOND)} == {"sent"}
    assert ("notice", "given") in {(case["track"], case["state"]) for case in mine["case"]}
    assert faults(console.home) == faults(command.home) == []
    assert date(2026, 1, 19) in {event["effective_on"] for event in events}
