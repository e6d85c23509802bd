"""1.44 million events: an honest record is proved fast and in little memory, and one changed byte in it is found."""

import resource
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from casework.chain import FIELDS, beginning, canonical, digest, link
from casework.database import open_database
from casework.seals import Seal
from casework.verify import verify
from tests.conftest import Say
from tests.faults.points import FRESH

CASES, EVENTS = 24_000, 60
EVERY = 6  # events of each case between two seals
FIRST_URN = 100_001
AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
MOVES = (("enter_transition", "good_or_better", "in_transition"), ("settle", "in_transition", "good_or_better"))


@dataclass(frozen=True, slots=True)
class Large:
    """A record of 24,000 cases with 60 events and a letter each, and ten seals."""

    database: Path
    seals: Path

    def verified(self) -> dict[str, Any]:
        """What verify finds in a process of its own; its seconds and its peak memory in MiB."""
        told, tell = FRESH.Pipe(duplex=False)
        running = FRESH.Process(target=_verify, args=(self.database, self.seals, tell))
        running.start()
        found: dict[str, Any] = told.recv()
        running.join()
        return found

    def change(self, *statements: str) -> None:
        connection = sqlite3.connect(self.database)
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            assert connection.execute(statement).rowcount == 1, statement
        connection.commit()
        connection.close()


def _verify(database: Path, seals: Path, tell: Connection) -> None:
    engine = open_database(f"sqlite:///{database}")
    began = time.perf_counter()
    report = verify(engine, seals)
    seconds = time.perf_counter() - began
    peak, share = (
        resource.getrusage(whose).ru_maxrss / 1024 for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    measured = {"seconds": seconds, "peak": peak, "share": share}
    tell.send(report.as_dict() | measured | {"places": [one.place for one in report.faults]})


def _event(number: int, urn: int) -> list[str | None]:
    """The text of one event of a school, as FIELDS: opened, then there and back with a note after each fifth move."""
    trigger, source, destination = MOVES[number % 2]
    move = ["moved", trigger, source, destination] if number > 1 else ["opened", "open", None, "good_or_better"]
    day = f"20{5 + number // 12:02}-{1 + number % 12:02}-07"
    evidence = {"letters": {f"L-{urn}": _DIGEST}} if number == 1 else {"half_term": "2013-14/2"}
    said = [day, day, f"{day} 09:30:00.000000", "Ada Quill", "Adviser", "Seen in its return", canonical(evidence)]
    return [str(number), *move, *said, None, None, "norfolk-2013", "5f" * 32, "77" * 32]


_FACTS = '{"school":{"name":"Aldermere"}}'
_DIGEST = digest(_FACTS)
_LETTER = f"""INSERT INTO letter (reference, urn, kind, occasion, recipient_role, batch, state, facts, not_emailed,
    drafted_by, drafted_at, approved_by, approved_role, approved_at, digest, sent_at)
    SELECT 'L-' || urn, urn, 'category_notice', '1', 'head', 'b', 'drafted', '{_FACTS}', '', 'Ada',
    '2026-02-02 09:30:00.000000', '', '', NULL, '', NULL FROM school"""


def build(database: Path, seals: Path) -> None:
    """Writes the record raw, with right hashes, and its seals."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous = OFF")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(school)")]
    kinds = dict.fromkeys(columns, "") | dict.fromkeys(
        ("establishment_number", "open_date", "close_date", "low_age", "high_age", "inspected_on")
    )
    marks = ", ".join(f":{name}" for name in columns)
    urns = range(FIRST_URN, FIRST_URN + CASES)
    connection.executemany(f"INSERT INTO school VALUES ({marks})", ({**kinds, "urn": urn} for urn in urns))
    heads: list[list[bytes]] = []
    connection.executemany(
        f"INSERT INTO event (case_id, hash, {', '.join(FIELDS)}) VALUES ({', '.join('?' * (2 + len(FIELDS)))})",
        _events(urns, heads),
    )
    connection.executemany(
        """INSERT INTO "case" (id, track, subject, urn, state, version, head, sealed)
        VALUES (?, 'school', ?, ?, ?, ?, ?, ?)""",
        (
            (case_id, str(urn), urn, MOVES[EVENTS % 2][2], EVENTS, own[-1], EVENTS)
            for case_id, (urn, own) in enumerate(zip(urns, heads, strict=True), start=1)
        ),
    )
    connection.execute(_LETTER)
    connection.commit()
    connection.close()
    _seal(seals, urns, heads)


def _events(urns: range, heads: list[list[bytes]]) -> Iterator[list[Any]]:
    plain = [_event(number, 0) for number in range(1, EVENTS + 1)]
    for case_id, urn in enumerate(urns, start=1):
        head, own = beginning("school", str(urn)), []
        for number in range(1, EVENTS + 1):
            texts = _event(1, urn) if number == 1 else plain[number - 1]
            head = link(head, texts)
            own.append(head)
            yield [case_id, head, *texts]
        heads.append(own[EVERY - 1 :: EVERY])


def _seal(seals: Path, urns: range, heads: list[list[bytes]]) -> None:
    last: Seal | None = None
    with seals.open("w") as file:
        for number in range(EVENTS // EVERY):
            count = (number + 1) * EVERY
            cases = {f"school {urn}": (count, own[number].hex()) for urn, own in zip(urns, heads, strict=True)}
            last = Seal.after(last, AT, f"round {number}", cases)
            file.write(last.line)


@pytest.fixture(scope="module")
def built(blank_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Large:
    folder = tmp_path_factory.mktemp("built")
    made = Large(folder / "casework.db", folder / "seals.jsonl")
    shutil.copy(blank_file, made.database)
    build(made.database, made.seals)
    return made


@pytest.fixture
def large(built: Large, tmp_path: Path) -> Iterator[Large]:
    """A copy to tamper with; it is large, and gone afterwards."""
    copy = Large(tmp_path / "casework.db", tmp_path / "seals.jsonl")
    shutil.copy(built.database, copy.database)
    shutil.copy(built.seals, copy.seals)
    yield copy
    copy.database.unlink()


def _at(case_id: int, seq: int) -> str:
    return f"WHERE case_id = {case_id} AND seq = {seq}"


# One change each, of cases far apart → the place that must be named.
CHANGES: dict[str, tuple[list[str], str]] = {
    "reason": ([f"UPDATE event SET reason = 'seen in its return' {_at(1, 2)}"], "school 100001, event 2"),
    "evidence": (
        [f"UPDATE event SET evidence = replace(evidence, '13', '12') {_at(3001, 30)}"],
        "school 103001, event 30",
    ),
    "actor": ([f"UPDATE event SET actor = 'Ada Quilt' {_at(5001, 59)}"], "school 105001, event 59"),
    "recorded": (
        [f"UPDATE event SET recorded_at = replace(recorded_at, '.000000', '.000001') {_at(7001, 7)}"],
        "school 107001, event 7",
    ),
    "hash": ([f"UPDATE event SET hash = zeroblob(32) {_at(9001, 41)}"], "school 109001, event 41"),
    "a byte that is no text": (
        [f"UPDATE event SET trigger = CAST(x'ff' || substr(CAST(trigger AS BLOB), 2) AS TEXT) {_at(10001, 22)}"],
        "school 110001, event 22",
    ),
    "tail cut off, the case made to fit": (
        [
            f"DELETE FROM event {_at(11001, 60)}",
            f"""UPDATE "case" SET version = 59, state = 'good_or_better',
            head = (SELECT hash FROM event {_at(11001, 59)}) WHERE id = 11001""",
        ],
        "school 111001, event 60",
    ),
    "one added at the tail": (
        [
            "INSERT INTO event (case_id, hash, seq, "
            + ", ".join(FIELDS[1:])
            + ") SELECT case_id, hash, 61, 'evaluated', "
            f"trigger, NULL, NULL, {', '.join(FIELDS[5:])} FROM event {_at(13001, 60)}"
        ],
        "school 113001, event 61",
    ),
    "one taken from the middle": ([f"DELETE FROM event {_at(14001, 33)}"], "school 114001, event 33"),
    "state": (["UPDATE \"case\" SET state = 'system_leader' WHERE id = 15001"], "school 115001"),
    "letter's facts": (
        ["UPDATE letter SET facts = replace(facts, 'mere', 'more') WHERE reference = 'L-117001'"],
        "letter L-117001",
    ),
    "letter removed": (["DELETE FROM letter WHERE reference = 'L-119001'"], "letter L-119001"),
}


@pytest.mark.slow
def test_each_change_in_a_million_is_found_at_its_place(large: Large, say: Say) -> None:
    clean = large.verified()
    speed = clean["events"] / clean["seconds"]
    memory = f"peak {clean['peak']:.0f} MiB and {clean['share']:.0f} MiB in each share"
    say(f"verify: {clean['events']:,} events, {speed:,.0f} a second, {memory}, {clean['places']}")
    assert (clean["events"], clean["places"]) == (CASES * EVENTS, [])
    for statements, _ in CHANGES.values():
        large.change(*statements)
    found = large.verified()["places"]
    say(f"{len(CHANGES)} changes in {CASES * EVENTS:,} events: {len(found)} places named, those of the changes")
    # What a missing move does to the state after it is told at the move after it.
    assert [place for place in found if place != "school 114001, event 34"] == [place for _, place in CHANGES.values()]


@pytest.mark.slow
def test_removed_case_is_named_among_thousands(large: Large) -> None:
    connection = sqlite3.connect(large.database)
    for trigger in ("event", "case", "letter"):
        connection.execute(f"DROP TRIGGER {trigger}_refuses_delete")
    connection.execute("DELETE FROM event WHERE case_id = 20001")
    connection.execute("DELETE FROM letter WHERE urn = 120001")
    connection.execute('DELETE FROM "case" WHERE id = 20001')
    connection.commit()
    connection.close()
    assert large.verified()["places"] == ["school 120001"]


@pytest.mark.slow
@pytest.mark.parametrize(("number", "how"), [(4, "changed"), (5, "removed")], ids=["changed", "removed"])
def test_broken_seal_is_named_among_large_ones(large: Large, number: int, how: str) -> None:
    lines = large.seals.read_text().splitlines(keepends=True)
    lines[number - 1] = lines[number - 1].replace("round", "sound", 1) if how == "changed" else ""
    large.seals.write_text("".join(lines))
    assert large.verified()["places"] == [f"seal {number + (how == 'removed')}"]
