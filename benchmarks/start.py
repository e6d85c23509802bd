"""How long `casework --help` takes as a whole process, against Python alone and against importing Prefect.

`python benchmarks/start.py`. An officer's command must answer at once, which is why the command line never imports
Prefect.
"""

import argparse
import json
from time import perf_counter
from typing import Any

from timing import child, in_short, machine, table

ROUNDS = 10
AT_MOST_SECONDS = 0.4

STARTS = {
    "python -c pass": ("-c", "pass"),
    "casework --help": ("-m", "casework", "--help"),
    "importing Prefect": ("-c", "from prefect import flow"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"starts of each, in turns (default {ROUNDS})")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    asked = parser.parse_args()
    result = _measure(asked.rounds)
    print(json.dumps(result, indent=2) if asked.json else _as_text(result))


def _measure(rounds: int) -> dict[str, Any]:
    """Each command once unmeasured, so that its files are in memory, and then in turns."""
    taken: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(rounds + 1):
        for name, command in STARTS.items():
            taken[name].append(_seconds(*command))
    seconds = {name: in_short(times[1:]) for name, times in taken.items()}
    met = seconds["casework --help"]["median"] <= AT_MOST_SECONDS
    return {"machine": machine(), "rounds": rounds, "seconds": seconds, "limit": AT_MOST_SECONDS, "met": met}


def _seconds(*command: str) -> float:
    began = perf_counter()
    child(*command)
    return perf_counter() - began


def _as_text(result: dict[str, Any]) -> str:
    seconds = result["seconds"]
    rows = [[name, f"{took['min']:.3f}", f"{took['median']:.3f}"] for name, took in seconds.items()]
    met = "met" if result["met"] else "NOT met"
    return f"{table(['Start', 'min s', 'median s'], rows)}\n\nAt most {AT_MOST_SECONDS} s for casework --help: {met}."


if __name__ == "__main__":
    main()
