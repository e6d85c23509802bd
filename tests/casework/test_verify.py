"""Whoever changes the record behind casework's back is found out, at the place where it was done and at no other."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Row, delete, insert, select, text, update
from sqlalchemy.orm import Session

import casework.verify as module
from casework.chain import link, texts
from casework.check import run_check
from casework.errors import DatabaseUnusable
from casework.letters import Selection, approve_letters
from casework.moves import move_school
from casework.record import Stamp
from casework.seals import Seal, seal
from casework.tables import Base, Event
from casework.verify import VerifyReport, verify
from notifications.wording import Wording
from states.half_terms import SchoolCalendar

NOW = datetime.fromisoformat("2026-02-02T09:30:00+00:00")
TABLES = Base.metadata.tables
CASE, EVENT, LETTER = TABLES["case"], TABLES["event"], TABLES["letter"]
URN = (
    990022  # opened, moved, two letters addressed anew, asked for its return, one letter signed, moved, return missing
)
NAME = f"school {URN}"
ASKED, SIGNED, LAST = 5, 6, 8
HEAD = f"PR-{URN}-2025-26-2-H"

Tamper = Callable[[Connection], None]


class Book:
    """A small record, sealed three times, and what verify says of it after somebody was at it."""

    def __init__(self, engine: Engine, file: Path) -> None:
        self.engine, self.file = engine, file

    def places(self) -> list[str]:
        return [fault.place for fault in self.verified().faults]

    def verified(self) -> VerifyReport:
        return verify(self.engine, self.file)

    def tamper(self, how: Tamper) -> None:
        """As somebody would who has the database in hand: no trigger stops that."""
        with self.engine.begin() as connection:
            for trigger in _triggers(connection):
                connection.execute(text(f"DROP TRIGGER {trigger}"))
            how(connection)


def _triggers(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        return list(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    found = connection.execute(text("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"))
    return [f"{name} ON {table}" for name, table in found]


@pytest.fixture
def record(
    fenshire: Engine, home: Path, stamp: Callable[..., Stamp], calendar: SchoolCalendar, wording: Wording
) -> Iterator[Book]:
    file = home / "seals.jsonl"
    seal(fenshire, file, "register", NOW)
    run_check(fenshire, calendar, calendar.half_term("2025-26/2"), stamp("2025-12-01"))
    seal(fenshire, file, "check", NOW)
    approve_letters(fenshire, Selection((HEAD,)), stamp("2025-12-02"), wording)
    move_school(fenshire, URN, "raise_concern", {}, "Off track", "Its return", stamp("2025-12-03"))
    run_check(fenshire, calendar, calendar.half_term("2025-26/2"), stamp("2026-01-20"))
    seal(fenshire, file, "letters and a move", NOW)
    return Book(fenshire, file)


# Each character that JSON writes in a way of its own, and some that it might.
HOSTILE = "".join(map(chr, range(1, 32))) + "\"\\/'\x7f\x80\u2028\ufeff😀é"


def test_database_makes_the_canonical_text_that_was_hashed(record: Book, stamp: Callable[..., Stamp]) -> None:
    move_school(record.engine, URN, "begin_audit", {}, HOSTILE, HOSTILE, stamp("2026-01-22"))
    with Session(record.engine) as session:
        assert HOSTILE in session.scalars(select(Event.reason)).all()
    assert record.places() == []


def case_id(connection: Connection, urn: int = URN) -> int:
    return int(connection.scalar(select(CASE.c.id).where(CASE.c.track == "school", CASE.c.urn == urn)) or 0)


def event(connection: Connection, number: int) -> Row[Any]:
    query = select(EVENT).where(EVENT.c.case_id == case_id(connection), EVENT.c.seq == number)
    return connection.execute(query).one()


def set_event(number: int, **values: Any) -> Tamper:
    def change(connection: Connection) -> None:
        own = (EVENT.c.case_id == case_id(connection), EVENT.c.seq == number)
        assert connection.execute(update(EVENT).where(*own).values(**values)).rowcount == 1

    return change


def set_case(**values: Any) -> Tamper:
    return lambda connection: connection.execute(update(CASE).where(CASE.c.urn == URN).values(**values)) and None


def set_letter(reference: str = HEAD, **values: Any) -> Tamper:
    def change(connection: Connection) -> None:
        assert connection.execute(update(LETTER).where(LETTER.c.reference == reference).values(**values)).rowcount == 1

    return change


def change_facts(connection: Connection) -> None:
    facts = connection.scalar(select(LETTER.c.facts).where(LETTER.c.reference == HEAD))
    set_letter(facts=facts | {"dated": "2025-12-09"})(connection)


def remove_event(number: int) -> Tamper:
    return lambda connection: (
        connection.execute(delete(EVENT).where(EVENT.c.case_id == case_id(connection), EVENT.c.seq == number)) and None
    )


def cut_off_the_end(connection: Connection) -> None:
    """The last event, and the case made to look as if it had never been: no more than the seal can tell."""
    remove_event(LAST)(connection)
    set_case(version=LAST - 1, head=event(connection, LAST - 1).hash)(connection)


def add_event(connection: Connection) -> None:
    last = event(connection, LAST)._asdict() | {"seq": LAST + 1, "once": None, "reason": "Made up"}
    connection.execute(insert(EVENT), last | {"hash": link(last["hash"], texts(last))})


def write_anew(connection: Connection) -> None:
    """Another reason, and every hash after it made to fit: a whole new end of the chain."""
    head = event(connection, ASKED - 1).hash
    for number in range(ASKED, LAST + 1):
        now = event(connection, number)._asdict() | ({"reason": "Made up"} if number == ASKED else {})
        head = link(head, texts(now))
        set_event(number, reason=now["reason"], hash=head)(connection)
    set_case(head=head)(connection)


def remove_case(connection: Connection) -> None:
    gone = case_id(connection, 990001)
    connection.execute(delete(LETTER).where(LETTER.c.urn == 990001))
    connection.execute(delete(EVENT).where(EVENT.c.case_id == gone))
    connection.execute(delete(CASE).where(CASE.c.id == gone))


def remove_letter(connection: Connection) -> None:
    connection.execute(delete(LETTER).where(LETTER.c.reference == HEAD))


def add_letter(connection: Connection) -> None:
    row = connection.execute(select(LETTER).where(LETTER.c.reference == HEAD)).one()._asdict()
    connection.execute(insert(LETTER), row | {"reference": "PR-0", "occasion": "never"})


AT_ASKED = [f"{NAME}, event {ASKED}"]
TAMPERED: dict[str, tuple[Tamper, list[str]]] = {
    "kind": (set_event(ASKED, kind="evaluated"), AT_ASKED),
    "trigger": (set_event(ASKED, trigger="x"), AT_ASKED),
    "occurred": (set_event(ASKED, occurred_on=NOW.date()), AT_ASKED),
    "effective": (set_event(ASKED, effective_on=NOW.date()), AT_ASKED),
    "recorded": (set_event(ASKED, recorded_at=NOW + timedelta(microseconds=1)), AT_ASKED),
    "actor": (set_event(ASKED, actor="Ada Quilt"), AT_ASKED),
    "role": (set_event(ASKED, role="senior Adviser"), AT_ASKED),
    "reason": (set_event(ASKED, reason="Return asked for"), AT_ASKED),
    "once": (set_event(ASKED, once=None), AT_ASKED),
    "policy": (set_event(ASKED, policy="norfolk-2014"), AT_ASKED),
    "policy hash": (set_event(ASKED, policy_hash="0"), AT_ASKED),
    "law hash": (set_event(ASKED, law_hash="0"), AT_ASKED),
    "evidence": (set_event(LAST, evidence={"due_on": "2025-12-16"}), [f"{NAME}, event {LAST}"]),
    "hash": (set_event(ASKED, hash=bytes(32)), AT_ASKED),
    "hash of the last": (set_event(LAST, hash=bytes(32)), [f"{NAME}, event {LAST}"]),
    "event in the middle removed": (remove_event(SIGNED), [f"{NAME}, event {SIGNED}", f"letter {HEAD}"]),
    "event at the tail removed": (remove_event(LAST), [f"{NAME}, event {LAST}"]),
    "tail cut off with the count": (cut_off_the_end, [f"{NAME}, event {LAST}"]),
    "event at the tail added": (add_event, [f"{NAME}, event {LAST + 1}"]),
    "end written anew": (write_anew, AT_ASKED),
    "state": (set_case(state="inadequate"), [NAME]),
    "head": (set_case(head=bytes(32)), [f"{NAME}, event {LAST}"]),
    "case removed with its letters": (remove_case, ["school 990001"]),
    "letter's facts": (change_facts, [f"letter {HEAD}"]),
    "letter's state": (set_letter(state="sent"), [f"letter {HEAD}"]),
    "letter's signature": (set_letter(approved_by=""), [f"letter {HEAD}"]),
    "who signed a letter": (set_letter(approved_by="Ada Quilt"), [f"letter {HEAD}"]),
    "as what they signed it": (set_letter(approved_role="Director"), [f"letter {HEAD}"]),
    "text signed": (set_letter(digest="0" * 64), [f"letter {HEAD}"]),
    "letter removed": (remove_letter, [f"letter {HEAD}"]),
    "letter added": (add_letter, ["letter PR-0"]),
}


def test_honest_record_has_no_fault(record: Book) -> None:
    report = record.verified()
    assert report.faults == []
    assert (report.cases, report.seals, report.unsealed) == (54, 3, 0)
    with record.engine.connect() as connection:
        assert report.events == len(connection.execute(select(Event.seq)).all())
        assert event(connection, ASKED).kind == "requested"
        assert event(connection, LAST).kind == "missing"


@pytest.mark.parametrize(("how", "places"), TAMPERED.values(), ids=TAMPERED)
def test_change_is_found_where_it_was_made(record: Book, how: Tamper, places: list[str]) -> None:
    record.tamper(how)
    assert record.places() == places


# What SQLite keeps in any column if somebody puts it there, and no honest event has.
ODD_NUMBERS = {"0": ["0", "5"], "-3": ["-3", "5"], "2.5": ["2.5", "5"], "'x'": ["x", "5"], "1 << 60": ["5", "9"]}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("number", "named"), ODD_NUMBERS.items(), ids=ODD_NUMBERS)
def test_number_that_no_event_can_have_is_named(record: Book, number: str, named: list[str]) -> None:
    here = f"{NAME}, event "
    record.tamper(
        lambda connection: (
            connection.execute(
                text(f"UPDATE event SET seq = {number} WHERE case_id = {case_id(connection)} AND seq = {ASKED}")
            )
            and None
        )
    )
    assert [place for place in record.places() if place.startswith(here)] == [here + seq for seq in named]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("count", [1 << 60, "x", -1, b"x"])
def test_case_that_counts_what_cannot_be_is_named(record: Book, count: object) -> None:
    record.tamper(lambda connection: connection.execute(text(UPDATED.format("version")), {"value": count}) and None)
    assert record.places()[0].startswith(NAME)


UPDATED = f'UPDATE "case" SET {{}} = :value WHERE urn = {URN}'
TEXTS = [
    column.name for column in EVENT.c if column.name not in ("case_id", "seq", "corrects", "source", "destination")
]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("column", TEXTS)
def test_every_damaged_byte_is_named_at_its_event(record: Book, column: str) -> None:
    """Also one that is no text any more, no day, or no JSON: as a disk damages it, not as a person writes it."""
    record.tamper(lambda connection: connection.execute(text("PRAGMA ignore_check_constraints = ON")) and None)
    with record.engine.connect() as connection:
        honest = connection.scalar(text(f"SELECT CAST({column} AS BLOB) {AT_THE_REQUEST}"))
    kept_as = "BLOB" if column == "hash" else "TEXT"
    for damaged, kind in [*((one, kept_as) for one in _damaged(honest)), (b"abc", "BLOB"), (b"7", "NUMERIC")]:
        _put(record, column, damaged, kind)
        assert record.places()[:1] == AT_ASKED, damaged
    _put(record, column, honest, kept_as)
    assert record.places() == []


AT_THE_REQUEST = f"""FROM event WHERE seq = {ASKED}
    AND case_id = (SELECT id FROM "case" WHERE track = 'school' AND urn = {URN})"""


def _damaged(honest: bytes) -> Iterator[bytes]:
    """One byte changed: the first, the last, each mark of JSON."""
    places = {0, len(honest) - 1, *(place for place, byte in enumerate(honest) if byte in b'{":')}
    for place in places & {*range(len(honest))}:
        for bit in (1, 128):
            yield honest[:place] + bytes([honest[place] ^ bit]) + honest[place + 1 :]


def _put(record: Book, column: str, value: bytes, kind: str) -> None:
    with record.engine.begin() as connection:
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        changed = f"UPDATE event SET {column} = CAST(:value AS {kind}) {AT_THE_REQUEST.removeprefix('FROM event')}"
        assert connection.execute(text(changed), {"value": value}).rowcount == 1


def in_line(number: int, old: str, new: str) -> Callable[[list[str]], None]:
    def change(lines: list[str]) -> None:
        assert old in lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)

    return change


BROKEN_SEALS: dict[str, tuple[Callable[[list[str]], object], str]] = {
    "work of the first changed": (in_line(1, '"register"', '"returns"'), "seal 1"),
    "a head in the second changed": (in_line(2, '"school 990022":[5,"', '"school 990022":[5,"00'), "seal 2"),
    "first removed": (lambda lines: lines.pop(0), "seal 2"),
    "one in the middle removed": (lambda lines: lines.pop(1), "seal 3"),
    "last removed": (lambda lines: lines.pop(2), "the seals"),
    "all removed": (lambda lines: lines.clear(), "the seals"),
    "two change places": (lambda lines: lines.insert(0, lines.pop(1)), "seal 2"),
    "line of something else": (lambda lines: lines.insert(1, "no seal\n"), "the seals"),
}


@pytest.mark.parametrize(("how", "place"), BROKEN_SEALS.values(), ids=BROKEN_SEALS)
def test_broken_seals_are_found_where_they_broke(record: Book, how: Callable[[list[str]], object], place: str) -> None:
    lines = record.file.read_text().splitlines(keepends=True)
    how(lines)
    record.file.write_text("".join(lines))
    assert record.places()[:1] == [place]
    assert {where.split()[0] for where in record.places()} <= {"seal", "the"}


def test_what_is_recorded_meanwhile_is_no_fault(record: Book, stamp: Callable[..., Stamp]) -> None:
    """A check may write and seal while the proof is under way; the proof is of one moment."""

    def meanwhile(_done: int) -> None:
        move_school(record.engine, 990001, "enter_transition", {}, "A new head", "", stamp("2026-01-21"))
        seal(record.engine, record.file, "move", NOW)

    assert verify(record.engine, record.file, meanwhile).faults == []
    assert record.places() == []


def test_seal_made_before_the_reading_began_is_no_fault(
    record: Book, stamp: Callable[..., Stamp], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is looked at before the database: what is sealed between the two is known to both."""
    reading = module.reading

    def late(engine: Engine) -> AbstractContextManager[Session]:
        move_school(engine, 990001, "enter_transition", {}, "A new head", "", stamp("2026-01-21"))
        seal(engine, record.file, "move", NOW)
        return reading(engine)

    monkeypatch.setattr(module, "reading", late)
    assert record.places() == []


def test_seal_of_what_the_reading_does_not_see_is_no_fault(
    record: Book, stamp: Callable[..., Stamp], monkeypatch: pytest.MonkeyPatch
) -> None:
    seals = module.seals

    def late(file: Path) -> Iterator[Seal]:
        move_school(record.engine, 990001, "enter_transition", {}, "A new head", "", stamp("2026-01-21"))
        seal(record.engine, file, "move", NOW)
        return seals(file)

    monkeypatch.setattr(module, "seals", late)
    assert record.places() == []


def test_what_no_seal_has_seen_is_told(record: Book, stamp: Callable[..., Stamp]) -> None:
    move_school(record.engine, 990001, "enter_transition", {}, "A new head", "", stamp("2026-01-21"))
    report = record.verified()
    assert (report.faults, report.unsealed) == ([], 1)
    assert "1 cases have moved since the last seal" in report.as_text()


@pytest.mark.only_on("postgresql")
def test_server_that_goes_away_meanwhile_is_told_in_a_sentence(record: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    def cut(_done: int) -> None:
        with record.engine.connect() as connection:
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))

    monkeypatch.setattr(module, "TOGETHER", 10)
    with pytest.raises(DatabaseUnusable, match=r"The database cannot be (used|reached): .*"):
        verify(record.engine, record.file, cut)
