"""check: the main job."""

from datetime import date

import click

from casework.check import run_check
from casework.cli.common import emit, json_option, on_option, progress
from casework.office import Office


@click.command()
@click.argument("half_term")
@click.option("--by", default="Half-termly check", show_default=True, help="Who runs it, for the record.")
@on_option
@json_option
def check(half_term: str, by: str, on: date | None, as_json: bool) -> None:
    """Run the half-termly check of the whole caseload.

    HALF_TERM is a school year and a number from 1 to 6: 2025-26/3 is the first half of the spring term. Asks every
    monitored school for its return, evaluates the returns that came, flags those that did not, and proposes moves. It
    moves no school and sends no letter. The same check again adds nothing.
    """
    office = Office()
    wanted = office.calendar.half_term(half_term)
    with progress("Schools") as shown:
        report = run_check(office.engine, office.calendar, wanted, office.stamp(by, "check", on), shown)
    page = report.save(office.settings.reports_folder)
    emit(as_json, report.as_dict() | {"report": str(page)}, f"{report.as_markdown()}\nKept as {page}")
