"""Sending approved letters as a flow: a task for each fifty, so that a failure shows where it was."""

from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact, acreate_progress_artifact, aupdate_progress_artifact
from prefect.cache_policies import NO_CACHE

from casework.chunks import chunks
from casework.letters import SENT_TOGETHER, LettersReport, Selection, references
from casework.letters import send_letters as send
from casework.office import Office
from states.tracks.letter import LetterState


@flow(name="send-letters", log_prints=True)
async def send_letters(batch: str = "") -> dict[str, Any]:
    """Put approved letters into the folder, each once. Letters that nobody has approved stay where they are.

    Args:
        batch: Only the letters of this batch, such as progress_request-2025-26-2. Empty: all that are approved.
    """
    office = Office()
    parts = list(chunks(references(office.engine, Selection(batch=batch), LetterState.APPROVED), SENT_TOGETHER))
    report = LettersReport()
    shown = await acreate_progress_artifact(progress=0.0, description=f"Sending {batch or 'all approved letters'}")
    for number, part in enumerate(parts, start=1):
        report = report.plus(send_part(part, office))
        await aupdate_progress_artifact(shown, progress=100.0 * number / len(parts))
    await acreate_markdown_artifact(
        markdown=report.as_markdown(office.settings.letters_folder), key="letters-sent", description="Letters sent"
    )
    print(f"{len(report.done)} letters sent, {report.emailed} by email too, {len(report.held_back)} held back.")
    return report.as_dict()


@task(name="send fifty letters", cache_policy=NO_CACHE)
def send_part(references: list[str], office: Office) -> LettersReport:
    """Letters already sent meanwhile are left alone."""
    return send(
        office.engine,
        Selection(tuple(references)),
        office.settings.letters_folder,
        office.wording,
        office.typesetter,
        office.now,
    )
