"""The pieces that workers.py measures in one process: `python workers_pieces.py in_one_process SAMPLE PLAIN FLOW EACH`.

The URLs come in threes, a round after another: copies of one loaded record for the plain check, for the check as a flow
with a task for each chunk, and for a sample with a task for each school. It prints one JSON object.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from check_pieces import HALF_TERM, STAMP
from prefect import flow

from casework.check import monitored_case_ids, run_check
from casework.office import Office
from flows.half_termly_check import check_caseload, check_part


def in_one_process(sample: str, *urls: str) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {"plain": [], "flow": [], "each": []}
    threes = [urls[at : at + 3] for at in range(0, len(urls), 3)]
    for plain, chunked, each in threes:
        office = _office(plain)
        took["plain"].append(_timed(lambda of=office: run_check(of.engine, of.calendar, HALF_TERM, STAMP)))
        took["flow"].append(asyncio.run(_measured(_office(chunked), _as_chunks)))
        took["each"].append(asyncio.run(_measured(_office(each), lambda of: _one_by_one(of, int(sample)))))
    return took


def _office(url: str) -> Office:
    os.environ["CASEWORK_DATABASE_URL"] = url
    office = Office()
    office.engine.connect().close()
    return office


def _timed(work: Callable[[], Any]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


@flow(name="measured")
async def _measured(office: Office, work: Callable[[Office], Awaitable[None]]) -> float:
    """The work as it is done within a flow, without the flow's own beginning and end."""
    began = perf_counter()
    await work(office)
    return perf_counter() - began


async def _as_chunks(office: Office) -> None:
    await check_caseload(office, HALF_TERM, STAMP)


async def _one_by_one(office: Office, sample: int) -> None:
    for case_id in monitored_case_ids(office.engine, STAMP.policy)[:sample]:
        check_part([case_id], office, HALF_TERM, STAMP)


if __name__ == "__main__":
    print(json.dumps({"in_one_process": in_one_process}[sys.argv[1]](*sys.argv[2:])))
