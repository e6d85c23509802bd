"""`python -m flows FLOW` runs a flow here and now, on Prefect's embedded server: none has to be started."""

import argparse
import asyncio
import json
from datetime import date

from flows.forms import OPEN_NOW
from flows.half_termly_check import half_termly_check
from flows.send_letters import send_letters
from states.half_terms import load_calendar


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m flows", description=__doc__)
    commands = parser.add_subparsers(dest="flow", required=True)
    check = commands.add_parser("half-termly-check", help="check the caseload for a half-term")
    known = [one.key for one in load_calendar().half_terms]
    check.add_argument(
        "--half-term", choices=known, metavar="2025-26/2", help="default: the one that is open on the day"
    )
    check.add_argument("--on", type=date.fromisoformat, help="day that it counts for (default: today)")
    send = commands.add_parser("send-letters", help="hand approved letters to their channels")
    send.add_argument("--batch", default="", help="only this batch")
    chosen = parser.parse_args()
    if chosen.flow == "send-letters":
        done = asyncio.run(send_letters(chosen.batch))
    else:
        done = asyncio.run(half_termly_check(chosen.half_term or OPEN_NOW, chosen.on))
    print(json.dumps(done, indent=2, default=str))


if __name__ == "__main__":
    main()
