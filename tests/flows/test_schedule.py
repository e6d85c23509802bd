"""prefect.yaml is the schedule: each deployment is a flow that says when to use it, each cron is said in English."""

import asyncio
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.responses import DeploymentResponse
from prefect.settings import get_current_settings

from flows.deployments import flow_of, listed, schedule_file, to_serve
from flows.failures import SAFE

WORK = {"monitoring", "letters", "decisions", "register", "reports"}
EVERY = pytest.mark.parametrize("deployment", listed(), ids=lambda one: one["name"])
CRONS = [schedule for one in listed() for schedule in one.get("schedules", ())]
DAYS = {"*": "every day", "1-5": "from Monday to Friday", "0": "on Sunday"}

# What a second run would do twice, or what only the server starts.
ONCE = {
    "half-termly-check-part", "record-a-move", "warning-notice", "use-or-end-a-power", "support-and-conversion",
    "correct-a-move", "record-service", "check-letters", "stop-a-batch", "settle-a-letter", "after-a-failure",
}  # fmt: skip


@EVERY
def test_deployment_names_a_flow_that_is_there(deployment: dict[str, Any]) -> None:
    assert flow_of(deployment).name == deployment["name"]


@EVERY
def test_deployment_says_when_to_use_it(deployment: dict[str, Any]) -> None:
    said = deployment["description"]
    assert said.endswith(".")
    assert re.search(r"\b([Uu]se it|[Ss]tart(s|ed)? (it|by itself)|[Rr]uns)\b", said), said


@EVERY
def test_deployment_is_of_one_kind_of_work(deployment: dict[str, Any]) -> None:
    tags = set(deployment["tags"])
    assert len(tags & WORK) == 1
    assert tags <= WORK | {SAFE}
    assert (SAFE in tags) is (deployment["name"] not in ONCE)


def test_decisions_and_what_is_safe_are_told_apart() -> None:
    """What was cut off in the middle of a decision is for a person: only a list of allocations may be taken again."""
    decided = {one["name"] for one in listed() if {"decisions", SAFE} <= set(one["tags"])}
    assert decided == {"allocate-partners"}


def test_names_are_plain_and_used_once() -> None:
    names = [one["name"] for one in listed()]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(-[a-z]+)+", name)] == []


def test_times_are_london_s() -> None:
    assert {schedule["timezone"] for schedule in CRONS} == {"Europe/London"}


def test_every_cron_is_said_in_english_beside_it() -> None:
    lines = [line.strip() for line in schedule_file().read_text(encoding="utf-8").splitlines() if "cron:" in line]
    assert lines == [f'- cron: "{schedule["cron"]}"  # {in_english(schedule["cron"])}' for schedule in CRONS]
    assert lines


def in_english(cron: str) -> str:
    minute, hour, of_month, month, of_week = cron.split()
    assert (of_month, month) == ("*", "*")
    return f"at {int(hour):02}:{int(minute):02} {DAYS[of_week]}"


def test_what_is_served_is_what_the_file_says() -> None:
    served = {one.name: one for one in to_serve()}
    assert list(served) == [one["name"] for one in listed()]
    for said in listed():
        one = served[said["name"]]
        assert (one.description, sorted(one.tags)) == (said["description"], sorted(said["tags"]))
        assert one.entrypoint == said["entrypoint"]
        assert [(each.slug, each.active) for each in one.schedules or ()] == [
            (schedule["slug"], True) for schedule in said.get("schedules", ())
        ]


@pytest.mark.slow
def test_serve_and_prefect_deploy_see_the_same(prefect_backend: None) -> None:
    environ = os.environ | {"PREFECT_API_URL": str(get_current_settings().api.url)}
    prefect = [sys.executable, "-m", "prefect", "--no-prompt"]
    root = schedule_file().parent
    for typed in (["work-pool", "create", "office", "--type", "process"], ["deploy", "--all"]):
        subprocess.run([*prefect, *typed], check=True, cwd=root, env=environ, capture_output=True, timeout=300)
    deployed = asyncio.run(everything_deployed())
    assert set(deployed) == {one["name"] for one in listed()}
    assert {one.work_pool_name for one in deployed.values()} == {"office"}
    for one in to_serve():
        asyncio.run(one.aapply())
    served = asyncio.run(everything_deployed())
    assert {name: seen(one) for name, one in served.items()} == {name: seen(one) for name, one in deployed.items()}


async def everything_deployed() -> dict[str, DeploymentResponse]:
    async with get_client() as client:
        return {one.name: one for one in await client.read_deployments(limit=200)}


def seen(one: DeploymentResponse) -> dict[str, Any]:
    """All of a deployment but for where and when it was made."""
    schedules = [
        schedule.model_dump(include={"schedule", "slug", "active", "parameters"}) for schedule in one.schedules
    ]
    options = one.concurrency_options.model_dump() if one.concurrency_options else None
    limit = one.global_concurrency_limit.limit if one.global_concurrency_limit else None
    kept = one.model_dump(
        include={"description", "tags", "entrypoint", "parameters", "parameter_openapi_schema", "paused"}
    )
    return kept | {"tags": sorted(one.tags), "schedules": schedules, "options": options, "limit": limit}
