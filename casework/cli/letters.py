"""letters list, show, preview, approve and send."""

import sys
from pathlib import Path
from typing import Any

import click

from casework.cli.common import emit, json_option, progress, signed_option
from casework.errors import NotFound
from casework.letters import (
    LettersReport,
    Selection,
    Signature,
    approve_letters,
    composed_letter,
    list_letters,
    send_letters,
)
from casework.office import Office
from casework.unit_of_work import UnitOfWork
from notifications.catalogue import CATALOGUE
from notifications.channels import file_stem
from notifications.examples import example_letter
from notifications.letter import Letter, from_json
from notifications.render import Composed, compose
from notifications.wording import Wording
from states.tracks.letter import LetterState


@click.group()
def letters() -> None:
    """List, read, approve and send letters."""


@letters.command("list")
@click.option("--state", type=click.Choice(list(LetterState)), help="Only letters in this state.")
@click.option("--batch", default="", help="Only letters of this batch.")
@json_option
def list_(state: str | None, batch: str, as_json: bool) -> None:
    """List letters with batch, state and why some go by post only."""
    with UnitOfWork(Office().engine) as uow:
        found = list_letters(uow.session, Selection(batch=batch), LetterState(state) if state else None)
    lines = (
        f"{one['reference']:30}{one['state']:10}{one['recipient_role']:7}{one['school']}"
        f"{'  (post only: ' + one['not_emailed'] + ')' if one['not_emailed'] else ''}"
        for one in found
    )
    emit(as_json, found, "\n".join(lines) or "There are none.")


@letters.command("show")
@click.argument("reference")
@json_option
def show(reference: str, as_json: bool) -> None:
    """Print one letter as text."""
    office = Office()
    with UnitOfWork(office.engine) as uow:
        letter, composed = composed_letter(uow.session, reference, office.wording)
        data = {
            "reference": reference,
            "state": letter.state,
            "subject": composed.subject,
            "text": composed.text,
            "facts": letter.facts,
        }
    emit(as_json, data, composed.text)


@letters.command("preview")
@click.argument("which")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder to write to (default CASEWORK_HOME).")
@json_option
def preview(which: str, folder: Path | None, as_json: bool) -> None:
    """Write a letter as text, HTML and PDF, to look at.

    WHICH is a letter's reference, or a kind of letter (such as progress_request) for its worked example.
    """
    office = Office()
    wording = office.wording
    letter, composed = _letter_or_example(office, which, wording)
    target = folder or office.settings.home / "previews"
    target.mkdir(parents=True, exist_ok=True)
    stem = target / file_stem(letter.reference)
    written = {kind: stem.with_suffix(f".{kind}") for kind in ("txt", "html", "pdf")}
    written["txt"].write_text(composed.text, encoding="utf-8")
    written["html"].write_text(composed.html, encoding="utf-8")
    written["pdf"].write_bytes(office.typesetter.pdf(composed, letter))
    emit(as_json, {kind: str(path) for kind, path in written.items()}, "\n".join(map(str, written.values())))


def _letter_or_example(office: Office, which: str, wording: Wording) -> tuple[Letter, Composed]:
    if which in CATALOGUE:
        example = example_letter(which)
        return example, compose(example, wording)
    with UnitOfWork(office.engine) as uow:
        row, composed = composed_letter(uow.session, which, wording)
        return from_json(row.facts), composed


def _waiting(office: Office, selection: Selection) -> Selection:
    """The selection, once it is sure that such a batch exists: a slip of the pen must not look like work done."""
    with UnitOfWork(office.engine) as uow:
        if selection.batch and not list_letters(uow.session, Selection(batch=selection.batch), None):
            raise NotFound(f"There is no batch {selection.batch}. `casework letters list` shows the letters.")
    return selection


def _selection_options(command: Any) -> Any:
    for option in (
        click.option("--but", "but", multiple=True, metavar="REFERENCE", help="Leave this one out; repeatable."),
        click.option("--all", "everything", is_flag=True, help="Every letter that waits."),
        click.option("--batch", default="", help="Every letter of this batch that waits."),
        click.argument("references", nargs=-1),
    ):
        command = option(command)
    return command


def _selection(references: tuple[str, ...], batch: str, everything: bool, but: tuple[str, ...]) -> Selection:
    if sum(map(bool, (references, batch, everything))) != 1:
        raise click.UsageError("Say which letters: their references, or --batch, or --all.")
    return Selection(references, batch, frozenset(but))


@letters.command("approve")
@_selection_options
@signed_option
@json_option
def approve(
    references: tuple[str, ...],
    batch: str,
    everything: bool,
    but: tuple[str, ...],
    by: str,
    role: str,
    as_json: bool,
) -> None:
    """Sign drafts, so that they may be sent.

    What is signed is the text as it reads now; a change of wording afterwards holds the letter back.
    """
    office = Office()
    selection = _waiting(office, _selection(references, batch, everything, but))
    wording = office.wording
    signature = Signature(by, role, office.now)
    with progress("Letters") as shown:
        report = approve_letters(office.engine, selection, signature, office.policy, wording, shown)
    _tell(as_json, report, f"{len(report.done)} letter(s) approved by {by}, {role}.")


@letters.command("send")
@_selection_options
@json_option
def send(references: tuple[str, ...], batch: str, everything: bool, but: tuple[str, ...], as_json: bool) -> None:
    """Put approved letters into the folder, each once: a PDF always, an .eml where there is an address."""
    office = Office()
    folder = office.settings.letters_folder
    selection = _waiting(office, _selection(references, batch, everything, but))
    with progress("Letters") as shown:
        report = send_letters(office.engine, selection, folder, office.wording, office.typesetter, office.now, shown)
    _tell(as_json, report, f"{len(report.done)} letter(s) sent, {report.emailed} of them by email too: {folder}")


def _tell(as_json: bool, report: LettersReport, text: str) -> None:
    """Print what was done; letters held back are a failure, each with its reason."""
    emit(as_json, report.as_dict(), text)
    for one in report.held_back:
        click.echo(f"held back {one['reference']}: {one['why']}", err=True)
    if report.held_back:
        sys.exit(1)
