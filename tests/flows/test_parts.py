"""A check in parts: whatever becomes of one, each school is checked once, and nobody waits for what will not come."""

import asyncio
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.states import Completed, Crashed, Failed, Pending, Running, Scheduled, State

from casework.check import TooEarly, begin_check, check_chunk, monitored_case_ids
from casework.check_report import CheckReport
from casework.office import Office
from flows import half_termly_check as checking
from flows import parts
from flows.half_termly_check import half_termly_check, half_termly_check_part
from states.half_terms import UnknownHalfTerm

HALF_TERM, DAY = "2025-26/2", date(2026, 1, 20)
Rows = Callable[[Path], dict[str, list[Any]]]
Part = Callable[..., Any]


def office_of(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CASEWORK_HOME", str(home))
    return home


async def ends(**asked: Any) -> dict[str, Any]:
    """A part that is done, and says what it found, by way of JSON."""
    return dict(await half_termly_check_part(**asked))


async def never_starts(**_asked: Any) -> None:
    """A part for which there is no worker."""


async def crashes(**asked: Any) -> None:
    """A part whose worker dies when half of it is committed."""
    office = Office()
    stamp, wanted = office.stamp(asked["by"], asked["role"], asked["on"]), office.calendar.half_term(asked["half_term"])
    ids = [one for one in monitored_case_ids(office.engine, stamp.policy) if one % asked["of"] == asked["part"] - 1]
    begin_check(office.engine, wanted, stamp)
    check_chunk(office.engine, ids[: len(ids) // 2], office.calendar, wanted, stamp)


async def says_nothing(**asked: Any) -> None:
    """A part that is done whole, and whose answer is lost."""
    await half_termly_check_part(**asked)


FATES: dict[str, list[Part]] = {
    "all end": [ends, ends, ends],
    "one never starts": [ends, never_starts, ends],
    "one crashes": [crashes, ends, ends],
    "one answer is lost": [ends, ends, says_nothing],
    "each otherwise": [ends, never_starts, crashes],
    "no worker at all": [never_starts, never_starts, never_starts],
}


def spread_with(fates: list[Part]) -> Any:
    async def spread(name: str, asked: Mapping[str, Any], of: int) -> dict[int, dict[str, Any] | None]:
        assert name == "half-termly-check-part"
        return {part: await fate(**asked, part=part, of=of) for part, fate in enumerate(fates, start=1)}

    return spread


@pytest.mark.usefixtures("same_clock")
@pytest.mark.parametrize("fates", FATES.values(), ids=FATES)
def test_book_of_a_check_in_parts_is_that_of_one_process(
    home: Path, tmp_path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch, fates: list[Part]
) -> None:
    other = Path(shutil.copytree(home, tmp_path / "other"))
    whole = asyncio.run(half_termly_check(HALF_TERM, DAY))
    office_of(other, monkeypatch)
    monkeypatch.setattr(checking, "spread", spread_with(fates))
    in_parts = asyncio.run(half_termly_check(HALF_TERM, DAY, spread_over=len(fates)))
    assert rows(other) == rows(home)
    assert (in_parts["cases"], in_parts["monitored"]) == (whole["cases"], whole["monitored"])
    if fates in (FATES["all end"], FATES["no worker at all"], FATES["one never starts"]):
        assert as_a_set(in_parts) == as_a_set(whole)


def as_a_set(report: dict[str, Any]) -> dict[str, Any]:
    """A report whatever the order of its schools, but for its seal."""
    listed = {name: sorted(map(str, value)) for name, value in report.items() if isinstance(value, list)}
    return report | listed | {"seal": ""}


@pytest.mark.usefixtures("home")
def test_part_of_a_check_knows_its_half_term() -> None:
    asked = {"on": DAY, "part": 1, "of": 2, "by": "Ada Quill", "role": "Adviser"}
    with pytest.raises(UnknownHalfTerm):
        asyncio.run(half_termly_check_part("2025-26/9", **asked))
    with pytest.raises(TooEarly):
        asyncio.run(half_termly_check_part("2026-27/1", **asked))


@pytest.mark.usefixtures("home")
def test_part_says_what_it_found_where_the_check_reads_it() -> None:
    async def part_and_answer() -> tuple[dict[str, Any], dict[str, Any] | None]:
        state = await half_termly_check_part(HALF_TERM, DAY, 1, 2, "Ada Quill", "Adviser", return_state=True)
        async with parts.get_client() as client:
            return await state.result(), await parts._found(client, state.state_details.flow_run_id)

    said, read = asyncio.run(part_and_answer())
    assert read is not None
    assert CheckReport.from_dict(read) == CheckReport.from_dict(said)
    assert said["requested"] + said["already_requested"] > 0


# What is watched: runs as the server tells of them, look after look.


def a_run(state: State[Any], took: float = 0.0) -> FlowRun:
    seconds = timedelta(seconds=took)
    return FlowRun(
        id=uuid.uuid4(), flow_id=uuid.uuid4(), state=state, total_run_time=seconds, estimated_run_time=seconds
    )


class Server:
    """Tells the same runs each time; the last look is the last one."""

    def __init__(self, *runs: FlowRun) -> None:
        self.runs, self.looks = list(runs), 0

    async def read_flow_runs(self, **_asked: Any) -> list[FlowRun]:
        self.looks += 1
        return self.runs


@pytest.mark.parametrize(
    ("runs", "ended"),
    [
        ([a_run(Completed(), 5), a_run(Completed(), 7)], 2),
        ([a_run(Completed(), 5), a_run(Crashed(), 1), a_run(Failed(), 1)], 1),
        ([a_run(Scheduled()), a_run(Pending())], 0),
        ([a_run(Completed(), 5), a_run(Scheduled())], 1),
        ([a_run(Completed(), 5), a_run(Pending()), a_run(Crashed())], 1),
        ([a_run(Completed(), 100), a_run(Running(), 301)], 1),
        ([a_run(Completed(), 1), a_run(Running(), 31)], 1),
    ],
    ids=[
        "all ended", "some ended badly", "none begins", "one never begins", "one hangs before it begins",
        "one runs three times as long", "one runs on after a short one",
    ],
)  # fmt: skip
def test_nobody_waits_for_what_will_not_come(monkeypatch: pytest.MonkeyPatch, runs: list[FlowRun], ended: int) -> None:
    monkeypatch.setattr(parts, "EVERY", 0.01)
    monkeypatch.setattr(parts, "NO_WORKER_AFTER", 0.1)
    found = asyncio.run(asyncio.wait_for(parts._watch(Server(*runs), {run.id for run in runs}), 10))  # type: ignore[arg-type]
    assert len(found) == ended


@pytest.mark.parametrize(
    "runs",
    [
        [a_run(Running(), 10_000)],
        [a_run(Completed(), 100), a_run(Running(), 299)],
        [a_run(Completed(), 1), a_run(Running(), 29)],
        [a_run(Completed(), 1), a_run(Running(), 5), a_run(Running(), 500)],
        [a_run(Running(), 500), a_run(Scheduled())],
    ],
    ids=["the only one", "not three times as long", "not long", "another is young", "another waits for its turn"],
)
def test_what_may_still_come_is_waited_for(monkeypatch: pytest.MonkeyPatch, runs: list[FlowRun]) -> None:
    monkeypatch.setattr(parts, "EVERY", 0.01)
    monkeypatch.setattr(parts, "NO_WORKER_AFTER", 0.1)
    server = Server(*runs)
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(parts._watch(server, {run.id for run in runs}), 0.5))  # type: ignore[arg-type]
    assert server.looks > 2


def test_answers_are_those_of_the_runs_that_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is asked for under a name that is used once, so that a check which is started again asks for no other."""
    runs = {1: a_run(Completed(), 5), 2: a_run(Crashed(), 1), 3: a_run(Completed(), 5)}
    asked: list[dict[str, Any]] = []

    async def arun_deployment(name: str, **more: Any) -> FlowRun:
        asked.append({"name": name} | more)
        return runs[more["parameters"]["part"]]

    @asynccontextmanager
    async def get_client() -> Any:
        yield Server(*runs.values())

    async def found(_client: Any, run: uuid.UUID) -> dict[str, Any]:
        return {"run": run}

    for name, fake in {"arun_deployment": arun_deployment, "get_client": get_client, "_found": found}.items():
        monkeypatch.setattr(parts, name, fake)
    monkeypatch.setattr(parts.flow_run, "get_id", lambda: "the check")
    answers = asyncio.run(parts.spread("half-termly-check-part", {"on": DAY}, 3))
    assert answers == {1: {"run": runs[1].id}, 2: None, 3: {"run": runs[3].id}}
    assert [one["idempotency_key"] for one in asked] == [f"the check, part {part} of 3" for part in (1, 2, 3)]
    assert {one["name"] for one in asked} == {"half-termly-check-part/half-termly-check-part"}
    assert [one["parameters"] for one in asked] == [{"on": DAY, "part": part, "of": 3} for part in (1, 2, 3)]
