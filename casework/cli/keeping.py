"""seal, backup and restore; retention, hold and release: keeping the record, and keeping no more than is due."""

import sys
from datetime import date
from pathlib import Path

import click

from casework.backup import backup as back_up
from casework.backup import restore as put_back
from casework.cli.common import emit, json_option, on_option, said, signed_option
from casework.cli.naming import URN
from casework.office import Office
from casework.retention import hold as hold_school
from casework.retention import redact, retention_list
from casework.retention import release as release_school
from casework.seals import seal as seal_record

FILE = click.argument("file", type=click.Path(path_type=Path))
REASON = click.option("--reason", required=True, callback=said, help="Why, for the record. Name nobody in it.")


@click.command()
@json_option
def seal(as_json: bool) -> None:
    """Seal what has been recorded since the last seal.

    Every command that writes seals its own work; this one closes the gap that a crash has left.
    """
    office = Office()
    made = seal_record(office.engine, office.settings.seals_file, "seal", office.now)
    data = {"number": made.number, "hash": made.hash} if made else None
    emit(as_json, {"seal": data}, made.sentence if made else "Nothing has been recorded since the last seal.")


@click.command()
@FILE
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Copy the record, and prove the copy.

    While others go on working. FILE is the record at one moment, as a SQLite database, with the seals of that moment
    beside it in FILE.seals.jsonl. The copy is verified before it gets its name; a file is never overwritten.
    """
    office = Office()
    report = back_up(office.engine, office.settings.seals_file, file)
    emit(as_json, report.as_dict(), report.as_text())


@click.command()
@FILE
@signed_option
@REASON
@json_option
def restore(file: Path, by: str, role: str, reason: str, as_json: bool) -> None:
    """Put the record back from a backup.

    Into an empty place only: what is left of the old database is evidence, to be moved aside first. Seals that are
    newer than the backup stay, and tell what is lost; the restoring is a seal of its own. See docs/runbooks/restore.md.
    """
    office = Office()
    settings = office.settings
    work = f"restored from {file.name} by {by}, {role}: {reason}"
    report = put_back(settings.database_url, settings.seals_file, settings.letters_folder, file, work, office.now)
    emit(as_json, report.as_dict(), report.as_text())
    if report.proof.faults:
        sys.exit(1)


@click.group()
def retention() -> None:
    """List and redact contact data whose time is over."""


@retention.command("list")
@on_option
@json_option
def list_(on: date | None, as_json: bool) -> None:
    """List what may go by policy and why, what is held, and the files that carry it.

    Names and addresses are never printed.
    """
    office = Office()
    report = retention_list(office.engine, office.policy, on or office.today, office.settings.letter_folders)
    emit(as_json, report.as_dict(), report.as_text())


@retention.command("redact")
@signed_option
@REASON
@on_option
@json_option
def redact_(by: str, role: str, reason: str, on: date | None, as_json: bool) -> None:
    """Take the contact data away that `casework retention list` lists.

    Names and addresses only: figures, decisions and letters stay, and an event says what went. It cannot be undone.
    Letters in files are named, for you to remove.
    """
    office = Office()
    with office.sealed("retention redact"):
        report = redact(office.engine, office.stamp(by, role, on), reason, office.settings.letter_folders)
    emit(as_json, report.as_dict(), report.as_text(done=True))


@click.command()
@URN
@signed_option
@REASON
@on_option
@json_option
def hold(urn: int, by: str, role: str, reason: str, on: date | None, as_json: bool) -> None:
    """Keep everything about a school until it is released.

    For as long as a complaint, a request for information or a case in court needs it: nothing of it is redacted.
    """
    office = Office()
    with office.sealed(f"hold {urn}"):
        hold_school(office.engine, urn, reason, office.stamp(by, role, on))
    emit(as_json, {"urn": urn, "held": True}, f"{urn} is held: nothing of it is redacted until it is released.")


@click.command()
@URN
@signed_option
@REASON
@on_option
@json_option
def release(urn: int, by: str, role: str, reason: str, on: date | None, as_json: bool) -> None:
    """End the hold on a school."""
    office = Office()
    with office.sealed(f"release {urn}"):
        release_school(office.engine, urn, reason, office.stamp(by, role, on))
    emit(as_json, {"urn": urn, "held": False}, f"{urn} is released: policy decides again what of it may go.")
