"""What is cut off is started again where that is safe, at most twice; everything else is told to an officer."""

import asyncio
import uuid
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelling, Completed, Crashed, Failed, Pending, Running, State

from flows.failures import (
    DEPLOYMENT,
    SAFE,
    STARTS,
    _may_be_repeated,
    after_a_failure,
    pick_up,
    watch,
    when_a_run_fails,
    when_a_run_is_silent,
)
from flows.reports import verify_the_record
from states.errors import CaseworkError


def a_run(state: State[Any] | None, tags: list[str], starts: int) -> FlowRun:
    return FlowRun(id=uuid.uuid4(), flow_id=uuid.uuid4(), name="a run", tags=tags, state=state, run_count=starts)


@pytest.mark.parametrize(
    ("state", "tags", "starts", "again"),
    [
        (Crashed(), [SAFE, "reports"], 1, True),
        (Crashed(), [SAFE], 2, True),
        (Crashed(), [SAFE], STARTS, False),
        (Crashed(), [SAFE], STARTS + 1, False),
        (Crashed(), ["decisions"], 1, False),
        (Crashed(), [], 0, False),
        (Failed(), [SAFE], 1, False),
        (Failed(name="Refused"), [SAFE], 1, False),
        (Completed(), [SAFE], 1, False),
        (Running(), [SAFE], 1, False),
        (None, [SAFE], 1, False),
    ],
    ids=[
        "cut off", "cut off twice", "cut off three times", "more often", "a decision", "no tags", "failed", "refused",
        "ended well", "still running", "no state",
    ],
)  # fmt: skip
def test_only_what_was_cut_off_and_is_safe_is_repeated(
    state: State[Any] | None, tags: list[str], starts: int, again: bool
) -> None:
    assert _may_be_repeated(a_run(state, tags, starts)) is again


async def on_server(state: State[Any], *tags: str, starts: int = 1) -> uuid.UUID:
    """A run on the server that was started so often and came to this state."""
    async with get_client() as client:
        run = await client.create_flow_run(verify_the_record, tags=list(tags))
        for _ in range(starts):
            await client.set_flow_run_state(run.id, Running(), force=True)
        if state.type is not StateType.RUNNING:
            await client.set_flow_run_state(run.id, state, force=True)
        return run.id


async def now(run_id: uuid.UUID) -> FlowRun:
    async with get_client() as client:
        return await client.read_flow_run(run_id)


async def everything_ended() -> None:
    """What tests before this one left running is none of its business."""
    async with get_client() as client:
        for run in await client.read_flow_runs():
            if run.state and not run.state.is_final():
                await client.set_flow_run_state(run.id, Completed(), force=True)


@pytest.mark.usefixtures("prefect_backend")
@pytest.mark.parametrize(
    ("state", "tags", "starts", "becomes"),
    [
        (Running(), [SAFE], 1, (StateType.SCHEDULED, "AwaitingRetry")),
        (Pending(), [SAFE], 0, (StateType.SCHEDULED, "AwaitingRetry")),
        (Running(), [SAFE], STARTS, (StateType.CRASHED, "Crashed")),
        (Running(), ["decisions"], 1, (StateType.CRASHED, "Crashed")),
        (Cancelling(message="Cancelled by Ada Quill, Adviser."), [SAFE], 1, (StateType.CANCELLED, "Cancelled")),
        (Completed(), [SAFE], 1, (StateType.COMPLETED, "Completed")),
        (Crashed(), [SAFE], 1, (StateType.CRASHED, "Crashed")),
    ],
    ids=["running", "pending", "too often", "a decision", "being cancelled", "ended", "told of before"],
)
def test_what_a_stop_left_is_picked_up(
    state: State[Any], tags: list[str], starts: int, becomes: tuple[StateType, str]
) -> None:
    async def stopped_and_started() -> tuple[list[str], FlowRun]:
        await everything_ended()
        run_id = await on_server(state, *tags, starts=starts)
        return await pick_up(), await now(run_id)

    names, run = asyncio.run(stopped_and_started())
    assert run.state is not None
    assert (run.state.type, run.state.name) == becomes
    assert (run.name in names) is (state.type not in (StateType.COMPLETED, StateType.CRASHED))
    if becomes[0] is StateType.CANCELLED:
        assert run.state.message == "Cancelled by Ada Quill, Adviser."


def told(home: Path) -> list[str]:
    files = sorted((home / "alarms").glob("*.eml")) if (home / "alarms").exists() else []
    return [str(message_from_bytes(file.read_bytes(), policy=default).get_content()) for file in files]  # type: ignore[attr-defined]


def test_what_was_cut_off_starts_again_and_nobody_is_told(home: Path) -> None:
    async def after() -> tuple[str, FlowRun]:
        run_id = await on_server(Crashed(), SAFE)
        return await after_a_failure(str(run_id)), await now(run_id)

    done, run = asyncio.run(after())
    assert done == "started again"
    assert run.state is not None
    assert (run.state.name, run.state.message) == ("AwaitingRetry", "It was cut off; what it did is not done twice.")
    assert told(home) == []


async def failed_by(error: Exception) -> State[Any]:
    """The state in which Prefect leaves a run that raises this."""

    @flow(name="one that fails")
    async def fails() -> None:
        raise error

    return await fails(return_state=True)


@pytest.mark.parametrize(
    ("state", "tags", "said", "to_do"),
    [
        (Failed(message="The record has 1 fault(s)."), [SAFE], "The record has 1 fault(s).", "may be started again"),
        (Failed(name="Refused", message="Not yet."), ["decisions"], "Not yet.", "Look at the school's history"),
        (Crashed(message="Killed."), ["decisions"], "Killed.", "Look at the school's history"),
        (Failed(), [SAFE], "The run ended without saying why.", "may be started again"),
        (
            CaseworkError("There is no database. Run `casework init` first."), [SAFE],
            "What happened: There is no database. Run `casework init` first.", "may be started again",
        ),
    ],
    ids=["a proof that failed", "refused", "a decision cut off", "silent", "an error of ours"],
)  # fmt: skip
def test_everything_else_is_told_in_plain_words(
    home: Path, state: State[Any] | Exception, tags: list[str], said: str, to_do: str
) -> None:
    async def after() -> str:
        ended = await failed_by(state) if isinstance(state, Exception) else state
        return await after_a_failure(str(await on_server(ended, *tags)))

    went = asyncio.run(after())
    [words] = told(home)
    assert Path(went).parent == home / "alarms"
    assert said in words
    assert to_do in words
    assert words.startswith("verify-the-record (")
    assert "Flow run encountered" not in words


def test_cut_off_for_the_third_time_is_told(home: Path) -> None:
    async def after() -> str:
        return await after_a_failure(str(await on_server(Crashed(message="Killed."), SAFE, starts=STARTS)))

    asyncio.run(after())
    assert len(told(home)) == 1


@pytest.mark.usefixtures("prefect_backend")
def test_watches_are_kept_once_each() -> None:
    async def watched_twice() -> list[str]:
        for deployment in (uuid.uuid4(), uuid.uuid4()):
            await watch(when_a_run_fails(deployment), when_a_run_is_silent())
        async with get_client() as client:
            return sorted(one.name for one in await client.read_automations())

    assert asyncio.run(watched_twice()) == ["A run failed or was cut off", "A run is silent"]


def test_what_tells_is_not_told_of_itself() -> None:
    trigger = when_a_run_fails(uuid.uuid4()).trigger
    assert trigger.match_related.root["prefect.resource.name"] == f"!{DEPLOYMENT}"  # type: ignore[union-attr]
