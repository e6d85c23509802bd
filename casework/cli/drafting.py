"""letters form, draft and follow-up: letters from a completed form, or from the record alone, become drafts."""

from datetime import date
from pathlib import Path

import click

from casework.circular import publish
from casework.cli.common import emit, json_option, on_option, progress, signed_option
from casework.follow_ups import draft_follow_ups
from casework.letter_forms import draft_letters, letter_form, read_form
from casework.office import Office
from casework.unit_of_work import reading


@click.command("form")
@click.argument("kind")
@click.argument("urn", type=int)
@click.option("--case", default="", metavar="CASE", help="The case that it is about, such as notice/1.")
@on_option
@json_option
def form(kind: str, urn: int, case: str, on: date | None, as_json: bool) -> None:
    """Print the form of a letter to a school, for you to complete.

    KIND is a letter of the catalogue (templates/FIELDS.md), such as warning_notice. The form is TOML: every field is
    there, with what it is, and with what the record gives for it. Save it, complete it, and run `letters draft`.
    """
    office = Office()
    with reading(office.engine) as session:
        text = letter_form(session, urn, kind, case, office.policy, office.calendars, on or office.today)
    emit(as_json, {"form": text}, text.rstrip("\n"))


@click.command("follow-up")
@on_option
@json_option
def follow_up(on: date | None, as_json: bool) -> None:
    """Draft the reminders, chasers and outcomes that are due.

    For each monitored school's newest return: a reminder and a chaser after the days that policy gives, and what the
    figures show once they are evaluated. Each is drafted once, so it can run every day.
    """
    office = Office()
    stamp = office.stamp("Follow-up", "letters", on)
    with progress("Schools") as shown, office.sealed("letters follow-up"):
        report = draft_follow_ups(office.engine, office.calendars, stamp, shown)
    emit(as_json, report.as_dict(), report.as_markdown())


@click.command("draft")
@click.argument("file", type=click.Path(path_type=Path))
@signed_option
@json_option
def draft(file: Path, by: str, role: str, as_json: bool) -> None:
    """Draft a letter from a form that is complete, to everybody who must have it.

    A form with a fault drafts nothing: each fault is told, with its line and what to do. The letter bears the day that
    the form gives; another officer checks it, and it is signed like any other.
    """
    office = Office()
    completed = read_form(file)
    stamp = office.stamp(by, role, completed.content["letter"]["dated"])
    with office.sealed(f"letters draft {file.name}"):
        made = draft_letters(office.engine, completed, office.wording, office.calendars, stamp)
    data = {"batch": made.batch, "letters": made.letters}
    emit(as_json, data, f"{len(made.letters)} letter(s) drafted in the batch {made.batch}: {', '.join(made.letters)}.")


@click.command("publish")
@click.argument("file", type=click.Path(path_type=Path))
@signed_option
@json_option
def publish_(file: Path, by: str, role: str, as_json: bool) -> None:
    """Draft a circular to every school from one form that is complete.

    The form is that of any school: `letters form circular URN`. One batch, which waits for approval like any other; the
    same form again adds nothing.
    """
    office = Office()
    completed = read_form(file)
    stamp = office.stamp(by, role, completed.content["letter"]["dated"])
    with progress("Schools") as shown, office.sealed(f"letters publish {file.name}"):
        made = publish(office.engine, completed, office.wording, office.calendars, stamp, shown)
    emit(as_json, made.as_dict(), made.sentence)
