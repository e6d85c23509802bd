"""move, show, history and as-of: one school, or all of them on a day."""

import sys
from datetime import date
from typing import Any, NoReturn

import click

from casework.caseload import school_case
from casework.cli.common import DAY, emit, json_option, on_option, said, signed_option
from casework.drafting import as_sentence
from casework.moves import Ask, make_move, open_case
from casework.office import Office
from casework.story import counts_as_of, standing, states_as_of
from casework.story import history as history_of
from casework.unit_of_work import UnitOfWork
from states.dates import in_words
from states.machine import Refused
from states.tracks import TRACKS
from states.tracks.school import SCHOOL

CASE_TRACKS = [name for name in TRACKS if name != "letter"]

URN = click.argument("urn", type=int)


@click.command()
@URN
@click.argument("trigger")
@signed_option
@click.option(
    "--reason",
    required=True,
    callback=said,
    help="Why, in a sentence for the school's history and for the letter that tells the school.",
)
@click.option("--evidence", default="", help="What it rests on: an audit, a visit, data.")
@click.option("--fact", "stated", multiple=True, metavar="KEY=VALUE", help="A fact that the move needs; repeatable.")
@click.option(
    "--track",
    "on_track",
    type=click.Choice(CASE_TRACKS),
    default=SCHOOL.name,
    show_default=True,
    help="Track of the case that moves: the school's own, or its newest open one beside it.",
)
@on_option
@json_option
def move(
    urn: int,
    trigger: str,
    on_track: str,
    by: str,
    role: str,
    reason: str,
    evidence: str,
    stated: tuple[str, ...],
    on: date | None,
    as_json: bool,
) -> None:
    """Move one school along its track.

    `casework table school` lists the triggers. A move that is refused is recorded too, and says what it lacks. Cases
    beside the school's own (a warning notice, a power) are begun and moved with --track; facts that were stated for
    such a case before need not be stated again.
    """
    office = Office()
    facts = dict(_fact(one) for one in stated)
    track, stamp, ask = TRACKS[on_track], office.stamp(by, role, on), Ask(trigger, facts, reason, evidence)
    if trigger == track.opens_by and track is not SCHOOL:
        subject = open_case(office.engine, urn, track, ask, stamp)
        emit(
            as_json, {"moved": True, "urn": urn, "track": on_track, "subject": subject}, f"{on_track} {subject} begun."
        )
        return
    outcome, letters, follows = make_move(office.engine, urn, track, ask, stamp)
    if isinstance(outcome, Refused):
        _tell_refusal(outcome, urn, as_json)
    data = {"moved": True, "urn": urn, "trigger": trigger, "from": outcome.source, "to": outcome.row.to}
    lines = [f"{urn}: {outcome.source} → {outcome.row.to}."]
    lines += [f"Letters drafted: {', '.join(letters)}."] if letters else []
    lines += [f"It follows: {what}." for what in follows]
    emit(as_json, data | {"letters": letters, "follows": follows}, "\n".join(lines))


def _tell_refusal(outcome: Refused, urn: int, as_json: bool) -> NoReturn:
    refusals = [{"code": one.code, "sentence": one.sentence} for one in outcome.refusals]
    if as_json:
        data = {"moved": False, "urn": urn, "trigger": outcome.trigger, "state": outcome.source}
        emit(as_json, data | {"refusals": refusals}, "")
    click.echo(f"Refused: {outcome.sentence}", err=True)
    sys.exit(1)


def _fact(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not equals:
        raise click.BadParameter(f"{typed!r} is not KEY=VALUE", param_hint="--fact")
    return name.strip(), value.strip()


@click.command()
@URN
@click.option("--on", type=DAY, help="Day on which the clocks are read (default today).")
@json_option
def show(urn: int, on: date | None, as_json: bool) -> None:
    """Show where a school stands.

    Its state, category, open cases and clocks, what is proposed, its returns and letters, and the moves it has.
    """
    office = Office()
    with UnitOfWork(office.engine) as uow:
        data = standing(uow.session, urn, office.policy, office.calendars, on or office.today)
    emit(as_json, data, _standing_text(data))


def _standing_text(data: dict[str, Any]) -> str:
    category = f"{data['category']}, {data['category_label']}" if data["category"] else "none"
    lines = [
        f"{data['name']} ({data['urn']}), {data['type']}, {data['phase']}",
        f"  {', '.join(data['address'])}",
        f"State:    {data['state_label']} since {in_words(data['since'])}",
        f"Category: {category}{', monitored each half-term' if data['monitored'] else ''}",
    ]
    if data["rating"]:
        when = f", {in_words(data['inspected_on'])}" if data["inspected_on"] else ""
        lines.append(f"Ofsted:   {data['rating']}{when}")
    lines += [f"{one['track'].capitalize() + ':':10}{one['subject']} {one['state_label']}" for one in data["cases"]]
    lines += [f"Clock:    {one['sentence']}" for one in _worth_telling(data["deadlines"])]
    lines += [f"Proposed: {one['trigger']} ({one['reason']})" for one in data["proposed"]]
    lines += [f"Return:   {_return_text(one)}" for one in data["returns"]]
    lines += [f"Letter:   {one['reference']} {one['state']}" for one in data["letters"]]
    lines += ["May be moved by:", *(f"  {one['trigger']:32}{one['label']}" for one in data["moves"])]
    return "\n".join(lines)


def _worth_telling(deadlines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The clocks that run, and of each kind the last that was missed: a yearly review may have been missed often."""
    running = [one for one in deadlines if one["state"] == "running"]
    missed = {(one["name"], one["subject"]): one for one in deadlines if one["state"] == "missed"}
    return [*running, *missed.values()]


def _return_text(one: dict[str, Any]) -> str:
    if one["outcome"]:
        return f"{one['half_term']} {one['outcome'].replace('_', ' ')}. {' '.join(one['findings'])}"
    if one["received_on"]:
        return f"{one['half_term']} received {in_words(one['received_on'])}, to be evaluated at the next check"
    return f"{one['half_term']} due {in_words(one['due_on'])}"


@click.command()
@URN
@json_option
def history(urn: int, as_json: bool) -> None:
    """Tell how a school came to where it stands."""
    office = Office()
    with UnitOfWork(office.engine) as uow:
        events = history_of(uow.session, urn)
    emit(as_json, events, "\n".join(_event_text(event) for event in events))


def _event_text(event: dict[str, Any]) -> str:
    what = event["kind"]
    if event["to"]:
        what = f"{event['from']} → {event['to']}" if event["from"] else f"begins as {event['to']}"
    elif event["trigger"]:
        what = f"{event['kind']} {event['trigger']}"
    refused = " ".join(one["sentence"] for one in event["evidence"].get("refusals", []))
    why = f"{as_sentence(event['reason'])} {refused}".strip()
    where = "" if event["track"] == SCHOOL.name else f"{event['track']} {event['subject']}, "
    return f"{event['on']}  {where}{what}: {why} [{event['actor']}, {event['role']}]"


@click.command("as-of")
@click.argument("day", type=DAY)
@click.option("--urn", type=int, help="Only this school.")
@json_option
def as_of(day: date, urn: int | None, as_json: bool) -> None:
    """Show where schools stood at the end of a day."""
    office = Office()
    with UnitOfWork(office.engine) as uow:
        if urn:
            school_case(uow.session, urn)
            state = states_as_of(uow.session, day).get(urn)
            emit(as_json, {"urn": urn, "on": day, "state": state}, f"{urn}: {state or 'no case on that day'}")
            return
        counts = counts_as_of(uow.session, day)
    text = "\n".join(f"{SCHOOL.label_of(state):28}{count:>7,}" for state, count in counts.items())
    emit(as_json, {"on": day, "counts": counts}, text or "No school had a case on that day.")
