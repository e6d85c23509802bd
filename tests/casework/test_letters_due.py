"""After a move: what the record can write is drafted, for the rest the command says which form to complete."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.letters import Selection, composed_letter, list_letters
from casework.letters_due import LettersDue, letters_due
from casework.record import Stamp
from casework.unit_of_work import reading
from casework.verify import verify
from notifications.wording import Wording
from states.machine import Moved
from states.tracks import TRACKS
from tests.casework import test_notices as notices
from tests.casework.test_notices import CALENDARS, COMPLETE, GIVEN, URN, Step

# Fixtures of theirs
school, step, begin, given, in_use = notices.school, notices.step, notices.begin, notices.given, notices.in_use

Stamped = Callable[..., Stamp]
Write = Callable[..., LettersDue]


@pytest.fixture
def write(school: Engine, step: Step, stamp: Stamped) -> Write:
    """`write("notice", "confirm", on=…, **facts)`: the move, and what is due after it."""

    def made(track: str, trigger: str, on: str = GIVEN, by: str = "Ada Quill", **facts: str) -> LettersDue:
        done = step(track, trigger, on=on, by=by, **facts)
        assert isinstance(done.outcome, Moved)
        return letters_due(school, URN, TRACKS[track], done.subject, done.outcome.row, CALENDARS, stamp(on, actor=by))

    return made


def text(engine: Engine, reference: str) -> str:
    with reading(engine) as session:
        return " ".join(composed_letter(session, reference, Wording())[1].text.split())


def test_letter_that_the_record_can_write_is_drafted(
    school: Engine,
    given: None,
    write: Write,
    tmp_path: Path,
) -> None:
    assert write("notice", "record_representations", on="2013-12-04", represented_on="2013-12-04").drafted == []
    due = write("notice", "confirm", on="2014-01-15", decided_on="2014-01-13")
    assert due == LettersDue(["RO-990001-notice-1-G", "RO-990001-notice-1-H"], [])
    assert "3 February 2014" in text(school, due.drafted[0])
    assert verify(school, tmp_path / "seals.jsonl").faults == []


def test_letter_for_which_somebody_is_asked_is_told_with_its_form(given: None, write: Write) -> None:
    due = write("notice", "record_non_compliance", on="2013-12-10")
    assert due.asked == ["not_complied", "intention_to_use_powers"]
    assert due.commands(URN)[0] == "casework letters form not_complied 990001"


def test_end_of_a_notice_waits_for_the_addresses_of_its_readers(given: None, write: Write) -> None:
    """Ofsted had a copy of the notice on paper: this record never wrote to it, and knows no address."""
    assert write("notice", "record_compliance", on="2013-12-02") == LettersDue([], ["notice_ended"])


def test_nothing_is_written_of_a_notice_that_was_never_given(begin: Callable[..., str], write: Write) -> None:
    begin("notice")
    assert write("notice", "withdraw") == LettersDue([], [])


def test_notice_that_is_checked_needs_its_letter(begin: Callable[..., str], write: Write) -> None:
    begin("notice")
    assert write("notice", "check", by="Ben Marsh", **COMPLETE).asked == ["warning_notice"]


def test_letter_about_one_power_is_due_for_that_power_alone(
    in_use: None,
    write: Write,
    begin: Callable[..., str],
) -> None:
    begin("power", on="2014-01-06", section="65", eligible_under="s60", consulted_on="2013-12-20")
    due = write("power", "begin", on="2014-01-07", consented_on="2014-01-06")
    assert due == LettersDue([], [])


def test_step_of_a_conversion_is_told_once_for_each_step(
    school: Engine,
    begin: Callable[..., str],
    write: Write,
) -> None:
    begin("conversion", on="2014-02-03")
    matched = write("conversion", "match_sponsor", on="2014-03-03", sponsor="Larkfield Learning Trust")
    assert matched.drafted == [f"CS-990001-conversion-1-sponsor-matched-{role}" for role in "GH"]
    assert write("conversion", "consult", on="2014-04-07").drafted[0] == "CS-990001-conversion-1-consultation-G"
    assert "Larkfield Learning Trust" in text(school, matched.drafted[0])


def test_partner_is_told_to_the_school(school: Engine, begin: Callable[..., str], write: Write) -> None:
    begin("support", on="2014-02-03")
    due = write("support", "allocate", on="2014-02-03", partner="Dr Vale")
    assert due.drafted == ["PA-990001-support-1-H", "PA-990001-support-1-C"]
    assert "Dr Vale" in text(school, due.drafted[0])


def test_command_tells_letters_due_and_drafts_what_it_can(
    school: Engine,
    begin: Callable[..., str],
    casework: Callable[..., Any],
) -> None:
    who = ("--by", "Ada Quill", "--role", "Adviser", "--reason", "As agreed", "--on", "2014-03-03")
    audit = casework("move", URN, "clear_audit", *who)
    assert audit.out.splitlines()[-1] == "Letter due: casework letters form audit_outcome 990001"
    begin("conversion", on="2014-02-03")
    step = ("--track", "conversion", "--fact", "sponsor=Larkfield Learning Trust")
    ran = json.loads(casework("move", URN, "match_sponsor", *who, *step, "--json").out)
    assert ran["letters"] == [f"CS-990001-conversion-1-sponsor-matched-{role}" for role in "GH"]
    assert ran["letters_due"] == []
    with reading(school) as session:
        assert set(ran["letters"]) <= {one["reference"] for one in list_letters(session, Selection(), None)}
