"""move, correct and show: one school and its cases. How it came there is casework.cli.history."""

import sys
from dataclasses import asdict
from datetime import date
from typing import Any, NoReturn

import click

from casework import corrections
from casework.cli.common import DAY, emit, json_option, on_option, said, signed_option
from casework.cli.naming import URN
from casework.letters_due import letters_due
from casework.moves import Ask, make_move, open_case
from casework.office import Office
from casework.story import standing, worth_telling
from casework.unit_of_work import reading
from states.dates import in_words
from states.machine import Refused
from states.tracks import TRACKS
from states.tracks.school import SCHOOL

CASE_TRACKS = [name for name in TRACKS if name != "letter"]


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
@click.option(
    "--fact",
    "stated",
    multiple=True,
    metavar="KEY=VALUE",
    help="A fact that the move needs; repeatable. KEY= alone clears it.",
)
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
    such a case before, even in a move that was refused, need not be stated again; --fact KEY= (nothing after the =)
    takes one back. A notice may be checked before the day on which it is to be given; it is given on that day.
    """
    office = Office()
    facts = dict(_fact(one) for one in stated)
    track, stamp, ask = TRACKS[on_track], office.stamp(by, role, on), Ask(trigger, facts, reason, evidence)
    if trigger == track.opens_by and track is not SCHOOL:
        with office.sealed(f"move {urn} {trigger}"):
            subject = open_case(office.engine, urn, track, ask, stamp)
        emit(
            as_json, {"moved": True, "urn": urn, "track": on_track, "subject": subject}, f"{on_track} {subject} begun."
        )
        return
    with office.sealed(f"move {urn} {trigger}"):
        outcome, letters, follows, subject = make_move(office.engine, urn, track, ask, stamp)
        if isinstance(outcome, Refused):
            _tell_refusal(outcome, urn, as_json)
        due = letters_due(office.engine, urn, track, subject, outcome.row, office.calendars, stamp)
    letters = [*letters, *due.drafted]
    data = {"moved": True, "urn": urn, "trigger": trigger, "from": outcome.source, "to": outcome.row.to}
    stays = f"{outcome.row.label}; {outcome.source} as before"
    lines = [f"{urn}: {stays if outcome.row.stays else f'{outcome.source} → {outcome.row.to}'}."]
    lines += [f"Letters drafted: {', '.join(letters)}."] if letters else []
    lines += [f"It follows: {what}." for what in follows]
    lines += [f"Letter due: {command}" for command in due.commands(urn)]
    emit(as_json, data | {"letters": letters, "letters_due": due.asked, "follows": follows}, "\n".join(lines))


def _tell_refusal(outcome: Refused, urn: int, as_json: bool) -> NoReturn:
    refusals = [{"code": one.code, "sentence": one.sentence} for one in outcome.refusals]
    if as_json:
        data = {"moved": False, "urn": urn, "trigger": outcome.trigger, "state": outcome.source}
        emit(as_json, data | {"refusals": refusals}, "")
    how = " A fact is stated with --fact NAME=VALUE." if "the fact " in outcome.sentence else ""
    click.echo(f"Refused: {outcome.sentence}{how}", err=True)
    sys.exit(1)


def _fact(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not equals:
        raise click.BadParameter(f"{typed!r} is not KEY=VALUE", param_hint="--fact")
    return name.strip(), value.strip()


@click.command()
@URN
@click.option("--event", required=True, metavar="EVENT", help="Its name in the history: school#4, notice/1#2.")
@signed_option
@click.option("--reason", required=True, callback=said, help="Why it was wrong, for the school's history.")
@click.option("--on", type=DAY, help="The right day.")
@click.option("--fact", "stated", multiple=True, metavar="KEY=VALUE", help="A right fact; KEY= for none; repeatable.")
@click.option("--void", is_flag=True, help="It never happened: the case goes back to where it was.")
@json_option
def correct(
    urn: int,
    event: str,
    by: str,
    role: str,
    reason: str,
    on: date | None,
    stated: tuple[str, ...],
    void: bool,
    as_json: bool,
) -> None:
    """Put right what the record says of a move.

    What was recorded stays: the correction is an event of its own that names the wrong one, and every clock follows
    the right day and facts. Only the newest move of a case can be void; what it brought about elsewhere is told, not
    undone.
    """
    if void == bool(on or stated):
        raise click.UsageError("Give the right day (--on), the right facts (--fact), or --void alone.")
    office = Office()
    facts = dict(_fact(one) for one in stated)
    ask = corrections.Ask(event=event, reason=reason, on=on, facts=facts, void=void)
    with office.sealed(f"correct {urn} {event}"):
        made = corrections.correct(office.engine, urn, ask, office.calendars, office.stamp(by, role, None))
    emit(as_json, {"urn": urn} | asdict(made), "\n".join(made.lines))


@click.command()
@URN
@click.option("--on", type=DAY, help="Day on which the clocks are read (default today).")
@json_option
def show(urn: int, on: date | None, as_json: bool) -> None:
    """Show where a school stands.

    Its state, category, open cases and clocks, what is proposed, its returns and letters, and the moves it has.
    """
    office = Office()
    with reading(office.engine) as session:
        data = standing(session, urn, office.policy, office.calendars, on or office.today)
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
    lines += [f"{one['track'].capitalize() + ':':<9} {one['subject']} {one['state_label']}" for one in data["cases"]]
    lines += [f"Clock:    {one['sentence']}" for one in worth_telling(data["deadlines"])]
    lines += [f"Proposed: {one['trigger']} ({one['reason']})" for one in data["proposed"]]
    lines += [f"Return:   {_return_text(one)}" for one in data["returns"]]
    lines += [f"Letter:   {one['reference']} {one['state']}" for one in data["letters"]]
    lines += ["May be moved by:", *(f"  {one['trigger']:32}{one['label']}" for one in data["moves"])]
    return "\n".join(lines)


def _return_text(one: dict[str, Any]) -> str:
    if one["outcome"]:
        return f"{one['half_term']} {one['outcome'].replace('_', ' ')}. {' '.join(one['findings'])}"
    if one["received_on"]:
        return f"{one['half_term']} received {in_words(one['received_on'])}, to be evaluated at the next check"
    return f"{one['half_term']} due {in_words(one['due_on'])}"
