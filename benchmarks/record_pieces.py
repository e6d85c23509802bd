"""The pieces that record.py measures, each run in a process of its own: `python record_pieces.py PIECE ARGUMENT…`."""

import gc
import json
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN
from typing import Any

from check_pieces import STAMP, peak_mib, timed
from made_record import day_of, write_record
from sqlalchemy.orm import Session

from casework.database import initialise, open_initialised
from casework.sharing import PROCESSES
from casework.story import counts_as_of, states_as_of
from casework.unit_of_work import reading
from casework.verify import verify as prove

Said = dict[str, Any]

TIMES = 7


def write(url: str, register: str, seals: str, half_terms: str) -> Said:
    initialise(url)
    engine = open_initialised(url)
    _, took = timed(lambda: write_record(engine, Path(register), Path(seals), int(half_terms), STAMP.policy))
    if engine.dialect.name == "postgresql":  # as its own caretaker would have done long ago
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()
    return took | {"peak_mib": peak_mib()}


def as_of(url: str, half_terms: str) -> Said:
    """Where every school stood on an early, a middle and a late day: each question several times."""
    engine = open_initialised(url)
    last = int(half_terms) - 1
    days = {"early": day_of(last // 20), "middle": day_of(last // 2), "late": day_of(last)}
    gc.freeze()
    with reading(engine) as session:
        asked = {
            f"{what}, {name} day": [timed(partial(ask, session, day))[1] for _ in range(TIMES)]
            for name, day in days.items()
            for what, ask in QUESTIONS.items()
        }
    engine.dispose()
    return {"asked": asked, "peak_mib": peak_mib()}


QUESTIONS: dict[str, Callable[[Session, date], dict[Any, Any]]] = {
    "every school": states_as_of,
    "counts by state": counts_as_of,
    "counts as known on that day": lambda session, day: counts_as_of(session, day, known_on=day),
}


def verify(url: str, seals: str) -> Said:
    engine = open_initialised(url)
    report, took = timed(lambda: prove(engine, Path(seals)))
    engine.dispose()
    if report.faults:
        raise SystemExit(f"The made record does not hold: {report.faults[:3]}")
    counted = {"cases": report.cases, "events": report.events, "seals": report.seals}
    shares = {"processes": PROCESSES, "share_mib": peak_mib(RUSAGE_CHILDREN)}
    return took | counted | shares | {"peak_mib": peak_mib()}


PIECES: dict[str, Callable[..., Said]] = {piece.__name__: piece for piece in (write, as_of, verify)}

if __name__ == "__main__":
    print(json.dumps(PIECES[sys.argv[1]](*sys.argv[2:])))
