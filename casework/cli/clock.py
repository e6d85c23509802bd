"""clock notice: what the law makes of the dates of a warning notice, without touching the record.

The policy comes straight from the settings and not from the office, which would import the database's library.
"""

import os
from datetime import date

import click

from casework.cli.common import DAY, emit, json_option
from casework.settings import settings_from
from states.clocks import Calendars, Deadline, Happened, deadlines
from states.dates import in_words
from states.errors import CaseworkError
from states.half_terms import load_calendar
from states.law import LAW, Regime
from states.law.notices import NoticeKind
from states.policy import load_policy
from states.working_days import load_working_days

SUBJECT = "This notice"


@click.group()
def clock() -> None:
    """Work out deadlines, with the rule and the days not counted."""


@clock.command("notice")
@click.option("--given", type=DAY, required=True, help="Day on which the governing body was given the notice.")
@click.option("--represented", type=DAY, help="Day on which representations were made (before 18 April 2016).")
@click.option("--confirmed", type=DAY, help="Day on which the notice was confirmed (before 18 April 2016).")
@click.option("--period-ends", type=DAY, help="Last day of the period that the notice states (since 18 April 2016).")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in NoticeKind]),
    default=NoticeKind.S60.value,
    show_default=True,
    help="Section of the notice: standards and safety (s60), or pay (s60A).",
)
@json_option
def notice(
    given: date, represented: date | None, confirmed: date | None, period_ends: date | None, kind: str, as_json: bool
) -> None:
    """Work out the deadlines of one warning notice.

    The law is that of the day on which the notice was given. Nothing is recorded.
    """
    regime = LAW.on(given)
    _ask_for_the_period(regime, given, period_ends)
    days = {"give": given, "record_representations": represented, "confirm": confirmed}
    facts = {"give": {"kind": kind} | ({"period_ends": period_ends} if period_ends else {})}
    events = [Happened("notice", SUBJECT, trigger, day, facts.get(trigger, {})) for trigger, day in days.items() if day]
    calendars = Calendars(load_working_days(), load_calendar())
    now = max(event.on for event in events)
    found = deadlines(events, LAW, load_policy(settings_from(os.environ).policy), calendars, now)
    data = {"regime": regime.name, "given": given, "deadlines": [_as_data(one) for one in found]}
    emit(as_json, data, _as_text(regime, given, found))


def _ask_for_the_period(regime: Regime, given: date, period_ends: date | None) -> None:
    if regime.notice_states_its_period and not period_ends:
        raise CaseworkError(
            f"A notice given on {in_words(given)} states its own compliance period "
            f"({regime.compliance_period.citation}). Give the last day of the period that the notice states: "
            "--period-ends DATE."
        )


def _as_data(deadline: Deadline) -> dict[str, object]:
    return {
        "name": deadline.name,
        "date": deadline.date,
        "rule": deadline.rule,
        "citation": deadline.citation,
        "skipped": [{"date": one.day, "why": one.why} for one in deadline.skipped],
    }


def _as_text(regime: Regime, given: date, found: tuple[Deadline, ...]) -> str:
    head = f"Notice given on {in_words(given)}, under the {regime.title}."
    return "\n".join([head, *(f"- {one.sentence}" for one in found)])
