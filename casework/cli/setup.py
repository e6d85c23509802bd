"""init and settings."""

import click

from casework.cli.common import emit, json_option
from casework.database import initialise
from casework.office import Office
from casework.settings import CHANNEL_VARIABLES, VARIABLES


@click.command()
@json_option
def init(as_json: bool) -> None:
    """Create the database, or bring it up to date.

    A second call changes nothing.
    """
    office = Office()
    changed = initialise(office.settings.database_url)
    said = "Ready" if changed else "Already up to date"
    emit(
        as_json,
        {"changed": changed, "database": office.settings.shown["CASEWORK_DATABASE_URL"]},
        f"{said}: {office.settings.shown['CASEWORK_DATABASE_URL']}",
    )


@click.command()
@json_option
def settings(as_json: bool) -> None:
    """Print the settings in force.

    Passwords and keys are not printed, only whether they are set.
    """
    values = Office().settings.shown
    words = VARIABLES | {name: said for name, (said, _) in CHANNEL_VARIABLES.items()}
    lines = (f"{name}={value}\n    {words[name]}" for name, value in values.items())
    emit(as_json, values, "\n".join(lines))
