"""report committee: what was done between two days, for those who oversee it."""

from datetime import date

import click

from casework.cli.common import DAY, emit, json_option
from casework.committee import committee_report
from casework.office import Office


@click.group()
def report() -> None:
    """Report on the caseload between two days."""


@report.command("committee")
@click.option("--from", "since", type=DAY, required=True, help="First day of the period.")
@click.option("--to", "until", type=DAY, required=True, help="Last day of the period, which has passed or is today.")
@click.option("--names", is_flag=True, help="Also the part that names schools. It is not for publication.")
@json_option
def committee(since: date, until: date, names: bool, as_json: bool) -> None:
    """Report to a committee what was done, in numbers.

    Schools by category, moves, warning notices, powers, returns, letters, how quickly a concern was followed up,
    deadlines missed and moves refused. No school is named unless you ask for it; with --names a second page does, which
    is marked and kept apart. Both are kept in CASEWORK_HOME/reports, as Markdown and as JSON.
    """
    office = Office()
    made = committee_report(office.engine, since, until, office.policy, office.calendars, office.today)
    pages = [str(page) for page in made.save(office.settings.reports_folder, names=names)]
    data = made.as_dict() | ({"names": made.names_as_dict()} if names else {}) | {"reports": pages}
    text = [made.as_markdown(), *([made.names_as_markdown()] if names else []), f"Kept as {', '.join(pages)}"]
    emit(as_json, data, "\n".join(text))
