"""Work that was cut off or failed: what may be repeated is, at most twice; everything else is told to an officer."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events.actions import ChangeFlowRunState, RunDeployment
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.states import AwaitingRetry, Cancelled, Crashed

from casework.alarm import alarm
from casework.office import Office

DEPLOYMENT = "after-a-failure"
SAFE = "safe-to-repeat"

# How often a run may be started before a person must look: a fault that kills it each time would kill it for ever.
STARTS = 3

# Seconds. Every run says that it is alive each HEARTBEAT seconds (flows.environment); one that is silent is dead.
HEARTBEAT, SILENCE = 30, 90

# What Prefect writes before an error's own sentence.
_EXCEPTION = re.compile(r"^Flow run encountered an exception: (?:\w+: )?")

CUT_OFF = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)


@flow(name=DEPLOYMENT, flow_run_name="after {run_id}", log_prints=True)
async def after_a_failure(run_id: str) -> str:
    """Start a run again that was cut off and may be repeated, or tell an officer what failed. Starts by itself.

    Args:
        run_id: The run that failed or was cut off.
    """
    async with get_client() as client:
        run = await client.read_flow_run(UUID(run_id))
        if _may_be_repeated(run):
            await _start_again(client, run)
            print(f"{run.name} was cut off and is started again.")
            return "started again"
        flow_ = await client.read_flow(run.flow_id)
    return _tell(Office(), flow_.name, run)


def _may_be_repeated(run: FlowRun) -> bool:
    return bool(run.state and run.state.is_crashed()) and SAFE in run.tags and run.run_count < STARTS


async def _start_again(client: PrefectClient, run: FlowRun) -> None:
    await client.set_flow_run_state(
        run.id, AwaitingRetry(message="It was cut off; what it did is not done twice."), force=True
    )


def _tell(office: Office, work: str, run: FlowRun) -> str:
    said = run.state.message if run.state and run.state.message else "The run ended without saying why."
    url = f"{office.settings.console_url}/v2/runs/flow-run/{run.id}"
    went = alarm(office, f"{work} ({run.name})", _EXCEPTION.sub("", said), url, safe=SAFE in run.tags)
    print(f"Told: {went}.")
    return went


async def pick_up() -> list[str]:
    """After a stop of this machine: what it left running is started again, or is marked as cut off. Returns names."""
    states = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(CUT_OFF)))
    async with get_client() as client:
        left = await client.read_flow_runs(flow_run_filter=FlowRunFilter(state=states))
        for run in left:
            await _pick_up(client, run)
    return [run.name for run in left]


async def _pick_up(client: PrefectClient, run: FlowRun) -> None:
    """What an officer was cancelling stays cancelled."""
    if run.state and run.state.is_cancelling():
        await client.set_flow_run_state(run.id, Cancelled(message=run.state.message), force=True)
    elif SAFE in run.tags and run.run_count < STARTS:
        await _start_again(client, run)
    else:
        await client.set_flow_run_state(run.id, Crashed(message="The console stopped while it ran."), force=True)


async def after_failure() -> UUID:
    """The deployment of the flow above, which an automation names by its id."""
    async with get_client() as client:
        return (await client.read_deployment_by_name(f"{DEPLOYMENT}/{DEPLOYMENT}")).id


def when_a_run_fails(after_failure: UUID) -> AutomationCore:
    """What the server does about a run that failed or was cut off; `after_failure` is the deployment above."""
    run_id: dict[str, Any] = {"__prefect_kind": "jinja", "template": "{{ flow_run.id }}"}
    return AutomationCore(
        name="A run failed or was cut off",
        description="Starts again what may be repeated, and tells an officer of everything else.",
        trigger=EventTrigger(
            posture=Posture.Reactive,
            expect={"prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"},
            match={"prefect.resource.id": "prefect.flow-run.*"},
            match_related={"prefect.resource.role": "flow", "prefect.resource.name": f"!{DEPLOYMENT}"},
            for_each={"prefect.resource.id"},
            threshold=1,
        ),
        actions=[RunDeployment(source="selected", deployment_id=after_failure, parameters={"run_id": run_id})],
    )


def when_a_run_is_silent() -> AutomationCore:
    """What the server does about a run that was killed together with its worker: nobody else would notice.

    Where one machine serves, its start notices (`pick_up`), and each event spares a write to SQLite.
    """
    return AutomationCore(
        name="A run is silent",
        description="A run that no longer says that it is alive was killed together with its worker.",
        trigger=EventTrigger(
            posture=Posture.Proactive,
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.*"},
            match={"prefect.resource.id": "prefect.flow-run.*"},
            for_each={"prefect.resource.id"},
            threshold=1,
            within=timedelta(seconds=SILENCE),
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message="It was killed together with its worker.")],
    )


async def watch(*wanted: AutomationCore) -> None:
    """Have these automations and no older ones of the same name."""
    async with get_client() as client:
        for automation in wanted:
            for old in await client.read_automations_by_name(automation.name):
                await client.delete_automation(old.id)
            await client.create_automation(automation)
