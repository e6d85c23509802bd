"""letters list and show; its other commands stand in casework.cli.drafting, wording, signing and posting."""

import click

from casework.cli.common import emit, json_option
from casework.cli.drafting import draft, follow_up, form, publish_
from casework.cli.posting import poll, print_, receive, resume, send, served, settle, stop, unsettled
from casework.cli.signing import approve, check, reject, reproduce, review
from casework.cli.wording import diff, lint, preview
from casework.letters import Selection, composed_letter, list_letters
from casework.office import Office
from casework.unit_of_work import reading
from states.tracks.letter import LetterState


@click.group()
def letters() -> None:
    """Draft, read, sign and send letters."""


@letters.command("list")
@click.option("--state", type=click.Choice([state.value for state in LetterState]), help="Only letters in this state.")
@click.option("--batch", default="", help="Only letters of this batch.")
@json_option
def list_(state: str | None, batch: str, as_json: bool) -> None:
    """List letters with batch, state and why some go by post only."""
    office = Office()
    with reading(office.engine) as session:
        found = list_letters(session, Selection(batch=batch), LetterState(state) if state else None)
    lines = (
        f"{one['reference']:30}{one['state']:10}{one['recipient_role']:7}{one['school']}"
        f"{'  (post only: ' + one['not_emailed'] + ')' if one['not_emailed'] else ''}"
        for one in found
    )
    emit(as_json, found, "\n".join(lines) or "There are none.")


@letters.command("show")
@click.argument("reference")
@json_option
def show(reference: str, as_json: bool) -> None:
    """Print one letter as text."""
    office = Office()
    with reading(office.engine) as session:
        letter, composed = composed_letter(session, reference, office.wording)
        data = {
            "reference": reference,
            "state": letter.state,
            "subject": composed.subject,
            "text": composed.text,
            "facts": letter.facts,
        }
    emit(as_json, data, composed.text)


DRAFTING = (form, draft, publish_, follow_up)
WORDING = (preview, lint, diff)
SIGNING = (review, check, approve, reject, reproduce)
POSTING = (send, poll, receive, unsettled, settle, served, stop, resume, print_)

for command in (*DRAFTING, *WORDING, *SIGNING, *POSTING):
    letters.add_command(command)
