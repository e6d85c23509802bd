"""The daily flow: the one that the calendar starts. It wakes, checks, names what is late, and asks for signatures."""

from datetime import date
from typing import Any

from prefect import flow

from casework.daily import DailyReport, last_look, look
from casework.follow_ups import draft_follow_ups
from casework.office import Office
from flows.approvals import ask_for_signatures
from flows.half_termly_check import check_caseload
from flows.pictures import show_caseload, show_page
from flows.reports import AHEAD


@flow(name="daily-clocks", log_prints=True)
async def daily_clocks(on: date | None = None, by: str = "Daily clocks", role: str = "clocks") -> dict[str, Any]:
    """Do what a working morning asks for; after mornings that were missed, name what is late, once.

    Twice on a day, early or late, it ends in the same record: each thing that it does has a name that is used once.

    Args:
        on: The day that it counts for. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    day, reports = on or office.today, office.settings.reports_folder
    report = DailyReport(on=day, since=last_look(reports, day))
    half_term = office.calendar.on(day)
    with office.sealed(f"daily {day}") as seal:
        if half_term:
            stamp = office.stamp(by, role, day)
            report.check = await check_caseload(office, half_term, stamp)
            report.followed = draft_follow_ups(office.engine, office.calendars, stamp)
    report.seal = seal()
    look(office, report, AHEAD)
    await _show(office, report)
    page = report.save(reports)
    for line in (one.sentence for one in report.late):
        print(line)
    print(f"Kept as {page}.")
    return report.as_dict()


async def _show(office: Office, report: DailyReport) -> None:
    links = await ask_for_signatures(report.waiting)
    await show_page("today", report.as_markdown(links), f"What {report.on} asks for")
    await show_caseload(office)
