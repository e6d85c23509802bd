"""Signing letters in the console: the decision waits in our database, and a suspended run is only the form for it.

A form that was lost, cancelled or left unanswered is asked again by the daily flow; a batch of which nothing waits any
more is not. Every answer ends its run: what was refused is told in a new form.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
)
from prefect.deployments.flow_runs import arun_deployment
from prefect.exceptions import ObjectNotFound
from prefect.flow_runs import asuspend_flow_run
from prefect.input import RunInput
from pydantic import Field, ValidationError, create_model

from casework.batch_review import BatchReview, batch_review
from casework.daily import Waiting
from casework.errors import NotFound
from casework.letters import BatchChanged, LettersReport, Selection, approve_letters, reject_letters
from casework.office import Office
from casework.unit_of_work import reading
from flows.pictures import LETTERS_AT
from states.errors import CaseworkError

DEPLOYMENT = "approve-letters"
FORM = f"{DEPLOYMENT}/{DEPLOYMENT}"

# A form may wait over the summer; the daily flow asks again for what is still to be signed after that.
PATIENCE = timedelta(days=120)

SIGN, REJECT, LATER = "Sign them", "Reject them", "Ask me again on the next working day"
LEFT, REJECTED = "left for another day", "rejected"


class Answer(RunInput):
    """What an officer decides of a batch; the exceptions are chosen from the batch's own references."""

    decision: Literal["Sign them", "Reject them", "Ask me again on the next working day"] = Field(
        description="What is signed is the text as it reads now."
    )
    exceptions: list[str] = Field([], description="Letters that are left out of the decision.")
    exceptions_are: Literal["left for another day", "rejected"] = Field(
        "left for another day", description="What happens to those."
    )
    reason: str = Field("", description="Why; needed where a letter is rejected. For the school's history.")
    by: str = Field("", description="Leave as it is: who is signed in is recorded.")
    role: str = Field("", description="Leave as it is.")
    digest: str = Field("", description="Leave as it is: it stands for the texts that you were shown.")


@flow(name=DEPLOYMENT, flow_run_name="sign {batch}", log_prints=True)
async def sign_letters(batch: str, told: str = "") -> dict[str, Any]:
    """Ask for the signature under a batch of letters. Resume the run to answer; nothing leaves unsigned.

    Args:
        batch: The batch, as the daily page names it, such as progress_request-2025-26-2.
        told: What came of an answer before this one.
    """
    office = Office()
    try:
        review = _review(office, batch)
    except NotFound:
        print(f"Nothing of {batch} waits for a signature.")
        return {"batch": batch, "signed": 0}
    try:
        answer = await asuspend_flow_run(
            wait_for_input=_form(review).with_initial_data(description=_question(review, told), digest=review.digest),
            timeout=int(PATIENCE.total_seconds()),
            key="answer",
        )
    except ValidationError as error:
        return await _ask_again(batch, f"The form was not filled in completely: {error.errors()[0]['msg']}.")
    try:
        report = _decide(office, review, answer)
    except CaseworkError as refused:
        return await _ask_again(batch, str(refused))
    print(f"{len(report.done)} letter(s) {answer.decision.lower()}, by {answer.by}.")
    if report.held_back:
        return await _ask_again(batch, "\n".join(f"- {line}" for line in report.not_done))
    return {"batch": batch, "signed": len(report.done)}


def _review(office: Office, batch: str, but: frozenset[str] = frozenset()) -> BatchReview:
    with reading(office.engine) as session:
        return batch_review(session, office.wording, batch, but)


def _form(review: BatchReview) -> type[Answer]:
    """The same form for every run, but for the list of references: a choice of any other is turned down at once."""
    one_of_them: Any = Literal[tuple(one.reference for one in review.letters)]
    exceptions: Any = (list[one_of_them], Field([], description=Answer.model_fields["exceptions"].description))
    return create_model("Answer", __base__=Answer, exceptions=exceptions)


def _question(review: BatchReview, told: str) -> str:
    before = f"**Not done last time:**\n\n{told}\n\n" if told else ""
    return before + review.as_question(LETTERS_AT)


def _decide(office: Office, shown: BatchReview, answer: Answer) -> LettersReport:
    """Raises BatchChanged where the batch reads otherwise than in the form that was answered."""
    if answer.decision == LATER:
        return LettersReport()
    stamp, but = office.stamp(answer.by, answer.role, None), frozenset(answer.exceptions)
    if shown.digest != answer.digest:
        raise BatchChanged(f"{shown.batch} reads otherwise than when you were asked. Look at it again.")
    chosen = Selection(batch=shown.batch, but=but)
    with office.sealed(f"letters {shown.batch}"):
        if answer.decision == SIGN:
            digest = _review(office, shown.batch, but).digest
            report = approve_letters(office.engine, chosen, stamp, office.wording, digest=digest)
        else:
            report = reject_letters(office.engine, chosen, answer.reason, stamp)
        if but and answer.exceptions_are == REJECTED:
            rejected = reject_letters(office.engine, Selection(tuple(sorted(but))), answer.reason, stamp)
            report.held_back += rejected.held_back
    return report


async def _ask_again(batch: str, told: str) -> dict[str, Any]:
    """A form of its own: what was answered stands, and this run has ended."""
    await arun_deployment(FORM, parameters={"batch": batch, "told": told}, timeout=0, as_subflow=False)
    print(told)
    return {"batch": batch, "signed": 0, "asked_again": told}


async def ask_for_signatures(waiting: list[Waiting]) -> Mapping[str, str]:
    """See that each batch has a form that can be answered; batch → the address of its form.

    Where there is no such deployment, as under `python -m flows`, nothing can be asked, and nothing is missing: the
    command `casework letters approve` signs as well.
    """
    async with get_client() as client:
        try:
            deployment = await client.read_deployment_by_name(FORM)
        except ObjectNotFound:
            return {}
        forms = await _forms(client, deployment.id)
        return {one.batch: f"/v2/runs/flow-run/{await _form_of(one, forms)}" for one in waiting}


async def _forms(client: PrefectClient, deployment_id: UUID) -> list[Any]:
    """Every form there ever was, two hundred to a page."""
    wanted = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment_id]))
    found: list[Any] = []
    while page := await client.read_flow_runs(flow_run_filter=wanted, limit=200, offset=len(found)):
        found += page
    return found


async def _form_of(one: Waiting, forms: list[Any]) -> UUID:
    """The form that is open for a batch; if there is none, a new one, the same for all who ask at the same time."""
    own = [form for form in forms if form.parameters.get("batch") == one.batch]
    still_open = next((form for form in own if not form.state.is_final()), None)
    if still_open:
        return still_open.id  # type: ignore[no-any-return]
    run = await arun_deployment(
        FORM,
        parameters={"batch": one.batch},
        timeout=0,
        as_subflow=False,
        idempotency_key=f"sign {one.batch}, form {len(own) + 1}",
    )
    return run.id
