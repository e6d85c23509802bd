"""Reading the TOML files that people edit, and saying what is wrong with one, line by line.

Here: reading, the line on which a key stands, and the turning of validation errors into sentences. Not here:
what a file may say; each kind of file has its own models (states.policy, states.half_terms).
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import Enum
from functools import cached_property
from inspect import isclass
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

Place = tuple[str | int, ...]
Complaint = tuple[Place, str, str]  # where, what is wrong, what to do

_HEADER = re.compile(r"(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""("[^"]*"|'[^']*'|[\w.-]+)\s*=""")


class Table(BaseModel):
    """What a table of a file may hold: frozen, and every key in it is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right in a file: where it stands, what is wrong with it, and what to do."""

    file: str
    line: int | None
    key: str
    value: str
    problem: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        said = " ".join(filter(None, (self.key, self.value and f"= {self.value}")))
        return ": ".join(filter(None, (where, said, f"{self.problem}. {self.fix}")))


@dataclass(frozen=True)
class TomlFile:
    """A file as read: the name that people know it by, its text, and what the text spells."""

    name: str
    text: str
    content: dict[str, Any]

    def line_of(self, place: Place) -> int | None:
        """The line of `place`, or of the nearest thing round it that has a line; None when nothing does."""
        prefixes = (place[:length] for length in range(len(place), 0, -1))
        return next((self._lines[prefix] for prefix in prefixes if prefix in self._lines), None)

    @cached_property
    def _lines(self) -> dict[Place, int]:
        """Each place in the file → the number of the line that opens it."""
        lines: dict[Place, int] = {}
        counts: dict[Place, int] = {}
        table: Place = ()
        key: Place = ()
        for number, line in enumerate(map(str.strip, self.text.split("\n")), start=1):
            if header := _HEADER.match(line):
                table = key = _within(_steps(header[2]), counts)
                if header[1] == "[[":
                    table = key = _next_item(table, counts)
            elif opened := _KEY.match(line):
                key = (*table, *_steps(opened[1]))
            if header or opened:
                lines.setdefault(key, number)
            elif line.startswith("{"):
                lines[_next_item(key, counts)] = number
        return lines


def _steps(dotted: str) -> Place:
    return (dotted[1:-1],) if dotted[0] in "\"'" else tuple(dotted.split("."))


def _within(steps: Place, counts: dict[Place, int]) -> Place:
    """The place that a header names, with the number of each outer array's current item put in."""
    place: Place = ()
    for step in steps[:-1]:
        place = (*place, step)
        place = (*place, counts[place]) if place in counts else place
    return (*place, steps[-1])


def _next_item(array: Place, counts: dict[Place, int]) -> Place:
    counts[array] = counts.get(array, -1) + 1
    return (*array, counts[array])


def read_toml(path: Path) -> TomlFile | Problem:
    """The file at `path`, or the one problem that stops it being read at all."""
    try:
        # Editors on Windows put a byte-order mark first, which TOML does not allow.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"this is not UTF-8 text (byte {error.start + 1})", "Save it as UTF-8."
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        said = f"this file cannot be read ({reason})", "Check its path and permissions."
    else:
        return parse_toml(text, str(path))
    return Problem(str(path), None, "", "", *said)


def parse_toml(text: str, name: str) -> TomlFile | Problem:
    """What `text` spells, or where it stops being TOML."""
    try:
        return TomlFile(name, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        number = int(line[1]) if line else None
        return Problem(name, number, "", "", f"this is not TOML: {error}", "Correct it there.")


def problem_at(files: Sequence[TomlFile], place: Place, problem: str, fix: str) -> Problem:
    """A problem at `place`, told of the first of `files` that speaks of it; an array is one file's alone."""
    whole = tuple(takewhile(lambda step: isinstance(step, str), place))
    file = next((file for file in files if _value_at(file.content, whole) is not None), files[0])
    value = _value_at(file.content, place)
    return Problem(file.name, file.line_of(place), spell(place), _shown(value), problem, fix)


def problems_in(error: ValidationError, model: type[BaseModel], files: Sequence[TomlFile]) -> tuple[Problem, ...]:
    """Every complaint of `model` about the merged content of `files`, the most particular file first."""
    details = error.errors()
    faulty = {detail["loc"][:length] for detail in details for length in range(len(detail["loc"]))}
    # An array whose every item is at fault is also reported as empty, which it is not.
    told = (detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in faulty)
    return tuple(problem_at(files, detail["loc"], *_said(detail, model)) for detail in told)


def spell(place: Place) -> str:
    """A place as people write it: categories[2].states[0]."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(steps).removeprefix(".")


def nearest(word: str, known: Iterable[str]) -> str:
    """The advice to give when `word` is none of `known`."""
    names = sorted(known)
    close = get_close_matches(str(word), names, n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(close)}?" if close else f"Known: {', '.join(names)}."


def _said(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """The problem and the fix, for a person."""
    place = detail["loc"]
    beside, here = _kind_at(model, place[:-1]), _kind_at(model, place)
    match detail["type"]:
        case "extra_forbidden":
            return "this key is not known", nearest(str(place[-1]), getattr(beside, "model_fields", ()))
        case "missing":
            table = spell(place[:-1])
            return (
                "this key is missing",
                f"Add {place[-1]} under [{table}]." if table else f"Add [{place[-1]}].",
            )
        case "too_short":
            return "this list is empty", "Give at least one."
        case "enum" | "literal_error":
            return "this name is not known", nearest(str(detail["input"]), _names(here))
    message = detail["msg"].replace("Input ", "it ").replace("String ", "it ")
    return message, detail.get("ctx", {}).get("fix", "Correct the value.")


def _kind_at(model: type[BaseModel], place: Place) -> Any:
    """The type that a model tree gives to `place`; None where it gives none."""
    kind: Any = model
    for step in place:
        if isclass(kind) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(step)].annotation if step in kind.model_fields else None
        else:
            kind = next((item for item in reversed(get_args(kind)) if item is not Ellipsis), None)
    return kind


def _names(kind: Any) -> list[str]:
    if get_origin(kind) is Literal:
        return [str(name) for name in get_args(kind)]
    return [str(member.value) for member in kind] if isclass(kind) and issubclass(kind, Enum) else []


def _shown(value: Any) -> str:
    """A value as its file writes it; a table or an array is too long to show."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, date) else repr(value)


def _value_at(content: Any, place: Place) -> Any:
    for step in place:
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            return None
    return content
