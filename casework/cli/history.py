"""history and as-of: the record read back, for one school as a story, for all of them as they stood on a day."""

from datetime import date
from typing import Any

import click

from casework.caseload import school_case
from casework.cli.common import DAY, emit, json_option
from casework.cli.naming import SCHOOL_NUMBER, URN
from casework.history import history as history_of
from casework.office import Office
from casework.story import caseload_as_of, counts_as_of, school_as_of
from casework.telling import story_text
from casework.unit_of_work import reading
from states.dates import in_words
from states.tracks.school import SCHOOL

known_on_option = click.option(
    "--known-on", type=DAY, help="As the record told it at the end of that day, without what was recorded since."
)


@click.command()
@URN
@known_on_option
@json_option
def history(urn: int, known_on: date | None, as_json: bool) -> None:
    """Tell how a school came to where it stands.

    Every event by the day that it counts for, with who decided and why, the letters that went with it, the deadlines
    that it began or met, and what was corrected since. The name of an event, such as school#4, is what `casework
    correct` asks for.
    """
    office = Office()
    with reading(office.engine) as session:
        name = school_case(session, urn).school.name
        events = history_of(session, urn, office.policy, office.calendars, office.today, known_on)
    emit(as_json, events, f"{name} ({urn})\n\n{story_text(events)}")


@click.command("as-of")
@click.argument("day", type=DAY)
@known_on_option
@click.option("--list", "listed", is_flag=True, help="School by school.")
@click.option("--urn", type=SCHOOL_NUMBER, help="Only this school (URN or name), with all its cases.")
@json_option
def as_of(day: date, known_on: date | None, listed: bool, urn: int | None, as_json: bool) -> None:
    """Show where schools stood at the end of a day.

    With --known-on, as the record told it then: what was recorded or corrected later is left out. Days are days in
    London.
    """
    if listed and urn:
        raise click.UsageError("Give --list or --urn, not both.")
    office = Office()
    asked = {"on": day} | ({"known_on": known_on} if known_on else {})
    with reading(office.engine) as session:
        if urn:
            school = school_as_of(session, urn, day, known_on)
            emit(as_json, asked | school, _school_text(school))
        elif listed:
            schools = caseload_as_of(session, day, known_on)
            emit(as_json, asked | {"schools": schools}, _lines(schools, "{urn:<8}{name:60.58}{state_label}"))
        else:
            counts = counts_as_of(session, day, known_on)
            rows = [{"label": SCHOOL.label_of(state), "count": count} for state, count in counts.items()]
            emit(as_json, asked | {"counts": counts}, _lines(rows, "{label:28}{count:>7,}"))


def _lines(rows: list[dict[str, Any]], form: str) -> str:
    return "\n".join(form.format(**row) for row in rows) or "No school had a case on that day."


def _school_text(school: dict[str, Any]) -> str:
    lines = [
        f"{one['track']} {one['subject']}: {one['state_label']} since {in_words(one['since'])}"
        for one in school["cases"]
    ]
    return "\n".join([f"{school['name']} ({school['urn']})", *(lines or ["No case on that day."])])
