"""A school's history in words: of each event what, from where to where, who and why, and what hangs on it."""

from collections.abc import Iterator
from datetime import date
from itertools import chain, groupby
from textwrap import fill
from typing import Any

from casework.drafting import as_sentence
from casework.tables import EventKind
from casework.timeline import Correction
from notifications.letter import RecipientRole
from states.clocks.values import listed
from states.dates import in_words
from states.track import Track
from states.tracks import TRACKS
from states.tracks.letter import LETTER, LetterState
from states.tracks.school import SCHOOL

Record = dict[str, Any]

WIDTH = 100
NAME = 14  # the column of the events' names
BODY = " " * (NAME + 2)

STEPS = {
    "check": "checked",
    "approve": "signed",
    "send": "sent",
    "reject": "rejected",
    "rewrite": "readdressed",
    "queue": "queued",
    "deliver": "delivered",
    "come_back": "came back",
    "fail": "failed",
}


def story_text(events: list[Record]) -> str:
    """The whole story, day after day; `events` are those of casework.history."""
    days = ((day, list(chain.from_iterable(map(told, of_day)))) for day, of_day in groupby(events, _counts_on))
    return "\n\n".join("\n".join([in_words(day), *lines]) for day, lines in days if lines)


def _counts_on(event: Record) -> date:
    day = event["counts_on"]
    assert isinstance(day, date)
    return day


def told(event: Record) -> Iterator[str]:
    """The lines of one event; none for a step of a letter, which is told where the letter was drafted."""
    if event["kind"] == EventKind.LETTER and not event["letters"]:
        return
    yield fill(_title(event), WIDTH, initial_indent=f"  {event['event']:{NAME}}", subsequent_indent=BODY)
    for line in _body(event):
        yield fill(line, WIDTH, initial_indent=BODY, subsequent_indent=f"{BODY}  ", break_on_hyphens=False)


def _body(event: Record) -> Iterator[str]:
    yield f"{_why(event)} [{event['actor']}, {event['role']}]".strip()
    yield from _corrections(event)
    yield from _letters(event["letters"])
    yield from (f"Deadline: {one['sentence']}" for one in event["began"])
    yield from (f"Meets: {one['sentence']}" for one in event["met"] if one not in event["began"])


def _corrections(event: Record) -> Iterator[str]:
    *corrected_by, last = [*event["corrected_by"], ""] if not event["void"] else event["corrected_by"]
    if corrected_by:
        recorded = f"; recorded as of {in_words(event['on'])}" if event["on"] != event["counts_on"] else ""
        yield f"As corrected by {listed(corrected_by)}{recorded}."
    if last:
        yield f"Void by {last}."


def _title(event: Record) -> str:
    track = TRACKS[event["track"]]
    match event["kind"]:
        case EventKind.OPENED:
            what = f"{_case(event)}: {track.label_of(event['to'])}"
        case EventKind.MOVED:
            what = _label(track, event["trigger"])
        case EventKind.REFUSED:
            return f"Refused: {_label(track, event['trigger'])}"
        case EventKind.PROPOSED:
            return f"Proposed: {_label(TRACKS[event['evidence'].get('track', event['track'])], event['trigger'])}"
        case EventKind.MIGRATED:
            what = f"Brought under the policy {event['policy']}"
        case EventKind.CORRECTED:
            return f"{event['corrects_event']} corrected: {_right(event)}"
        case EventKind.LETTER:
            return "Letters"
        case other:
            return " ".join((other.capitalize(), *(event["once"] or "").split()[1:]))
    if event["from"]:
        what += f" ({track.label_of(event['from'])} → {track.label_of(event['to'])})"
    return f"Void: {what}" if event["void"] else what


def _case(event: Record) -> str:
    return "Case begun" if event["track"] == SCHOOL.name else f"{event['track'].capitalize()} {event['subject']} begun"


def _label(track: Track, trigger: str) -> str:
    if trigger == track.opens_by:
        return f"Begin a {track.name}"
    return next((row.label for row in track.rows if row.trigger == trigger), trigger)


def _right(event: Record) -> str:
    """What a correction says: of a void, that it never happened; otherwise each thing that is right now."""
    if event["trigger"] == Correction.VOID:
        return "it never happened"
    evidence = event["evidence"]
    was_on = date.fromisoformat(evidence["was_on"])
    right = [f"it counts from {in_words(event['on'])}, not {in_words(was_on)}"] if event["on"] != was_on else []
    right += [
        f"{name} is {is_ or 'none'}, not {evidence['were'][name] or 'none'}" for name, is_ in evidence["facts"].items()
    ]
    return "; ".join(right)


def _why(event: Record) -> str:
    refused = " ".join(one["sentence"] for one in event["evidence"].get("refusals", []))
    rests_on = event["evidence"].get("evidence", "")
    reason = "" if rests_on.startswith(event["reason"]) else event["reason"]
    parts = [reason, rests_on, refused]
    return " ".join(as_sentence(part) for part in parts if part)


def _letters(letters: list[Record]) -> Iterator[str]:
    """Letters of one kind that went the same way are told together."""
    for (kind, way), alike in groupby(sorted(letters, key=_went), key=_went):
        named = [f"{one['reference']} to the {RecipientRole(one['recipient_role']).label}" for one in alike]
        yield f"{kind.replace('_', ' ').capitalize()} {listed(named)}: {way}."


def _went(letter: Record) -> tuple[str, str]:
    """The kind of a letter, and its way in words."""
    if not letter["steps"]:
        return letter["kind"], LETTER.label_of(letter["state"]).lower()
    steps = [
        f"{STEPS.get(one['step'], one['step'])} by {one['actor']} ({one['role']}) on {in_words(one['on'])}"
        for one in letter["steps"]
    ]
    waits = ", not sent yet" if letter["state"] == LetterState.APPROVED else ""
    return letter["kind"], f"drafted, {', '.join(steps)}{waits}"
