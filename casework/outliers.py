"""What to look at first in a batch: the letters that differ from the others, each with a sentence that says how.

Pure: letters go in as their stored facts. What holds of more than half of a batch is no outlier.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median, quantiles
from typing import Any

from notifications.letter import RecipientRole
from states.dates import in_words

# Long is half as long again as the middle one; few letters have no middle to speak of.
LONG, ENOUGH = 1.5, 8
FENCE = 3.0
FAR_BACK, FAR_AHEAD = 730, 366  # days from the letter's own

_FIGURE = re.compile(r"(£?)(\d[\d,]*(?:\.\d+)?)(%?)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Said = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One letter of a batch as far as it is compared: how long it is, and its facts."""

    reference: str
    words: int
    facts: Mapping[str, Any]


def outliers(batch: Sequence[Reviewed]) -> Said:
    """Reference → what is unlike the others, for each letter of which there is something to say."""
    said: Said = defaultdict(list)
    for reference, sentence in (*_long(batch), *_figures(batch)):
        said[reference].append(sentence)
    rare = [*_missing(batch), *_far_days(batch)]
    times = Counter(kind for _, kind, _ in rare)
    for reference, kind, sentence in rare:
        if 2 * times[kind] <= max(len(batch), 2):
            said[reference].append(sentence)
    return dict(said)


def changes(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Field → how it reads otherwise than in an earlier letter of the kind; days differ always, and are left out."""
    for name, value in now["fields"].items():
        was = before["fields"].get(name)
        if isinstance(value, str | int) and was != value and not _is_day(value) and was is not None:
            yield name, f"{name} is {_shown(value)}, and was {_shown(was)} on {in_words(_day(before['dated']))}"


def _long(batch: Sequence[Reviewed]) -> Iterator[tuple[str, str]]:
    middle = median([one.words for one in batch]) if len(batch) >= ENOUGH else 0
    for one in batch:
        if middle and one.words > LONG * middle:
            yield one.reference, f"long: {one.words} words, where the middle one has {middle:.0f}"


def _missing(batch: Sequence[Reviewed]) -> Iterator[tuple[str, str, str]]:
    for one in batch:
        recipient = one.facts["recipient"]
        if not recipient["name"]:
            role = RecipientRole(recipient["role"]).label
            yield one.reference, "name", f"no name is known for the {role}"
        for name, value in one.facts["fields"].items():
            if value in ("", None, []):
                yield one.reference, name, f"{name} is empty"


def _far_days(batch: Sequence[Reviewed]) -> Iterator[tuple[str, str, str]]:
    for one in batch:
        dated = _day(one.facts["dated"])
        for name, value in _leaves(one.facts["fields"]):
            if _is_day(value) and not -FAR_BACK <= (_day(value) - dated).days <= FAR_AHEAD:
                yield one.reference, name, f"{name} is {in_words(_day(value))}, far from the day of the letter"


def _figures(batch: Sequence[Reviewed]) -> Iterator[tuple[str, str]]:
    """Percentages above 100, and numbers that lie far from those in the same field of the others."""
    told: dict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    for one in batch:
        for name, sign, number in _numbers(one.facts["fields"]):
            told[name, sign].append((one.reference, number))
    for (name, sign), numbers in told.items():
        low, high = _usual([number for _, number in numbers])
        for reference, number in dict.fromkeys(numbers):
            if (sign == "%" and number > 100) or not low <= number <= high:
                yield reference, f"{name} has {_written(number, sign)}"


def _numbers(fields: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    for name, value in _leaves(fields):
        if isinstance(value, bool) or _is_day(value):
            continue
        for pounds, digits, percent in _FIGURE.findall(str(value)):
            yield name, pounds or percent, float(digits.replace(",", ""))


def _usual(numbers: Sequence[float]) -> tuple[float, float]:
    """The bounds beyond which a number is unusual; all are usual where there are few, or where they have no spread."""
    if len(numbers) < ENOUGH:
        return float("-inf"), float("inf")
    low, _, high = quantiles(numbers, n=4)
    spread = (high - low) or max(abs(high), 1) / FENCE
    return low - FENCE * spread, high + FENCE * spread


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value of a letter's fields under the name of its field; items of a list share theirs."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}".strip("."))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, name)
    else:
        yield name, value


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def _day(written: str) -> date:
    return date.fromisoformat(written)


def _shown(value: Any) -> str:
    text = str(value)
    return f"“{text}”" if len(text) <= 60 else f"“{text[:60]}…”"


def _written(number: float, sign: str) -> str:
    return f"£{number:,.0f}" if sign == "£" else f"{number:g}{sign}"
