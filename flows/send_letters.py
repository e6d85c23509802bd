"""Sending approved letters as a flow: a task for each fifty, so that a failure shows where it was."""

from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact, acreate_progress_artifact, aupdate_progress_artifact
from prefect.cache_policies import NO_CACHE

from casework.chunks import chunks, together
from casework.dispatch import send_letters as send
from casework.letters import LettersReport, Selection, references
from casework.office import Office
from states.tracks.letter import WAITING

# Letters of one task: what a failure in the picture of the run points at.
TOGETHER = 50


@flow(name="send-letters", log_prints=True)
async def send_letters(batch: str = "") -> dict[str, Any]:
    """Hand approved letters to their channels, each once. Letters that nobody has approved stay where they are.

    Args:
        batch: Only the letters of this batch, such as progress_request-2025-26-2. Empty: all that are approved.
    """
    office = Office()
    parts = list(chunks(references(office.engine, Selection(batch=batch), *WAITING), TOGETHER))
    report = LettersReport()
    shown = await acreate_progress_artifact(progress=0.0, description=f"Sending {batch or 'all approved letters'}")
    with office.sealed(f"letters send {batch}".strip()):
        for number, part in enumerate(parts, start=1):
            report = together(report, send_part(part, office))
            await aupdate_progress_artifact(shown, progress=100.0 * number / len(parts))
    await acreate_markdown_artifact(markdown=report.as_markdown(), key="letters-sent", description="Letters sent")
    print(f"{len(report.done)} letters sent, {report.emailed} of them by email, {len(report.held_back)} held back.")
    return report.as_dict()


@task(name="send fifty letters", cache_policy=NO_CACHE)
def send_part(references: list[str], office: Office) -> LettersReport:
    """Letters already sent meanwhile are left alone."""
    stamp = office.stamp("Dispatch", "letters", None)
    return send(office.engine, Selection(tuple(references)), office.post_room, stamp)
