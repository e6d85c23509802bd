"""The whole record as one file: the same record on the other side, or nothing and the line at fault."""

import gzip
import json
import shutil
import tracemalloc
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, text

from casework.allocations import allocate_partners
from casework.chain import Canonical, beginning, link, texts
from casework.check import run_check
from casework.database import _newest, initialise, open_initialised
from casework.errors import NotStorable
from casework.exchange import NotTakenIn, export_record, import_record
from casework.letters import Selection, approve_letters
from casework.moves import move_school
from casework.record import Stamp
from casework.returns import load_returns
from casework.seals import seal
from casework.tables import Base
from casework.verify import verify
from notifications.wording import Wording
from states.half_terms import SchoolCalendar
from tests.conftest import DEMO, NOW, Say

Contents = Callable[[Engine], dict[str, list[Any]]]
HOSTILE = 'O’Neil \\ "quoted" 👩🏽‍🏫 \u2028\u0085 \r\n\t\x7f \\u0000 %s %(a)s :b {} \'; DROP TABLE event; --'


@pytest.fixture(scope="module")
def busy(
    fenshire_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
    calendar: SchoolCalendar,
    wording: Wording,
    stamp: Callable[..., Stamp],
) -> Path:
    """A half-term of work, with texts that hurt; the seals lie beside it."""
    file = Path(shutil.copy(fenshire_file, tmp_path_factory.mktemp("busy") / "casework.db"))
    engine = open_initialised(f"sqlite:///{file}")
    run_check(engine, calendar, calendar.half_term("2025-26/1"), stamp("2025-11-04"))
    load_returns(engine, DEMO / "returns.csv", calendar, stamp("2026-01-20"))
    run_check(engine, calendar, calendar.half_term("2025-26/2"), stamp("2026-01-20"))
    move_school(engine, 990013, "raise_concern", {}, HOSTILE, "long " * 400_000, stamp("2026-01-21"))
    allocate_partners(engine, DEMO / "allocations.csv", stamp("2026-01-22"))
    approve_letters(engine, Selection(), stamp("2026-01-22"), wording)
    seal(engine, file.with_name("seals.jsonl"), "a half-term", NOW)
    engine.dispose()
    return file


@pytest.fixture
def exported(busy: Path, tmp_path: Path) -> Path:
    engine = open_initialised(f"sqlite:///{busy}")
    export_record(engine, tmp_path / "record.gz")
    engine.dispose()
    return tmp_path / "record.gz"


@pytest.fixture
def new(prepared: Callable[[Path], str], blank_file: Path) -> Iterator[Engine]:
    """An empty record, on SQLite or PostgreSQL."""
    engine = open_initialised(prepared(blank_file))
    yield engine
    engine.dispose()


@pytest.fixture
def seals(busy: Path) -> Path:
    return busy.with_name("seals.jsonl")


def lines_of(file: Path) -> list[bytes]:
    return gzip.decompress(file.read_bytes()).splitlines(keepends=True)


def checked(contents: list[bytes]) -> list[bytes]:
    """The lines as a forger would write them who knows how: each with its right check, and the right end."""
    so_far, lines = sha256(), []
    for content in [*contents[:-1], None]:
        line = content or json.dumps({"end": so_far.hexdigest()}, separators=(",", ":")).encode()
        so_far.update(line)
        lines.append(b"%s %s\n" % (so_far.hexdigest()[:8].encode(), line))
    return lines


def forged(lines: list[bytes], old: bytes, new: bytes) -> list[bytes]:
    return checked([line[9:].rstrip(b"\n").replace(old, new) for line in lines])


def test_imported_record_is_the_same_byte_for_byte(new: Engine, exported: Path, seals: Path, tmp_path: Path) -> None:
    report = import_record(new, exported, seals)
    assert export_record(new, tmp_path / "again.gz") == report
    assert (tmp_path / "again.gz").read_bytes() == exported.read_bytes()


def test_imported_record_proves_itself(new: Engine, exported: Path, seals: Path) -> None:
    rows = import_record(new, exported, seals).rows
    proof = verify(new, seals)
    assert (proof.faults, proof.events, proof.letters, proof.unsealed) == ([], rows["event"], rows["letter"], 0)


def test_there_and_back_every_row_is_the_same(
    new: Engine, exported: Path, seals: Path, busy: Path, tmp_path: Path, contents: Contents
) -> None:
    import_record(new, exported, seals)
    export_record(new, tmp_path / "back.gz")
    initialise(f"sqlite:///{tmp_path / 'back.db'}")
    back, start = open_initialised(f"sqlite:///{tmp_path / 'back.db'}"), open_initialised(f"sqlite:///{busy}")
    import_record(back, tmp_path / "back.gz", seals)
    assert contents(back) == contents(start) == contents(new)
    back.dispose()
    start.dispose()


def test_work_goes_on_where_it_was(new: Engine, exported: Path, seals: Path, stamp: Callable[..., Stamp]) -> None:
    import_record(new, exported, seals)
    move_school(new, 990013, "begin_audit", {}, "As agreed", "Return", stamp("2026-01-25"))
    own = Path(shutil.copy(seals, seals.with_name("own.jsonl")))
    seal(new, own, "a move", NOW)
    assert verify(new, own).faults == []


DAMAGE: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "changed": (lambda lines: [*lines[:9], lines[9].replace(b"Primary", b"primary"), *lines[10:]], "line 10: is not"),
    "removed": (lambda lines: lines[:9] + lines[10:], "line 10: is not what"),
    "moved": (lambda lines: [*lines[:9], lines[10], lines[9], *lines[11:]], "line 10: is not what"),
    "added": (lambda lines: [*lines[:10], lines[9], *lines[10:]], "line 11: is not what"),
    "end cut off": (lambda lines: lines[:-1], r"line \d+: is missing: the file was cut off"),
    "nothing in it": (lambda _lines: [], "line 1: is missing"),
    "goes on": (lambda lines: [*lines, b"\n"], r"line \d+: comes after the end"),
    "something else": (lambda _lines: [b"urn,role,name\n"], "line 1: is not what was written"),
    "no header": (lambda lines: checked([b'["school"]', lines[-1]]), "line 1: is no header"),
    "later format": (lambda lines: forged(lines, b'"casework":1', b'"casework":2'), "line 1: is no header"),
    "later record": (
        lambda lines: forged(lines, f'"record":"{_newest()}"'.encode(), b'"record":"9999"'),
        rf"line 1: the record is of version 9999, the one here of {_newest()}: run `casework init`",
    ),
    "other columns": (lambda lines: forged(lines, b'"la_code"', b'"la_mode"'), "line 1: names other tables or columns"),
    "fewer than counted": (lambda lines: forged(lines, b'"contact":1', b'"contact":9'), r"should be a row of contact"),
    "more than counted": (lambda lines: forged([*lines[:-1], *lines[-2:]], b"", b""), r"line \d+: should be the end"),
    "twice": (lambda lines: forged([*lines[:1], lines[1], *lines[1:-2], lines[-1]], b"", b""), r"is there twice"),
    "no JSON": (lambda lines: forged(lines, b'"Primary"', b"Primary"), r"line \d+: cannot be understood"),
    "no day": (lambda lines: forged(lines, b"2025-11-04", b"2025-13-04"), r"line \d+: cannot be understood"),
    "a value too few": (lambda lines: forged(lines, b'"Primary",', b""), r"line \d+: cannot be understood"),
    "forged": (lambda lines: forged(lines, b'"Register load"', b'"Somebody"'), "school 990001, event 1: was changed"),
    "forged head": (lambda lines: forged(lines, b'"heads":"', b'"heads":"0'), "The heads of the cases are not those"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "words"), DAMAGE.values(), ids=DAMAGE)
def test_damaged_file_is_refused_whole(
    new: Engine,
    exported: Path,
    seals: Path,
    damage: Callable[[list[bytes]], list[bytes]],
    words: str,
    contents: Contents,
) -> None:
    exported.write_bytes(gzip.compress(b"".join(damage(lines_of(exported))), 1))
    with pytest.raises(NotTakenIn, match=words):
        import_record(new, exported, seals)
    assert not any(contents(new).values())


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda whole: whole[: len(whole) // 2], r"line \d+: cannot be read on \(Compressed file ended"),
        (lambda whole: whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:], r"line \d+: "),
        (lambda _whole: b"PK\3\4 no gzip", r"line 1: cannot be read on \(Not a gzipped file"),
        (lambda whole: whole + b"more", r"comes after the end|cannot be read on"),
    ],
    ids=["cut", "one bit", "not compressed", "followed"],
)
def test_damaged_bytes_are_refused_whole(
    new: Engine, exported: Path, seals: Path, damage: Callable[[bytes], bytes], words: str, contents: Contents
) -> None:
    exported.write_bytes(damage(exported.read_bytes()))
    with pytest.raises(NotTakenIn, match=words):
        import_record(new, exported, seals)
    assert not any(contents(new).values())


def test_without_its_seals_a_record_is_refused(new: Engine, exported: Path, tmp_path: Path, contents: Contents) -> None:
    with pytest.raises(NotTakenIn, match=r"Put the seals that belong to it at .*nowhere\.jsonl first"):
        import_record(new, exported, tmp_path / "nowhere.jsonl")
    assert not any(contents(new).values())


def test_record_that_is_not_empty_takes_nothing(
    fenshire: Engine, exported: Path, seals: Path, contents: Contents
) -> None:
    before = contents(fenshire)
    with pytest.raises(NotTakenIn, match=r"not empty. Import into a new one: another database, and `casework init`"):
        import_record(fenshire, exported, seals)
    assert contents(fenshire) == before


def test_character_that_postgresql_cannot_keep_is_told(
    new: Engine, tmp_path: Path, kept_on: str, fenshire_file: Path
) -> None:
    copy = shutil.copy(fenshire_file, tmp_path / "nul.db")
    source = open_initialised(f"sqlite:///{copy}")
    with source.begin() as connection:
        connection.execute(text("UPDATE contact SET name = 'A' || char(0) || 'B' WHERE urn = 990001"))
    export_record(source, tmp_path / "nul.gz")
    source.dispose()
    if kept_on == "sqlite":
        assert import_record(new, tmp_path / "nul.gz", tmp_path / "none.jsonl").rows["contact"]
        return
    with pytest.raises(NotStorable, match=r"cannot keep what it was given: .*NUL \(0x00\) bytes. Nothing was written"):
        import_record(new, tmp_path / "nul.gz", tmp_path / "none.jsonl")


def test_file_is_for_its_owner_alone(exported: Path) -> None:
    assert exported.stat().st_mode & 0o777 == 0o600


def test_export_that_fails_leaves_no_file(fenshire: Engine, tmp_path: Path) -> None:
    def full(_rows: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        export_record(fenshire, tmp_path / "record.gz", full)
    assert not list(tmp_path.glob("record*"))


def test_command_moves_a_record(
    fenshire: Engine, casework: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = casework("export", tmp_path / "record.gz", "--json")
    monkeypatch.setenv("CASEWORK_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    assert casework("init").code == 0
    second = casework("import", tmp_path / "record.gz", "--json")
    assert (second.code, json.loads(second.out)) == (0, json.loads(first.out))
    assert json.loads(first.out)["rows"]["school"] == 60


def test_command_never_overwrites_a_file(fenshire: Engine, casework: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "record.gz").write_text("mine")
    ran = casework("export", tmp_path / "record.gz")
    assert (ran.code, "There is such a file already" in ran.err) == (1, True)
    assert (tmp_path / "record.gz").read_text() == "mine"


@pytest.mark.slow
def test_large_record_moves_in_flat_memory(new: Engine, tmp_path: Path, say: Say) -> None:
    initialise(f"sqlite:///{tmp_path / 'large.db'}")
    source = open_initialised(f"sqlite:///{tmp_path / 'large.db'}")
    with source.begin() as connection:
        put_large(connection, cases=1000, events=50)
    tracemalloc.start()
    export_record(source, tmp_path / "large.gz")
    report = import_record(new, tmp_path / "large.gz", tmp_path / "none.jsonl")
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    source.dispose()
    say(f"{report.rows['event']:,} events moved to {new.dialect.name}, peak {peak:.1f} MiB")
    assert peak < 32  # of which most is five hundred cases while they are proved


def put_large(connection: Connection, cases: int, events: int) -> None:
    """Cases whose every event after the first is one more proposal."""
    school = {column.name: None if column.nullable else "" for column in Base.metadata.tables["school"].c}
    shared = {
        "source": None, "occurred_on": NOW.date(), "effective_on": NOW.date(), "recorded_at": NOW, "actor": "Ada Quill",
        "role": "Adviser", "evidence": Canonical("{}"), "once": None, "corrects": None, "policy": "p",
        "policy_hash": "h", "law_hash": "l",
    }  # fmt: skip
    for urn in range(100001, 100001 + cases):
        head, rows = beginning("school", str(urn)), []
        for seq in range(1, events + 1):
            first = {"kind": "opened", "trigger": "open", "destination": "unclassified"}
            later = {"kind": "proposed", "trigger": "settle", "destination": None}
            row = {"case_id": urn, "seq": seq, "reason": f"Number {seq}", **shared, **(first if seq == 1 else later)}
            head = row["hash"] = link(head, texts(row))
            rows.append(row)
        case = {"track": "school", "subject": str(urn), "state": "unclassified", "version": events, "sealed": 0}
        tables = Base.metadata.tables
        connection.execute(insert(tables["school"]), [school | {"urn": urn}])
        connection.execute(insert(tables["case"]), [{"id": urn, "urn": urn, "head": head, **case}])
        connection.execute(insert(tables["event"]), rows)


def test_every_table_of_the_record_is_in_the_file(exported: Path) -> None:
    header = json.loads(lines_of(exported)[0][9:])
    assert set(header["columns"]) == {*Base.metadata.tables} - {"officer"}
    assert all(header["rows"].values())
