"""serve, daily, round and doctor: the console, what it does each morning, and what keeps it from working."""

import os
import sys
from dataclasses import asdict
from datetime import date

import click

from casework.check import run_check
from casework.cli.common import emit, json_option, on_option, progress
from casework.daily import DailyReport, last_look, look
from casework.doctor import examine
from casework.due import FOUR_WEEKS
from casework.follow_ups import draft_follow_ups
from casework.office import Office
from casework.rounds import close_round, round_of
from casework.unit_of_work import reading


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=4200, show_default=True, type=click.IntRange(1, 65535), help="Port to listen at.")
@click.option("--workers", is_flag=True, help="Run no flow here: leave them to the workers of the pool “office”.")
def serve(host: str, port: int, workers: bool) -> None:
    """Start the officers' console, until Ctrl-C.

    Prefect's server and pages, the flows of prefect.yaml, and the letters, behind a gate that knows who is there. On
    127.0.0.1 with no officers on record, whoever sits at this machine acts (CASEWORK_OPERATOR); anywhere else officers
    sign in: see `casework officers add --help`. For several machines: --workers, and docs/runbooks/scale-out.md.
    """
    asked = ["--host", host, "--port", str(port), *(["--workers"] if workers else [])]
    # It takes this process's place, so that Prefect is imported there and what stops this command stops the console.
    os.execv(sys.executable, [sys.executable, "-m", "flows.serve", *asked])  # noqa: S606


@click.command()
@click.option("--by", default="Daily clocks", show_default=True, help="Who runs it, for the record.")
@on_option
@json_option
def daily(by: str, on: date | None, as_json: bool) -> None:
    """Do what a working morning asks for.

    Checks the half-term that is open, drafts the reminders that are due, and lists what is due, what began late or
    never since the last look, and which letters wait for a signature. Twice on a day it adds nothing. The console does
    this by itself.
    """
    office = Office()
    day, reports = on or office.today, office.settings.reports_folder
    report, half_term = DailyReport(on=day, since=last_look(reports, day)), office.calendar.on(day)
    with office.sealed(f"daily {day}") as seal:
        if half_term:
            stamp = office.stamp(by, "clocks", day)
            report.check = run_check(office.engine, office.calendar, half_term, stamp)
            report.followed = draft_follow_ups(office.engine, office.calendars, stamp)
    report.seal = seal()
    look(office, report, FOUR_WEEKS)
    page = report.save(reports)
    emit(as_json, report.as_dict() | {"report": str(page)}, f"{report.as_markdown()}\nKept as {page}")


@click.command("round")
@click.argument("half_term")
@click.option("--close", is_flag=True, help="Close it: evaluate what came, and flag as missing what did not.")
@click.option("--by", default="", help="Name of the person who closes it.")
@click.option("--role", default="", help="That person's role.")
@on_option
@json_option
def round_(half_term: str, close: bool, by: str, role: str, on: date | None, as_json: bool) -> None:
    """Show how a half-termly round stands, or close it.

    HALF_TERM is a school year and a number, as for `casework check`. Returns by outcome, and the schools whose returns
    are not in; closed once each return that was asked for has its outcome. --close gives each its outcome now, and is
    refused while one may still come in time; the next `casework daily` drafts the letters that tell schools.
    """
    office = Office()
    wanted = office.calendar.half_term(half_term)
    if close:
        with progress("Schools") as shown, office.sealed(f"close round {wanted.key}"):
            report = close_round(office.engine, office.calendar, wanted, office.stamp(by, role, on), shown)
    else:
        with reading(office.engine) as session:
            report = round_of(session, wanted, on or office.today)
    page = report.save(office.settings.reports_folder)
    emit(as_json, report.as_dict() | {"report": str(page)}, f"{report.as_markdown()}\nKept as {page}")


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Say what keeps the console from working, or soon will.

    Each finding says what to do. Exit code 1 if there is one.
    """
    found = list(examine(Office()))
    lines = (f"{'ok' if not one.wrong else 'LOOK':6}{one.looked_at:24}{one.wrong}".rstrip() for one in found)
    emit(as_json, [asdict(one) for one in found], "\n".join(lines))
    if any(one.wrong for one in found):
        sys.exit(1)
