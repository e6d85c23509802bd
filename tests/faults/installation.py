"""An installation of a small authority in a folder of its own, that can be copied in a moment and run to its death."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from casework.database import open_database
from casework.verify import verify
from tests.faults.book import Book, book, half_done
from tests.faults.points import UNDISTURBED, Ended, Fault, run
from tests.postgresql import Server

DEMO = Path(__file__).parents[2] / "demo"


@dataclass(frozen=True, slots=True)
class Installation:
    """A CASEWORK_HOME and its database: the one named on the server, or where there is none a file in the folder."""

    home: Path
    server: Server | None = None
    database: str = ""

    @classmethod
    def at(cls, home: Path, server: Server | None, template: str = "template1") -> "Installation":
        if not server:
            return cls(home)
        made = cls(home, server, server.database(template))
        # The tests' own server may lose what it has acknowledged: a record may not.
        server.run(f"ALTER DATABASE {made.database} SET synchronous_commit = on")
        return made

    @property
    def url(self) -> str:
        return self.server.url(self.database) if self.server else f"sqlite:///{self.home / 'casework.db'}"

    def drop(self) -> None:
        if self.server:
            self.server.drop(self.database)

    @property
    def letters(self) -> Path:
        return self.home / "letters"

    def run(self, *typed: object, fault: Fault = UNDISTURBED) -> Ended:
        environ = {"CASEWORK_HOME": str(self.home), "CASEWORK_POLICY": str(DEMO / "fenshire.toml")}
        return run(environ | {"CASEWORK_DATABASE_URL": self.url}, *typed, fault=fault)

    def done(self, *typed: object, fault: Fault = UNDISTURBED) -> Ended:
        """`run`, of which it is sure that it went well."""
        ended = self.run(*typed, fault=fault)
        assert ended.code == 0, ended.said
        return ended

    @contextmanager
    def copied(self) -> "Iterator[Installation]":
        """A copy of folder and database, gone afterwards."""
        copy = Installation.at(self.home.with_name("copy"), self.server, self.database)
        shutil.copytree(self.home, copy.home)
        try:
            yield copy
        finally:
            shutil.rmtree(copy.home)
            copy.drop()

    def faults(self) -> list[str]:
        """What `casework verify` finds."""
        engine = open_database(self.url)
        found = verify(engine, self.home / "seals.jsonl").faults
        engine.dispose()
        return [f"{one.place}: {one.what}" for one in found]

    def book(self) -> Book:
        return book(self.url, self.letters)

    def half_done(self) -> list[str]:
        return half_done(self.url, self.letters)


def prepared(at: Installation, schools: Callable[[Path], Path], *commands: str) -> Installation:
    """The installation after its register, its contacts and these commands."""
    at.home.mkdir()
    at.done("init")
    at.done("register", "load", schools(at.home / "register.csv"), "--la", "999", "--on", "2025-09-08")
    at.run("contacts", "load", DEMO / "contacts.csv")
    for command in commands:
        at.done(*command.split())
    return at
