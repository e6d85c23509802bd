"""The clocks of one half-termly return: when it is due, when it is reminded of, when it is chased.

All are the authority's policy, in calendar days; a day on which schools are closed is moved on to the next school day.
Fact that is read of request: `due_on`, when the request named its own day.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from states.clocks.history import Life
from states.clocks.values import Calendars, Deadline, settle
from states.dates import in_words
from states.policy import Policy

POLICY = "the authority's policy"
ANSWERED = ("receive", "evaluate", "miss")


def monitoring_deadlines(life: Life, policy: Policy, calendars: Calendars, now: date) -> Iterator[Deadline]:
    """The clocks of one return; none before it is asked for."""
    if (asked := life.first("request")) is None:
        return
    days, rules = policy.monitoring.reply_within_days, policy.deadlines
    stated = asked.day("due_on")
    due = stated or calendars.school.next_school_day(asked.on + timedelta(days=days))
    received = life.day_of("receive")
    yield Deadline(
        name="return_due",
        subject=life.subject,
        date=due,
        state=settle(due, now, received, None),
        rule="The day that the request names"
        if stated
        else f"{days} days after {in_words(asked.on)}, the day of the request, or the next school day",
        citation=POLICY,
        starts=asked.on,
        met_on=received,
    )
    yield _follow_up(life, "remind", due, rules.reminder_after_days, calendars, now)
    yield _follow_up(life, "chase", due, rules.chase_after_days, calendars, now)


NAMES = {"remind": "reminder_due", "chase": "chase_due"}


def _follow_up(life: Life, trigger: str, due: date, days: int, calendars: Calendars, now: date) -> Deadline:
    """So many days after the return was due; nobody has to, once the return is there or the round is over."""
    day, done = calendars.school.next_school_day(due + timedelta(days=days)), life.day_of(trigger)
    return Deadline(
        name=NAMES[trigger],
        subject=life.subject,
        date=day,
        state=settle(day, now, done, life.day_of(*ANSWERED)),
        rule=f"{days} days after {in_words(due)}, the day on which the return was due, or the next school day",
        citation=POLICY,
        starts=due,
        met_on=done,
    )
