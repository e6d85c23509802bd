"""What is due on a day, in four groups, for whoever opens the office: lists, counts and a page of Markdown."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from casework.check_report import table_cell
from casework.record import Row
from states.dates import in_words

# So many schools are named in one line of the page; the data names them all.
NAMED = 12


class Group(StrEnum):
    """Where a thing that asks for somebody is told."""

    OVERDUE = "overdue"  # its day has passed, and it can still be done
    LAPSED = "lapsed"  # its day has passed, and that it has is still to be recorded
    SILENT = "silent"  # nothing came, or nothing moves
    DUE = "due"  # by the day that the list looks ahead to
    LATER = "later"  # counted, not told


HEADINGS = {
    Group.OVERDUE: "Overdue",
    Group.LAPSED: "Lapsed",
    Group.SILENT: "Silent",
    Group.DUE: "Due",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing: what, of which school and case (none for the authority's own), its day, why, and what to do then.

    `days` are those to go; of a day that has passed, how many have gone by, below nought.
    """

    group: Group
    what: str
    why: str
    then: str
    date: date | None
    days: int | None
    urn: int | None = None
    school: str = ""
    track: str = ""
    subject: str = ""

    def as_dict(self) -> Row:
        told = asdict(self)
        del told["group"]
        return told | {"date": self.date.isoformat() if self.date else None}


@dataclass(slots=True, kw_only=True)
class DueReport:
    """Items, and beside them `letters`, a row for each batch and state in which some wait.

    `unreadable` names each school whose record contradicts itself, `later` counts the clocks that run beyond `until`.
    """

    on: date
    until: date
    items: list[Item] = field(default_factory=list)
    letters: list[Row] = field(default_factory=list)
    unreadable: list[Row] = field(default_factory=list)
    later: int = 0

    def add(self, found: Iterable[Item]) -> None:
        for item in found:
            if item.group is Group.LATER:
                self.later += 1
            else:
                self.items.append(item)

    def of(self, group: Group) -> list[Item]:
        """The items of a group by day; what has no day comes last."""
        return sorted((item for item in self.items if item.group is group), key=_by_day)

    @property
    def counts(self) -> dict[str, int]:
        counted = {group.value: len(self.of(group)) for group in HEADINGS}
        return counted | {
            "letters": sum(row["letters"] for row in self.letters),
            "unreadable": len(self.unreadable),
            "later": self.later,
        }

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "on": self.on.isoformat(),
            "until": self.until.isoformat(),
            "counts": self.counts,
            **{group.value: [item.as_dict() for item in self.of(group)] for group in HEADINGS},
            "letters": [row | {"since": row["since"].isoformat()} for row in self.letters],
            "unreadable": self.unreadable,
        }

    def as_markdown(self) -> str:
        head = f"# What is due on {in_words(self.on)}\n\nLooking ahead to {in_words(self.until)}."
        groups = (_group(heading, self.of(group)) for group, heading in HEADINGS.items())
        parts = [head, *groups, self._letters(), self._unreadable(), self._later()]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _letters(self) -> str:
        rows = (
            (f"{one['letters']:,}", one["kind"].replace("_", " "), _standing(one), in_words(one["since"]), one["then"])
            for one in self.letters
        )
        return _table("Letters that wait", ("Letters", "Kind", "State", "Oldest", "What to do"), rows)

    def _unreadable(self) -> str:
        rows = ((str(one["urn"]), table_cell(one["school"]), one["problem"]) for one in self.unreadable)
        return _table("Clocks that cannot be worked out", ("URN", "School", "What is wrong"), rows)

    def _later(self) -> str:
        return f"{self.later:,} more run beyond {in_words(self.until)}." if self.later else ""


def _by_day(item: Item) -> tuple[date, int, str, str]:
    return item.date or date.max, item.urn or 0, item.subject, item.what


def _group(heading: str, items: list[Item]) -> str:
    """What is the same of many schools, as the return of a half-term is, stands in one line."""
    alike = groupby(sorted(items, key=_alike), key=_alike)
    together = sorted(([*same] for _, same in alike), key=lambda same: _by_day(same[0]))
    rows = ((_day(same[0]), _who(same), same[0].why, same[0].then) for same in together)
    return _table(f"{heading} ({len(items):,})", ("Day", "School", "What and why", "What to do"), rows)


def _alike(item: Item) -> tuple[date, str, str, str]:
    return item.date or date.max, item.what, item.why, item.then


def _day(item: Item) -> str:
    if item.date is None or item.days is None:
        return ""
    days = f"{abs(item.days):,} day{'s' * (abs(item.days) != 1)}"
    when = f"in {days}" if item.days > 0 else f"{days} ago" if item.days else "today"
    return f"{in_words(item.date)}, {when}"


def _who(same: list[Item]) -> str:
    named = [f"{table_cell(item.school)} ({item.urn})" for item in same if item.urn]
    rest = len(named) - NAMED
    many = f"{len(named):,} schools: " if len(named) > 1 else ""
    return many + ", ".join(named[:NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def _standing(letters: Row) -> str:
    stopped = f", stopped: {table_cell(letters['stopped'])}" if letters["stopped"] else ""
    return f"{letters['state_label']}{stopped}"


Cells = tuple[str, ...]


def _table(heading: str, columns: Cells, rows: Iterable[Cells]) -> str:
    lines = [_line(row) for row in rows]
    if not lines:
        return ""
    return "\n".join([f"## {heading}", "", _line(columns), "|" + "---|" * len(columns), *lines])


def _line(cells: Cells) -> str:
    return f"| {' | '.join(' '.join(cell.split()) for cell in cells)} |"
