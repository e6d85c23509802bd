"""verify, export, import and grants: the record as a whole."""

import sys
from pathlib import Path

import click

from casework.cli.common import emit, json_option, progress
from casework.exchange import ExchangeReport, export_record, import_record
from casework.grants import grants as grants_for
from casework.office import Office
from casework.verify import verify as verify_record

# PostgreSQL cuts a longer name short, and would mean another role.
LONGEST_NAME = 63


@click.command()
@json_option
def verify(as_json: bool) -> None:
    """Prove that the record is whole and unchanged.

    Every event against its chain, every case against its events, every letter against the event that drafted, signed
    or sent it, and all of them against the seals in CASEWORK_HOME. Each fault is named with its place; exit code 1.
    """
    office = Office()
    with progress("Schools") as shown:
        report = verify_record(office.engine, office.settings.seals_file, shown)
    emit(as_json, report.as_dict(), report.as_text())
    if report.faults:
        sys.exit(1)


FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@FILE
@json_option
def export(file: Path, as_json: bool) -> None:
    """Write the whole record into one file.

    To move it to another database, such as from SQLite to PostgreSQL. FILE must not be there yet. It has names and
    addresses of people in it. Seals and letters are not in it: see docs/runbooks/postgresql.md.
    """
    office = Office()
    with progress("Rows") as shown:
        report = export_record(office.engine, file, shown)
    _tell(as_json, report, f"Written to {file}")


@click.command("import")
@FILE
@json_option
def import_(file: Path, as_json: bool) -> None:
    """Take an exported record into an empty database.

    After `casework init`, with the seals of that record in CASEWORK_HOME. All of it or nothing: the record is verified
    before it is kept, and every hash is what it was.
    """
    office = Office()
    with progress("Rows") as shown:
        report = import_record(office.engine, file, office.settings.seals_file, shown)
    _tell(as_json, report, f"Taken in from {file} and verified")


def _tell(as_json: bool, report: ExchangeReport, done: str) -> None:
    emit(as_json, report.as_dict(), f"{done}: {report.sentence}")


@click.command()
@click.argument("role")
def grants(role: str) -> None:
    """Print the rights of a PostgreSQL role that is not the owner.

    ROLE is the one in CASEWORK_DATABASE_URL. The owner of the tables runs what is printed after each `casework init`:
    casework grants ROLE | psql DATABASE. Then nobody who works with casework can change or remove an event.
    """
    if not 0 < len(role.encode()) <= LONGEST_NAME:
        raise click.BadParameter(f"a role has a name of at most {LONGEST_NAME} bytes", param_hint="ROLE")
    click.echo(grants_for(role))
