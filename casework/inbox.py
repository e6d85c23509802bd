"""Files that officers put into a folder for the system to take in: one folder for each kind of list.

A file is taken once: afterwards it lies in the folder's `taken`, beside a list of its rows that could not be used. A
file of which nothing could be used stays where it is, so that it can be put right in its place.
"""

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from itertools import count
from pathlib import Path

from casework.rows import Rejected

LEFT_OUT = ".left-out.csv"

LONGEST_NAME = 255  # bytes, on every file system that we know

# Bytes that stand within a character of UTF-8: a name cut there begins with the next.
_WITHIN = bytes(range(0x80, 0xC0))


class Kind(StrEnum):
    """What a folder of the inbox is for."""

    REGISTER = "register"
    CONTACTS = "contacts"
    RETURNS = "returns"
    INSPECTIONS = "inspections"
    ALLOCATIONS = "allocations"
    LETTERS = "letters"


def prepare(inbox: Path) -> None:
    """Make the folders, so that an officer finds where to put a file."""
    for kind in Kind:
        (inbox / kind / "taken").mkdir(parents=True, exist_ok=True)


def waiting(inbox: Path, kind: Kind) -> list[Path]:
    """The files of one kind, the oldest first; what is hidden or still being copied is left for the next time."""
    folder = inbox / kind
    files = [one for one in folder.glob("*") if one.is_file() and not one.name.startswith((".", "~"))]
    return sorted((one for one in files if one.suffix != ".part"), key=lambda one: (one.stat().st_mtime, one.name))


def take(file: Path, rejected: Iterable[Rejected], now: datetime) -> Path:
    """Lay the file aside, with a list of the rows that were left out of it; returns where it lies."""
    taken = file.parent / "taken"
    taken.mkdir(exist_ok=True)
    place = next(place for place in _places(taken, file, now) if not place.exists())
    file.replace(place)
    if rows := [asdict(row) for row in rejected]:
        with place.with_name(f"{place.name}{LEFT_OUT}").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return place


def _places(taken: Path, file: Path, now: datetime) -> Iterator[Path]:
    """Names by the moment and the file's own, of which the end is kept where all of it is too long."""
    for again in count():
        before = f"{now:%Y-%m-%dT%H%M%S}-{f'{again}-' if again else ''}"
        room = LONGEST_NAME - len(f"{before}{LEFT_OUT}")
        yield taken / f"{before}{os.fsdecode(os.fsencode(file.name)[-room:].lstrip(_WITHIN))}"
