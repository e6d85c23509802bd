"""One piece of work as several runs on the work pool: started by name, watched, and what they found collected.

A run says what it found as JSON in an artifact, because workers on other machines share no files. Of a run that did not
end well, or not in time, nothing is waited for: whoever asked does that part, and doing it twice changes nothing.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from prefect.artifacts import acreate_markdown_artifact
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    ArtifactFilterType,
    FlowRunFilter,
    FlowRunFilterId,
)
from prefect.client.schemas.objects import FlowRun
from prefect.deployments.flow_runs import arun_deployment
from prefect.runtime import flow_run

# Seconds. Where no part has been running for so long, the rest find no worker; one still running this many times as
# long as the slowest that ended is taken to be dead.
NO_WORKER_AFTER = 120.0
TIMES_AS_LONG, AT_LEAST = 3.0, 30.0
EVERY = 1.0


async def say(found: Mapping[str, Any]) -> None:
    """Leave what a part found where `spread` reads it."""
    await acreate_markdown_artifact(markdown=json.dumps(found, default=str), description="What this part found")


async def spread(name: str, parameters: Mapping[str, Any], of: int) -> dict[int, dict[str, Any] | None]:
    """Part → what its run found; None for a part that whoever asked must do."""
    runs = {part: await _start(name, {**parameters, "part": part, "of": of}) for part in range(1, of + 1)}
    async with get_client() as client:
        ended = await _watch(client, set(runs.values()))
        return {part: await _found(client, run) if run in ended else None for part, run in runs.items()}


async def _start(name: str, parameters: dict[str, Any]) -> UUID:
    key = f"{flow_run.get_id()}, part {parameters['part']} of {parameters['of']}"
    run = await arun_deployment(f"{name}/{name}", parameters=parameters, timeout=0, idempotency_key=key)
    return run.id


async def _watch(client: PrefectClient, wanted: set[UUID]) -> set[UUID]:
    """Those that ended well; returns when each has ended, or nothing is to be expected of the rest."""
    alive = time.monotonic()
    while True:
        runs = await client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=list(wanted))))
        ended = {run.id for run in runs if run.state and run.state.is_completed()}
        alive = time.monotonic() if any(_is_running(run) for run in runs) else alive
        if not any(_may_still_end(run) for run in runs) or _too_long(runs, time.monotonic() - alive):
            return ended
        await asyncio.sleep(EVERY)


def _may_still_end(run: FlowRun) -> bool:
    return run.state is None or not run.state.is_final()


def _is_running(run: FlowRun) -> bool:
    return run.state is not None and run.state.is_running()


def _too_long(runs: list[FlowRun], idle: float) -> bool:
    """`idle`: seconds since a part was last seen running."""
    running = [run.estimated_run_time.total_seconds() for run in runs if _is_running(run)]
    if not running:
        return idle > NO_WORKER_AFTER
    took = [run.total_run_time.total_seconds() for run in runs if run.state and run.state.is_completed()]
    return bool(took) and min(running) > max(AT_LEAST, TIMES_AS_LONG * max(took))


async def _found(client: PrefectClient, run: UUID) -> dict[str, Any] | None:
    artifacts = await client.read_artifacts(
        artifact_filter=ArtifactFilter(
            flow_run_id=ArtifactFilterFlowRunId(any_=[run]), type=ArtifactFilterType(any_=["markdown"])
        )
    )
    return json.loads(str(artifacts[0].data)) if artifacts else None
