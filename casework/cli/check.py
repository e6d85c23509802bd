"""check and classify: what is done with the whole caseload, each half-term and each year."""

from datetime import date

import click

from casework.check import run_check
from casework.classification import check_facts, classify
from casework.cli.common import emit, json_option, on_option, progress, signed_option
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
    with progress("Schools") as shown, office.sealed(f"check {half_term}") as seal:
        report = run_check(office.engine, office.calendar, wanted, office.stamp(by, "check", on), shown)
    report.seal = seal()
    page = report.save(office.settings.reports_folder)
    emit(as_json, report.as_dict() | {"report": str(page)}, f"{report.as_markdown()}\nKept as {page}")


@click.command("classify")
@click.argument("school_year")
@click.option("--facts", is_flag=True, help="The check of the facts instead, which comes before the category.")
@signed_option
@on_option
@json_option
def classify_(school_year: str, facts: bool, by: str, role: str, on: date | None, as_json: bool) -> None:
    """Draft the yearly letters that state each school's category.

    SCHOOL_YEAR is written like 2025-26. To the head and the chair of governors of every open school with a category, as
    one batch that waits for approval; no school is moved. With --facts, the letter that asks them to check the facts
    first. Once a year for a school: the same again adds nothing.
    """
    office = Office()
    write = check_facts if facts else classify
    with progress("Schools") as shown, office.sealed(f"classify {school_year}"):
        report = write(office.engine, office.calendar, school_year, office.stamp(by, role, on), shown)
    emit(as_json, report.as_dict(), report.as_markdown())
