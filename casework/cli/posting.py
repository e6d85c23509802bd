"""letters send, poll, receive, unknown, settle, served, stop, resume and print: letters that leave, and after."""

import sys
from datetime import date
from pathlib import Path

import click

from casework.cli.common import DAY, emit, json_option, progress, said, signed_option
from casework.cli.selecting import selection_of, selection_options, tell, waiting
from casework.dispatch import send_letters
from casework.interventions import (
    record_service,
    resume_batch,
    settle_as_sent,
    settle_by_resending,
    stop_batch,
)
from casework.interventions import unsettled as unsettled_letters
from casework.office import Office
from casework.print_room import print_batch
from casework.ways import BadSetting
from casework.whereabouts import FateReport
from casework.whereabouts import poll as poll_notify
from casework.whereabouts import receive as receive_reports
from states.machine import Moved, Refused

BATCH = click.option("--batch", required=True, help="The batch, as `letters list` names it.")
REASON = click.option("--reason", required=True, callback=said, help="Why, for the history of each school.")


@click.command("send")
@selection_options
@json_option
def send(references: tuple[str, ...], batch: str, everything: bool, but: tuple[str, ...], as_json: bool) -> None:
    """Hand approved letters to their channels, each once.

    `casework settings` says which channels: a folder, unless you set up a mail relay or GOV.UK Notify. A letter whose
    channel broke off in the middle is not sent again by itself: see `letters unknown`.
    """
    office = Office()
    selection = waiting(office, selection_of(references, batch, everything, but))
    room, stamp = office.post_room, office.stamp("Dispatch", "letters", None)
    with progress("Letters") as shown, office.sealed("letters send"):
        report = send_letters(office.engine, selection, room, stamp, shown)
    tell(as_json, report, f"{len(report.done)} letter(s) sent, {report.emailed} of them by email.")


@click.command("poll")
@json_option
def poll(as_json: bool) -> None:
    """Ask GOV.UK Notify what became of the letters it took."""
    office = Office()
    notify = office.post_room.notify
    if notify is None:
        raise BadSetting("Nothing leaves by GOV.UK Notify here: see CASEWORK_EMAIL_BY in `casework settings`.")
    with office.sealed("letters poll"):
        report = poll_notify(office.engine, notify, office.stamp("Dispatch", "letters", None))
    _tell_fates(as_json, report)


@click.command("receive")
@click.argument("mailbox", type=click.Path(exists=True, path_type=Path))
@json_option
def receive(mailbox: Path, as_json: bool) -> None:
    """Read delivery reports that came back by email.

    MAILBOX is a message as a file, or a folder of them (a Maildir, or what was saved from the bounce mailbox).
    """
    office = Office()
    with office.sealed("letters receive"):
        report = receive_reports(office.engine, mailbox, office.stamp("Dispatch", "letters", None))
    _tell_fates(as_json, report)


def _tell_fates(as_json: bool, report: FateReport) -> None:
    emit(as_json, report.as_dict(), report.sentence)
    for line in report.left_out:
        click.echo(f"left out {line}", err=True)


@click.command("unknown")
@json_option
def unsettled(as_json: bool) -> None:
    """List letters that failed, came back, or may or may not have been sent.

    For each it says what to look for at the other end; `letters settle` then decides.
    """
    office = Office()
    found = unsettled_letters(office.engine)
    lines = (
        f"{one['reference']:30}{one['state']:10}{one['channel']:15}attempt {one['attempt']}, "
        f"{one['since']:%Y-%m-%d %H:%M} UTC, to {one['to']}\n    look for {one['look_for']}"
        for one in found
    )
    emit(as_json, found, "\n".join(lines) or "There are none.")


@click.command("settle")
@click.argument("reference")
@click.argument("decision", type=click.Choice(["sent", "resend"]))
@signed_option
@REASON
@json_option
def settle(reference: str, decision: str, by: str, role: str, reason: str, as_json: bool) -> None:
    """Decide on a letter that `letters unknown` lists.

    "sent": you found that it had left. "resend": it waits again for `letters send`; one that failed or came back as an
    email then goes by post.
    """
    office = Office()
    decide = settle_as_sent if decision == "sent" else settle_by_resending
    with office.sealed(f"letters settle {reference}"):
        outcome = decide(office.engine, reference, reason, office.stamp(by, role, None))
    _tell_outcome(as_json, reference, outcome)


@click.command("served")
@click.argument("reference")
@click.option("--on", "on", type=DAY, required=True, help="Day on which it came into the recipient's hands.")
@click.option("--how", required=True, callback=said, help="How that is known: by hand, a signature, a receipt.")
@signed_option
@json_option
def served(reference: str, on: date, how: str, by: str, role: str, as_json: bool) -> None:
    """Record the proof that a letter was served.

    For a warning notice that waits to be given, it prints the move to make next. The clocks of a notice run from the
    day that an officer states in that move, never from the day of a letter's print or post.
    """
    office = Office()
    with office.sealed(f"letters served {reference}"):
        done = record_service(office.engine, reference, on, how, office.stamp(by, role, on), office.today)
    offers = f"If it is the warning notice itself, give it as of that day: {done.offers} --by … --role … --reason …"
    _tell_outcome(as_json, reference, done.outcome, offers if done.offers else "")


def _tell_outcome(as_json: bool, reference: str, outcome: Moved | Refused | None, offers: str = "") -> None:
    if isinstance(outcome, Refused):
        click.echo(f"Refused: {outcome.sentence}", err=True)
        sys.exit(1)
    state = outcome.row.to.value if outcome else "delivered"
    text = "\n".join(filter(None, (f"{reference}: {state}.", offers)))
    emit(as_json, {"reference": reference, "state": state, "offers": offers}, text)


@click.command("stop")
@BATCH
@signed_option
@REASON
@json_option
def stop(batch: str, by: str, role: str, reason: str, as_json: bool) -> None:
    """Stop a batch: nothing of it leaves until `letters resume`."""
    office = Office()
    with office.sealed(f"letters stop {batch}"):
        found = stop_batch(office.engine, batch, reason, office.stamp(by, role, None))
    emit(as_json, {"stopped": found}, f"{len(found)} letter(s) of {batch} stopped.")


@click.command("resume")
@BATCH
@signed_option
@REASON
@json_option
def resume(batch: str, by: str, role: str, reason: str, as_json: bool) -> None:
    """Let a batch that was stopped go on."""
    office = Office()
    with office.sealed(f"letters resume {batch}"):
        found = resume_batch(office.engine, batch, reason, office.stamp(by, role, None))
    emit(as_json, {"resumed": found}, f"{len(found)} letter(s) of {batch} may leave again.")


@click.command("print")
@BATCH
@click.option("--all", "emailed_too", is_flag=True, help="Also what went by email.")
@click.option("--double-sided", is_flag=True, help="An empty page where a letter would begin on the back of another.")
@json_option
def print_(batch: str, emailed_too: bool, double_sided: bool, as_json: bool) -> None:
    """Join the letters of a batch into one file for the print room.

    What lies in the folder and goes by post only, by postcode. Delete the file once it is printed: it is a copy.
    """
    office = Office()
    folder = office.settings.letters_folder
    made = print_batch(office.engine, batch, folder, emailed_too=emailed_too, double_sided=double_sided)
    data = {"file": made.file, "letters": made.letters, "pages": made.pages}
    emit(as_json, data, f"{len(made.letters)} letter(s), {made.pages} pages: {made.file}")
