"""The deployments of prefect.yaml as values: one source for `prefect deploy --all`, `casework serve` and the tests."""

import asyncio
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType

from flows.environment import SETTINGS

# It lies at the root of a checkout, and beside the flows in a wheel.
PLACES = (Path(__file__).parents[1] / "prefect.yaml", Path(__file__).with_name("prefect.yaml"))


@cache
def schedule_file() -> Path:
    return next(place for place in PLACES if place.exists())


def listed() -> list[dict[str, Any]]:
    """Each deployment as the file has it."""
    found: list[dict[str, Any]] = yaml.safe_load(schedule_file().read_text(encoding="utf-8"))["deployments"]
    return found


def flow_of(deployment: dict[str, Any]) -> Flow[..., Any]:
    module, _, name = deployment["entrypoint"].rpartition(".")
    found = getattr(import_module(module), name)
    assert isinstance(found, Flow)
    return found


def to_serve() -> Iterator[RunnerDeployment]:
    """Each as the runner of one machine serves it: the same but for the work pool."""
    return map(_made, listed())


def to_work() -> Iterator[RunnerDeployment]:
    """Each as the workers of its pool run it: with our settings, which a worker's own environment need not have."""
    for one in listed():
        yield _made(one, work_pool_name=one["work_pool"]["name"], job_variables={"env": SETTINGS})


def _made(one: dict[str, Any], **on_a_pool: Any) -> RunnerDeployment:
    made: RunnerDeployment = flow_of(one).to_deployment(  # type: ignore[assignment]
        one["name"],
        description=one["description"],
        tags=one["tags"],
        schedules=[_schedule(said) for said in one.get("schedules", [])],
        concurrency_limit=_limit(one.get("concurrency_limit")),
        entrypoint_type=EntrypointType.MODULE_PATH,
        **on_a_pool,
    )
    return made


def _schedule(said: dict[str, Any]) -> Schedule:
    return Cron(said["cron"], timezone=said["timezone"], slug=said["slug"])


def _limit(limit: dict[str, Any] | None) -> ConcurrencyLimitConfig | None:
    return ConcurrencyLimitConfig(**limit) if limit else None


async def until_server_is_up() -> None:
    """Wait for the server to answer: who starts it starts us beside it, and ends us where it does not come up."""
    async with get_client() as client:
        while await client.api_healthcheck() is not None:  # noqa: ASYNC110  -- it is another process
            await asyncio.sleep(0.2)
