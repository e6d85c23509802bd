"""What a half-termly check did, for the officer who ran it: counts, lists and a page of Markdown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from casework.record import Row
from casework.schools import SchoolRecord
from states.dates import in_words
from states.progress import Evaluation, Outcome
from states.tracks.school import SCHOOL


@dataclass(slots=True, kw_only=True)
class CheckReport:
    """Adds up: the report of a check is the sum of its chunks' reports."""

    half_term: str
    label: str
    on: date
    cases: int = 0
    monitored: int = 0
    requested: int = 0
    already_requested: int = 0
    letters_drafted: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    not_emailed: Counter[str] = field(default_factory=Counter)
    evaluated: list[Row] = field(default_factory=list)
    missing: list[Row] = field(default_factory=list)
    proposed: list[Row] = field(default_factory=list)
    seal: str = ""

    def request(self, letters: list[Row]) -> None:
        self.requested += 1
        self.letters_drafted += len(letters)
        self.not_emailed.update(letter["not_emailed"] for letter in letters if letter["not_emailed"])

    def evaluate(self, school: SchoolRecord, half_term: str, said: Evaluation) -> None:
        self.outcomes[said.outcome.value] += 1
        self.evaluated.append(
            _of(school) | {"half_term": half_term, "outcome": said.outcome.value, "findings": list(said.findings)}
        )

    def flag_missing(self, school: SchoolRecord, half_term: str, due: date) -> None:
        self.outcomes[Outcome.MISSING.value] += 1
        self.missing.append(_of(school) | {"half_term": half_term, "due_on": due.isoformat()})

    def propose(self, school: SchoolRecord, trigger: str, because: str, findings: Sequence[str]) -> None:
        self.proposed.append(_of(school) | {"trigger": trigger, "because": because, "findings": list(findings)})

    def plus(self, other: "CheckReport") -> "CheckReport":
        sums = {name: getattr(self, name) + getattr(other, name) for name in _SUMMED}
        return replace(self, **sums)

    def as_dict(self) -> dict[str, Any]:
        # asdict cannot rebuild a Counter: it would count the pairs.
        counts = {"outcomes": dict(self.outcomes), "not_emailed": dict(self.not_emailed)}
        return asdict(self) | counts | {"on": self.on.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "CheckReport":
        """The report that `as_dict` gave, also by way of JSON."""
        counts = {name: Counter(data[name]) for name in ("outcomes", "not_emailed")}
        return cls(**{**data, **counts, "on": date.fromisoformat(data["on"])})

    def as_markdown(self) -> str:
        parts = [self._headline(), self._counts(), self.proposals_as_markdown(), self._missing(), self.seal]
        return "\n\n".join(part for part in parts if part) + "\n"

    def save(self, folder: Path) -> Path:
        """Write the page; a run that did nothing new leaves the page of the run that did."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"check-{self.half_term.replace('/', '-')}-on-{self.on}.md"
        if self.did_something or not path.exists():
            path.write_text(self.as_markdown(), encoding="utf-8")
        return path

    @property
    def did_something(self) -> bool:
        return bool(self.requested or self.evaluated or self.missing or self.proposed)

    def _headline(self) -> str:
        return f"# Half-termly check: {self.label}\n\nHalf-term {self.half_term}, as of {in_words(self.on)}."

    def _counts(self) -> str:
        lines = [
            ("Open cases", self.cases),
            ("Monitored by policy", self.monitored),
            ("Returns asked for now", self.requested),
            ("Asked for or received before", self.already_requested),
            ("Letters drafted, waiting for approval", self.letters_drafted),
            *((f"Returns {Outcome(name).label}", count) for name, count in sorted(self.outcomes.items())),
            *((f"Letters for post only: {reason}", count) for reason, count in sorted(self.not_emailed.items())),
        ]
        return "\n".join(["| What | How many |", "|---|---:|", *(f"| {what} | {many} |" for what, many in lines)])

    def proposals_as_markdown(self) -> str:
        if not self.proposed:
            return "## Moves proposed\n\nNone."
        labels = {row.trigger: row.label for row in SCHOOL.rows}
        rows = (
            f"| {one['urn']} | {table_cell(one['name'])} | {labels[one['trigger']]} (`{one['trigger']}`) "
            f"| {one['because']}. {' '.join(one['findings'])} |"
            for one in self.proposed
        )
        return "\n".join(
            [
                "## Moves proposed\n",
                "An officer decides each of them with `casework move`.\n",
                "| URN | School | Move | Evidence |",
                "|---|---|---|---|",
                *rows,
            ]
        )

    def _missing(self) -> str:
        if not self.missing:
            return ""
        rows = (
            f"| {one['urn']} | {table_cell(one['name'])} | {one['half_term']} | {one['due_on']} |"
            for one in self.missing
        )
        heading = ["## Returns missing\n", "| URN | School | Half-term | Due |", "|---|---|---|---|"]
        return "\n".join([*heading, *rows])


_SUMMED = [part.name for part in fields(CheckReport) if part.name not in ("half_term", "label", "on", "seal")]


def _of(school: SchoolRecord) -> Row:
    return {"urn": school.urn, "name": school.name}


def table_cell(text: str) -> str:
    """A school's name as plain text in a Markdown table, whatever characters it has."""
    escaped = "".join(f"\\{character}" if character in "\\`*_{}[]<>|#!~" else character for character in text)
    return escaped.replace("&", "&amp;")
