"""What loading the register costs, against a bare loop over its rows: 50,000 schools, 130 columns and more.

`python benchmarks/load.py`, and benchmarks/README.md for what the figures mean. The pieces are in check_pieces.py, each
run in a process of its own.
"""

import argparse
import json
import math
from operator import truediv
from pathlib import Path
from statistics import median
from typing import Any

from stores import Store, add_option, place
from timing import machine, piece, table

PIECES = Path(__file__).with_name("check_pieces.py")
SCHOOLS = 50_000
ONE_AUTHORITY = "226"

AT_MOST_TIMES = 3.0
AT_MOST_MIB = 120

Said = dict[str, Any]

WORDS = {
    "read": "a bare csv.reader",
    "one_authority": "the whole file, for the schools of one authority",
    "again": "the same once more, nothing new",
    "everything": "every school of the file, with its case and letters",
    "everything_again": "the same once more, nothing new",
}
# What is claimed: what an authority does with the national file, the first time and every time.
CLAIMED = ("one_authority", "again")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schools", type=int, default=SCHOOLS, help=f"rows of the file (default {SCHOOLS:,})")
    parser.add_argument("--rounds", type=int, default=3, help="how often each piece is measured (default 3)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_option(parser)
    asked = parser.parse_args()
    with place(asked.postgresql) as (folder, store):
        register = folder / "register.csv"
        piece(PIECES, "make_national", register, asked.schools)
        rounds = [_round(register, store) for _ in range(asked.rounds)]
        result = {"machine": machine(), "store": store.name, "rounds": asked.rounds, "mib": _mib(register)}
    result["pieces"] = [_figures(name, rounds) for name in WORDS]
    print(json.dumps(result, indent=2) if asked.json else _as_text(result))


def _round(register: Path, store: Store) -> dict[str, Said]:
    one, every = store.new("one_authority"), store.new("everything")
    return {
        "read": piece(PIECES, "read", register),
        "one_authority": piece(PIECES, "load", register, one, ONE_AUTHORITY),
        "again": piece(PIECES, "load", register, one, ONE_AUTHORITY),
        "everything": piece(PIECES, "load", register, every),
        "everything_again": piece(PIECES, "load", register, every),
    }


def _mib(file: Path) -> int:
    return file.stat().st_size >> 20


def _figures(name: str, rounds: list[dict[str, Said]]) -> Said:
    seconds = [said[name]["seconds"] for said in rounds]
    times, of_processor = (
        median(map(truediv, (said[name][kind] for said in rounds), (said["read"][kind] for said in rounds)))
        for kind in ("seconds", "cpu_seconds")
    )
    mib, limit = max(said[name]["peak_mib"] for said in rounds), AT_MOST_TIMES if name in CLAIMED else math.inf
    return {
        "name": name,
        "seconds": round(median(seconds), 3),
        "times": round(times, 2),
        "of_processor_time": round(of_processor, 2),
        "peak_mib": mib,
        "schools": rounds[0][name].get("schools", 0),
        "letters": rounds[0][name].get("letters", 0),
        "limit": f"at most {limit:g} and {AT_MOST_MIB} MiB" if name in CLAIMED else "",
        "met": times <= limit and mib <= AT_MOST_MIB,
    }


def _as_text(result: Said) -> str:
    rows = [
        [
            WORDS[one["name"]],
            *(f"{one[what]:,}" for what in ("schools", "letters")),
            *(f"{one[what]:.2f}" for what in ("seconds", "times", "of_processor_time")),
            str(one["peak_mib"]),
            f"{one['limit']}: {'yes' if one['met'] else 'NO'}" if one["limit"] else "",
        ]
        for one in result["pieces"]
    ]
    heading = ["Piece", "new schools", "letters", "s", "times the loop", "of processor time", "MiB", "met"]
    about = ", ".join(f"{name} {value}" for name, value in result["machine"].items())
    return "\n\n".join(
        [
            f"{result['store']}, a file of {result['mib']} MiB.",
            table(heading, rows),
            f"Rounds: {result['rounds']}; {about}.",
        ]
    )


if __name__ == "__main__":
    main()
