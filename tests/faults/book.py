"""What stands in a record and in its letters folder, read without casework's own readers: to compare, and to find what
is half done."""

import hashlib
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Table, create_engine, select

from casework.tables import Base

# When and in which order it was written down is all in which two runs may differ.
BY_THE_CLOCK = {
    "case": ("id", "version", "head", "sealed"),
    "event": ("case_id", "seq", "recorded_at", "hash"),
    "letter": ("drafted_at", "approved_at", "begun_at", "sent_at"),
}

Book = dict[str, list[str]]


def rows(url: str, *names: str) -> list[list[Row[Any]]]:
    """Every row of these tables, at one moment."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [list(connection.execute(select(_table(name)).order_by(*_table(name).primary_key))) for name in names]
    engine.dispose()
    return found


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def book(url: str, letters: Path) -> Book:
    """Every row but for BY_THE_CLOCK, each event under the name of its case, and every file that was handed over."""
    tables = sorted(Base.metadata.tables)
    found = dict(zip(tables, rows(url, *tables), strict=True))
    names = {case.id: f"{case.track} {case.subject} " for case in found["case"]}
    told = {
        table: sorted(
            names.get(getattr(row, "case_id", 0), "")
            + str({key: value for key, value in row._mapping.items() if key not in BY_THE_CLOCK.get(table, ())})
            for row in found[table]
        )
        for table in tables
    }
    return told | {"files": sorted(f"{file} {digest}" for file, digest in files(letters).items())}


def files(folder: Path) -> dict[str, str]:
    """File → digest of its bytes, whatever its name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def half_done(url: str, letters: Path) -> list[str]:
    """Each thing of which one part stands in the record and another does not."""
    cases, events, kept, returns = rows(url, "case", "event", "letter", "return")
    own = {case_id: list(of_case) for case_id, of_case in groupby(events, lambda event: event.case_id)}
    found = [f"case {case.subject}" for case in cases if not _whole(case, own.get(case.id, []))]
    found += [f"event of no case {case_id}" for case_id in own.keys() - {case.id for case in cases}]
    drafted = {reference for event in events for reference in event.evidence.get("letters", {})}
    found += [f"letter {reference}" for reference in drafted ^ {letter.reference for letter in kept}]
    moved: dict[str, str] = {
        event.evidence["letter"]: event.evidence["state"] for event in events if "state" in event.evidence
    }
    found += [f"letter {one.reference}" for one in kept if one.state != moved.get(one.reference, "drafted")]
    there = {Path(file).stem for file in files(letters) if file.endswith(".pdf")}
    found += [f"file {one.reference}" for one in kept if one.state == "sent" and one.reference not in there]
    urns = {case.id: case.urn for case in cases}
    asked = {(urns.get(event.case_id), event.once.split()[1]) for event in events if event.kind == "requested"}
    return found + [f"return {one}" for one in asked ^ {(one.urn, one.half_term) for one in returns}]


def _whole(case: Row[Any], events: list[Row[Any]]) -> bool:
    moved = [event.destination for event in events if event.destination]
    last = events[-1] if events else None
    return last is not None and (case.version, case.head, case.state) == (len(events), last.hash, moved[-1])


def lost_letters(found: Book, wanted: Book) -> int:
    """Letters and files of the undisturbed run that are not there, or not the same."""
    return sum(sum((Counter(wanted[name]) - Counter(found[name])).values()) for name in ("letter", "files"))


def double_letters(found: Book, wanted: Book) -> int:
    """Letters and files that the undisturbed run did not make."""
    return lost_letters(wanted, found)
