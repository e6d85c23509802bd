"""The clock of an allocated partner: by when it first gets in touch with the school."""

from collections.abc import Iterator
from datetime import date, timedelta

from states.clocks.history import Life
from states.clocks.values import Deadline, settle
from states.dates import in_words
from states.policy import Policy

# The first thing that the record has of a partner at work.
AT_WORK = ("challenge_plan", "commission", "undertake", "evaluate")


def support_deadlines(life: Life, policy: Policy, now: date) -> Iterator[Deadline]:
    if (allocated := life.day_of("allocate")) is None:
        return
    days, done = policy.partner.first_contact_within_days, life.day_of(*AT_WORK)
    due = allocated + timedelta(days=days)
    yield Deadline(
        name="first_contact_by",
        subject=life.subject,
        date=due,
        state=settle(due, now, done, life.day_of("decline")),
        rule=f"{days} days after {in_words(allocated)}, the day of the allocation",
        citation="the authority's policy",
        starts=allocated,
        met_on=done,
    )
