"""The console as officers have it: `casework serve` in a process of its own, asked over HTTP as browsers ask it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from casework.settings import CHANNEL_VARIABLES, VARIABLES

T = TypeVar("T")

# Seconds: a busy machine takes ten times as long as a quiet one.
STARTS_WITHIN, ENDS_WITHIN, PATIENCE = 240.0, 90.0, 240.0
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
BUSY = (502, 503, 504)  # what Prefect's server answers while its SQLite is taken

# Every process of an installation that finds this on its path reads the same moment.
FIXED_CLOCK = """
import os
from dataclasses import replace
from datetime import datetime
from casework import office
now = datetime.fromisoformat(os.environ["TESTS_NOW"])
made = office.post_room
office.Office.now = now
office.post_room = lambda *known: replace(made(*known), clock=lambda: now)
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def environ_of(home: Path, **settings: str) -> dict[str, str]:
    """The environment of an installation at `home`: nothing of whoever runs the tests, nor of other tests' Prefect."""
    ours = {*VARIABLES, *CHANNEL_VARIABLES}
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("PREFECT_")}
    return kept | {"CASEWORK_HOME": str(home)} | settings


def at_one_moment(folder: Path, moment: str) -> dict[str, str]:
    """What an environment says so that every process in it reads this moment; `folder` is for the program that does."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(FIXED_CLOCK, encoding="utf-8")
    return {"PYTHONPATH": str(folder), "TESTS_NOW": moment}


def until(found: Callable[[], T | None], within: float = PATIENCE) -> T:
    """What `found` finds, asked again until it does."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        if (answer := found()) is not None:
            return answer
        time.sleep(0.3)
    raise TimeoutError(f"Not within {within:.0f} seconds.")


@dataclass
class Api:
    """Prefect's API behind the gate, asked by one person, or by a program of ours."""

    client: httpx.Client

    def __call__(self, method: str, path: str, **json: Any) -> Any:
        answer = until(lambda: self._once(method, path, json))
        assert answer.status_code < 400, (method, path, answer.status_code, answer.text[:500])
        return answer.json() if answer.content else None

    def _once(self, method: str, path: str, json: Mapping[str, Any]) -> httpx.Response | None:
        try:
            answer = self.client.request(method, f"/api{path}", json=json if method != "GET" else None)
        except httpx.TransportError:
            return None
        return None if answer.status_code in BUSY else answer

    def start(self, name: str, **parameters: Any) -> str:
        """Send in the form of a deployment; returns the id of its run."""
        deployment = self("GET", f"/deployments/name/{name}/{name}")["id"]
        asked = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        return str(self("POST", f"/deployments/{deployment}/create_flow_run", **asked)["id"])

    def run(self, name: str, **parameters: Any) -> dict[str, Any]:
        """The same, and wait for its end; returns the run's last state."""
        return self.ended(self.start(name, **parameters))

    def ended(self, run_id: str) -> dict[str, Any]:
        def last() -> dict[str, Any] | None:
            state = self("GET", f"/flow_runs/{run_id}")["state"]
            return state if state["type"] in FINAL else None

        return until(last)

    def ended_after(self, run_id: str, starts: int) -> dict[str, Any]:
        """The same of a run that is started again: the state in which it was cut off is not its last."""

        def last() -> dict[str, Any] | None:
            run = self("GET", f"/flow_runs/{run_id}")
            return run["state"] if run["state"]["type"] in FINAL and run["run_count"] >= starts else None

        return until(last)

    def runs(self, *states: str) -> list[dict[str, Any]]:
        wanted = {"state": {"type": {"any_": list(states)}}} if states else {}
        return list(self("POST", "/flow_runs/filter", flow_runs=wanted))

    def form(self, batch: str) -> dict[str, Any]:
        """The run that waits for the signature under a batch."""

        def waits() -> dict[str, Any] | None:
            return next((run for run in self.runs("PAUSED") if run["parameters"].get("batch") == batch), None)

        return until(waits)

    def questions(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """What a form asks: its fields, with what stands in them already."""
        key = form["state"]["state_details"]["run_input_keyset"]["schema"]
        return dict(self("GET", f"/flow_runs/{form['id']}/input/{key}")["properties"])

    def answer(self, batch: str, **said: Any) -> dict[str, Any]:
        """Fill in the form of a batch and send it; returns the last state of its run."""
        form = self.form(batch)
        digest = self.questions(form)["digest"].get("default", "")
        taken = self("POST", f"/flow_runs/{form['id']}/resume", run_input={"digest": digest} | said)
        assert taken["status"] == "ACCEPT", taken
        return self.ended(form["id"])

    def page(self, key: str) -> str:
        """The newest artifact of that name."""
        found = self("POST", "/artifacts/filter", artifacts={"key": {"any_": [key]}}, sort="CREATED_DESC")
        return str(found[0]["data"])


def stop_the_calendar(ask: Callable[..., Any]) -> None:
    """Nothing runs by itself in a test: at seven in the morning another check would."""
    for deployment in ask("POST", "/deployments/filter"):
        for schedule in deployment["schedules"]:
            ask("PATCH", f"/deployments/{deployment['id']}/schedules/{schedule['id']}", active=False)


@dataclass
class Serving:
    """One `casework serve`, to be started and stopped as often as a test wants."""

    home: Path
    environ: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> Path:
        return self.home.with_suffix(".said")

    def start(self) -> None:
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "casework", "serve", "--port", str(self.port)],
                env=self.environ, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        until(self._ready, STARTS_WITHIN)
        stop_the_calendar(self.service)

    def _ready(self) -> bool | None:
        assert self.process is not None
        words = self.said.read_text(encoding="utf-8")
        assert self.process.poll() is None, words
        return True if "The console is at" in words else None

    def stop(self) -> int:
        """As a service is stopped; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(ENDS_WITHIN)

    def end(self) -> None:
        """Whatever state it is in."""
        if self.process and self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in processes_with(f"CASEWORK_HOME={self.home}"):
            os.kill(pid, signal.SIGKILL)

    @property
    def service(self) -> Api:
        """As the calendar and our own programs ask."""
        user, _, secret = (self.home / "service-token").read_text(encoding="ascii").strip().partition(":")
        return Api(httpx.Client(base_url=f"http://127.0.0.1:{self.port}", auth=(user, secret), timeout=60))

    def browser(self, sign_in: str = "", password: str = "") -> Api:
        """As somebody at this machine asks: its operator, or the officer who signs in."""
        base = f"http://127.0.0.1:{self.port}"
        headers = {"origin": base, "sec-fetch-site": "same-origin"}
        client = httpx.Client(base_url=base, headers=headers, timeout=60)
        if sign_in:
            told = client.post("/sign-in", data={"sign_in": sign_in, "password": password, "next": "/"})
            assert told.status_code == 303, told.text
        return Api(client)

    def casework(self, *typed: object, **more: Any) -> str:
        """The command on the same record; returns what it printed."""
        command = [sys.executable, "-m", "casework", *map(str, typed)]
        return subprocess.run(command, env=self.environ, check=True, capture_output=True, text=True, **more).stdout

    def processes_of(self, run_id: str) -> list[int]:
        return [pid for pid in processes_with(run_id) if pid != os.getpid()]


def processes_with(words: str) -> list[int]:
    """The processes in whose environment these words stand."""
    found = []
    for folder in Path("/proc").iterdir():
        if re.fullmatch(r"\d+", folder.name) and int(folder.name) != os.getpid():
            try:
                told = (folder / "environ").read_bytes()
            except OSError:
                continue
            if words.encode() in told.split(b"\0") or f"={words}".encode() in told:
                found.append(int(folder.name))
    return found
