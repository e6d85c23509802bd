"""Decisions of officers: a form for each kind of case. A refusal is recorded, and told in the run's state.

`by` and `role` are who decides. In the console they are those of who is signed in, whatever the form says.
"""

from datetime import date
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State as RunState
from prefect.states import Failed

from casework import corrections
from casework.finding import find_school
from casework.letters_due import letters_due
from casework.moves import Ask, make_move, open_case
from casework.office import Office
from casework.record import Stamp
from casework.unit_of_work import reading
from flows.forms import (
    AnyFacts,
    NoticeFacts,
    NoticeStep,
    OtherFacts,
    OtherStep,
    PowerFacts,
    PowerStep,
    SchoolFacts,
    SchoolStep,
    trigger_of,
)
from flows.pictures import show_school
from states.machine import Refused
from states.track import Track
from states.tracks import TRACKS
from states.tracks.notice import NOTICE
from states.tracks.power import POWER
from states.tracks.school import SCHOOL

Outcome = dict[str, Any] | RunState[Any]


@flow(name="record-a-move", flow_run_name="{school}: {step}", log_prints=True)
async def record_a_move(
    school: str,
    step: SchoolStep,
    reason: str,
    evidence: str = "",
    facts: SchoolFacts = SchoolFacts(),  # noqa: B008  -- a form's default is read once and never changed
    on: date | None = None,
    by: str = "",
    role: str = "",
) -> Outcome:
    """Move one school along its track.

    Args:
        school: The school's URN, or its name or enough of it.
        step: The move. What it asks for first: docs/states.md, or try, and read the refusal.
        reason: Why, in a sentence for the school's history and for the letter that tells the school.
        evidence: What it rests on: an audit, a visit, data.
        facts: What the move needs to know; leave the rest empty.
        on: The day on which it counts. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    return await _decide(SCHOOL, school, Ask(trigger_of(step), facts.typed(), reason, evidence), on, (by, role))


@flow(name="warning-notice", flow_run_name="{school}: {step}", log_prints=True)
async def warning_notice(
    school: str,
    step: NoticeStep,
    reason: str,
    evidence: str = "",
    facts: NoticeFacts = NoticeFacts(),  # noqa: B008
    on: date | None = None,
    by: str = "",
    role: str = "",
) -> Outcome:
    """Begin, check, give and end a warning notice, and record representations, their outcome and compliance.

    Args:
        school: The school's URN, or its name or enough of it.
        step: The step. A second officer checks; what is missing by the law of the day is listed.
        reason: Why, in a sentence for the school's history.
        evidence: What it rests on.
        facts: What the notice says and when; what was stated before need not be stated again.
        on: The day on which it counts: for giving, the day of service. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    return await _decide(NOTICE, school, Ask(trigger_of(step), facts.typed(), reason, evidence), on, (by, role))


@flow(name="use-or-end-a-power", flow_run_name="{school}: {step}", log_prints=True)
async def use_or_end_a_power(
    school: str,
    step: PowerStep,
    reason: str,
    evidence: str = "",
    facts: PowerFacts = PowerFacts(),  # noqa: B008
    on: date | None = None,
    by: str = "",
    role: str = "",
) -> Outcome:
    """Use, review and end a power: additional governors, the delegated budget, an interim board, arrangements.

    Args:
        school: The school's URN, or its name or enough of it.
        step: The step; begin with the first for a power that is new.
        reason: Why, in a sentence for the school's history.
        evidence: What it rests on.
        facts: The section of the Act, and the days that it asks for.
        on: The day on which it counts. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    return await _decide(POWER, school, Ask(trigger_of(step), facts.typed(), reason, evidence), on, (by, role))


@flow(name="support-and-conversion", flow_run_name="{school}: {step}", log_prints=True)
async def support_and_conversion(
    school: str,
    step: OtherStep,
    reason: str,
    evidence: str = "",
    facts: OtherFacts = OtherFacts(),  # noqa: B008
    on: date | None = None,
    by: str = "",
    role: str = "",
) -> Outcome:
    """Take a school's support, or its conversion to a sponsored academy, a step on.

    Args:
        school: The school's URN, or its name or enough of it.
        step: The step, after the name of its track.
        reason: Why, in a sentence for the school's history.
        evidence: What it rests on.
        facts: The partner, the activity, the sponsor, and the days.
        on: The day on which it counts. Empty: today.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    track, _, rest = step.partition(": ")
    ask = Ask(trigger_of(rest), facts.typed(), reason, evidence)
    return await _decide(TRACKS[track], school, ask, on, (by, role))


@flow(name="correct-a-move", flow_run_name="{school}: correct {event}", log_prints=True)
async def correct_a_move(
    school: str,
    event: str,
    reason: str,
    never_happened: bool = False,
    right_day: date | None = None,
    facts: AnyFacts = AnyFacts(),  # noqa: B008
    by: str = "",
    role: str = "",
) -> dict[str, Any]:
    """Put right what the record says of a move: another day, other facts, or that it never happened.

    What was recorded stays: the correction is an event of its own, and every clock follows what is right.

    Args:
        school: The school's URN, or its name or enough of it.
        event: Its name in the school's story, such as school#4 or notice/1#2.
        reason: Why it was wrong, for the school's history.
        never_happened: The case goes back to where it was; leave the day and the facts empty then.
        right_day: The day on which it did happen. Empty: as it was.
        facts: The facts as they are; leave the rest empty.
        by: Leave as it is: who is signed in is recorded.
        role: Leave as it is.
    """
    office = Office()
    with reading(office.engine) as session:
        urn = find_school(session, school).urn
    ask = corrections.Ask(event=event, reason=reason, on=right_day, facts=facts.typed(), void=never_happened)
    with office.sealed(f"correct {urn} {event}"):
        made = corrections.correct(office.engine, urn, ask, office.calendars, office.stamp(by, role, None))
    for line in made.lines:
        print(line)
    await show_school(office, urn)
    return {"urn": urn, "event": made.event, "corrects": made.corrects, "state": made.state}


async def _decide(track: Track, school: str, ask: Ask, on: date | None, who: tuple[str, str]) -> Outcome:
    office = Office()
    with reading(office.engine) as session:
        urn = find_school(session, school).urn
    with office.sealed(f"move {urn} {ask.trigger}"):
        done = _make(office, track, urn, ask, office.stamp(*who, on))
    await show_school(office, urn)
    return done


def _make(office: Office, track: Track, urn: int, ask: Ask, stamp: Stamp) -> Outcome:
    """Begin a case beside the school's own, or move the newest one."""
    if ask.trigger == track.opens_by and track is not SCHOOL:
        subject = open_case(office.engine, urn, track, ask, stamp)
        print(f"{track.name.capitalize()} {subject} begun.")
        return {"moved": True, "urn": urn, "track": track.name, "subject": subject}
    made = make_move(office.engine, urn, track, ask, stamp)
    if isinstance(made.outcome, Refused):
        print(f"Refused: {made.outcome.sentence}")
        return Failed(name="Refused", message=made.outcome.sentence)
    due = letters_due(office.engine, urn, track, made.subject, made.outcome.row, office.calendars, stamp)
    for line in (*made.follows, *(f"a letter to write: prepare-a-letter, {kind}" for kind in due.asked)):
        print(f"It follows: {line}.")
    done = {"moved": True, "urn": urn, "to": made.outcome.row.to.value, "letters": [*made.letters, *due.drafted]}
    return done | {"letters_due": due.asked, "follows": made.follows}
