"""Installations to break: on SQLite, and on PostgreSQL where its programs are there."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Installation, prepared

Prepared = Callable[..., Installation]

DATABASES = ("sqlite", "postgresql")
RATINGS = ("Requires improvement", "Requires improvement", "Requires improvement", "Good", "Inadequate", "Good")
COLUMNS = (
    "URN", "LA (code)", "LA (name)", "EstablishmentName", "TypeOfEstablishment (code)", "EstablishmentStatus (name)",
    "PhaseOfEducation (name)", "Street", "Postcode", "HeadLastName", "OfstedRating (name)", "OfstedLastInsp",
)  # fmt: skip


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where an installation lies: in memory where that can be had, for a thousand copies are made of it."""
    memory = Path("/dev/shm")  # a folder of its own is made in it
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as made:
        yield Path(made)


@pytest.fixture
def prepare(folder: Path, request: pytest.FixtureRequest) -> Prepared:
    """Makes an installation: `prepare("sqlite", 3, "check 2025-26/1 --on 2025-10-20")` has three schools."""

    def made(database: str, schools: int, *commands: str) -> Installation:
        server = request.getfixturevalue("postgresql") if database == "postgresql" else None
        at = Installation.at(folder / "home", server)
        request.addfinalizer(at.drop)
        return prepared(at, lambda file: _register(file, schools), *commands)

    return made


def _register(file: Path, schools: int) -> Path:
    """So many schools, as the register gives them."""
    lines = [
        f"{990001 + number},999,Fenshire,School {number},01,Open,Primary,Mill Lane,ZZ1 1AA,Okafor,"
        f"{RATINGS[number % len(RATINGS)]},17-06-2015"
        for number in range(schools)
    ]
    file.write_text("\n".join([",".join(COLUMNS), *lines]) + "\n")
    return file
