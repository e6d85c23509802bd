"""The command `casework`: this table of commands, each imported only when it is used, so that it starts fast.

Commands are thin: they read what was typed, call one service, and print. Nothing here imports Prefect.
"""

import sys

import click

from casework.cli.lazy import LazyGroup
from states.errors import CaseworkError

# Command → where it is, and the line that --help shows. A test binds each line to the command's own help.
COMMANDS = {
    "init": ("casework.cli.setup:init", "Create the database, or bring it up to date."),
    "register": ("casework.cli.intake:register", "Load the register of schools (GIAS)."),
    "contacts": ("casework.cli.intake:contacts", "Load heads, chairs of governors and clerks."),
    "returns": ("casework.cli.intake:returns", "Load half-termly returns of pupil progress."),
    "allocate": ("casework.cli.intake:allocate", "Allocate Education Challenge Partners."),
    "check": ("casework.cli.check:check", "Run the half-termly check of the whole caseload."),
    "move": ("casework.cli.cases:move", "Move one school along its track."),
    "show": ("casework.cli.cases:show", "Show where a school stands."),
    "history": ("casework.cli.cases:history", "Tell how a school came to where it stands."),
    "as-of": ("casework.cli.cases:as_of", "Show where schools stood at the end of a day."),
    "letters": ("casework.cli.letters:letters", "List, read, approve and send letters."),
    "clock": ("casework.cli.clock:clock", "Work out deadlines, with the rule and the days not counted."),
    "table": ("casework.cli.tracks:table", "Print the table of moves of a track."),
    "policy": ("casework.cli.policy:policy", "List policies, check your own, or change to another."),
    "settings": ("casework.cli.setup:settings", "Print the settings in force."),
}


@click.group(cls=LazyGroup, commands_at=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="casework", prog_name="casework")
def cli() -> None:
    """Run a local authority's school-improvement policy.

    Every school is a case: each step has a reason, a deadline and a letter, and each letter goes out only after a
    person has signed it. CASEWORK_HOME (default ./casework-data) holds the database, letters and reports.

    Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
    """


def main() -> None:
    """The entry point: what an officer can act on goes to standard error in words, not as a traceback."""
    try:
        cli()
    except CaseworkError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{error.strerror or error}: {error.filename or 'a file'}. Nothing half done was kept.", err=True)
        sys.exit(1)
