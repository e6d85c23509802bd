"""Lists that come in: what officers put into the inbox is taken, file by file, and what cannot be used is named."""

from collections.abc import Callable
from datetime import date
from typing import Any

from prefect import flow

from casework import inbox
from casework.allocations import allocate_partners
from casework.contacts import load_contacts
from casework.office import Office
from casework.ofsted import load_judgements
from casework.record import Stamp
from casework.register import load_register
from casework.returns import load_returns
from flows.pictures import show_caseload, show_rejected
from notifications.values import printable
from states.errors import CaseworkError

# A file and the stamp → the report of a load, with `rejected`, `accepted` and `as_dict()`.
Load = Callable[[Any, Stamp], Any]


class NothingUsable(CaseworkError):
    """Not one row of a file could be used; it still lies in the inbox."""


@flow(name="load-the-register", log_prints=True)
async def load_the_register(
    la_code: str = "", on: date | None = None, by: str = "Register load", role: str = "register"
) -> dict[str, Any]:
    """Take the register of schools (GIAS, all establishment data) from the folder inbox/register.

    Args:
        la_code: Code of the authority, such as 926. Empty: every school of the file.
        on: The day that it counts for. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    done = await _take(
        office,
        inbox.Kind.REGISTER,
        lambda file, stamp: load_register(office.engine, file, la_code or None, stamp),
        office.stamp(by, role, on),
    )
    await show_caseload(office)
    return done


@flow(name="load-contacts", log_prints=True)
async def load_the_contacts(on: date | None = None, by: str = "Contact list", role: str = "contacts") -> dict[str, Any]:
    """Take lists of heads, chairs of governors and clerks (urn, role, name, email) from the folder inbox/contacts.

    Args:
        on: The day that it counts for. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    stamp = office.stamp(by, role, on)
    return await _take(office, inbox.Kind.CONTACTS, lambda file, said: load_contacts(office.engine, file, said), stamp)


@flow(name="load-returns", log_prints=True)
async def load_the_returns(on: date | None = None, by: str = "Returns list", role: str = "returns") -> dict[str, Any]:
    """Take returns of pupil progress from the folder inbox/returns; the next check evaluates them.

    Args:
        on: The day that it counts for. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    stamp = office.stamp(by, role, on)
    return await _take(
        office, inbox.Kind.RETURNS, lambda file, said: load_returns(office.engine, file, office.calendar, said), stamp
    )


@flow(name="load-inspection-outcomes", log_prints=True)
async def load_inspection_outcomes(
    on: date | None = None, by: str = "Inspection outcomes", role: str = "inspections"
) -> dict[str, Any]:
    """Take Ofsted's outcomes from the folder inbox/inspections: each newer judgement moves its school.

    Args:
        on: The day that it counts for. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    stamp = office.stamp(by, role, on)
    done = await _take(
        office, inbox.Kind.INSPECTIONS, lambda file, said: load_judgements(office.engine, file, said), stamp
    )
    await show_caseload(office)
    return done


@flow(name="allocate-partners", log_prints=True)
async def allocate_challenge_partners(on: date | None = None, by: str = "", role: str = "") -> dict[str, Any]:
    """Allocate Education Challenge Partners by lists (urn, partner, first_contact_by) in inbox/allocations.

    Args:
        on: The day that it counts for. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    stamp = office.stamp(by, role, on)
    return await _take(
        office, inbox.Kind.ALLOCATIONS, lambda file, said: allocate_partners(office.engine, file, said), stamp
    )


async def _take(office: Office, kind: inbox.Kind, load: Load, stamp: Stamp) -> dict[str, Any]:
    """Each file by itself: one that cannot be read at all stays, is told, and keeps none of the others back."""
    inbox.prepare(office.settings.inbox_folder)
    files = inbox.waiting(office.settings.inbox_folder, kind)
    if not files:
        print(f"There is no file in {office.settings.inbox_folder / kind}.")
    done, unusable = dict[str, Any](), list[str]()
    for file in files:
        name = printable(file.name)
        try:
            with office.sealed(f"{kind} load {name}"):
                report = load(file, stamp)
        except CaseworkError as error:
            unusable.append(f"{name}: {printable(str(error))}")
            continue
        await show_rejected(f"{kind}-left-out", report.rejected)
        refused = [f"{one['urn']} {one['name']}: {one['sentence']}" for one in getattr(report, "refused", ())]
        for line in refused:
            print(f"Refused for {line}")
        if not report.accepted:
            unusable.append(f"{name}: not one row could be used; {_why(kind, report.rejected, refused)}")
            continue
        inbox.take(file, report.rejected, office.now)
        done[name] = report.as_dict()
        print(f"{name}: {report.accepted} row(s) taken, {len(report.rejected)} left out.")
    if unusable:
        raise NothingUsable(" ".join(unusable))
    return done


def _why(kind: inbox.Kind, rejected: list[Any], refused: list[str]) -> str:
    if rejected:
        return f"the page “{kind}-left-out” says why."
    return " ".join(refused) or "it has none for a school of ours."
