"""What officers decide in the console is what they would have decided at the command line: same events, same hashes."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State

from casework.corrections import CannotCorrect
from casework.database import open_initialised
from casework.errors import NotAttributed, NotFound
from casework.letters_due import letters_due
from casework.moves import Ask, make_move, open_case
from casework.record import Stamp
from flows.decisions import correct_a_move, record_a_move, support_and_conversion, use_or_end_a_power, warning_notice
from flows.forms import NoticeFacts, OtherFacts, SchoolFacts, steps_of
from states.clocks import Calendars
from states.half_terms import load_calendar
from states.machine import Moved
from states.policy import load_policy
from states.track import Track
from states.tracks import TRACKS
from states.tracks.conversion import CONVERSION
from states.tracks.notice import NOTICE
from states.tracks.power import POWER
from states.tracks.school import SCHOOL
from states.tracks.support import SUPPORT
from states.working_days import load_working_days
from tests.conftest import DEMO, NOW

CALENDARS = Calendars(load_working_days(), load_calendar())
URN, NAME = 990022, "kettlemarsh"
WHY, SEEN = "Progress is off track", "Half-termly return 2025-26/1"
ADA, BEN, CLEO = ("Ada Quill", "Adviser"), ("Ben Marsh", "Senior Adviser"), ("Cleo Fenn", "Assistant Director")
COMPLETE = {
    "given_on": "2026-01-19",
    "period_ends": "2026-03-16",
    "grounds": ["low_standards"],
    "contents": ["matters", "action_required", "compliance_period", "action_minded_to_take"],
    "copies": ["chief_inspector", "head_teacher", "diocesan_authority", "foundation_appointer", "secretary_of_state"],
}
Step = tuple[Track, str, dict[str, Any], str, tuple[str, str]]

# From a concern to a notice, by three officers; the steps that are refused are kept too.
YEAR: list[Step] = [
    (SCHOOL, "settle", {}, "2026-01-12", ADA),
    (SCHOOL, "raise_concern", {}, "2026-01-12", ADA),
    (SCHOOL, "begin_audit", {}, "2026-01-13", ADA),
    (NOTICE, "draft", {}, "2026-01-15", ADA),
    (NOTICE, "give", {}, "2026-01-16", CLEO),
    (NOTICE, "check", {"grounds": ["safety"]}, "2026-01-16", BEN),
    (NOTICE, "check", COMPLETE, "2026-01-16", ADA),
    (NOTICE, "check", COMPLETE, "2026-01-16", BEN),
    (NOTICE, "give", {}, "2026-01-19", CLEO),
    (SCHOOL, "give_notice", {}, "2026-01-19", CLEO),
    (POWER, "propose", {"section": "64"}, "2026-01-20", CLEO),
    (SUPPORT, "offer", {}, "2026-01-20", ADA),
    (SUPPORT, "allocate", {"partner": "Fenland Education Partners"}, "2026-01-20", ADA),
    (CONVERSION, "make_order", {}, "2026-01-21", ADA),
]
FORMS = {SCHOOL: record_a_move, NOTICE: warning_notice, POWER: use_or_end_a_power}
Rows = Callable[[Path], dict[str, list[Any]]]


def choice(track: Track, trigger: str) -> str:
    [found] = [step for step in steps_of(track) if step.endswith(f"({trigger})")]
    return found if track in FORMS else f"{track.name}: {found}"


def decide(step: Step) -> Any:
    """One form, filled in and sent; a decision names its school as officers do."""
    track, trigger, facts, on, (by, role) = step
    form = FORMS.get(track, support_and_conversion)
    filled = {"school": NAME, "step": choice(track, trigger), "reason": WHY, "evidence": SEEN, "facts": facts}
    return asyncio.run(form(**filled, on=on, by=by, role=role, return_state=True))


def typed(facts: dict[str, Any]) -> dict[str, str]:
    return {name: ",".join(value) if isinstance(value, list) else value for name, value in facts.items()}


def by_hand(home: Path, steps: list[Step]) -> None:
    """The same by the service itself, without Prefect."""
    engine = open_initialised(f"sqlite:///{home / 'casework.db'}")
    policy = load_policy(str(DEMO / "fenshire.toml"))
    for track, trigger, facts, on, (by, role) in steps:
        stamp = Stamp(actor=by, role=role, on=date.fromisoformat(on), now=NOW, policy=policy)
        ask = Ask(trigger, typed(facts), WHY, SEEN)
        if trigger == track.opens_by and track is not SCHOOL:
            open_case(engine, URN, track, ask, stamp)
        else:
            made = make_move(engine, URN, track, ask, stamp)
            if isinstance(made.outcome, Moved):
                letters_due(engine, URN, track, made.subject, made.outcome.row, CALENDARS, stamp)
    engine.dispose()


@pytest.mark.usefixtures("same_clock")
def test_three_officers_give_a_notice_as_they_would_by_hand(home: Path, tmp_path: Path, rows: Rows) -> None:
    other = Path(shutil.copytree(home, tmp_path / "other"))
    states = [decide(step) for step in YEAR]
    by_hand(other, YEAR)
    assert events_of(rows(home)) == events_of(rows(other))
    assert rows(home)["letter"] == rows(other)["letter"]
    ended = [(trigger, state.name) for (_, trigger, *_), state in zip(YEAR, states, strict=True)]
    assert [one for one in ended if one[1] != "Completed"] == [
        ("settle", "Refused"), ("give", "Refused"), ("check", "Refused"), ("check", "Refused"),
    ]  # fmt: skip
    stands = {(case[1], case[4]) for case in rows(home)["case"] if case[3] == URN}
    assert ("notice", "given") in {(track, state) for track, state in stands}


def events_of(found: dict[str, list[Any]]) -> list[Any]:
    return found["event"]


@pytest.mark.usefixtures("same_clock")
def test_refusal_is_told_in_the_state_of_the_run_and_recorded(home: Path, rows: Rows) -> None:
    before = rows(home)["event"]
    state = decide((SCHOOL, "settle", {}, "2026-01-12", ADA))
    assert isinstance(state, State)
    assert (state.type.value, state.name) == ("FAILED", "Refused")
    assert "Transition is over" in str(state.message)
    [refused] = [event for event in rows(home)["event"] if event not in before]
    assert "refused" in refused
    assert "Ada Quill" in refused


def test_move_leaves_the_page_of_its_school(home: Path) -> None:
    decide((SCHOOL, "raise_concern", {}, "2026-01-12", ADA))
    page = asyncio.run(newest_page(f"school-{URN}"))
    assert "class causing_concern here" in page
    assert f"](/letters/letter/CN-{URN}-" in page


async def newest_page(key: str) -> str:
    async with get_client() as client:
        found = [artifact for artifact in await client.read_artifacts() if artifact.key == key]
    return str(max(found, key=lambda artifact: artifact.created).data)


@pytest.mark.usefixtures("same_clock")
def test_mistake_is_put_right_and_every_clock_follows(home: Path) -> None:
    assert [decide(step).name for step in (*YEAR[1:4], *YEAR[7:9])] == ["Completed"] * 5
    said = {
        "school": NAME,
        "event": "notice/1#3",
        "reason": "It came a day later",
        "by": "Ada Quill",
        "role": "Adviser",
    }
    facts = {"given_on": "2026-01-20"}
    made = asyncio.run(correct_a_move(**said, right_day=date(2026, 1, 20), facts=facts))
    assert (made["corrects"], made["state"]) == ("notice/1#3", "given")
    assert "20 January 2026" in asyncio.run(newest_page(f"school-{URN}"))
    with pytest.raises(CannotCorrect, match="or else say that it never happened"):
        asyncio.run(correct_a_move(**said))
    void = asyncio.run(correct_a_move(**said, never_happened=True))
    assert void["state"] == "checked"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"by": "", "role": ""}, NotAttributed),
        ({"by": "  "}, NotAttributed),
        ({"reason": "   "}, NotAttributed),
        ({"school": "Hogwarts"}, NotFound),
    ],
    ids=["nobody", "a blank name", "no reason", "no such school"],
)
def test_what_cannot_be_recorded_is_not(home: Path, rows: Rows, changed: dict[str, str], error: type) -> None:
    before = rows(home)
    filled = {"school": NAME, "step": choice(SCHOOL, "raise_concern"), "reason": WHY, "evidence": SEEN}
    with pytest.raises(error):
        asyncio.run(record_a_move(**(filled | {"by": "Ada Quill", "role": "Adviser"} | changed)))
    assert rows(home) == before


@pytest.mark.parametrize(
    ("form", "facts", "field"),
    [
        (record_a_move, {"audit_outcome": "x"}, "step"),
        (warning_notice, {"grounds": ["bad luck"]}, "facts"),
        (support_and_conversion, {"due_on": "soon"}, "facts"),
    ],
    ids=["a move that is none", "a ground that is none", "a day that is none"],
)
def test_form_filled_in_wrongly_runs_nothing(
    home: Path, rows: Rows, form: Any, facts: dict[str, Any], field: str
) -> None:
    track = {record_a_move: SCHOOL, warning_notice: NOTICE}.get(form, SUPPORT)
    step = (
        "Promote (promote)" if field == "step" else choice(track, track.opens_by if track is not SCHOOL else "settle")
    )
    before = rows(home)
    with pytest.raises(Exception, match=field):
        asyncio.run(form(school=NAME, step=step, reason=WHY, facts=facts, by="Ada Quill", role="Adviser"))
    assert rows(home) == before


def test_forms_hold_what_their_tracks_ask_for() -> None:
    """A notice can be completed, and a school moved by it, from their own forms."""
    assert set(COMPLETE) <= set(NoticeFacts.model_fields) & set(SchoolFacts.model_fields)
    assert {"partner", "sponsor"} <= set(OtherFacts.model_fields)
    assert set(TRACKS) >= {track.name for track in FORMS}
