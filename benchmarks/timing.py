"""What the benchmarks share: a child process for each measured piece, and tables for a terminal."""

import json
import platform
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Sequence
from os import cpu_count
from pathlib import Path
from typing import Any


def child(*arguments: object) -> str:
    """What a Python process of its own prints; its errors go to the terminal, and end the benchmark."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def piece(script: Path, name: str, *arguments: object) -> dict[str, Any]:
    """What one measured piece says of itself."""
    said: dict[str, Any] = json.loads(child(script, name, *arguments))
    return said


def machine() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": str(cpu_count()),
        "system": platform.system(),
    }


def in_short(rounds: Sequence[float]) -> dict[str, float]:
    """The fastest round and the middle one: what the machine can do, and what it mostly did."""
    return {"min": round(min(rounds), 4), "median": round(statistics.median(rounds), 4)}


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown, padded so that it reads on a terminal too; all but the first column are figures."""
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(cells, widths) for cells in (heading, rule, *rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    others = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return f"| {' | '.join((first, *others))} |"
