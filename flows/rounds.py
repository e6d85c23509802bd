"""A half-termly round: looked at, and closed."""

from datetime import date
from typing import Any

from prefect import flow

from casework.office import Office
from casework.rounds import RoundReport, close_round, round_of
from casework.unit_of_work import reading
from flows.forms import OPEN_NOW, HalfTermChoice, half_term_of
from flows.pictures import show_page


@flow(name="look-at-a-round", log_prints=True)
async def look_at_a_round(half_term: HalfTermChoice = OPEN_NOW, on: date | None = None) -> dict[str, Any]:
    """Show how a half-termly round stands: returns by outcome, and the schools whose returns are not in.

    Args:
        half_term: The half-term of the round.
        on: The day of the look. Empty: today.
    """
    office = Office()
    day = on or office.today
    wanted = half_term_of(half_term, day, office.calendar)
    if wanted is None:
        print(f"Schools are closed on {day}.")
        return {}
    with reading(office.engine) as session:
        report = round_of(session, wanted, day)
    return await _shown(office, report)


@flow(name="close-a-round", log_prints=True)
async def close_a_round(
    half_term: HalfTermChoice, on: date | None = None, by: str = "", role: str = ""
) -> dict[str, Any]:
    """Close a half-termly round: each return gets its outcome, and what did not come is missing.

    Refused while a return may still come in time. The next daily run drafts the letters that tell schools.

    Args:
        half_term: The half-term of the round.
        on: The day that it counts for. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    day = on or office.today
    wanted = half_term_of(half_term, day, office.calendar)
    if wanted is None:
        print(f"Schools are closed on {day}.")
        return {}
    with office.sealed(f"close round {wanted.key}"):
        report = close_round(office.engine, office.calendar, wanted, office.stamp(by, role, on))
    return await _shown(office, report)


async def _shown(office: Office, report: RoundReport) -> dict[str, Any]:
    report.save(office.settings.reports_folder)
    await show_page(f"round-{report.half_term}", report.as_markdown(), f"Round {report.half_term}")
    return report.as_dict()
