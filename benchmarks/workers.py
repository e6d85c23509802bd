"""What spreading a check over workers gives, and what Prefect costs: ratios, on PostgreSQL servers of its own.

`python benchmarks/workers.py`, and benchmarks/README.md for what the figures mean. Everything runs on this machine: the
database, Prefect's server, and every worker.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from timing import in_short, machine, piece, table

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.postgresql import Server, programs, running
from tests.servers.workers import Site, site

HERE = Path(__file__).parent
POLICY = HERE / "monitor_every_category.toml"
CHECK = {"half_term": "2025-26/2", "on": "2025-12-01"}
WITHIN = 3600.0

# Name → into how many parts the check is cut, and how many workers there are.
SPREAD = {
    "a run on one worker": (1, 1),
    "two parts on two workers": (2, 2),
    "four parts on two workers": (4, 2),
}
ONE, TWO, FOUR = SPREAD
WORDS = {"plain": "the plain check", "flow": "the same as a flow, a task a chunk", "each": "a task a school (scaled)"}

# What is claimed, as ratios.
AT_MOST_OVERHEAD = 1.1
AT_LEAST_PER_SCHOOL = 10.0


def main() -> None:
    asked = _asked()
    if (found := programs()) is None:
        raise SystemExit("PostgreSQL's programs are not here: apt-get install postgresql.")
    with TemporaryDirectory(prefix="casework-benchmark-") as folder, running(found) as server:
        took = _measured(server, Path(folder), asked)
    ratios = {
        f"{ONE} ÷ {TWO}": (_ratio(took, ONE, TWO), ""),
        f"{ONE} ÷ {FOUR}": (_ratio(took, ONE, FOUR), ""),
        "as a flow ÷ plain": (_ratio(took, "flow", "plain"), f"at most {AT_MOST_OVERHEAD:g}"),
        "a task a school ÷ as a flow": (_ratio(took, "each", "flow"), f"at least {AT_LEAST_PER_SCHOOL:g}"),
    }
    seconds = {name: in_short(rounds) for name, rounds in took.items()}
    result = {"machine": machine(), "schools": asked.schools, "sample": asked.sample, "rounds": asked.rounds}
    result |= {"seconds": seconds, "ratios": {name: ratio for name, (ratio, _) in ratios.items()}}
    print(json.dumps(result, indent=2) if asked.json else _as_text(seconds, ratios))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schools", type=int, default=24_000, help="made schools, all of them checked")
    parser.add_argument("--sample", type=int, default=400, help="schools with a task each; scaled to all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser.parse_args()


def _measured(server: Server, folder: Path, asked: argparse.Namespace) -> dict[str, list[float]]:
    loaded, register = server.database(), folder / "register.csv"
    piece(HERE / "check_pieces.py", "make", register, asked.schools)
    piece(HERE / "check_pieces.py", "load", register, server.url(loaded))
    with site(server, folder / "site", server.url(server.database(loaded)), POLICY) as office:
        took = _in_one_process(server, office, loaded, asked)
        took["each"] = [seconds * asked.schools / asked.sample for seconds in took["each"]]
        for _ in range(asked.rounds):
            for name, (parts, workers) in SPREAD.items():
                url = server.url(server.database(loaded))
                took.setdefault(name, []).append(_on_workers(office, url, parts, workers))
    return took


def _in_one_process(server: Server, office: Site, loaded: str, asked: argparse.Namespace) -> dict[str, list[float]]:
    urls = [server.url(server.database(loaded)) for _ in range(3 * asked.rounds)]
    command = [sys.executable, str(HERE / "workers_pieces.py"), "in_one_process", str(asked.sample), *urls]
    ran = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, env=office.environment | office.client("measured")
    )
    took: dict[str, list[float]] = json.loads(ran.stdout.splitlines()[-1])
    return took


def _on_workers(office: Site, url: str, parts: int, workers: int) -> float:
    """From the beginning of the check's own run, which starts the others, to its end."""
    office.environment["CASEWORK_DATABASE_URL"] = url
    for number in range(workers):
        office.start_worker(f"worker {number}", limit=2)
    while not all(office.has_started(name) for name in office.workers):
        time.sleep(0.2)
    ended = office.ended(office.start("half-termly-check", spread_over=parts, **CHECK), WITHIN)
    if ended["state_name"] != "Completed":
        raise SystemExit(f"The check did not end well: {ended['state']['message']}\n{office.logs}")
    for name in list(office.workers):
        office.kill(name)
    return float(ended["total_run_time"])


def _ratio(took: dict[str, list[float]], above: str, below: str) -> float:
    """The middle of the rounds' own ratios, so that a busy minute weighs on both sides."""
    return round(median(a / b for a, b in zip(took[above], took[below], strict=True)), 2)


def _as_text(seconds: dict[str, Any], ratios: dict[str, tuple[float, str]]) -> str:
    rows = [[WORDS.get(name, name), f"{took['min']:.1f}", f"{took['median']:.1f}"] for name, took in seconds.items()]
    lines = [[name, limit, f"{ratio:.2f}"] for name, (ratio, limit) in ratios.items()]
    return f"{table(['Piece', 'min s', 'median s'], rows)}\n\n{table(['Ratio', 'limit', 'median'], lines)}"


if __name__ == "__main__":
    main()
