"""Clocks: every deadline that follows from what happened, the law, the policy and the calendars. Pure, nothing stored.

Time is never counted up and never kept: the same events give the same deadlines, whenever they are asked for, and a
corrected date corrects every deadline that hangs on it. One module for each track that has clocks; conversion has none,
because its days are the Secretary of State's.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from states.clocks.history import Life, lives
from states.clocks.inspection import inspection_deadlines
from states.clocks.monitoring import monitoring_deadlines
from states.clocks.notice import notice_deadlines
from states.clocks.power import power_deadlines
from states.clocks.support import support_deadlines
from states.clocks.values import Calendars, ClockState, Deadline, Happened, ImpossibleDates
from states.law import Law
from states.policy import Policy

__all__ = ["Calendars", "ClockState", "Deadline", "Happened", "ImpossibleDates", "Life", "clocks_of_lives", "deadlines"]


def deadlines(
    events: Iterable[Happened], law: Law, policy: Policy, calendars: Calendars, now: date
) -> tuple[Deadline, ...]:
    """Every clock that runs, was met, was missed or has lapsed, as it stands `now`, by track and subject.

    What is dated after `now` has not happened yet. Raises ImpossibleDates for a record that contradicts itself,
    BeforeTheLaw and BeyondWorkingDays for days that the law or the calendar does not reach.
    """
    return tuple(deadline for _, deadline in clocks_of_lives(events, law, policy, calendars, now))


def clocks_of_lives(
    events: Iterable[Happened], law: Law, policy: Policy, calendars: Calendars, now: date
) -> Iterator[tuple[Life, Deadline]]:
    """The same, each beside the life that it belongs to: what began it, and what met it, happened there."""
    known = lives(events, now)
    powers = tuple(life for life in known if life.track == "power")
    for life in known:
        yield from ((life, deadline) for deadline in _of(life, powers, law, policy, calendars, now))


def _of(
    life: Life, powers: tuple[Life, ...], law: Law, policy: Policy, calendars: Calendars, now: date
) -> Iterator[Deadline]:
    match life.track:
        case "notice":
            return notice_deadlines(life, powers, law, policy, calendars, now)
        case "power":
            return power_deadlines(life, policy, now)
        case "monitoring":
            return monitoring_deadlines(life, policy, calendars, now)
        case "support":
            return support_deadlines(life, policy, now)
        case "school":
            return inspection_deadlines(life, policy, calendars, now)
    return iter(())
