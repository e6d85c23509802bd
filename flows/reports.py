"""Looking and proving: a school on a page, what is due, the committee's report, the proof and the copy."""

from datetime import date, timedelta
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State as RunState
from prefect.states import Failed

from casework.backup import backup
from casework.committee import committee_report
from casework.due import due
from casework.finding import find_school
from casework.office import Office
from casework.unit_of_work import reading
from casework.verify import verify
from flows.pictures import show_caseload, show_page, show_school

AHEAD = timedelta(days=365)


@flow(name="look-at-a-school", flow_run_name="look at {school}", log_prints=True)
async def look_at_a_school(school: str, on: date | None = None) -> int:
    """Show a school on a page: where it stands, what is due, what may come next, its letters and its story.

    Args:
        school: The school's URN, or its name or enough of it.
        on: Day on which its clocks are read. Empty: today.
    """
    office = Office()
    with reading(office.engine) as session:
        urn = find_school(session, school).urn
    await show_school(office, urn, on)
    return urn


@flow(name="list-what-is-due", log_prints=True)
async def list_what_is_due(on: date | None = None) -> dict[str, Any]:
    """List what is due, overdue or silent in the whole caseload, and what falls due in the next twelve months.

    Args:
        on: Day on which the clocks are read. Empty: today.
    """
    office = Office()
    day = on or office.today
    with reading(office.engine) as session:
        report = due(session, office.policy, office.calendars, day, day + AHEAD)
    await show_page("due", report.as_markdown(), f"Due on {day} and in the twelve months after it")
    await show_caseload(office)
    return report.as_dict()


@flow(name="committee-report", log_prints=True)
async def write_committee_report(first: date, last: date, with_names: bool = False) -> dict[str, Any]:
    """Write the report for elected members: the caseload, the moves, how quickly, what was missed.

    Args:
        first: First day of the time that it is about.
        last: Last day of it.
        with_names: Also the part that names schools, which is exempt from publication.
    """
    office = Office()
    made = committee_report(office.engine, first, last, office.policy, office.calendars, office.today)
    pages = made.save(office.settings.reports_folder, names=with_names)
    await show_page("committee-report", made.as_markdown(), f"Committee report, {first} to {last}")
    if with_names:
        await show_page("committee-report-names", made.names_as_markdown(), "Exempt: the part that names schools")
    print(f"Kept as {', '.join(map(str, pages))}.")
    return made.as_dict()


@flow(name="verify-the-record", log_prints=True)
async def verify_the_record() -> dict[str, Any] | RunState[Any]:
    """Prove that the record is whole and unchanged: chains, seals, states, letters."""
    office = Office()
    report = verify(office.engine, office.settings.seals_file)
    faults = [str(fault) for fault in report.faults]
    page = "\n".join([f"# {len(faults)} fault(s)\n", *(f"- {fault}" for fault in faults)])
    await show_page("proof-of-the-record", page, "Proof of the record")
    if faults:
        return Failed(message=f"The record has {len(faults)} fault(s): {faults[0]} docs/record.md says what to do.")
    return report.as_dict()


@flow(name="back-up-the-record", log_prints=True)
async def back_up_the_record() -> str:
    """Copy the record while it is in use, and prove the copy; docs/runbooks/restore.md says how it is put back."""
    office = Office()
    folder = office.settings.home / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"casework-{office.now:%Y-%m-%dT%H%M%S}.db"
    backup(office.engine, office.settings.seals_file, file)
    print(f"Copied and proved: {file}.")
    return str(file)
