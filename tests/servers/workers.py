"""The office on several workers: `casework serve --workers` and process workers, all on this machine and PostgreSQL.

Each is a process, as it would be on a machine of its own; what they share is what docs/runbooks/scale-out.md says.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from casework.gate import service_token
from tests.postgresql import Server
from tests.servers.serving import stop_the_calendar

READY_WITHIN = 300.0
POOL = "office"

Run = dict[str, Any]


@dataclass
class Site:
    """One console and its workers, in whose environment they all are."""

    folder: Path
    port: int
    environment: dict[str, str]
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return Path(self.environment["CASEWORK_HOME"])

    def ask(self, method: str, path: str, **json: Any) -> Any:
        """Of Prefect's API, as one of our own programs."""
        token = service_token(self.home)
        url = f"http://127.0.0.1:{self.port}/api{path}"
        said = httpx.request(method, url, headers={"authorization": f"Bearer {token}"}, json=json or None, timeout=60)
        said.raise_for_status()
        return said.json() if said.content else None

    def client(self, name: str) -> dict[str, str]:
        """What a program needs to reach the console's server; of Prefect's own files nothing is shared."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        return {
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "PREFECT_API_AUTH_STRING": service_token(self.home),
            "PREFECT_HOME": str(home),
        }

    def start_worker(self, name: str, limit: int) -> None:
        environment = self.environment | self.client(name)
        del environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"]
        command = ["-m", "prefect", "worker", "start", "--pool", POOL, "--name", name, "--limit", str(limit)]
        self.workers[name] = _started(self.folder / f"{name}.log", command, environment)

    def kill(self, name: str) -> None:
        """As a power cut would: the worker and every run of it, at once and without a word."""
        worker = self.workers.pop(name)
        threads = Path(f"/proc/{worker.pid}/task").iterdir()
        runs = [int(run) for thread in threads for run in (thread / "children").read_text().split()]
        for process in (worker.pid, *runs):
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)  # each run has a session of its own
        worker.wait()

    def start(self, deployment: str, **parameters: Any) -> str:
        found = self.ask("GET", f"/deployments/name/{deployment}/{deployment}")
        made = self.ask("POST", f"/deployments/{found['id']}/create_flow_run", parameters=parameters)
        return str(made["id"])

    def ended(self, run: str, within: float) -> Run:
        ends = time.monotonic() + within
        while True:
            found: Run = self.ask("GET", f"/flow_runs/{run}")
            if found["state_type"] in ("COMPLETED", "FAILED", "CANCELLED"):
                return found
            assert time.monotonic() < ends, f"{found['name']} is still {found['state_name']}.\n{self.logs}"
            time.sleep(1)

    def runs(self, deployment: str) -> list[Run]:
        found = self.ask("GET", f"/deployments/name/{deployment}/{deployment}")
        runs: list[Run] = self.ask("POST", "/flow_runs/filter", deployments={"id": {"any_": [found["id"]]}})
        return runs

    def has_started(self, name: str) -> bool:
        return b"started!" in (self.folder / f"{name}.log").read_bytes()

    def runs_of(self, name: str) -> set[str]:
        """The runs that a worker said it took."""
        lines = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace").split("'")
        return {line for line in lines if line.count("-") == 4 and len(line) == 36}

    @property
    def logs(self) -> str:
        return "\n".join(file.read_text(errors="replace")[-2000:] for file in sorted(self.folder.glob("*.log")))


@contextmanager
def site(server: Server, folder: Path, record: str, policy: Path) -> Iterator[Site]:
    """The office of this record, with Prefect in a database of its own; without workers yet."""
    prefect = server.url(server.database()).replace("+psycopg", "+asyncpg")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {name: said for name, said in os.environ.items() if not name.startswith(("PREFECT_", "CASEWORK_"))}
    environment = clean | {
        "CASEWORK_HOME": str(folder / "home"),
        "CASEWORK_DATABASE_URL": record,
        "CASEWORK_POLICY": str(policy),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": prefect,
    }
    (folder / "home").mkdir(parents=True)
    made = Site(folder, port, environment)
    command = ["-m", "casework", "serve", "--workers", "--port", str(port)]
    console = _started(folder / "console.log", command, environment)
    try:
        _wait_for(made, console)
        stop_the_calendar(made.ask)
        yield made
    finally:
        for name in list(made.workers):
            made.kill(name)
        console.send_signal(signal.SIGINT)
        console.wait()


def _started(log: Path, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("wb") as said:
        return subprocess.Popen(
            [sys.executable, *command], stdout=said, stderr=said, env=environment, start_new_session=True
        )


def _wait_for(made: Site, console: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + READY_WITHIN
    while b"The console is at" not in (made.folder / "console.log").read_bytes():
        assert console.poll() is None, made.logs
        assert time.monotonic() < ends, made.logs
        time.sleep(0.2)
