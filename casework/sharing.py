"""Reading work on the record, shared out among processes that each have a connection of their own.

They start anew instead of being forked, for a fork would take open databases and locks along. The address of the
database, with its password, reaches them through a pipe: no list of processes shows it.
"""

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from casework.database import open_database
from casework.errors import CutShort
from casework.unit_of_work import reading

Part = TypeVar("Part")
Found = TypeVar("Found")

PROCESSES = min(8, os.cpu_count() or 1)

# What a process has of its own.
_here: dict[str, Engine] = {}


@contextmanager
def shared_out(
    engine: Engine, work: Callable[[Session, Part], Found]
) -> Iterator[Callable[[Iterable[Part]], Iterator[Found]]]:
    """Parts → what `work` finds in each, in their order. Each is read as the record stands when its turn comes.

    None of the processes outlives the work, however it ends. Raises CutShort.
    """
    url = engine.url.render_as_string(hide_password=False)
    pool = ProcessPoolExecutor(PROCESSES, get_context("spawn"), _begin, (url,))
    try:
        for _ in range(PROCESSES):
            pool.submit(int)  # so that they start while the parts are made
        yield partial(pool.map, partial(_do, work))
    except BrokenProcessPool as error:
        raise CutShort(
            f"One of {PROCESSES} processes that read the record was ended by somebody, or by the machine because its "
            "memory ran out. Nothing was changed, and nothing is known yet. Make room, and give the same command again."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(url: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of them; the one that shares out ends the others
    Thread(target=_end_with_the_first, daemon=True).start()
    _here["engine"] = open_database(url)
    gc.disable()  # what is held is one part at a time, and none of it is garbage


def _end_with_the_first() -> None:
    """A process that is killed cannot tell the others, and they would wait for their next part for ever."""
    if first := parent_process():
        first.join()
    os._exit(1)


def _do(work: Callable[[Session, Part], Found], part: Part) -> Found:
    with reading(_here["engine"]) as session:
        return work(session, part)
