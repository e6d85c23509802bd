"""What commands share: options that mean the same everywhere, and how results and rejected rows are printed."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

import click

from casework.rows import Rejected

Command = TypeVar("Command", bound=Callable[..., Any])

# Before this no school of today has a history; it leaves room to count years back from any day.
EARLIEST = date(1900, 1, 1)


class Day(click.ParamType[date]):
    """A day written as 2013-11-18."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day; write it like 2013-11-18", param, ctx)
        if day < EARLIEST:
            self.fail(f"{value!r} is before {EARLIEST.year}: check the year", param, ctx)
        return day


DAY = Day()


def on_option(command: Command) -> Command:
    return click.option("--on", type=DAY, help="Day that this counts for (default today).")(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")(command)


def signed_option(command: Command) -> Command:
    """Who acts: recorded with whatever is done."""
    command = click.option(
        "--role", required=True, callback=said, help="That person's role, for example “Senior Adviser”."
    )(command)
    return click.option("--by", required=True, callback=said, help="Name of the person who decides.")(command)


def said(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """Blanks are no name, role or reason: they would stand in the record for ever."""
    if not value.strip():
        raise click.BadParameter("it cannot be blank")
    return value.strip()


def emit(as_json: bool, data: Any, text: str) -> None:
    click.echo(json.dumps(data, default=_plain, indent=2, ensure_ascii=False) if as_json else text)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)


def warn_of(rejected: list[Rejected]) -> None:
    """Name each row that was left out, for the person who can correct the file."""
    for row in rejected:
        shown = f"{row.field}={row.value!r}" if row.value else row.field
        click.echo(f"line {row.line}: {shown}: {row.problem}", err=True)
    if rejected:
        click.echo(f"{len(rejected)} row(s) left out; every other row went in.", err=True)


def exit_if_nothing_usable(accepted: int) -> None:
    if not accepted:
        click.echo("Nothing in the file could be used.", err=True)
        sys.exit(1)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int], None]]:
    """A running count on a terminal; silence where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    done = 0

    def show(more: int) -> None:
        nonlocal done
        done += more
        click.echo(f"\r{label}: {done:,}", nl=False, err=True)

    yield show
    click.echo(err=True)
