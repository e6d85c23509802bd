"""A PostgreSQL server that the tests start themselves: nothing to set up, nothing left behind.

It needs only PostgreSQL's programs. It listens on a socket in a folder of its own, trusts whoever can reach that, and
gives up safety on the disk for speed. It lives as long as this end of a pipe is open: however the tests end, it ends.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

# The owner of everything, and the server's administrator.
OWNER = "tests"
# A role that may come in only with the password LOCKED.
LOCKED = "locked"

PORT = "5432"  # names the socket; said everywhere, for PGPORT may be set
START_WITHIN = 60.0
ROOM = 2 << 30

# Reads until the pipe is closed, by us or by our death; then a fast shutdown.
AS_LONG_AS_THE_PIPE = 'exec 3<&0; "$@" <&- & server=$!; read _ <&3; kill -INT $server; wait $server'

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "port": PORT,
}

ACCESS = f"local all {LOCKED} scram-sha-256\nlocal all all trust\n"


def programs() -> Path | None:
    """The folder of initdb and postgres: as pg_config says, where Debian puts them (the newest), or on the path."""
    candidates = [Path(found).parent for name in ("postgres", "initdb") if (found := shutil.which(name))]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    if pg_config := shutil.which("pg_config"):
        said = subprocess.run([pg_config, "--bindir"], check=True, capture_output=True, text=True)
        candidates.append(Path(said.stdout.strip()))
    whole = [folder for folder in candidates if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return whole[-1] if whole else None


def programs_or_skip() -> Path:
    """Without them a test is skipped, or fails where CI says that it may not be."""
    if found := programs():
        return found
    said = (
        "PostgreSQL's programs (initdb, postgres) are not here, so nothing was tried on it: apt-get install postgresql"
    )
    if os.environ.get("CASEWORK_TESTS_NEED_POSTGRESQL"):
        pytest.fail(said)
    pytest.skip(said)


@dataclass
class Server:
    """One server with its data; `crash` and `start` again to see what a recovery keeps."""

    programs: Path
    folder: Path
    _running: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    def prepared(cls, programs: Path, folder: Path) -> "Server":
        """A new server in a new folder, not yet started."""
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(folder, _nobody()["user"])
        server = cls(programs, folder)
        server._run(
            "initdb", "--no-sync", "--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C",
            "--pgdata", str(server.data),
        )  # fmt: skip
        (server.data / "pg_hba.conf").write_text(ACCESS)
        return server

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        postgres = [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.folder), *settings]
        with (self.folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                ["/bin/sh", "-c", AS_LONG_AS_THE_PIPE, "sh", *postgres],
                stdin=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # so that Ctrl-C reaches the tests, which then stop it
                cwd=self.folder,
                **_nobody(),
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        self._owner.dispose()
        if self._running:
            self._running.communicate()
        self._running = None

    def crash(self) -> None:
        """All at once, without a word to anybody: every connection is lost, and nothing is written any more."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        self.stop()

    def url(self, database: str, role: str = OWNER, password: str = "") -> str:
        signed_in = f"{role}:{password}" if password else role
        return f"postgresql+psycopg://{signed_in}@/{database}?host={self.folder}&port={PORT}"

    def database(self, template: str = "template1") -> str:
        """The name of a new database, a copy of the template, to which nobody may be connected."""
        name = f"record_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}{self._fastest}")
        return name

    def drop(self, database: str) -> None:
        self.run(f"DROP DATABASE {database} WITH (FORCE)")

    def run(self, *statements: str) -> None:
        """As the owner, each on its own, in no record's database."""
        with self._owner.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    @cached_property
    def _owner(self) -> Engine:
        return create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    @cached_property
    def _fastest(self) -> str:
        """PostgreSQL 15 learnt a second way to copy a database, four times as slow here, and made it the usual one."""
        with self._owner.connect() as connection:
            newer = int(connection.scalar(text("SHOW server_version_num")) or 0) >= 150000
        return " STRATEGY FILE_COPY" if newer else ""

    def _run(self, program: str, *options: str) -> None:
        command = [str(self.programs / program), *options]
        ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=self.folder, **_nobody())
        assert ran.returncode == 0, ran.stderr

    def _wait_until_it_answers(self) -> None:
        ends = time.monotonic() + START_WITHIN
        answers = [str(self.programs / "pg_isready"), "--quiet", "--host", str(self.folder), "--port", PORT]
        while subprocess.run(answers, check=False).returncode:
            assert self._running
            assert self._running.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < ends, (self.folder / "log").read_text()
            time.sleep(0.05)


def _nobody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def _in_memory() -> str | None:
    """Where a database is copied ten times as fast; None where there is no room. A container's is often 64 MiB."""
    there = Path("/dev/shm")
    return str(there) if there.is_dir() and shutil.disk_usage(there).free > ROOM else None


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A server of one's own, gone afterwards with all that was in it."""
    above = Path(tempfile.mkdtemp(prefix="casework-pg-", dir=_in_memory()))
    above.chmod(0o711)  # its user must be able to come through
    server = Server.prepared(programs, above / "server")
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(above)
