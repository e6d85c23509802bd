"""due: the list with which an officer begins the day."""

from datetime import date

import click

from casework.cli.common import DAY, emit, json_option, on_option
from casework.due import due as due_on
from casework.office import Office
from casework.unit_of_work import reading


@click.command()
@on_option
@click.option("--until", type=DAY, help="Look ahead to this day (default four weeks on).")
@json_option
def due(on: date | None, until: date | None, as_json: bool) -> None:
    """List what is due, overdue, lapsed or silent, and why.

    Of the whole caseload: every clock that asks for somebody, with its rule and the move that answers it; returns that
    are due, late or never came; half-termly checks; schools of which nothing has moved for as long as the policy says;
    and letters that wait for a signature or a decision. Nothing is recorded.
    """
    office = Office()
    day = on or office.today
    if until and until < day:
        raise click.UsageError("--until is before the day of the list.")
    with reading(office.engine) as session:
        report = due_on(session, office.policy, office.calendars, day, until)
    emit(as_json, report.as_dict(), report.as_markdown())
