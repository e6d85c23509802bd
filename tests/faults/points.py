"""A command run in a process of its own, and one hook at every place where it writes: there it can be made to die.

The places: each row of an INSERT, UPDATE or DELETE, before and after the statement, before and after each commit, and
each file opened for writing, synced, renamed, removed or made a folder under CASEWORK_HOME.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from casework.chunks import chunks
from casework.cli import main
from notifications.channels.folder import FolderChannel

WRITING = os.O_WRONLY | os.O_RDWR
TOUCHED = ("os.rename", "os.remove", "os.mkdir")
LONGEST = 60  # seconds that one command may take before it counts as hanging

COMMANDS = [f"casework.cli.{name}" for name in ("cases", "check", "intake", "letters", "record", "setup")]

# A process that has done nothing yet is forked for each run: quick, and no thread of the tests comes along.
FRESH = get_context("forkserver")
FRESH.set_forkserver_preload(
    ["__main__", "tests.faults.points", *COMMANDS, "casework.verify", "notifications.pdf", "psycopg"]
)


def nothing() -> None:
    """What happens to a command that nobody disturbs."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a command: `act` at the place numbered `at`, counted from 1; at none where that is 0.

    `before` is done in the new process first; `together` is how many schools or letters then make one transaction.
    """

    at: int = 0
    act: Callable[[], None] = die
    before: Callable[[], None] = nothing
    together: int = 0


UNDISTURBED = Fault()


class Ended(NamedTuple):
    """How a command ended: its exit code, or minus the signal; what it said; the places that it came by."""

    code: int | None
    said: str
    places: list[str]


@dataclass(slots=True)
class _Places:
    """The places that one process has come by."""

    fault: Fault
    names: list[str] = field(default_factory=list)

    def reach(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self.fault.at:
            self.fault.act()

    def each(self, name: str, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.reach(f"row of {name}")
            yield row

    def around(self, name: str, do: Callable[..., Any], *args: Any) -> Any:
        self.reach(f"before {name}")
        done = do(*args)
        self.reach(f"after {name}")
        return done

    def watch(self, home: Path) -> None:
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            self._watch_database(dialect)
        sync = os.fsync
        os.fsync = lambda file: self.around("fsync", sync, file)
        sys.addaudithook(lambda event, args: self._heard(event, args, str(home)))

    def _watch_database(self, dialect: Any) -> None:
        one, many, commit = dialect.do_execute, dialect.do_executemany, dialect.do_commit

        def execute(self_: Any, cursor: Any, statement: str, *rest: Any) -> None:
            do = lambda: one(self_, cursor, statement, *rest)  # noqa: E731
            self.around(_short(statement), do) if _writes(statement) else do()

        def executemany(self_: Any, cursor: Any, statement: str, rows: Any, *rest: Any) -> None:
            name = _short(statement)
            self.around(name, lambda: many(self_, cursor, statement, self.each(name, rows), *rest))

        dialect.do_execute, dialect.do_executemany = execute, executemany
        dialect.do_commit = lambda self_, connection: self.around("commit", commit, self_, connection)

    def _heard(self, event: str, args: tuple[Any, ...], home: str) -> None:
        writes = event in TOUCHED or (event == "open" and isinstance(args[2], int) and args[2] & WRITING)
        if writes and str(args[0]).startswith(home):
            self.reach(f"{event} {Path(str(args[0])).suffix}")


def _writes(statement: str) -> bool:
    return statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "REPLACE"))


def _short(statement: str) -> str:
    return " ".join(statement.split()[:3])


def run(environ: dict[str, str], *typed: object, fault: Fault = UNDISTURBED) -> Ended:
    """`casework TYPED …` as the shell would run it, with this environment; kills it if it hangs."""
    with TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        running = FRESH.Process(target=_command, args=(environ, [*map(str, typed)], fault, told))
        running.start()
        running.join(LONGEST)
        if running.exitcode is None:
            running.kill()
            running.join()
            raise TimeoutError(f"casework {typed} hangs")
        said, _, places = (told.read_text() if told.exists() else "").rpartition("\n")
    return Ended(running.exitcode, said, json.loads(places or "[]"))


def _command(environ: dict[str, str], typed: list[str], fault: Fault, told: Path) -> None:
    """Runs in the new process."""
    os.environ.update(environ)
    sys.argv = ["casework", *typed]
    if fault.together:
        chunks.__defaults__ = (fault.together,)
        FolderChannel.together = fault.together
    out = told.open("w")
    places = _Places(fault)
    places.watch(Path(environ["CASEWORK_HOME"]))
    fault.before()
    code = 0
    with redirect_stdout(out), redirect_stderr(out):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:  # noqa: BLE001  -- a traceback is what the tests look for
            traceback.print_exc()
            code = 70
    out.write("\n" + json.dumps(places.names))
    out.close()
    sys.exit(code)
