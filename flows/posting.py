"""Letters on their way: a batch is stopped or goes on, one that is in doubt is settled, one was served."""

from datetime import date
from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State as RunState
from prefect.states import Failed

from casework.interventions import (
    record_service,
    resume_batch,
    settle_as_sent,
    settle_by_resending,
    stop_batch,
    unsettled,
)
from casework.office import Office
from flows.pictures import show_page
from states.machine import Refused

Outcome = dict[str, Any] | RunState[Any]


@flow(name="stop-a-batch", flow_run_name="{what}: {batch}", log_prints=True)
async def stop_or_resume(
    batch: str, what: Literal["Stop it", "Let it go on"], reason: str, by: str = "", role: str = ""
) -> dict[str, Any]:
    """Stop a batch, so that nothing of it leaves, or let a stopped one go on.

    Args:
        batch: The batch, as the daily page names it.
        what: What happens to it.
        reason: Why, for the history of each school.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    act, word = (stop_batch, "stopped") if what == "Stop it" else (resume_batch, "resumed")
    with office.sealed(f"letters {word} {batch}"):
        found = act(office.engine, batch, reason, office.stamp(by, role, None))
    print(f"{len(found)} letter(s) of {batch} {word}.")
    return {word: found}


@flow(name="list-letters-in-doubt", log_prints=True)
async def list_letters_in_doubt() -> list[dict[str, Any]]:
    """List the letters that failed, came back, or may or may not have left, with what to look for."""
    found = unsettled(Office().engine)
    lines = ["# Letters in doubt\n", "| Letter | | Since | To | Look for |", "|---|---|---|---|---|"]
    lines += [
        f"| {one['reference']} | {one['state']} | {one['since']:%Y-%m-%d %H:%M} UTC | {one['to']} | {one['look_for']} |"
        for one in found
    ]
    await show_page("letters-in-doubt", "\n".join(lines if found else ["# Letters in doubt\n", "None."]), "In doubt")
    print(f"{len(found)} letter(s) in doubt.")
    return found


@flow(name="settle-a-letter", flow_run_name="settle {reference}", log_prints=True)
async def settle_a_letter(
    reference: str, what: Literal["It had left", "Send it again"], reason: str, by: str = "", role: str = ""
) -> Outcome:
    """Decide on a letter that is in doubt: it had left, or it is sent again, by post if its email did not arrive.

    Args:
        reference: The letter's reference, as list-letters-in-doubt shows it.
        what: What was found, or what is to be done.
        reason: How that is known, for the school's history.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    settle = settle_as_sent if what == "It had left" else settle_by_resending
    with office.sealed(f"letters settle {reference}"):
        outcome = settle(office.engine, reference, reason, office.stamp(by, role, None))
    if isinstance(outcome, Refused):
        return Failed(name="Refused", message=outcome.sentence)
    return {"reference": reference, "state": outcome.row.to.value}


@flow(name="record-service", flow_run_name="{reference} served", log_prints=True)
async def record_proof_of_service(reference: str, served_on: date, how: str, by: str = "", role: str = "") -> Outcome:
    """Record the proof that a letter was served: by hand, a signature, a receipt.

    Args:
        reference: The letter's reference.
        served_on: The day on which it came into the recipient's hands.
        how: How that is known.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    with office.sealed(f"letters served {reference}"):
        stamp = office.stamp(by, role, served_on)
        done = record_service(office.engine, reference, served_on, how, stamp, office.today)
    if isinstance(done.outcome, Refused):
        return Failed(name="Refused", message=done.outcome.sentence)
    if done.offers:
        print(f"If it is the warning notice itself, give it as of {served_on}: warning-notice, step “Give it”.")
    return {"reference": reference, "served_on": served_on.isoformat()}
