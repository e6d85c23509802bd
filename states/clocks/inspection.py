"""The clock of an inspection that makes a school eligible for intervention: the written statement of action.

The duty is the authority's (Education Act 2005 s15). The number of days is in no source that was read, and so stands in
the policy. Fact that is read of judged_inadequate: `sector`, which is maintained unless it says otherwise.
"""

from collections.abc import Iterator
from datetime import date

from states.clocks.counting import ordinal
from states.clocks.history import Life
from states.clocks.values import Calendars, Deadline, Happened, settle
from states.dates import in_words
from states.law.cited import EA_2005
from states.policy import Policy
from states.school_types import Sector

SENT = "send_statement_of_action"
OVERTAKEN = ("judged_good_or_better", "judged_requires_improvement", "open_as_academy", "close")


def inspection_deadlines(life: Life, policy: Policy, calendars: Calendars, now: date) -> Iterator[Deadline]:
    """One clock for each report; none for an academy, about which an authority states no action."""
    for judged in life.all("judged_inadequate"):
        if judged.text("sector", Sector.MAINTAINED) == Sector.MAINTAINED:
            yield _statement(life, judged, policy, calendars, now)


def _statement(life: Life, judged: Happened, policy: Policy, calendars: Calendars, now: date) -> Deadline:
    reported, count = judged.on, policy.deadlines.written_statement_working_days
    due, skipped = calendars.working_days.add(reported, count)
    sent = life.after(judged, SENT)
    return Deadline(
        name="statement_of_action_by",
        subject=life.subject,
        date=due,
        state=settle(due, now, sent, life.after(judged, *OVERTAKEN)),
        rule=f"The {ordinal(count)} working day (the policy's number) after the report of {in_words(reported)}",
        citation=f"{EA_2005}, s15",
        starts=reported,
        skipped=skipped,
        met_on=sent,
    )
