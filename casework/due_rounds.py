"""What the rounds of the year ask for, beside the clocks of cases: returns, checks, letters, and calendars to renew.

Of returns and letters the record keeps how they stand now: asked about an earlier day, they are told as they stand.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Row as Found
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from casework.due_report import Group, Item
from casework.record import Row
from casework.tables import Letter, Return
from casework.timeline import LONDON, known_until
from states.clocks import Calendars
from states.half_terms import HalfTerm
from states.policy import Policy
from states.progress import Outcome
from states.tracks.letter import LETTER, UNSETTLED, UNSIGNED, WAITING, LetterState

# What is to be done with letters that are not where they should be.
TO_DO: dict[str, str] = {
    **dict.fromkeys(UNSIGNED, "Read and sign: `casework letters approve --batch {batch}`"),
    **dict.fromkeys(WAITING, "Send: `casework letters send --batch {batch}`"),
    **dict.fromkeys((LetterState.SENDING, *UNSETTLED), "Decide on each: `casework letters unknown`"),
}


Held = Found[int, str, date | None, date | None, str]


class View(NamedTuple):
    """From which day the record is looked at, how far ahead, and by which rules."""

    session: Session
    policy: Policy
    calendars: Calendars
    on: date
    until: date

    def group(self, day: date) -> Group:
        """Of something that is still to be done."""
        if day < self.on:
            return Group.OVERDUE
        return Group.DUE if day <= self.until else Group.LATER

    def days(self, day: date) -> int:
        """How many are to go; below nought, how many have gone by."""
        return (day - self.on).days


def rounds(view: View, monitored: Mapping[int, str]) -> Iterator[Item]:
    """`monitored` has the name of each school that is monitored, by URN."""
    yield from _returns(view, monitored)
    yield from _checks(view, set(monitored))
    yield from _calendars_that_end(view)


def _returns(view: View, monitored: Mapping[int, str]) -> Iterator[Item]:
    """One item for the newest return that a school was asked for by the day, unless it came and was evaluated."""
    newest = select(Return.urn, func.max(Return.half_term).label("half_term")).group_by(Return.urn)
    asked = newest.where(Return.requested_on <= view.on).subquery()
    columns = (Return.urn, Return.half_term, Return.due_on, Return.received_on, Return.outcome)
    same = and_(Return.urn == asked.c.urn, Return.half_term == asked.c.half_term)
    for held in view.session.execute(select(*columns).join(asked, same)):
        if held.urn in monitored:
            yield from _return(view, held, monitored[held.urn])


def _return(view: View, held: Held, school: str) -> Iterator[Item]:
    check, load = f"`casework check {held.half_term}`", "`casework returns load FILE`"
    if held.received_on and held.received_on <= view.on:
        if not held.outcome:
            yield _of_return(
                view, held, school, Group.DUE, "return_to_evaluate", "came and is not evaluated yet", check
            )
    elif held.outcome == Outcome.MISSING:
        then = f"Ask the school; {load} takes it in still"
        yield _of_return(view, held, school, Group.SILENT, "return_missing", "never came", then)
    elif held.due_on:
        why, then = ("has not come", check) if held.due_on < view.on else ("is due", load)
        yield _of_return(view, held, school, view.group(held.due_on), "return_due", why, then)


def _of_return(view: View, held: Held, school: str, group: Group, what: str, why: str, then: str) -> Item:
    return Item(
        group=group,
        what=what,
        why=f"The return for {held.half_term} {why}",
        then=then,
        date=held.due_on,
        days=view.days(held.due_on) if held.due_on else None,
        urn=held.urn,
        school=school,
    )


def _checks(view: View, monitored: set[int]) -> Iterator[Item]:
    """The check of the half-term that is open, while a school has not been asked; and of those that open next."""
    now = view.calendars.school.on(view.on)
    if now and monitored:
        asked = set(view.session.scalars(select(Return.urn).where(Return.half_term == now.key)))
        if unasked := len(monitored - asked):
            yield _check(view, now, f"{unasked:,} of {len(monitored):,} monitored schools have not been asked")
    for half_term in view.calendars.school.half_terms:
        if view.on < half_term.opens <= view.until:
            certain = " by a model calendar" if half_term.standing == "model" else ""
            yield _check(view, half_term, f"the {half_term.label} opens{certain}")


def _check(view: View, half_term: HalfTerm, why: str) -> Item:
    return Item(
        group=view.group(half_term.opens),
        what="half_termly_check",
        why=f"The check of {half_term.key}: {why}",
        then=f"`casework check {half_term.key}`",
        date=half_term.opens,
        days=view.days(half_term.opens),
    )


def _calendars_that_end(view: View) -> Iterator[Item]:
    """Beyond its end a calendar knows nothing, and no clock can be counted over it."""
    school, working = view.calendars.school, view.calendars.working_days
    ends = {
        f"The half-terms of the calendar {school.name} are known no further": (school.last.closes, school.name),
        "The working days of England are known no further": (working.until, "england-working-days"),
    }
    for why, (day, file) in ends.items():
        if day <= view.until:
            then = f"Add the days to states/calendars/{file}.toml; its first lines say how"
            group = view.group(day)
            yield Item(group=group, what="calendar_ends", why=why, then=then, date=day, days=view.days(day))


def letters_that_wait(view: View) -> list[Row]:
    """A row for each batch, kind and state in which letters wait for somebody, the oldest first."""
    what = (Letter.batch, Letter.kind, Letter.state, Letter.stopped)
    rows = view.session.execute(
        select(*what, func.count(), func.min(Letter.drafted_at))
        .where(Letter.state.in_(TO_DO), Letter.drafted_at <= known_until(view.on))
        .group_by(*what)
        .order_by(func.min(Letter.drafted_at), *what)
    )
    return [
        {
            "batch": batch,
            "kind": kind,
            "state": state,
            "state_label": LETTER.label_of(state),
            "stopped": stopped,
            "letters": letters,
            "since": oldest.astimezone(LONDON).date(),
            "then": f"`casework letters resume --batch {batch}`" if stopped else TO_DO[state].format(batch=batch),
        }
        for batch, kind, state, stopped, letters, oldest in rows
    ]
