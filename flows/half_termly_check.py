"""The half-termly check as a flow: a task for some thousand schools, progress while it runs, then the picture.

A big caseload is spread over workers: each part is a run of its own on the work pool. What a part does is done once
whoever does it, so that a part which was lost, or delivered twice, is simply done here.
"""

from datetime import date
from functools import reduce
from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.cache_policies import NO_CACHE

from casework.check import begin_check, check_chunk, monitored_case_ids
from casework.check_report import CheckReport
from casework.chunks import chunks
from casework.office import Office
from casework.record import Stamp
from casework.track_table import as_mermaid
from flows.forms import OPEN_NOW, HalfTermChoice, half_term_of
from flows.parts import say, spread
from flows.pictures import show_caseload, show_page
from states.half_terms import HalfTerm
from states.tracks.school import SCHOOL

# Schools of one task: a task and its progress cost as much as the check of fifty schools.
TO_A_TASK = 3000


@flow(name="half-termly-check", log_prints=True)
async def half_termly_check(
    half_term: HalfTermChoice = OPEN_NOW,
    on: date | None = None,
    spread_over: int = 1,
    by: str = "Half-termly check",
    role: str = "check",
) -> dict[str, Any]:
    """Ask every monitored school for its return, evaluate what came, flag what did not, propose moves.

    Runs again without harm: what was done for a half-term is not done twice.

    Args:
        half_term: The half-term of the round.
        on: The day that the check counts for. Empty: today.
        spread_over: Into how many parts the caseload is cut for the workers of the pool; 1 for no more than one.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    day = on or office.today
    wanted = half_term_of(half_term, day, office.calendar)
    if wanted is None:
        print(f"Schools are closed on {day}: nothing is checked.")
        return {"half_term": None, "on": day.isoformat(), "requested": 0}
    with office.sealed(f"check {wanted.key}") as seal:
        report = await check_caseload(office, wanted, office.stamp(by, role, day), spread_over)
    report.seal = seal()
    page = report.save(office.settings.reports_folder)
    await _publish(office, report)
    print(f"Returns asked for: {report.requested}. Moves proposed: {len(report.proposed)}. The report is {page}.")
    return report.as_dict()


@flow(name="half-termly-check-part", flow_run_name="check {half_term}, part {part} of {of}")
async def half_termly_check_part(half_term: str, on: date, part: int, of: int, by: str, role: str) -> dict[str, Any]:
    """One part of a check that was spread over several workers. The check itself starts it; nobody else needs to.

    Args:
        half_term: The half-term of the round.
        on: The day that the check counts for.
        part: The number of this part.
        of: How many parts there are.
        by: Who started the check.
        role: Their role.
    """
    office = Office()
    stamp, wanted = office.stamp(by, role, on), office.calendar.half_term(half_term)
    report = await _check_cases(office, wanted, stamp, begin_check(office.engine, wanted, stamp), (part, of))
    await say(report.as_dict())
    return report.as_dict()


async def check_caseload(office: Office, half_term: HalfTerm, stamp: Stamp, spread_over: int = 1) -> CheckReport:
    """The whole caseload, here or spread over workers; here, too, what workers did not finish."""
    report = begin_check(office.engine, half_term, stamp)
    if spread_over <= 1:
        return await _check_cases(office, half_term, stamp, report, (1, 1))
    asked = {"half_term": half_term.key, "on": stamp.on, "by": stamp.actor, "role": stamp.role}
    for part, done in (await spread(half_termly_check_part.name, asked, spread_over)).items():
        if done is None:
            report = await _check_cases(office, half_term, stamp, report, (part, spread_over))
        else:
            report = report.plus(CheckReport.from_dict(done | {"cases": 0}))
    return report


async def _check_cases(
    office: Office, half_term: HalfTerm, stamp: Stamp, report: CheckReport, which: tuple[int, int]
) -> CheckReport:
    part, of = which
    ids = [case_id for case_id in monitored_case_ids(office.engine, stamp.policy) if case_id % of == part - 1]
    parts = list(chunks(ids, TO_A_TASK))
    shown = await acreate_progress_artifact(progress=0.0, description=f"Half-termly check {half_term.key}")
    for number, case_ids in enumerate(parts, start=1):
        report = report.plus(check_part(case_ids, office, half_term, stamp))
        await aupdate_progress_artifact(shown, progress=100.0 * number / len(parts))
    return report


@task(name="check some thousand schools", cache_policy=NO_CACHE)
def check_part(case_ids: list[int], office: Office, half_term: HalfTerm, stamp: Stamp) -> CheckReport:
    """A transaction for each chunk of them: all of its schools, or none."""
    done = (check_chunk(office.engine, chunk, office.calendar, half_term, stamp) for chunk in chunks(case_ids))
    return reduce(CheckReport.plus, done)


async def _publish(office: Office, report: CheckReport) -> None:
    await show_caseload(office)
    diagram = f"## The moves of a school\n\n```mermaid\n{as_mermaid(SCHOOL)}\n```\n"
    page = f"{report.as_markdown()}\n{diagram}"
    await show_page(f"check-{report.half_term}", page, f"Half-termly check: {report.label}")
