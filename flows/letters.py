"""Letters before and after they leave: forms to complete, drafts from them, a circular, the year's letters, service."""

from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State as RunState
from prefect.states import Failed

from casework import inbox
from casework.circular import publish
from casework.classification import check_facts, classify
from casework.finding import find_school
from casework.interventions import record_service
from casework.letter_forms import draft_letters, letter_form, read_form
from casework.letters import Selection, check_letters
from casework.office import Office
from casework.unit_of_work import reading
from flows.forms import LetterKind, SchoolYearChoice
from flows.intake import NothingUsable
from flows.pictures import show_page
from notifications.channels.folder import write_whole
from notifications.files import file_stem
from states.errors import CaseworkError
from states.machine import Refused


@flow(name="prepare-a-letter", flow_run_name="{kind} for {school}", log_prints=True)
async def prepare_a_letter(kind: LetterKind, school: str, case: str = "", on: date | None = None) -> str:
    """Write the form of a letter to one school into inbox/letters: what the record knows stands in it already.

    Args:
        kind: The kind of letter.
        school: The school's URN, or its name or enough of it.
        case: The case that it is about, such as notice/1. Empty: the newest of the kind that it needs.
        on: The day that the letter bears. Empty: today.
    """
    office = Office()
    with reading(office.engine) as session:
        urn = find_school(session, school).urn
        form = letter_form(session, urn, kind, case, office.policy, office.calendars, on or office.today)
    inbox.prepare(office.settings.inbox_folder)
    file = office.settings.inbox_folder / inbox.Kind.LETTERS / f"{file_stem(f'{kind}-{urn}')}.toml"
    write_whole(file, form.encode())
    await show_page(f"form-{kind}-{urn}".replace("_", "-"), f"```toml\n{form}\n```\n", f"Form: {kind} for {urn}")
    print(f"Complete {file}, then run draft-letters.")
    return str(file)


@flow(name="draft-letters", log_prints=True)
async def draft_prepared_letters(by: str = "", role: str = "") -> dict[str, Any]:
    """Draft letters from the forms that lie completed in inbox/letters; a circular goes to every school.

    Args:
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    inbox.prepare(office.settings.inbox_folder)
    done, faults = dict[str, Any](), list[str]()
    for file in inbox.waiting(office.settings.inbox_folder, inbox.Kind.LETTERS):
        try:
            with office.sealed(f"letters draft {file.name}"):
                done[file.name] = _draft(office, file, by, role)
        except CaseworkError as error:
            faults.append(str(error))
            continue
        inbox.take(file, (), office.now)
        print(f"{file.name}: {done[file.name]['letters']} letter(s) drafted.")
    if faults:
        page = "\n".join(["# Forms with faults\n", *(f"- {line}" for fault in faults for line in fault.splitlines())])
        await show_page("forms-with-faults", page, f"{len(faults)} form(s) could not be drafted from")
        raise NothingUsable(" ".join(faults))
    return done


def _draft(office: Office, file: Path, by: str, role: str) -> dict[str, Any]:
    form = read_form(file)
    stamp = office.stamp(by, role, form.content["letter"]["dated"])
    draft = publish if form.content["letter"]["kind"] == "circular" else draft_letters
    made = draft(office.engine, form, office.wording, office.calendars, stamp)
    return {"batch": made.batch, "letters": len(made.letters)}


@flow(name="yearly-classification", log_prints=True)
async def yearly_classification(
    school_year: SchoolYearChoice, facts_first: bool = False, on: date | None = None, by: str = "", role: str = ""
) -> dict[str, Any]:
    """Draft the letters that tell every school its category for the year, or the check of the facts before them.

    Args:
        school_year: The school year that the letters are for.
        facts_first: The letters that ask schools to check the facts, instead of those that state the category.
        on: The day that the letters bear. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    write = check_facts if facts_first else classify
    with office.sealed(f"classify {school_year}"):
        report = write(office.engine, office.calendar, school_year, office.stamp(by, role, on))
    await show_page(f"classification-{school_year}", report.as_markdown(), report.title)
    return report.as_dict()


@flow(name="check-letters", flow_run_name="check {batch}", log_prints=True)
async def check_drafts(batch: str, by: str = "", role: str = "") -> dict[str, Any] | RunState[Any]:
    """Say that you, another officer than drafted them, have read the letters of a batch.

    Args:
        batch: The batch, as the daily page names it.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    with office.sealed(f"letters check {batch}"):
        report = check_letters(office.engine, Selection(batch=batch), office.stamp(by, role, None), office.wording)
    print(f"{len(report.done)} letter(s) checked.")
    if report.held_back:
        return Failed(name="Refused", message=" ".join(report.not_done))
    return report.as_dict()


@flow(name="record-service", flow_run_name="{reference} served", log_prints=True)
async def record_proof_of_service(
    reference: str, served_on: date, how: str, by: str = "", role: str = ""
) -> dict[str, Any] | RunState[Any]:
    """Record the proof that a letter was served: by hand, a signature, a receipt.

    Args:
        reference: The letter's reference.
        served_on: The day on which it came into the recipient's hands.
        how: How that is known.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    with office.sealed(f"letters served {reference}"):
        stamp = office.stamp(by, role, served_on)
        done = record_service(office.engine, reference, served_on, how, stamp, office.today)
    if isinstance(done.outcome, Refused):
        return Failed(name="Refused", message=done.outcome.sentence)
    if done.offers:
        print(f"If it is the warning notice itself, give it as of {served_on}: warning-notice, step “Give it”.")
    return {"reference": reference, "served_on": served_on.isoformat()}
