"""The worked cases of tests/cases: each is read as an officer wrote it, and played through the real service."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine

from tests.casework.worked_cases import SHARED, NotUnderstood, Played, Reader, Worked, read_cases


@pytest.mark.parametrize("worked", list(read_cases()), ids=lambda one: f"{one.file}: {one.name}")
def test_case_goes_as_officers_wrote_it(
    worked: Worked, engine: Engine, register: Callable[..., Path], assert_record_holds: Callable[[Engine], None]
) -> None:
    played = Played(engine, worked)
    played.enter(register)
    for step in worked.steps:
        played.play(step)
    assert [said for said, _ in worked.laws] == [found for _, found in worked.laws]
    assert {key: played.found(key, said) for key, said in worked.then.items()} == worked.then
    assert_record_holds(engine)


SLIPS = {
    "part of a case": ("them: {school: closed}", "them"),
    "story": ("given: {story: a long one}", "a long one"),
    "day": ("when: [{on: 4 Brumaire 2013, school: begin audit}]", "4 Brumaire 2013"),
    "move": ("when: [{on: 4 March 2014, school: raise the alarm}]", "raise the alarm"),
    "fact": ("when: [{on: 4 March 2014, school: begin audit, facts: {mood: low}}]", "mood"),
    "refusal": ("when: [{on: 4 March 2014, school: begin audit, refused because: {no luck: at all}}]", "no luck"),
    "what is then so": ("then: {weather: fine}", "weather"),
    "state at the end": ("then: {notice: torn up}", "torn up"),
    "deadline": ("then: {deadlines: {lunch: 4 March 2014}}", "lunch"),
}


@pytest.mark.parametrize(("line", "word"), SLIPS.values(), ids=SLIPS)
def test_unknown_word_is_named_with_file_and_case(line: str, word: str) -> None:
    case = {"name": "A slip", "source": "made", "when": []} | yaml.load(line, yaml.BaseLoader)
    with pytest.raises(NotUnderstood, match=f"^slips.yaml: A slip: .*“{word}”"):
        Reader("slips.yaml", "A slip", SHARED).worked(case)


def test_case_without_a_source_is_not_understood() -> None:
    with pytest.raises(NotUnderstood, match="“source” is not known"):
        Reader("slips.yaml", "A slip", SHARED).worked({"name": "A slip", "when": []})
