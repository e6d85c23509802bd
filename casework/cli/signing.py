"""letters review, check, approve, reject and reproduce: what is seen, who signs it, and the proof of it afterwards."""

import sys
from pathlib import Path

import click

from casework.batch_review import batch_review
from casework.cli.common import emit, json_option, progress, said, signed_option
from casework.cli.selecting import selection_of, selection_options, tell, waiting
from casework.letters import approve_letters, check_letters, reject_letters
from casework.office import Office
from casework.reproduction import reproduce as rendered_again
from casework.unit_of_work import reading


@click.command("review")
@click.option("--batch", required=True, help="The batch, as `letters list` names it.")
@click.option("--but", "but", multiple=True, metavar="REFERENCE", help="Leave this one out; repeatable.")
@json_option
def review(batch: str, but: tuple[str, ...], as_json: bool) -> None:
    """List a batch before it is signed, what is unlike the others first.

    It ends with the digest of all that it read; give that to `letters approve --digest`, and nothing else is signed.
    """
    office = Office()
    with reading(office.engine) as session:
        found = batch_review(session, office.wording, batch, frozenset(but))
    emit(as_json, found.as_dict(), found.as_markdown())


@click.command("check")
@selection_options
@signed_option
@json_option
def check(
    references: tuple[str, ...], batch: str, everything: bool, but: tuple[str, ...], by: str, role: str, as_json: bool
) -> None:
    """Say that you have read drafts, as another officer than drafted them.

    What is given under an Act must be checked before it is signed. A draft that changes afterwards is checked again.
    """
    office = Office()
    selection = waiting(office, selection_of(references, batch, everything, but))
    with progress("Letters") as shown, office.sealed("letters check"):
        report = check_letters(office.engine, selection, office.stamp(by, role, None), office.wording, shown)
    tell(as_json, report, f"{len(report.done)} letter(s) checked by {by}, {role}.")


@click.command("approve")
@selection_options
@click.option("--digest", default="", help="The digest of your review: sign only what reads as it did then.")
@signed_option
@json_option
def approve(
    references: tuple[str, ...],
    batch: str,
    everything: bool,
    but: tuple[str, ...],
    digest: str,
    by: str,
    role: str,
    as_json: bool,
) -> None:
    """Sign drafts, so that they may be sent.

    What is signed is the text as it reads now; a change of wording afterwards holds the letter back. The digest of all
    that was looked at is printed, and kept with each letter that is signed.
    """
    office = Office()
    selection = waiting(office, selection_of(references, batch, everything, but))
    stamp = office.stamp(by, role, None)
    with progress("Letters") as shown, office.sealed("letters approve"):
        report = approve_letters(office.engine, selection, stamp, office.wording, shown, digest=digest)
    tell(as_json, report, f"{len(report.done)} letter(s) approved by {by}, {role}. Digest: {report.digest}")


@click.command("reject")
@selection_options
@signed_option
@click.option("--reason", required=True, callback=said, help="Why, for the history of each school.")
@json_option
def reject(
    references: tuple[str, ...],
    batch: str,
    everything: bool,
    but: tuple[str, ...],
    by: str,
    role: str,
    reason: str,
    as_json: bool,
) -> None:
    """Turn drafts down; they stay on record, and are never sent."""
    office = Office()
    selection = waiting(office, selection_of(references, batch, everything, but))
    with office.sealed("letters reject"):
        report = reject_letters(office.engine, selection, reason, office.stamp(by, role, None))
    tell(as_json, report, f"{len(report.done)} letter(s) rejected by {by}, {role}.")


@click.command("reproduce")
@click.argument("reference")
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write the page as PDF here.")
@json_option
def reproduce(reference: str, file: Path | None, as_json: bool) -> None:
    """Render a signed letter again and compare it, byte for byte.

    From the stored facts, with the templates of today. It prints the evidence: who signed what, the templates and
    their hashes, each attempt to send it. Exit code 1 where it comes out otherwise, with the template that changed.
    """
    office = Office()
    with reading(office.engine) as session:
        found = rendered_again(session, reference, office.wording, office.typesetter)
    if file:
        file.write_bytes(found.page)
    emit(as_json, found.as_dict(), found.as_text())
    if not found.same:
        sys.exit(1)
