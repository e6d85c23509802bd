"""From a stream of rows to transactions: the good rows go on, the others are kept for the report, 500 at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from itertools import islice
from typing import Any, TypeVar

from casework.rows import Rejected

T = TypeVar("T")
Report = TypeVar("Report", bound=Any)

# Bounds what a crash can undo, and costs nothing in speed: docs/decisions/0005-storage.md.
CHUNK = 500


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk


def good_rows(found: Iterable[T | Rejected], rejected: list[Rejected]) -> Iterator[T]:
    """The rows that can be used; each of the others is added to `rejected` as it goes by."""
    for one in found:
        if isinstance(one, Rejected):
            rejected.append(one)
        else:
            yield one


def together(whole: Report, part: Report) -> Report:
    """What two chunks did, as one report: numbers are added up and lists joined, field by field."""
    names = [column.name for column in fields(whole)]
    return replace(whole, **{name: getattr(whole, name) + getattr(part, name) for name in names})
