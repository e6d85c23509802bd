"""The half-termly check as a flow: one task for each chunk of schools, progress while it runs, then the picture."""

from datetime import date
from typing import Any

from prefect import flow, task
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.cache_policies import NO_CACHE

from casework.check import begin_check, check_chunk, monitored_case_ids
from casework.check_report import CheckReport
from casework.chunks import chunks
from casework.office import Office
from casework.record import Stamp
from casework.story import caseload_table
from casework.track_table import as_mermaid
from casework.unit_of_work import UnitOfWork
from states.half_terms import HalfTerm
from states.tracks.school import SCHOOL


@flow(name="half-termly-check", log_prints=True)
async def half_termly_check(half_term: str | None = None, on: date | None = None) -> dict[str, Any]:
    """Ask every monitored school for its return, evaluate what came, flag what did not, propose moves.

    Runs again without harm: what was done for a half-term is not done twice.

    Args:
        half_term: A school year and a number from 1 to 6, such as 2025-26/2. Empty: the one that is open on the day.
        on: The day that the check counts for. Empty: today.
    """
    office = Office()
    day = on or office.today
    wanted = office.calendar.half_term(half_term) if half_term else office.calendar.on(day)
    if wanted is None:
        print(f"Schools are closed on {day}: nothing is checked.")
        return {"half_term": None, "on": day.isoformat(), "requested": 0}
    report = await _check(office, wanted, office.stamp("Half-termly check", "check", day))
    page = report.save(office.settings.reports_folder)
    await _publish(office, report)
    print(f"Returns asked for: {report.requested}. Moves proposed: {len(report.proposed)}. The report is {page}.")
    return report.as_dict()


async def _check(office: Office, half_term: HalfTerm, stamp: Stamp) -> CheckReport:
    report = begin_check(office.engine, half_term, stamp)
    parts = list(chunks(monitored_case_ids(office.engine, stamp.policy)))
    shown = await acreate_progress_artifact(progress=0.0, description=f"Half-termly check {half_term.key}")
    for number, case_ids in enumerate(parts, start=1):
        report = report.plus(check_part(case_ids, office, half_term, stamp))
        await aupdate_progress_artifact(shown, progress=100.0 * number / len(parts))
    return report


@task(name="check a chunk of schools", cache_policy=NO_CACHE)
def check_part(case_ids: list[int], office: Office, half_term: HalfTerm, stamp: Stamp) -> CheckReport:
    """One transaction: all of these schools, or none."""
    return check_chunk(office.engine, case_ids, office.calendar, half_term, stamp)


async def _publish(office: Office, report: CheckReport) -> None:
    key = f"check-{report.half_term.replace('/', '-')}"
    with UnitOfWork(office.engine) as uow:
        table = caseload_table(uow.session, office.policy)
    await acreate_table_artifact(table=table, key="caseload", description="Schools by state and category")
    diagram = f"## The moves of a school\n\n```mermaid\n{as_mermaid(SCHOOL)}\n```\n"
    await acreate_markdown_artifact(
        markdown=f"{report.as_markdown()}\n{diagram}", key=key, description=f"Half-termly check: {report.label}"
    )
