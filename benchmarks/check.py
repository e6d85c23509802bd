"""How fast the half-termly check is, against the least that it could cost and against a commit for each case.

`python benchmarks/check.py`, and benchmarks/README.md for what the figures mean. The measured pieces are in
check_pieces.py, each run in a process of its own; this one stays small, because a child's peak memory cannot be less
than its parent's.
"""

import argparse
import json
import lzma
import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import truediv
from pathlib import Path
from statistics import median
from typing import Any

from stores import Store, add_option, place
from timing import in_short, machine, piece, table

PIECES = Path(__file__).with_name("check_pieces.py")
NATIONAL = Path(__file__).parents[2] / "shared" / "data" / "gias_england_201911.csv.xz"
SCHOOLS = 24_000
PER_TRANSACTION = 500
SAMPLE = 2_000

Said = dict[str, Any]

# What is claimed, as ratios of the times of one run.
AT_MOST_RAW = 4.0
AT_LEAST_PER_CASE = {"SQLite": 15.0}  # on PostgreSQL most of both is the server's time, and nothing is claimed
AT_MOST_DOUBLED = 2.2

WORDS = {
    "check": "the check",
    "again": "the same check again, nothing to do",
    "raw": f"the bare driver, the same rows, {PER_TRANSACTION} cases a transaction",
    "raw_at_once": "the bare driver, the same rows, one transaction",
    "per_case": "ORM, a commit per case (scaled from a sample)",
}


@dataclass(slots=True)
class Caseload:
    """One register, loaded once; every round works on copies of that database."""

    name: str
    key: str
    folder: Path
    store: Store
    database: str = ""
    loaded: Said = field(default_factory=dict)
    read: Said = field(default_factory=dict)
    rounds: dict[str, list[Said]] = field(default_factory=dict)

    @property
    def register(self) -> Path:
        return self.folder / f"{self.key}.csv"

    @property
    def checked(self) -> Said:
        """What the first check said: every round does the same."""
        return self.rounds["check"][0]

    def times(self, name: str, kind: str = "seconds") -> list[float]:
        return [said[kind] for said in self.rounds[name]]

    def load(self) -> None:
        self.database = self.store.new(f"loaded_{self.key}")
        self.read = piece(PIECES, "read", self.register)
        self.loaded = piece(PIECES, "load", self.register, self.database)

    def check(self) -> str:
        """One round of the check, and of the second run that must find nothing to do; the database it leaves."""
        database = self._copy("checked")
        first, again = self._measure("check", "check", database), self._measure("again", "check", database)
        if again["requested"] or first["requested"] != first["checked"]:
            raise SystemExit(
                f"{self.name}: the first check must ask every school and the second none: {first}, {again}"
            )
        return database

    def compare(self, checked: str) -> None:
        """One round of what the check is measured against."""
        for name, cases in (("raw", PER_TRANSACTION), ("raw_at_once", self.checked["checked"])):
            self._measure(name, "raw", self._copy("raw"), self.database, checked, cases)
        self._measure("per_case", "commit_per_case", self._copy("per_case"), checked, SAMPLE)

    def _copy(self, name: str) -> str:
        return self.store.copy(self.database, f"{name}_{self.key}")

    def _measure(self, name: str, what: str, *arguments: object) -> Said:
        said = piece(PIECES, what, *arguments)
        self.rounds.setdefault(name, []).append(said)
        return said


Measured = tuple[Caseload, str]


def main() -> None:
    asked = _asked()
    with place(asked.postgresql) as (folder, store):
        compared, doubled = _caseloads(asked, folder, store)
        for _ in range(asked.rounds):
            for caseload in compared:
                caseload.compare(caseload.check())
            doubled.check()
    result = {
        "machine": machine(),
        "store": store.name,
        "rounds": asked.rounds,
        "caseloads": [_figures(caseload) for caseload in (*compared, doubled)],
        "claims": list(_claims(compared, doubled)),
    }
    print(json.dumps(result, indent=2) if asked.json else _as_text(result))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--register",
        type=Path,
        help="a GIAS extract, plain or .xz, to measure too (default: the national one, if there, unless --schools)",
    )
    parser.add_argument("--schools", type=int, help=f"made schools, all of them checked (default {SCHOOLS:,})")
    parser.add_argument("--rounds", type=int, default=3, help="how often each piece is measured (default 3)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_option(parser)
    asked = parser.parse_args()
    if asked.schools is None and NATIONAL.exists():
        asked.register = asked.register or NATIONAL
    asked.schools = asked.schools or SCHOOLS
    return asked


def _caseloads(asked: argparse.Namespace, folder: Path, store: Store) -> tuple[list[Caseload], Caseload]:
    """Those that are compared, the made one last, and one of twice its size."""
    made, doubled = (
        Caseload(f"{schools:,} made schools", str(schools), folder, store)
        for schools in (asked.schools, 2 * asked.schools)
    )
    compared = [made]
    if asked.register:
        compared.insert(0, Caseload(asked.register.name, "given", folder, store))
        _unpack(asked.register, compared[0].register)
    piece(PIECES, "make", made.register, asked.schools)
    piece(PIECES, "make", doubled.register, 2 * asked.schools)
    for caseload in (*compared, doubled):
        caseload.load()
    return compared, doubled


def _unpack(given: Path, target: Path) -> None:
    with lzma.open(given) if given.suffix == ".xz" else given.open("rb") as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)


def _figures(caseload: Caseload) -> Said:
    loaded, checked = caseload.loaded, caseload.checked
    return {
        "name": caseload.name,
        "schools": loaded["schools"],
        "cases": loaded["cases"],
        "checked": checked["checked"],
        "letters": checked["letters"],
        "peak_mib": checked["peak_mib"],
        "seconds": {name: in_short(caseload.times(name)) for name in caseload.rounds},
        "cpu_seconds": {name: in_short(caseload.times(name, "cpu_seconds")) for name in caseload.rounds},
        "load": {
            "seconds": round(loaded["seconds"], 4),
            "reading_seconds": round(caseload.read["seconds"], 4),
            "peak_mib": loaded["peak_mib"],
        },
    }


def _claims(compared: list[Caseload], doubled: Caseload) -> Iterator[Said]:
    for one in compared:
        yield _claim(f"{one.name}: check ÷ raw", (one, "check"), (one, "raw"), at_most=AT_MOST_RAW)
        what = f"{one.name}: commit per case ÷ check"
        at_least = AT_LEAST_PER_CASE.get(one.store.name, 0.0)
        yield _claim(what, (one, "per_case"), (one, "check"), at_least=at_least)
    made = compared[-1]
    yield _claim(f"{doubled.name} ÷ {made.name}", (doubled, "check"), (made, "check"), at_most=AT_MOST_DOUBLED)


def _claim(what: str, above: Measured, below: Measured, *, at_most: float = math.inf, at_least: float = 0.0) -> Said:
    """The middle of the rounds' own ratios, so that a busy minute weighs on both sides; two more to judge it by."""
    ratio, cpu_ratio = (_ratio(above, below, kind) for kind in ("seconds", "cpu_seconds"))
    return {
        "what": what,
        "ratio": ratio,
        "cpu_ratio": cpu_ratio,
        "ratio_of_best": round(min(above[0].times(above[1])) / min(below[0].times(below[1])), 2),
        "limit": f"at least {at_least:g}" if at_least else f"at most {at_most:g}" if at_most < math.inf else "none",
        "met": at_least <= ratio <= at_most,
    }


def _ratio(above: Measured, below: Measured, kind: str) -> float:
    above_times, below_times = (caseload.times(name, kind) for caseload, name in (above, below))
    ratios: list[float] = list(map(truediv, above_times, below_times))
    return round(median(ratios), 2)


def _as_text(result: Said) -> str:
    parts = [*map(_caseload_as_text, result["caseloads"]), _claims_as_text(result["claims"])]
    about = ", ".join(f"{name} {value}" for name, value in result["machine"].items())
    return "\n\n".join([*parts, f"{result['store']}; rounds, in turns: {result['rounds']}; {about}."])


def _caseload_as_text(caseload: Said) -> str:
    clock, processor = caseload["seconds"], caseload["cpu_seconds"]
    rows = [
        [WORDS[name], *(f"{seconds:.2f}" for seconds in (took["min"], took["median"], processor[name]["median"]))]
        for name, took in clock.items()
    ]
    heading = ["Piece", "min s", "median s", "median s of processor"]
    return f"{_about(caseload)}\n\n{table(heading, rows)}"


def _about(caseload: Said) -> str:
    load = caseload["load"]
    times_reading = load["seconds"] / load["reading_seconds"]
    return (
        f"{caseload['name']}: {caseload['schools']:,} schools, {caseload['cases']:,} cases, {caseload['checked']:,} "
        f"checked, {caseload['letters']:,} letters drafted; the check held at most {caseload['peak_mib']} MiB.\n"
        f"Loading the register took {load['seconds']:.2f} s and {load['peak_mib']} MiB, {times_reading:.1f} times a "
        f"bare csv.reader ({load['reading_seconds']:.2f} s)."
    )


def _claims_as_text(claims: list[Said]) -> str:
    rows = [
        [
            one["what"],
            one["limit"],
            *(f"{one[ratio]:.2f}" for ratio in ("ratio", "cpu_ratio", "ratio_of_best")),
            "yes" if one["met"] else "NO",
        ]
        for one in claims
    ]
    return table(["Claim", "limit", "ratio", "of processor time", "of best times", "met"], rows)


if __name__ == "__main__":
    main()
