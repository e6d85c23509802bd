"""What goes into a clock and what comes out: things that happened, and deadlines that explain themselves."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from states.dates import in_words
from states.errors import CaseworkError
from states.half_terms import SchoolCalendar
from states.working_days import WEEKEND, Skipped, WorkingDays

Fact = str | dt.date


class ImpossibleDates(CaseworkError):
    """Things are recorded in an order that cannot have happened; the text has one line for each."""


class Calendars(NamedTuple):
    """The two calendars, which are never mixed: working days for the law, school days for the authority's policy."""

    working_days: WorkingDays
    school: SchoolCalendar


# Triggers whose own fact says on which day the thing happened, when that is not the day on which it was recorded.
DATED_BY = {
    "give": "given_on",
    "record_representations": "represented_on",
    "confirm": "decided_on",
    "decline_to_confirm": "decided_on",
    "record_compliance": "complied_on",
    "open_powers": "intention_notified_on",
    "supersede": "secretary_notice_on",
    "begin": "received_on",  # a budget is suspended from the receipt of the notice (EIA 2006 s66(1))
    "receive": "received_on",
    "judged_inadequate": "reported_on",
    "send_statement_of_action": "statement_sent_on",
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a subject of a track, with the facts that an event keeps, as words or as days.

    It counts for the day that its own fact states (`given_on` of give, and so on: DATED_BY), otherwise for `on`.
    A correction is something that happened too: trigger "correct_date", with the facts `corrects` (a trigger, or a
    dated fact of one), `day` (the right day) and, where there are several, `was` (the wrong one).
    """

    track: str
    subject: str
    trigger: str
    on: dt.date
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def counts_on(self) -> dt.date:
        return self.day(DATED_BY.get(self.trigger, "")) or self.on

    def text(self, name: str, default: str = "") -> str:
        return str(self.facts.get(name, default))

    def day(self, name: str) -> dt.date | None:
        """The fact `name` as a day; ImpossibleDates when it is there and is none."""
        said = self.facts.get(name)
        if said is None or isinstance(said, dt.date):
            return said
        try:
            return dt.date.fromisoformat(said)
        except ValueError:
            raise ImpossibleDates(
                f"{self.subject}: {name} of {self.trigger} is “{said}”; write a day such as 2013-11-18."
            ) from None


class ClockState(StrEnum):
    """Where a clock stands: still open, done in time or run its course, passed undone, or of no more use to anyone."""

    RUNNING = "running"
    MET = "met"
    MISSED = "missed"
    LAPSED = "lapsed"


# What ends on the day, in words that an officer can read out.
TITLES = {
    "initial_period_ends": "The initial period ends on",
    "representations_by": "Representations must be made by the end of",
    "compliance_period_ends": "The compliance period ends on",
    "reasonable_notice_ends": "The reasonable written notice ends on",
    "powers_start_by": "Powers must start by the end of",
    "budget_review_by": "The suspension of the budget must be reviewed by the end of",
    "fixed_term_ends": "The fixed term ends on",
    "return_due": "The return is due on",
    "reminder_due": "A reminder is due on",
    "chase_due": "The return is to be chased on",
    "first_contact_by": "The partner's first contact is due by the end of",
    "statement_of_action_by": "The written statement of action is due by the end of",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One clock of one subject. `date` is None while it waits for something else, which `rule` then names.

    `starts` is the day that was counted from, itself not counted. `met_on` is the day on which what was due was done;
    beside the state `missed`, it was done late.
    """

    name: str
    subject: str
    date: dt.date | None
    state: ClockState
    rule: str
    citation: str
    starts: dt.date | None = None
    skipped: tuple[Skipped, ...] = ()
    met_on: dt.date | None = None

    @property
    def sentence(self) -> str:
        """The deadline as an officer can read it out: what, when, why, which days did not count, what came of it."""
        if self.date is None:
            said = f"{self.rule} ({self.citation})."
        else:
            rule = self.rule[0].lower() + self.rule[1:]
            said = f"{TITLES[self.name]} {spoken(self.date)}: {rule} ({self.citation})."
        return " ".join(filter(None, (said, self._not_counted, self._outcome)))

    @property
    def _not_counted(self) -> str:
        if not self.skipped:
            return ""
        holidays = [f"{one.why} ({in_words(one.day)})" for one in self.skipped if one.why not in WEEKEND.values()]
        weekends = len(self.skipped) - len(holidays)
        days = [*([f"Saturdays and Sundays ({weekends})"] if weekends else []), *holidays]
        return f"Not counted: {listed(days)}."

    @property
    def _outcome(self) -> str:
        done = in_words(self.met_on) if self.met_on else ""
        match self.state:
            case ClockState.RUNNING:
                return ""
            case ClockState.MET:
                return f"Done on {done}." if done else "It is over."
            case ClockState.MISSED:
                return f"Missed: done only on {done}." if done else "Missed."
            case ClockState.LAPSED:
                return "Lapsed."


def spoken(day: dt.date) -> str:
    """Monday 9 December 2013."""
    return f"{day:%A} {in_words(day)}"


def listed(words: list[str]) -> str:
    """One, two and three."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def settle(
    due: dt.date | None,
    now: dt.date,
    done: dt.date | None,
    ended: dt.date | None,
    unmet: ClockState = ClockState.MISSED,
) -> ClockState:
    """Where a clock stands `now`.

    `done` is the day on which what it asks for was done, `ended` the day from which nobody asks for it any more, and
    `unmet` what the clock is called once its day has passed with neither.
    """
    if done and (due is None or done <= due) and not (ended and ended < done):
        return ClockState.MET
    if ended and (due is None or ended <= due):
        return ClockState.LAPSED
    return ClockState.RUNNING if due is None or now <= due else unmet


def settle_period(due: dt.date, now: dt.date, ended: dt.date | None) -> ClockState:
    """Where a period stands that asks for nothing and only runs its course."""
    return settle(due, now, due if now > due else None, ended)
