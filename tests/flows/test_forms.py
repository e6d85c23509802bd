"""The forms of the console: only lists, days, text and numbers; each choice is a move, each fact is understood."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect import Flow

from flows import forms
from flows.approvals import Answer
from flows.deployments import flow_of, listed
from flows.forms import OPEN_NOW, TAKE_BACK, StatedFacts, facts_form, steps_of, trigger_of
from states.facts import STATED, Facts, as_record, read_facts
from states.half_terms import load_calendar
from states.refusals import RefusalCode
from states.track import Track
from states.tracks import TRACKS
from states.tracks.conversion import CONVERSION
from states.tracks.notice import NOTICE
from states.tracks.power import POWER
from states.tracks.school import SCHOOL
from states.tracks.support import SUPPORT

FLOWS = {one["name"]: flow_of(one) for one in listed()}
FORMS = {name: made for name, made in vars(forms).items() if isinstance(made, type) and issubclass(made, StatedFacts)}
PLAIN = {"string", "integer", "boolean", "null"}
WHO = {"by", "role"}


def leaves(schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every field of a form, those within a part of it too."""
    if "$ref" in schema:
        yield from leaves(whole["definitions"][schema["$ref"].rpartition("/")[2]], whole)
    elif "allOf" in schema or "anyOf" in schema:
        for one in (*schema.get("allOf", ()), *schema.get("anyOf", ())):
            yield from leaves(one, whole)
    elif schema.get("type") == "object" and schema.get("properties"):
        for one in schema["properties"].values():
            yield from leaves(one, whole)
    elif schema.get("type") == "array":
        yield from leaves(schema["items"], whole)
    else:
        yield schema


def schema_of(flow: Flow[..., Any]) -> dict[str, Any]:
    return json.loads(json.dumps(flow.parameters.model_dump(), default=str))


@pytest.mark.parametrize("name", FLOWS)
def test_form_has_only_lists_days_text_and_numbers(name: str) -> None:
    schema = schema_of(FLOWS[name])
    fields = [leaf for one in schema["properties"].values() for leaf in leaves(one, schema)]
    assert [
        leaf for leaf in fields if leaf.get("type") not in PLAIN and "enum" not in leaf and "const" not in leaf
    ] == []


@pytest.mark.parametrize("name", FLOWS)
def test_every_field_says_what_it_is(name: str) -> None:
    fields = schema_of(FLOWS[name])["properties"]
    assert [field for field, said in fields.items() if not said.get("description") and not said.get("title")] == []
    assert all(
        said["description"].startswith(("Leave as it is", "Who", "Their")) for key, said in fields.items() if key in WHO
    )


@pytest.mark.parametrize("name", FLOWS)
def test_nobody_has_to_say_who_they_are(name: str) -> None:
    required = set(schema_of(FLOWS[name]).get("required", ()))
    assert name == "half-termly-check-part" or not required & WHO


def test_answer_to_a_batch_is_a_form_too() -> None:
    schema = Answer.model_json_schema()
    fields = [leaf for one in schema["properties"].values() for leaf in leaves(one, schema)]
    assert {leaf.get("type") for leaf in fields} == {"string"}


@pytest.mark.parametrize(
    ("choices", "tracks"),
    [
        (forms.SchoolStep, [SCHOOL]),
        (forms.NoticeStep, [NOTICE]),
        (forms.PowerStep, [POWER]),
        (forms.OtherStep, [SUPPORT, CONVERSION]),
    ],
    ids=["school", "notice", "power", "support and conversion"],
)
def test_every_choice_is_a_move_and_every_move_a_choice(choices: Any, tracks: list[Track]) -> None:
    offered = [
        choice.rpartition(": ") if len(tracks) > 1 else (tracks[0].name, "", choice) for choice in get_args(choices)
    ]
    assert [(track, trigger_of(step)) for track, _, step in offered] == [
        (track.name, trigger)
        for track in tracks
        for trigger in (*(() if track is SCHOOL else (track.opens_by,)), *track.triggers)
    ]


@pytest.mark.parametrize("track", TRACKS.values(), ids=TRACKS)
def test_each_choice_is_said_in_words_once(track: Track) -> None:
    steps = steps_of(track)
    assert len(set(steps)) == len(steps)
    labels = {row.label for row in track.rows} | {f"Begin a {track.name}"}
    assert [step for step in steps if step.rpartition(" (")[0] not in labels] == []


def test_every_case_that_officers_move_has_a_form() -> None:
    """Letters are signed in batches; what becomes of a return is for the check."""
    offered = {track.name for track in (SCHOOL, NOTICE, POWER, SUPPORT, CONVERSION)}
    assert set(TRACKS) - offered == {"letter", "monitoring"}


def test_every_fact_that_can_be_stated_has_a_field() -> None:
    assert {fact for made in FORMS.values() for fact in made.model_fields} == {*STATED, TAKE_BACK}


def test_every_half_term_can_be_chosen() -> None:
    assert get_args(forms.HalfTermChoice) == (OPEN_NOW, *(one.key for one in load_calendar().half_terms))
    assert get_args(forms.SchoolYearChoice)[-1] == load_calendar().last.school_year


EVERY_FACT = facts_form("EveryFact", STATED)


def values(fact: str) -> st.SearchStrategy[Any]:
    """What a browser sends for a field of this fact, by the field's own schema."""
    field = EVERY_FACT.model_json_schema()["properties"][fact]
    if field.get("type") == "array":
        return st.lists(st.sampled_from(field["items"].get("enum") or [field["items"]["const"]]), unique=True)
    if "enum" in field:
        return st.sampled_from(field["enum"])
    if "anyOf" in field:
        return st.none() | st.dates().map(date.isoformat)
    return st.text(st.characters(codec="utf-8"))


@given(st.fixed_dictionaries({}, optional={fact: values(fact) for fact in STATED}))
def test_what_a_form_holds_is_what_a_move_takes(filled: dict[str, Any]) -> None:
    form = EVERY_FACT.model_validate(filled)
    typed = form.typed()
    assert set(typed) == {fact for fact, value in filled.items() if value}
    stated = Facts(**read_facts(typed))
    assert as_record(stated) == {fact: words for fact, words in typed.items() if words.strip()}


def test_fact_that_is_taken_back_is_stated_as_nothing_unless_it_is_stated_anew() -> None:
    form = forms.NoticeFacts.model_validate({"take_back": ["given_on", "grounds"], "given_on": "2026-01-19"})
    assert form.typed() == {"given_on": "2026-01-19", "grounds": ""}


@pytest.mark.parametrize("code", RefusalCode)
def test_refusal_speaks_of_facts_and_evidence_and_of_no_option(code: RefusalCode) -> None:
    """What a form cannot do is not asked for: a sentence is read at the console and in a terminal."""
    page = (Path(__file__).parents[2] / "docs" / "refusals.md").read_text(encoding="utf-8")
    told = [line for line in page.splitlines() if f"`{code}`" in line]
    assert told
    assert [line for line in told if re.search(r" --\w|`casework ", line)] == []


@pytest.mark.parametrize("made", FORMS.values(), ids=FORMS)
def test_empty_form_states_nothing(made: type[StatedFacts]) -> None:
    assert made().typed() == {}
