"""Proving the record: chains, seals, states, counts and letters, each fault named with its place. Writes nothing.

Here the record is walked, school by school; what is looked for in a case is casework.proofs. What each proof can and
cannot see is told in docs/record.md.
"""

import gc
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path
from struct import Struct
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Integer,
    LargeBinary,
    Text,
    cast,
    func,
    select,
)
from sqlalchemy.orm import Session

from casework.chain import FIELDS
from casework.chunks import chunks, together
from casework.letter_proofs import LetterRow, letter_faults
from casework.proofs import CaseRow, EventTexts, Fault, Sealed, case_faults, school_faults
from casework.seals import Seal, SealsBroken, last_seal, seals
from casework.sharing import PROCESSES, shared_out
from casework.tables import Case, Event, Letter
from casework.unit_of_work import reading

Progress = Callable[[int], None]

# How a column reads as canonical text, where it is none. SQLite keeps a number in the place of a day, if told to.
AS_TEXT = {
    "sqlite": {name: f"CAST({name} AS TEXT)" for name in ("seq", "corrects", "effective_on")},
    "postgresql": {
        "seq": "seq::text",
        "corrects": "corrects::text",
        "occurred_on": "to_char(occurred_on, 'YYYY-MM-DD')",
        "effective_on": "to_char(effective_on, 'YYYY-MM-DD')",
        "recorded_at": "to_char(recorded_at, 'YYYY-MM-DD HH24:MI:SS.US')",
        "evidence": "evidence::text",
    },
}

# How these texts become the canonical text of casework.chain: a database makes it much faster than Python.
AS_CANONICAL: dict[str, Callable[[Iterable[str]], str]] = {
    "sqlite": lambda texts: f"CAST(json_array({', '.join(texts)}) AS BLOB)",
    "postgresql": lambda texts: "convert_to('[' || concat_ws(',', {}) || ']', 'UTF8')".format(
        ", ".join(f"coalesce(to_json({one})::text, 'null')" for one in texts)
    ),
}

# What stands where a text should and is none: SQLite's JSON refuses it.
AS_TEXT_WHATEVER_IT_IS = {
    "sqlite": "CASE typeof({0}) WHEN 'blob' THEN 'no text: ' || hex({0}) ELSE {0} END",
    "postgresql": "{0}",
}

AS_HASH = {"sqlite": "CAST(hash AS BLOB)", "postgresql": "hash"}

# Evidence that names letters: that of the events which are about one, and of those that drafted some.
OF_LETTERS = """CASE WHEN kind = 'letter' OR {0} LIKE '%"letters":%' THEN {0} ELSE '' END"""

# Schools whose events are held at once.
TOGETHER = 250

# Events from which on several processes prove a record.
WORTH_SHARING = 100_000

# A sealed point of a case in few bytes: a record of years has millions.
POINT = Struct(">I32s")


@dataclass(slots=True)
class VerifyReport:
    """What was proved, and what could not be.

    `unsealed` are cases that moved after the last seal; `restored` tells each time that a backup was put back.
    """

    cases: int = 0
    events: int = 0
    letters: int = 0
    seals: int = 0
    unsealed: int = 0
    restored: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        lines = [*self.restored, *(f"{one.place}: {one.what}" for one in self.faults)]
        lines.append(
            f"{self.events:,} events of {self.cases:,} cases, {self.letters:,} letters and {self.seals:,} seals: "
            f"{len(self.faults)} fault{'s' * (len(self.faults) != 1)}."
        )
        if self.unsealed:
            lines.append(f"{self.unsealed:,} cases have moved since the last seal: `casework seal` closes the gap.")
        return "\n".join(lines)


def verify(engine: Engine, seals_file: Path, progress: Progress = lambda _done: None) -> VerifyReport:
    """Prove every case, event and letter of the record against its chain, its states and the seals.

    A long record is shared out among the processors. Each reads its schools as they stand at one moment, and none of
    these moments is before the seals were read.
    """
    with reading(engine) as session:
        return _prove(session, seals_file, partial(_shared_out, engine), progress)


def prove(session: Session, seals_file: Path) -> VerifyReport:
    """The same of what a session sees that has asked nothing yet, or of what it wrote itself and has not committed."""
    return _prove(session, seals_file, _alone, lambda _done: None)


class _Part(NamedTuple):
    """Some schools, and what the seals saw of their cases."""

    urns: list[int]
    sealed: dict[str, bytearray]


# Parts to prove → what was found in each, in their order.
Provers = Callable[[Iterable[_Part]], Iterable[VerifyReport]]


def _prove(
    session: Session,
    seals_file: Path,
    provers: Callable[[Session, int], AbstractContextManager[Provers]],
    progress: Progress,
) -> VerifyReport:
    report, newest = VerifyReport(), _newest_number(seals_file)
    cases = _cases(session)
    with provers(session, sum(case.version for case in cases)) as proved_by:
        sealed = _sealed_points(seals_file, newest, cases, report)
        parts = list(_parts(cases, sealed))
        for part, proved in zip(parts, proved_by(parts), strict=True):
            report = together(report, proved)
            progress(len(part.urns))
    _find_events_of_no_case(session, report)
    for name in sealed:
        report.faults.append(Fault(name, "the seals know this case, the record does not: it was taken away."))
    return report


@contextmanager
def _alone(session: Session, _events: int) -> Iterator[Provers]:
    yield partial(map, partial(_prove_schools, session))


def _shared_out(engine: Engine, session: Session, events: int) -> AbstractContextManager[Provers]:
    """By one alone, where others would not have begun before it is done."""
    long = events >= WORTH_SHARING and PROCESSES > 1
    return shared_out(engine, _prove_schools) if long else _alone(session, events)


def _cases(session: Session, *which: ColumnElement[bool]) -> list[CaseRow]:
    return [CaseRow(*row) for row in _read(session, select(*_OF_CASE).where(*which).order_by(Case.urn, Case.id))]


# Numbers and hashes are asked for as such: in SQLite anything may stand in their place.
_KEPT_AS = {"version": Integer, "sealed": Integer, "head": LargeBinary}
_OF_CASE = [cast(one, _KEPT_AS.get(one.key, one.type)) for one in (getattr(Case, name) for name in CaseRow._fields)]
_OF_LETTER = [
    cast(one, Text) if one.key in ("facts", "served_on") else one
    for one in (getattr(Letter, name) for name in LetterRow._fields)
]


def _read(session: Session, query: Executable) -> Sequence[Any]:
    with _any_text(session):
        return session.execute(query).all()


@contextmanager
def _any_text(session: Session) -> Iterator[None]:
    """A text that was damaged, and is no UTF-8 any more, must be read to be named. It costs time."""
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.text_factory = partial(str, encoding="utf-8", errors="backslashreplace")
    try:
        yield
    finally:
        driver.text_factory = str


def _parts(cases: list[CaseRow], sealed: dict[str, bytearray]) -> Iterator[_Part]:
    """All schools, some at a time; what the seals saw of a case is taken out of `sealed` and goes with it."""
    schools = ([*own] for _, own in groupby(cases, attrgetter("urn")))
    for some in chunks(schools, TOGETHER):
        names = [case.name for own in some for case in own if case.name in sealed]
        yield _Part([own[0].urn for own in some], {name: sealed.pop(name) for name in names})


def _newest_number(file: Path) -> int:
    """The last seal of what is about to be read: later ones may speak of what this reading does not see."""
    try:
        return last.number if (last := last_seal(file)) else 0
    except SealsBroken:
        return 0  # and is told by whoever reads all of them


@contextmanager
def _nothing_is_garbage() -> Iterator[None]:
    """The seals of years are millions of small things that are kept: looking through them for garbage costs a third."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@_nothing_is_garbage()
def _sealed_points(file: Path, newest: int, cases: list[CaseRow], report: VerifyReport) -> dict[str, bytearray]:
    """Case → every point at which a seal saw it; seals that are not as they were written are named."""
    points: dict[str, bytearray] = defaultdict(bytearray)
    versions = {case.name: case.version for case in cases}
    number, before, pack, from_hex = 0, "", POINT.pack, bytes.fromhex
    try:
        for one in seals(file):
            report.seals += 1
            if (one.before, one.number) != (before, number + 1):
                what = "does not follow the one before it: that one was changed, or one is missing."
                report.faults.append(Fault(f"seal {one.number}", what))
            number, before = one.number, one.hash
            if not one.holds:
                report.faults.append(Fault(f"seal {one.number}", "was changed: its hash is not that of its content."))
                continue
            if one.anew:
                report.restored.append(_begin_anew(points, one))
            for name, (count, head) in one.cases.items():
                if number <= newest or count <= versions.get(name, 0):
                    points[name] += pack(count, from_hex(head))
    except SealsBroken as error:
        report.faults.append(Fault("the seals", str(error)))
    if not report.faults:
        _find_unknown_marks(cases, points, report)
    return points


def _begin_anew(points: dict[str, bytearray], anew: Seal) -> str:
    """Forget what was sealed beyond the backup that was put back, and say how much that is."""
    lost: list[int] = []
    for name, packed in list(points.items()):
        kept, _ = anew.cases.get(name, (0, ""))
        seen = list(POINT.iter_unpack(packed))
        lost.append(max(0, max((count for count, _ in seen), default=0) - kept))
        points[name] = bytearray(b"".join(POINT.pack(count, head) for count, head in seen if count <= kept))
        if not kept:
            del points[name]
    gone = f"{sum(lost):,} event(s) of {sum(map(bool, lost)):,} case(s), sealed before,"
    return f"seal {anew.number}: {anew.work}; {gone} are not in it."


def _find_unknown_marks(cases: list[CaseRow], points: dict[str, bytearray], report: VerifyReport) -> None:
    """What the database takes for sealed must stand in the seals: else the end of their file was cut off."""
    unknown = [
        case.name
        for case in cases
        if case.sealed and case.sealed not in Sealed(POINT.iter_unpack(points.get(case.name, b"")))
    ]
    if unknown:
        what = f"end before {len(unknown)} case(s), the first {unknown[0]}, were sealed: their last lines are missing."
        report.faults.append(Fault("the seals", what))


def _prove_schools(session: Session, part: _Part) -> VerifyReport:
    """What is found at some schools, as they stand now."""
    report = VerifyReport()
    cases = _cases(session, Case.urn.in_(part.urns))
    events = _events(session, [case.id for case in cases])
    letters = _letters(session, part.urns)
    for urn, at_school in groupby(cases, attrgetter("urn")):
        school = list(at_school)
        own = {case.id: events.get(case.id, []) for case in school}
        for case in school:
            points = Sealed(POINT.iter_unpack(part.sealed.get(case.name, b"")))
            report.faults += case_faults(case, own[case.id], points)
            report.unsealed += case.version > case.sealed
        report.faults += school_faults(school, own)
        report.faults += letter_faults(letters.get(urn, []), chain.from_iterable(own.values()))
        report.cases += len(school)
        report.events += sum(map(len, own.values()))
        report.letters += len(letters.get(urn, []))
    return report


def _events(session: Session, case_ids: list[int]) -> dict[int, list[EventTexts]]:
    """Case → its events."""
    connection = session.connection()
    try:
        rows = _rows(connection, _events_query(connection.dialect.name, case_ids, "{0}"))
    except connection.dialect.loaded_dbapi.Error:
        rows = _rows_whatever_they_are(session, case_ids)
    made = map(partial(tuple.__new__, EventTexts), rows)  # what _make does, without a call in Python for each
    return {case_id: list(own) for case_id, own in groupby(made, attrgetter("case_id"))}


def _rows(connection: Connection, query: str) -> Sequence[Any]:
    """From the driver itself: rows of SQLAlchemy's own would cost a tenth."""
    cursor = connection.connection.cursor()
    cursor.execute(query)
    return cursor.fetchall()


def _rows_whatever_they_are(session: Session, case_ids: list[int]) -> Sequence[Any]:
    """Damaged ones too; and a database that cannot be read at all is told in a sentence."""
    connection = session.connection()
    query = _events_query(connection.dialect.name, case_ids, AS_TEXT_WHATEVER_IT_IS[connection.dialect.name])
    with _any_text(session):
        return connection.exec_driver_sql(query, execution_options={"no_parameters": True}).all()


def _events_query(dialect: str, case_ids: Iterable[int], as_text: str) -> str:
    texts = {name: as_text.format(AS_TEXT[dialect].get(name, f'"{name}"')) for name in FIELDS}
    columns = texts | {
        **{name: name for name in ("case_id", "seq", "corrects")},
        "hash": AS_HASH[dialect],
        "text": AS_CANONICAL[dialect](texts.values()),
        "evidence": OF_LETTERS.format(texts["evidence"]),
    }
    wanted = ", ".join(columns[name] for name in EventTexts._fields)
    some = ", ".join(map(str, case_ids))
    return f"SELECT {wanted} FROM event WHERE case_id IN ({some}) ORDER BY case_id, event.seq"  # noqa: S608


def _letters(session: Session, urns: list[int]) -> dict[int, list[LetterRow]]:
    query = select(*_OF_LETTER).where(Letter.urn.in_(urns)).order_by(Letter.urn, Letter.reference)
    rows = (LetterRow(*row) for row in _read(session, query))
    return {urn: list(own) for urn, own in groupby(rows, attrgetter("urn"))}


def _find_events_of_no_case(session: Session, report: VerifyReport) -> None:
    """SQLite's foreign keys bind only those who ask for them."""
    nobodys = select(func.count()).select_from(Event).where(Event.case_id.not_in(select(Case.id)))
    if found := session.scalar(nobodys):
        report.faults.append(Fault("the record", f"has {found} event(s) of a case that is not there."))
