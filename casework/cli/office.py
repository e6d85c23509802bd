"""What every command needs: settings, database, policy, who acts and when. The one place that reads a clock."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar

import click
from sqlalchemy import Engine

from casework.database import open_initialised
from casework.record import Stamp
from casework.rows import Rejected
from casework.settings import Settings, settings_from
from states.half_terms import SchoolCalendar, load_calendar
from states.policy import Policy, load_policy

Command = TypeVar("Command", bound=Callable[..., Any])


class Office:
    """One command's view of the installation; each part is opened when it is first used."""

    @cached_property
    def settings(self) -> Settings:
        return settings_from(os.environ)

    @cached_property
    def engine(self) -> Engine:
        return open_initialised(self.settings.database_url)

    @cached_property
    def policy(self) -> Policy:
        return load_policy(self.settings.policy)

    @cached_property
    def calendar(self) -> SchoolCalendar:
        return load_calendar()

    @cached_property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def stamp(self, by: str, role: str, on: datetime | None) -> Stamp:
        """`on` is the day that the work counts for: today, if nobody says otherwise."""
        return Stamp(actor=by, role=role, on=self.day(on), now=self.now, policy=self.policy)

    def day(self, on: datetime | None) -> date:
        return on.date() if on else self.now.astimezone().date()


DAY = click.DateTime(["%Y-%m-%d"])


def on_option(command: Command) -> Command:
    return click.option("--on", type=DAY, help="Day that this counts for (default today).")(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")(command)


def signed_option(command: Command) -> Command:
    """Who acts: recorded with whatever is done."""
    command = click.option("--role", required=True, help="That person's role, for example “Senior Adviser”.")(command)
    return click.option("--by", required=True, help="Name of the person who decides.")(command)


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
