"""The report for a committee: what the public may read, and the part that names schools, each a file of its own."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from casework.check_report import table_cell
from casework.record import Row
from states.dates import in_words

# Norfolk and Suffolk refused to name schools by category; committee reports on intervention are often exempt.
NOT_FOR_PUBLICATION = (
    "**NOT FOR PUBLICATION.** This part names schools. Reports of this kind have been exempt information under "
    "Schedule 12A to the Local Government Act 1972, paragraphs 1, 2 or 3. Whether this one is, and by which "
    "paragraph, is for whoever publishes the committee's papers to decide."
)
OF_THE_RETURNS = ("received in time", "received late", "missing", "not yet due")


@dataclass(frozen=True, slots=True)
class Line:
    """How often something happened: its name for programs, and for people."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Span:
    """How many days it took from a concern to what followed, of those that it did follow in the period."""

    to: str
    cases: int
    median: float | None
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeReport:
    """Counts, and apart from them `schools` and `named`: which schools they are, by heading."""

    authority: str
    policy: str
    since: date
    until: date
    known_on: date
    caseload: list[Row]
    opened: int
    moves: list[Line]
    notices: list[Line]
    powers_in_use: list[Line]
    powers: list[Line]
    returns: Counter[str]
    letters: list[Line]
    speed: list[Span]
    missed: list[Line]
    unclear: int
    refused: int
    refusals: list[Line]
    schools: list[Row]
    named: dict[str, list[Row]]

    def as_dict(self) -> dict[str, Any]:
        """What the public may read."""
        lists = ("moves", "notices", "powers_in_use", "powers", "letters", "speed", "missed", "refusals")
        return self._head | {
            "caseload": self.caseload,
            "opened": self.opened,
            "returns": {"asked": self.returns.total(), **{name: self.returns[name] for name in OF_THE_RETURNS}},
            "deadlines_unclear": self.unclear,
            "refused": self.refused,
            **{name: [asdict(one) for one in getattr(self, name)] for name in lists},
        }

    def names_as_dict(self) -> dict[str, Any]:
        """What the public may not."""
        return {"not_for_publication": NOT_FOR_PUBLICATION} | self._head | {"schools": self.schools} | self.named

    @property
    def _head(self) -> dict[str, Any]:
        days = {"from": self.since, "to": self.until, "known_on": self.known_on}
        return {"authority": self.authority, "policy": self.policy} | {name: str(day) for name, day in days.items()}

    def as_markdown(self) -> str:
        parts = (
            self._headline("Schools causing concern: what was done"),
            _table("Schools by category", ("Category", "At the start", "At the end"), self._caseload()),
            _counts("Moves of schools", "Move", self.moves, [f"Cases opened in the period: {self.opened}."]),
            _counts("Warning notices", "What", self.notices),
            _counts("Powers in use at the end", "Power", self.powers_in_use),
            _counts("Powers in the period", "What", self.powers),
            _table("Half-termly returns asked for in the period", ("What", "How many"), self._returns()),
            _counts("Letters sent, by the day on which they went out last", "Letter", self.letters),
            _table("From a concern to what followed", ("To", "Cases", "Days: median", "Days: range"), self._speed()),
            _counts("Deadlines missed", "Deadline", self.missed, self._unclear()),
            _counts("Moves refused", "Why", self.refusals, [f"Moves refused: {self.refused}. One may lack several."]),
        )
        return "\n\n".join(parts) + "\n"

    def names_as_markdown(self) -> str:
        columns = ("URN", "School", "Day", "What")
        listed = [(one["urn"], table_cell(one["name"]), one["category"], one["state"]) for one in self.schools]
        parts = [
            NOT_FOR_PUBLICATION,
            self._headline("Schools causing concern: which schools"),
            _table("Schools at the end", ("URN", "School", "Category", "State"), listed),
            *(_table(heading, columns, map(_named, rows)) for heading, rows in self.named.items()),
        ]
        return "\n\n".join(parts) + "\n"

    def save(self, folder: Path, *, names: bool) -> list[Path]:
        """Write the page and its JSON, and with `names` the two that are not for publication; hands back all four."""
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"committee-{self.since}-to-{self.until}"
        pages = {f"{stem}.md": self.as_markdown(), f"{stem}.json": _as_json(self.as_dict())}
        if names:
            stem = f"{stem}-NOT-FOR-PUBLICATION"
            pages |= {f"{stem}.md": self.names_as_markdown(), f"{stem}.json": _as_json(self.names_as_dict())}
        for name, page in pages.items():
            (folder / name).write_text(page, encoding="utf-8")
        return [folder / name for name in pages]

    def _headline(self, title: str) -> str:
        return (
            f"# {title}\n\n{self.authority}, from the beginning of {in_words(self.since)} to the end of "
            f"{in_words(self.until)}, as the record told it on {in_words(self.known_on)}. Categories are those of the "
            f"policy {self.policy}."
        )

    def _caseload(self) -> list[tuple[object, ...]]:
        return [
            (f"{row['category']} {row['label']}".strip(), row["at_the_start"], row["at_the_end"])
            for row in self.caseload
        ]

    def _returns(self) -> list[tuple[object, ...]]:
        asked = ("Asked for", self.returns.total())
        return [asked, *((f"Of them {name}", self.returns[name]) for name in OF_THE_RETURNS)]

    def _speed(self) -> list[tuple[object, ...]]:
        return [
            (
                one.to.capitalize(),
                one.cases,
                *((f"{one.median:g}", f"{one.shortest} to {one.longest}") if one.cases else ("–", "–")),
            )
            for one in self.speed
        ]

    def _unclear(self) -> list[str]:
        said = f"Of {self.unclear} school(s) the deadlines cannot be worked out: recorded days contradict each other."
        return [said] if self.unclear else []


def _as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, default=str, indent=2, ensure_ascii=False) + "\n"


def _named(one: Row) -> tuple[object, ...]:
    return (
        one["urn"],
        table_cell(one["name"]),
        in_words(one["on"]) if one["on"] else "–",
        table_cell(one["what"].replace("\n", " ")),
    )


def _counts(title: str, what: str, lines: Sequence[Line], notes: Sequence[str] = ()) -> str:
    return "\n\n".join([_table(title, (what, "How many"), ((one.label, one.count) for one in lines)), *notes])


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A heading and a table; the first column is words, and every other is set to the right where it is a number."""
    found = list(rows)
    if not found:
        return f"## {title}\n\nNone."
    sides = ["---:" if isinstance(value, int) and place else "---" for place, value in enumerate(found[0])]
    lines = [f"| {' | '.join(map(str, row))} |" for row in (columns, *found)]
    return "\n".join([f"## {title}\n", lines[0], f"|{'|'.join(sides)}|", *lines[1:]])
