"""The command `casework`: this table of commands, each imported only when it is used, so that it starts fast.

Commands are thin: they read what was typed, call one service, and print. Nothing here imports Prefect.
"""

import sys
from io import TextIOWrapper

import click

from casework.cli.lazy import LazyGroup
from states.errors import CaseworkError

# Command → where it is, and the line that --help shows. A test binds each line to the command's own help.
COMMANDS = {
    "init": ("casework.cli.setup:init", "Create the database, or bring it up to date."),
    "register": ("casework.cli.intake:register", "Load the register of schools (GIAS)."),
    "contacts": ("casework.cli.intake:contacts", "Load heads, chairs of governors and clerks."),
    "ofsted": ("casework.cli.intake:ofsted", "Load inspection outcomes (Ofsted)."),
    "returns": ("casework.cli.intake:returns", "Load half-termly returns of pupil progress."),
    "allocate": ("casework.cli.intake:allocate", "Allocate Education Challenge Partners."),
    "check": ("casework.cli.check:check", "Run the half-termly check of the whole caseload."),
    "classify": ("casework.cli.check:classify_", "Draft the yearly letters that state each school's category."),
    "move": ("casework.cli.cases:move", "Move one school along its track."),
    "correct": ("casework.cli.cases:correct", "Put right what the record says of a move."),
    "show": ("casework.cli.cases:show", "Show where a school stands."),
    "history": ("casework.cli.history:history", "Tell how a school came to where it stands."),
    "as-of": ("casework.cli.history:as_of", "Show where schools stood at the end of a day."),
    "due": ("casework.cli.due:due", "List what is due, overdue, lapsed or silent, and why."),
    "report": ("casework.cli.reports:report", "Report on the caseload between two days."),
    "letters": ("casework.cli.letters:letters", "Draft, read, sign and send letters."),
    "clock": ("casework.cli.clock:clock", "Work out deadlines, with the rule and the days not counted."),
    "table": ("casework.cli.tracks:table", "Print the table of moves of a track."),
    "policy": ("casework.cli.policy:policy", "List policies, check your own, or change to another."),
    "verify": ("casework.cli.record:verify", "Prove that the record is whole and unchanged."),
    "seal": ("casework.cli.keeping:seal", "Seal what has been recorded since the last seal."),
    "backup": ("casework.cli.keeping:backup", "Copy the record, and prove the copy."),
    "restore": ("casework.cli.keeping:restore", "Put the record back from a backup."),
    "retention": ("casework.cli.keeping:retention", "List and redact contact data whose time is over."),
    "hold": ("casework.cli.keeping:hold", "Keep everything about a school until it is released."),
    "release": ("casework.cli.keeping:release", "End the hold on a school."),
    "officers": ("casework.cli.officers:officers", "Say who may sign in at the console."),
    "export": ("casework.cli.record:export", "Write the whole record into one file."),
    "import": ("casework.cli.record:import_", "Take an exported record into an empty database."),
    "grants": ("casework.cli.record:grants", "Print the rights of a PostgreSQL role that is not the owner."),
    "serve": ("casework.cli.console:serve", "Start the officers' console, until Ctrl-C."),
    "daily": ("casework.cli.console:daily", "Do what a working morning asks for."),
    "round": ("casework.cli.console:round_", "Show how a half-termly round stands, or close it."),
    "doctor": ("casework.cli.console:doctor", "Say what keeps the console from working, or soon will."),
    "settings": ("casework.cli.setup:settings", "Print the settings in force."),
}


@click.group(cls=LazyGroup, commands_at=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="casework", prog_name="casework")
def cli() -> None:
    """Run a local authority's school-improvement policy.

    Every school is a case: each step has a reason, a deadline and a letter, and each letter goes out only after a
    person has signed it. A SCHOOL is its URN, or its name, or a part of the name that no other school has.

    CASEWORK_HOME (default ./casework-data) holds the database, letters and reports.

    Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
    """


def main() -> None:
    """The entry point: what an officer can act on goes to standard error in words, not as a traceback."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # the name of a file need not be text
    try:
        cli()
    except CaseworkError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except UnicodeEncodeError as error:
        click.echo(f"{error.object[error.start :][:40]!r} is no text in UTF-8. Type it again.", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{error.strerror or error}: {error.filename or 'a file'}. Nothing half done was kept.", err=True)
        sys.exit(1)
