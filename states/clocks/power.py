"""The clocks of a power in use: the end of its fixed term, and the yearly review of a suspended budget.

Facts that are read of begin: `section` (63 to 66) and `term_ends`, when the decision fixes another end than the policy.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from states.clocks.counting import months_after
from states.clocks.history import Life
from states.clocks.values import Deadline, Happened, settle
from states.dates import in_words
from states.law.powers import REVIEW_BEFORE, REVIEW_SPARED_MONTHS
from states.policy import Policy

BUDGET = "66"
# The sheet's fixed term is for additional governors and for responsibility taken back (MI 269/13, line 37).
FIXED_TERM = ("64", BUDGET)


def power_deadlines(life: Life, policy: Policy, now: date) -> Iterator[Deadline]:
    """The clocks of one power; none before it begins."""
    if (begun := life.first("begin")) is None:
        return
    if begun.text("section") == BUDGET:
        yield from _budget_reviews(life, begun.on, now)
    if begun.text("section") in FIXED_TERM:
        yield _fixed_term(life, begun, policy.deadlines.fixed_term_months, now)


def _fixed_term(life: Life, begun: Happened, months: int, now: date) -> Deadline:
    starts, stated, ended = begun.on, begun.day("term_ends"), life.day_of("end")
    ends = stated or months_after(starts, months)
    rule = "The day that the decision states" if stated else f"{months} months following {in_words(starts)}"
    return Deadline(
        name="fixed_term_ends",
        subject=life.subject,
        date=ends,
        state=settle(ends, now, ended, None),
        rule=rule,
        citation="the authority's policy: the Act gives no term of office",
        starts=starts,
        met_on=ended,
    )


def _budget_reviews(life: Life, began: date, now: date) -> Iterator[Deadline]:
    """One review before each financial year, up to the first that is still to come (SSFA 1998 Sch 15 para 2).

    Spared is the year before which the suspension took effect less than two months earlier. A review counts for the
    financial year that follows it.
    """
    ended, opened = life.day_of("end"), began
    for year in range(began.year, now.year + 3):
        begins = date(year, *REVIEW_BEFORE.value)
        if months_after(began, REVIEW_SPARED_MONTHS.value) > begins:
            continue
        if ended and ended < opened:
            return
        yield _budget_review(life, began, opened, begins, now)
        if begins > now:
            return
        opened = begins


def _budget_review(life: Life, began: date, opened: date, begins: date, now: date) -> Deadline:
    due = begins - timedelta(days=1)
    reviewed = next((event.on for event in life.all("review") if opened <= event.on < begins), None)
    return Deadline(
        name="budget_review_by",
        subject=life.subject,
        date=due,
        state=settle(due, now, reviewed, life.day_of("end")),
        rule=f"Before the financial year of {in_words(begins)} begins; the suspension took effect on {in_words(began)}",
        citation=REVIEW_BEFORE.citation,
        starts=opened,
        met_on=reviewed,
    )
