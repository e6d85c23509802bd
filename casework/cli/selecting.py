"""Which letters a command means, and how it tells what became of them."""

import sys
from typing import Any

import click

from casework.cli.common import emit
from casework.errors import NotFound
from casework.letters import LettersReport, Selection, list_letters
from casework.office import Office
from casework.unit_of_work import reading


def waiting(office: Office, selection: Selection) -> Selection:
    """The selection, once it is sure that such a batch exists: a slip of the pen must not look like work done."""
    with reading(office.engine) as session:
        if selection.batch and not list_letters(session, Selection(batch=selection.batch), None):
            raise NotFound(f"There is no batch {selection.batch}. `casework letters list` shows the letters.")
    return selection


def selection_options(command: Any) -> Any:
    for option in (
        click.option("--but", "but", multiple=True, metavar="REFERENCE", help="Leave this one out; repeatable."),
        click.option("--all", "everything", is_flag=True, help="Every letter that waits."),
        click.option("--batch", default="", help="Every letter of this batch that waits."),
        click.argument("references", nargs=-1),
    ):
        command = option(command)
    return command


def selection_of(references: tuple[str, ...], batch: str, everything: bool, but: tuple[str, ...]) -> Selection:
    if sum(map(bool, (references, batch, everything))) != 1:
        raise click.UsageError("Say which letters: their references, or --batch, or --all.")
    return Selection(references, batch, frozenset(but))


def tell(as_json: bool, report: LettersReport, text: str) -> None:
    """Print what was done; letters that did not go on are a failure, each with its reason."""
    emit(as_json, report.as_dict(), text)
    not_done = list(report.not_done)
    for line in not_done:
        click.echo(line, err=True)
    if not_done:
        sys.exit(1)
