"""Judging one return of pupil progress against the measures that were asked for.

Here: the outcome of one return and a sentence for each measure. Not here: which measures and targets apply
(policy) and what an outcome leads to (policy's proposals, which a person decides on). Only numbers of pupils,
never pupils.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol


class Outcome(StrEnum):
    """What one half-term's return says about a school; `missing` is a round in which none came."""

    ON_TRACK = "on_track"
    OFF_TRACK = "off_track"
    INSUFFICIENT = "insufficient"
    MISSING = "missing"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


class Target(Protocol):
    """What a measure says of itself; percentages are whole numbers from 0 to 100."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def target_percent(self) -> int: ...
    @property
    def off_track_below(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A school's figure for one measure: how many pupils there are, and how many of them are on track."""

    measure: str
    pupils: int
    on_track: int

    def __post_init__(self) -> None:
        if not 0 <= self.on_track <= self.pupils:
            raise ValueError(f"{self.measure}: {self.on_track} of {self.pupils} pupils cannot be on track")

    @property
    def percent(self) -> Fraction:
        return Fraction(100 * self.on_track, self.pupils)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome of a return, and one sentence for each measure in the order that policy lists them."""

    outcome: Outcome
    findings: tuple[str, ...]


_FROM_BEST_TO_WORST = (Outcome.ON_TRACK, Outcome.INSUFFICIENT, Outcome.OFF_TRACK)


def evaluate(figures: Sequence[Figure], measures: Sequence[Target], minimum_pupils: int) -> Evaluation:
    """Judge the figures of one school against the measures asked of it.

    Any judged measure below its `off_track_below` puts the school off track. Otherwise a measure without a
    figure, or with fewer than `minimum_pupils`, makes the return insufficient. Otherwise the school is on
    track: a measure below its target but not below `off_track_below` is within tolerance, and its finding
    says so. Figures for measures that were not asked for are left aside. All of it is our stated default,
    because MI 269/13 asks for monitoring and gives no rule.
    """
    given = {figure.measure: figure for figure in figures}
    if len(given) < len(figures):
        twice = Counter(figure.measure for figure in figures).most_common(1)[0][0]
        raise ValueError(f"{twice} is given more than once")
    judged = [_judge(measure, given.get(measure.key), max(minimum_pupils, 1)) for measure in measures]
    worst = max((outcome for outcome, _ in judged), key=_FROM_BEST_TO_WORST.index, default=Outcome.INSUFFICIENT)
    return Evaluation(worst, tuple(finding for _, finding in judged))


def _judge(measure: Target, figure: Figure | None, minimum_pupils: int) -> tuple[Outcome, str]:
    if figure is None:
        return Outcome.INSUFFICIENT, f"{measure.label}: no figure was given."
    if figure.pupils < minimum_pupils:
        # The numbers of a small group can point to a child, so the sentence leaves them out.
        small = f"fewer than {minimum_pupils} pupils" if minimum_pupils > 1 else "no pupils"
        return Outcome.INSUFFICIENT, f"{measure.label}: {small}, too few to judge."
    # Rounded down, so that a figure just short of its target never reads as if it had met it.
    shown = f"{figure.on_track} of {figure.pupils} pupils ({int(figure.percent)}%) on track"
    finding = f"{measure.label}: {shown}; the target is {measure.target_percent}%"
    if figure.percent >= measure.target_percent:
        return Outcome.ON_TRACK, f"{finding}."
    if figure.percent >= measure.off_track_below:
        return Outcome.ON_TRACK, f"{finding}. This is within tolerance ({measure.off_track_below}% or more)."
    return Outcome.OFF_TRACK, f"{finding}. Below {measure.off_track_below}% is off track."
