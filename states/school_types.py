"""The types of school in the national register, and the sector that each belongs to.

Here: one look-up from the code and name of a register row to a type. Not here: which types become cases (an
authority's choice, states.policy) and what may be done to a type (the guards of each track). The list itself,
with its sources, is school_types.toml.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_NOT_A_WORD = re.compile(r"[\W_]+")


class Sector(StrEnum):
    """Who answers for a school in law, and so what an authority may do about it."""

    MAINTAINED = "maintained"
    ACADEMY = "academy"
    PUPIL_REFERRAL_UNIT = "pupil_referral_unit"
    COLLEGE = "college"
    INDEPENDENT = "independent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SchoolType:
    """One type of establishment: its two-digit register code, its name and its sector."""

    code: str
    name: str
    sector: Sector


@lru_cache(maxsize=1024)
def school_type(code: str, name: str) -> SchoolType | None:
    """The type that a register row means by `code` and `name`; None when neither is known.

    A known name wins over a code that contradicts it, because names survive what codes do not: the national
    list of November 2019 gives city technology colleges (06) the code 15. A name that is empty or not in the
    list leaves the code to decide, because types are renamed more often than they are renumbered.
    """
    return _by_name().get(_plain(name)) or _by_code().get(code.strip().zfill(2))


def school_types() -> tuple[SchoolType, ...]:
    """Every known type, in order of code."""
    return tuple(_by_code().values())


@cache
def _by_code() -> dict[str, SchoolType]:
    return {row["code"]: SchoolType(row["code"], row["name"], Sector(row["sector"])) for row in _rows()}


@cache
def _by_name() -> dict[str, SchoolType]:
    types = _by_code()
    return {_plain(name): types[row["code"]] for row in _rows() for name in (row["name"], *row.get("aliases", ()))}


@cache
def _rows() -> list[dict[str, Any]]:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["types"]
    return rows


def _plain(name: str) -> str:
    return _NOT_A_WORD.sub(" ", name.casefold()).strip()
