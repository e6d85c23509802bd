"""CSV files that people send us: finding the header, and one row at a time as text with its line number.

Survives what spreadsheets and exports do to a file: marks, old encodings, title lines, cut rows, loose
quotation marks. One value of a row is read in casework.values; what a row means, in register_file and lists.
"""

import codecs
import csv
import difflib
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from casework.values import BadValue, text
from states.errors import CaseworkError

T = TypeVar("T")

HEADER_WITHIN = 5
LONGEST_SHOWN = 80
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_CHUNK = 1 << 20
_DELIMITERS = ",;\t"
_FOREIGN = {
    b"PK\x03\x04": "a spreadsheet workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a compressed file",
    b"\xfd7zXZ": "a compressed file",
    codecs.BOM_UTF16_LE: "text in UTF-16",
    codecs.BOM_UTF16_BE: "text in UTF-16",
}
_BROKEN_QUOTES = "a quotation mark is opened and not closed, or text follows a closed one"


class UnreadableFile(CaseworkError):
    """A whole file cannot be read; the message says what it seems to be and what to send instead."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out: the line it starts on, the column and value at fault, and what is wrong."""

    line: int
    field: str
    value: str
    problem: str

    def as_dict(self) -> dict[str, int | str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a kind of file must look like: columns by our field names, those required, those not allowed.

    Of each group in `required` at least one field must have a column. `unwelcome` names columns that no file
    of this kind may carry, and `because` tells the sender why.
    """

    columns: Mapping[str, Sequence[str]]
    required: Sequence[Sequence[str]]
    unwelcome: frozenset[str] = frozenset()
    because: str = ""

    def reject(self, line: int, bad: BadValue) -> Rejected:
        """Name the column as its sender knows it."""
        column = self.columns[bad.field][0] if bad.field in self.columns else bad.field
        shown = bad.value if len(bad.value) <= LONGEST_SHOWN else bad.value[: LONGEST_SHOWN - 1] + "…"
        return Rejected(line, column, shown, bad.problem)


@dataclass(frozen=True, slots=True)
class _Header:
    line: int
    delimiter: str
    names: tuple[str, ...]

    def places(self, layout: Layout) -> dict[str, int]:
        """Return field → column number, for the fields that this file has."""
        numbers = {_plain(name): number for number, name in enumerate(self.names)}
        found = {
            field: [numbers[_plain(name)] for name in names if _plain(name) in numbers]
            for field, names in layout.columns.items()
        }
        return {field: columns[0] for field, columns in found.items() if columns}

    def missing(self, layout: Layout) -> list[Sequence[str]]:
        there = self.places(layout)
        return [group for group in layout.required if not any(field in there for field in group)]


class _Lines(Iterator[str]):
    """The file's physical lines, numbered, which can be handed back when the row they began is broken.

    An unbalanced quotation mark makes the CSV reader swallow the lines after it: only the first is at fault.
    """

    def __init__(self, source: Iterator[str], before: int) -> None:
        self._source = source
        self._returned: deque[str] = deque()
        self._taken: list[str] = []
        self._before = before

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._source)
        self._taken.append(line)
        return line

    def begin_row(self) -> int:
        """Return the line number on which the next row starts."""
        self._before += len(self._taken)
        self._taken.clear()
        return self._before + 1

    def hand_back(self) -> None:
        """Give the next row every line that this row took, but the first."""
        self._returned.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]


def read_rows(path: str | Path, layout: Layout) -> Iterator[tuple[int, dict[str, str]] | Rejected]:
    """Stream (line on which a row starts, field → clean text), or why the row is left out.

    Fields without a column are absent. Text has its white space collapsed, unprintable characters removed,
    and "NULL" read as empty. Raises UnreadableFile at once, before the first row, if the file cannot be used.
    """
    file = Path(path)
    try:
        encoding = _encoding(file)
        header = _header(file, encoding, layout)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise UnreadableFile(f"{file}: {reason}. Check the name of the file and who may read it.") from error
    return _rows(file, encoding, header, layout)


def read_each(
    path: str | Path,
    layout: Layout,
    parse: Callable[[Mapping[str, str]], T | None],
    *,
    key: Callable[[T], Hashable],
    key_field: str,
) -> Iterator[T | Rejected]:
    """Stream what `parse` makes of each row; None leaves a row out silently, BadValue says why it is bad.

    Of two rows with one key the first good one stands. Raises UnreadableFile at once.
    """
    rows = read_rows(path, layout)
    return _each(rows, layout, parse, key, key_field)


def _each(
    rows: Iterable[tuple[int, dict[str, str]] | Rejected],
    layout: Layout,
    parse: Callable[[Mapping[str, str]], T | None],
    key: Callable[[T], Hashable],
    key_field: str,
) -> Iterator[T | Rejected]:
    first_lines: dict[Hashable, int] = {}
    for found in rows:
        if isinstance(found, Rejected):
            yield found
            continue
        line, row = found
        try:
            item = parse(row)
        except BadValue as bad:
            yield layout.reject(line, bad)
            continue
        if item is None:
            continue
        first = first_lines.setdefault(key(item), line)
        if first == line:
            yield item
        else:
            yield layout.reject(line, BadValue(key_field, row[key_field], f"already on line {first}"))


def _rows(
    file: Path, encoding: str, header: _Header, layout: Layout
) -> Iterator[tuple[int, dict[str, str]] | Rejected]:
    places = header.places(layout)
    fields = tuple(places)
    pick = itemgetter(*places.values(), 0)  # the 0 makes it a tuple even for a single column
    with file.open(encoding=encoding, errors="replace", newline="") as source:
        for _ in range(header.line):
            source.readline()
        for found in _records(_Lines(source, header.line), header):
            yield found if isinstance(found, Rejected) else _row(found, fields, pick, layout)


def _row(
    found: tuple[int, list[str]],
    fields: Sequence[str],
    pick: Callable[[list[str]], tuple[str, ...]],
    layout: Layout,
) -> tuple[int, dict[str, str]] | Rejected:
    line, record = found
    row = dict(zip(fields, pick(record), strict=False))
    return (line, row) if _is_clean(row) else _cleaned(line, row, layout)


def _is_clean(row: Mapping[str, str]) -> bool:
    """Whether cleaning would change nothing: told from the whole row at once, for most rows are clean."""
    line = " ".join(filter(None, row.values()))
    if "  " in line or "NULL" in line or UNREADABLE in line:
        return False
    return line.isprintable() and line == line.strip()


def _cleaned(line: int, row: Mapping[str, str], layout: Layout) -> tuple[int, dict[str, str]] | Rejected:
    clean = {field: text(value) for field, value in row.items()}
    for field, value in clean.items():
        if UNREADABLE in value:
            return layout.reject(line, BadValue(field, value, "a character cannot be read"))
    return line, clean


def _records(lines: _Lines, header: _Header) -> Iterator[tuple[int, list[str]] | Rejected]:
    """Split lines into records of the header's width; a bad one costs its first line, not the lines after."""
    width = len(header.names)
    reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
    while True:
        line = lines.begin_row()
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.hand_back()
            yield Rejected(line, "row", "", _csv_problem(error))
            continue
        if not any(map(str.strip, record)):
            continue
        if len(record) == width:
            yield line, record
        else:
            lines.hand_back()
            yield Rejected(line, "row", "", f"{_columns(len(record))}, expected {width}")


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count} columns"


def _csv_problem(error: csv.Error) -> str:
    if "field larger" in str(error):
        return f"a field of more than {csv.field_size_limit()} characters"
    return _BROKEN_QUOTES


def _encoding(file: Path) -> str:
    """Decide from the bytes: UTF-8 if most of what is not ASCII reads as UTF-8, else Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    start = b""
    strange = accented = 0
    for chunk in _chunks(file):
        start = start or chunk
        _refuse_foreign(file, start, chunk)
        piece = decoder.decode(chunk)
        sound = piece.encode("utf-8", "ignore").decode("utf-8")  # drops what surrogateescape let through
        strange += len(piece) - len(sound)
        accented += len(sound) - len(sound.encode("ascii", "ignore"))
    if not start.strip():
        raise UnreadableFile(f"{file}: the file is empty. Export it again.")
    utf_8 = start.startswith(codecs.BOM_UTF8) or strange <= accented
    return "utf-8-sig" if utf_8 else "cp1252"


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            yield chunk


def _refuse_foreign(file: Path, start: bytes, chunk: bytes) -> None:
    kind = next((kind for magic, kind in _FOREIGN.items() if start.startswith(magic)), None)
    if kind is None and b"\0" in chunk:
        kind = "not a text file (it has NUL bytes)"
    if kind is not None:
        raise UnreadableFile(f"{file}: this is {kind}. Open it, save it as CSV, and send that file.")


def _header(file: Path, encoding: str, layout: Layout) -> _Header:
    """Find the header in the first lines, whatever separates its columns; refuse a file that lacks one."""
    candidates = list(_possible_headers(file, encoding))
    best = max(candidates, key=lambda header: (len(header.places(layout)), len(header.names), -header.line))
    names = [_plain(name) for name in best.names if _plain(name)]
    if missing := best.missing(layout):
        raise UnreadableFile(f"{file}: {_what_is_missing(missing, layout, best)}")
    if unwelcome := sorted(set(names) & layout.unwelcome):
        raise UnreadableFile(f"{file}: the column “{unwelcome[0]}” must not be in this file: {layout.because}.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UnreadableFile(f"{file}, line {best.line}: the column “{twice[0]}” is there twice. Rename or remove one.")
    return best


def _possible_headers(file: Path, encoding: str) -> Iterator[_Header]:
    with file.open(encoding=encoding, errors="replace", newline="") as source:
        for number in range(1, HEADER_WITHIN + 1):
            line = source.readline(csv.field_size_limit())
            for delimiter in _DELIMITERS:
                names = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
                yield _Header(number, delimiter, tuple(names))


def _what_is_missing(missing: list[Sequence[str]], layout: Layout, best: _Header) -> str:
    found = [text(name) for name in best.names if text(name)]
    sentences = []
    for group in missing:
        wanted = [layout.columns[field][0] for field in group]
        near = difflib.get_close_matches(wanted[0], found, n=1, cutoff=0.5)
        nearest = f" (nearest in the file: “{near[0]}”)" if near else ""
        sentences.append(f"no column {' or '.join(f'“{name}”' for name in wanted)}{nearest}")
    return f"{'; '.join(sentences)}. A header is looked for in the first {HEADER_WITHIN} lines."


def _plain(name: str) -> str:
    return text(name).casefold()
