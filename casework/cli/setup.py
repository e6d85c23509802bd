"""init and settings."""

import click

from casework.cli.common import emit, json_option
from casework.database import initialise
from casework.office import Office
from casework.settings import VARIABLES


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
        {"changed": changed, "database": office.settings.database_url},
        f"{said}: {office.settings.database_url}",
    )


@click.command()
@json_option
def settings(as_json: bool) -> None:
    """Print the settings in force."""
    held = Office().settings
    values = {
        "CASEWORK_HOME": str(held.home),
        "CASEWORK_DATABASE_URL": held.database_url,
        "CASEWORK_POLICY": held.policy,
        "CASEWORK_TEMPLATES_DIR": str(held.templates_dir or ""),
    }
    lines = (f"{name}={value}\n    {VARIABLES[name]}" for name, value in values.items())
    emit(as_json, values, "\n".join(lines))
