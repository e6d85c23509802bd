"""Files that come in: register load, contacts load, ofsted load, returns load, allocate."""

from datetime import date
from pathlib import Path

import click

from casework.allocations import allocate_partners
from casework.cli.common import (
    emit,
    exit_if_nothing_usable,
    json_option,
    on_option,
    progress,
    signed_option,
    warn_of,
)
from casework.contacts import load_contacts
from casework.office import Office
from casework.ofsted import load_judgements
from casework.register import RegisterReport, load_register
from casework.returns import load_returns

FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def register() -> None:
    """Load the register of schools (GIAS)."""


@register.command("load")
@FILE
@click.option("--la", "la_code", help="Code of the authority, for example 926; without it, every school of the file.")
@click.option("--by", default="Register load", show_default=True, help="Who loads it, for the record.")
@on_option
@json_option
def load_register_file(file: Path, la_code: str | None, by: str, on: date | None, as_json: bool) -> None:
    """Load an establishment extract of any year.

    New schools become cases and get their first category; changed ones are updated; closed ones are closed. The same
    file again changes nothing. Rows that cannot be used are named, and the others go in.
    """
    office = Office()
    with progress("Schools") as shown, office.sealed(f"register load {file.name}"):
        report = load_register(office.engine, file, la_code, office.stamp(by, "register", on), shown)
    emit(as_json, report.as_dict(), _register_text(report))
    warn_of(report.rejected)
    exit_if_nothing_usable(report.accepted)


def _register_text(report: RegisterReport) -> str:
    lines = [
        f"Schools: {report.added} added, {report.changed} changed, {report.unchanged} unchanged.",
        f"Cases: {report.cases_opened} opened, {report.closed} closed. Letters drafted: {report.letters_drafted}.",
        *(f"  changed {one['urn']}: {one['field']} {one['from']!r} → {one['to']!r}" for one in report.changes),
        *(f"  closed {one['urn']} {one['name']} on {one['closed_on']}" for one in report.closures),
        *(f"  proposed for {one['urn']} {one['name']}: {one['trigger']} ({one['because']})" for one in report.proposed),
        *(f"  look at: {sentence}" for sentence in report.attention),
    ]
    if report.not_in_file:
        lines.append(f"  {len(report.not_in_file)} open school(s) on record are not in this file; left as they are.")
    return "\n".join(lines)


@click.group()
def contacts() -> None:
    """Load heads, chairs of governors and clerks."""


@contacts.command("load")
@FILE
@json_option
def load_contacts_file(file: Path, as_json: bool) -> None:
    """Load the authority's own list: CSV with urn, role (head, chair or clerk), name and email.

    Letters that nobody has approved yet are addressed anew; nobody is removed for not being in it.
    """
    office = Office()
    with office.sealed(f"contacts load {file.name}"):
        report = load_contacts(office.engine, file, office.stamp("Contact list", "contacts", None))
    text = f"Contacts: {report.added} added, {report.changed} changed, {report.unchanged} unchanged."
    if report.letters_readdressed:
        text += f" Drafted letters addressed anew: {report.letters_readdressed}."
    emit(as_json, report.as_dict(), text)
    warn_of(report.rejected)
    exit_if_nothing_usable(report.accepted)


@click.group()
def ofsted() -> None:
    """Load inspection outcomes (Ofsted)."""


@ofsted.command("load")
@FILE
@click.option("--by", default="Ofsted load", show_default=True, help="Who loads it, for the record.")
@on_option
@json_option
def load_ofsted_file(file: Path, by: str, on: date | None, as_json: bool) -> None:
    """Load inspection outcomes of any framework, grades or report cards.

    Only a judgement that is newer than what the record knows has an effect. A grade moves a school that stands where
    Ofsted's judgements put it, and the letter about its category is drafted; where the authority has a concern or
    proceedings of its own, and for report cards, a move is proposed. The same file again changes nothing.
    """
    office = Office()
    with progress("Judgements") as shown, office.sealed(f"ofsted load {file.name}"):
        report = load_judgements(office.engine, file, office.stamp(by, "ofsted", on), shown)
    emit(as_json, report.as_dict(), report.as_markdown())
    warn_of(report.rejected)
    exit_if_nothing_usable(report.accepted)


@click.group()
def returns() -> None:
    """Load half-termly returns of pupil progress."""


@returns.command("load")
@FILE
@click.option("--by", default="Returns load", show_default=True, help="Who loads it, for the record.")
@on_option
@json_option
def load_returns_file(file: Path, by: str, on: date | None, as_json: bool) -> None:
    """Load returns: CSV with urn, half_term, measure, pupils, on_track and received, a line for each measure.

    Numbers of pupils only, never pupils. The next check evaluates them; different figures for the same half-term are
    a correction, and are evaluated anew.
    """
    office = Office()
    with office.sealed(f"returns load {file.name}"):
        report = load_returns(office.engine, file, office.calendar, office.stamp(by, "returns", on))
    text = f"Returns: {report.received} received, {report.corrected} corrected, {report.unchanged} unchanged."
    emit(as_json, report.as_dict(), text)
    warn_of(report.rejected)
    exit_if_nothing_usable(report.accepted)


@click.command()
@FILE
@signed_option
@on_option
@json_option
def allocate(file: Path, by: str, role: str, on: date | None, as_json: bool) -> None:
    """Allocate Education Challenge Partners.

    FILE is a CSV with urn, partner and, if settled, first_contact_by. The notice to each school's head and chair is
    drafted. The same partner again changes nothing.
    """
    office = Office()
    with office.sealed(f"allocate {file.name}"):
        report = allocate_partners(office.engine, file, office.stamp(by, role, on))
    lines = [
        f"Partners: {report.allocated} allocated, {report.unchanged} unchanged.",
        f"Letters drafted: {report.letters_drafted}.",
        *(f"  refused for {one['urn']} {one['name']}: {one['sentence']}" for one in report.refused),
    ]
    emit(as_json, report.as_dict(), "\n".join(lines))
    warn_of(report.rejected)
    exit_if_nothing_usable(report.accepted)
