"""table: the moves of a track, for people, documents and programs."""

import click

from casework.cli.common import emit
from casework.track_table import FORMATS, as_data
from states.tracks import TRACKS


@click.command()
@click.argument("track", type=click.Choice(sorted(TRACKS)))
@click.option("--format", "form", type=click.Choice([*FORMATS, "json"]), default="text", show_default=True)
def table(track: str, form: str) -> None:
    """Print the table of moves of a track."""
    found = TRACKS[track]
    emit(form == "json", as_data(found), "" if form == "json" else FORMATS[form](found))
