"""Letters before they leave: forms to complete, drafts from them, a circular, and the year's letters."""

import re
from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State as RunState
from prefect.states import Failed
from pydantic import BaseModel, Field

from casework import inbox
from casework.circular import publish
from casework.classification import check_facts, classify
from casework.finding import find_school
from casework.letter_forms import draft_letters, form_of, letter_form, read_form
from casework.letters import Selection, check_letters
from casework.office import Office
from casework.unit_of_work import reading
from flows.forms import LetterKind, SchoolYearChoice
from flows.intake import NothingUsable
from flows.pictures import show_page
from notifications.catalogue.other import Circular
from notifications.channels.folder import write_whole
from notifications.files import file_stem
from notifications.values import printable
from states.errors import CaseworkError

# Between two paragraphs.
_GAP = re.compile(r"\n\s*\n")


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
        name = printable(file.name)
        try:
            with office.sealed(f"letters draft {name}"):
                done[name] = _draft(office, file, by, role)
        except CaseworkError as error:
            faults += map(printable, str(error).splitlines())
            continue
        inbox.take(file, (), office.now)
        print(f"{name}: {done[name]['letters']} letter(s) drafted.")
    if faults:
        page = "\n".join(["# Forms with faults\n", *(f"- {line}" for line in faults)])
        await show_page("forms-with-faults", page, f"{len(faults)} fault(s) in the forms of letters")
        raise NothingUsable(" ".join(faults))
    return done


def _draft(office: Office, file: Path, by: str, role: str) -> dict[str, Any]:
    form = read_form(file)
    stamp = office.stamp(by, role, form.content["letter"]["dated"])
    draft = publish if form.content["letter"]["kind"] == "circular" else draft_letters
    made = draft(office.engine, form, office.wording, office.calendars, stamp)
    return {"batch": made.batch, "letters": len(made.letters)}


class Section(BaseModel):
    """A part of a circular."""

    heading: str
    text: str = Field(description="An empty line between two paragraphs.")

    def as_fields(self) -> dict[str, Any]:
        return {"heading": self.heading, "paragraphs": [" ".join(one.split()) for one in _GAP.split(self.text.strip())]}


@flow(name="publish-a-circular", flow_run_name="circular {number}", log_prints=True)
async def publish_a_circular(
    number: str,
    heading: str,
    sections: list[Section],
    contact_name: str,
    contact_telephone: str = "",
    contact_email: str = "",
    readers: str = "All headteachers and chairs of governors",
    complete_by: date | None = None,
    on: date | None = None,
    by: str = "",
    role: str = "",
) -> dict[str, Any]:
    """Draft a circular to every school, as one batch that waits for a signature. The same number again adds nothing.

    Args:
        number: Its number within the calendar year, such as 269/13.
        heading: What it is about, in a line.
        sections: The text, part by part.
        contact_name: Whom a school may ask.
        contact_telephone: That person's telephone number; empty for none.
        contact_email: That person's email address; empty for none.
        readers: For whom it is.
        complete_by: By when schools must have done what it asks. Empty: it is for information.
        on: The day that it bears. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    stamp = office.stamp(by, role, on)
    told: dict[str, Any] = {
        "number": number, "heading": heading, "readers": readers, "contact_name": contact_name,
        "contact_telephone": contact_telephone, "contact_email": contact_email,
        "sections_of_text": [one.as_fields() for one in sections],
    }  # fmt: skip
    told |= {"complete_by": complete_by} if complete_by else {}
    about = {"kind": Circular.folder, "dated": stamp.on, "occasion": number}
    with office.sealed(f"letters publish {number}"):
        made = publish(office.engine, form_of("circular", about, told), office.wording, office.calendars, stamp)
    print(made.sentence)
    return made.as_dict()


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
