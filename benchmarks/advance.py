"""What one move through `advance` costs, against the same table and guards fired on a bare `transitions` machine.

`python benchmarks/advance.py`. Both run in this process, in turns, on one shared flat machine each.
"""

import argparse
import json
from datetime import date
from functools import partial
from time import perf_counter
from types import SimpleNamespace
from typing import Any

from timing import in_short, machine
from transitions import EventData, Machine

from states.facts import Facts
from states.machine import advance
from states.track import Guard
from states.tracks.school import SCHOOL

ROUNDS = 30
MOVES = 2000
AT_MOST = 2.0
DAY = date(2015, 3, 20)
FACTS = Facts(evidence="Visit of 4 March 2015", actor="Amara Okafor")
THERE_AND_BACK = ("enter_transition", "settle")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds of {MOVES} moves (default {ROUNDS})")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    asked = parser.parse_args()
    result = _measure(asked.rounds)
    print(json.dumps(result, indent=2) if asked.json else _as_text(result))


def _measure(rounds: int) -> dict[str, Any]:
    bare = _bare_machine()
    taken: dict[str, list[float]] = {"advance": [], "bare": []}
    for _ in range(rounds + 1):
        taken["bare"].append(_seconds(lambda subject, trigger: bare.events[trigger].trigger(subject, facts=FACTS)))
        taken["advance"].append(_seconds(lambda subject, trigger: advance(SCHOOL, subject, trigger, FACTS, DAY)))
    seconds = {name: in_short(times[1:]) for name, times in taken.items()}
    ratio = round(seconds["advance"]["median"] / seconds["bare"]["median"], 2)
    return {"machine": machine(), "seconds": seconds, "ratio": ratio, "limit": AT_MOST, "met": ratio <= AT_MOST}


def _seconds(fire: Any) -> float:
    subject = SimpleNamespace(state="good_or_better")
    began = perf_counter()
    for number in range(MOVES):
        fire(subject, THERE_AND_BACK[number % 2])
    return perf_counter() - began


def _bare_machine() -> Machine:
    rows = [
        {
            "trigger": row.trigger,
            "source": [str(source) for source in row.sources],
            "dest": str(row.to),
            "conditions": [partial(_holds, guard) for guard in row.guards],
        }
        for row in SCHOOL.rows
    ]
    states = [str(state) for state in SCHOOL.states]
    return Machine(None, states, str(SCHOOL.initial), rows, auto_transitions=False, send_event=True)


def _holds(guard: Guard, event: EventData) -> bool:
    return guard(event.kwargs["facts"]) is None


def _as_text(result: dict[str, Any]) -> str:
    rows = [f"{name}: min {took['min']} s, median {took['median']} s" for name, took in result["seconds"].items()]
    met = "met" if result["met"] else "NOT met"
    return "\n".join([*rows, f"advance ÷ bare: {result['ratio']}, at most {AT_MOST}: {met}"])


if __name__ == "__main__":
    main()
