"""The yearly letters: one to each head and chair, once a year, which states the category and moves nobody."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from casework.check import run_check
from casework.classification import NotItsTime, YearlyReport, check_facts, classify
from casework.moves import move_school
from casework.record import Stamp
from casework.register import load_register
from casework.returns import load_returns
from casework.tables import Case, Event, EventKind, Letter
from casework.unit_of_work import reading
from casework.verify import verify
from notifications.letter import from_json
from notifications.render import compose
from notifications.wording import Wording
from states.half_terms import SchoolCalendar, UnknownSchoolYear

URN = 990001
SIGNED = ("--by", "Ada Quill", "--role", "Senior Adviser")
Classify = Callable[..., YearlyReport]


@pytest.fixture
def run(calendar: SchoolCalendar, stamp: Callable[..., Stamp]) -> Classify:
    """`run(engine, on="2025-09-10")`: the letters of 2025-26."""

    def ran(engine: Engine, on: str = "2025-09-10", year: str = "2025-26", write: Any = classify) -> YearlyReport:
        return write(engine, calendar, year, stamp(on))

    return ran


@pytest.fixture
def improving(engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp]) -> Engine:
    """One school, on the register since 2 June 2025 as one that requires improvement."""
    load_register(engine, register({"rating": "Requires improvement"}), "999", stamp("2025-06-02"))
    return engine


def letters(engine: Engine, occasion: str = "2025-26") -> list[Letter]:
    with reading(engine) as session:
        found = list(session.scalars(select(Letter).where(Letter.occasion == occasion).order_by(Letter.reference)))
        session.expunge_all()
    return found


def yearly(engine: Engine) -> Any:
    """The fields of the letter to the head."""
    [head] = [one for one in letters(engine) if one.recipient_role == "head"]
    return from_json(head.facts).fields


def test_every_school_with_a_category_is_written_to(fenshire: Engine, run: Classify) -> None:
    report = run(fenshire, on="2025-11-10")
    assert (report.cases, report.written, report.without_category, report.letters_drafted) == (54, 51, 3, 102)
    assert report.categories == {"A": 4, "B": 20, "F": 27}
    assert {one.kind for one in letters(fenshire)} == {"category_notice"}


def test_letters_are_one_batch_that_waits_for_approval(fenshire: Engine, run: Classify) -> None:
    report = run(fenshire, on="2025-11-10")
    assert report.batch == "category_notice-2025-26"
    assert {(one.batch, one.state) for one in letters(fenshire)} == {(report.batch, "drafted")}


def test_second_run_adds_nothing(
    fenshire: Engine, run: Classify, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    run(fenshire, on="2025-11-10")
    before = contents(fenshire)
    again = run(fenshire, on="2025-11-11")
    assert (again.written, again.written_before, again.letters_drafted) == (0, 51, 0)
    assert contents(fenshire) == before


def test_school_classified_in_between_is_written_to_by_the_next_run(
    fenshire: Engine, run: Classify, stamp: Callable[..., Stamp]
) -> None:
    run(fenshire, on="2025-11-10")
    with reading(fenshire) as session:
        urn = session.scalars(select(Case.urn).where(Case.state == "unclassified").order_by(Case.urn)).first()
    assert urn
    move_school(fenshire, urn, "classify_good_or_better", {}, "Agreed", "Data of three years", stamp("2025-11-12"))
    again = run(fenshire, on="2025-11-13")
    assert (again.written, again.written_before, again.without_category) == (1, 51, 2)
    assert {one.urn for one in letters(fenshire) if one.drafted_at and one.facts["dated"] == "2025-11-13"} == {urn}


def test_next_year_is_another_letter(fenshire: Engine, run: Classify) -> None:
    run(fenshire, on="2025-11-10")
    assert run(fenshire, on="2026-07-01", year="2026-27").written == 51
    assert len(letters(fenshire, "2026-27")) == 102


def test_no_school_is_moved(
    improving: Engine, run: Classify, state_of: Callable[[Engine, int], str], events_of: Callable[..., list[Any]]
) -> None:
    run(improving)
    newest = events_of(improving, URN)[-1]
    assert (state_of(improving, URN), newest.kind, newest.destination) == ("requires_improvement", "letter", None)
    assert (newest.reason, newest.once) == ("In category B for 2025 to 2026", "written category_notice-2025-26")


def test_letter_states_the_year_and_what_the_category_rests_on(improving: Engine, run: Classify) -> None:
    run(improving)
    fields = yearly(improving)
    assert (fields.school_year, str(fields.effective_from)) == ("2025 to 2026", "2025-09-03")
    assert fields.basis == "Ofsted judged the school Requires improvement on 17 June 2015."


def test_category_of_this_year_counts_from_its_own_day(
    improving: Engine, run: Classify, stamp: Callable[..., Stamp]
) -> None:
    for trigger, day in (("raise_concern", "2025-10-01"), ("begin_audit", "2025-11-03")):
        move_school(improving, URN, trigger, {}, f"Because of {day}", "Visits", stamp(day))
    run(improving, on="2025-11-10")
    fields = yearly(improving)
    assert (fields.category_letter, str(fields.effective_from)) == ("C", "2025-10-01")
    assert fields.basis == "Because of 2025-10-01."


def test_written_letter_reads_as_that_of_a_year(improving: Engine, run: Classify, wording: Wording) -> None:
    run(improving)
    composed = compose(from_json(letters(improving)[0].facts), wording)
    assert composed.subject.startswith("Aldermere Primary School is in category B for 2025 to 2026")
    assert "For the school year 2025 to 2026, Aldermere Primary School is in category B." in composed.text


def test_record_with_yearly_letters_can_be_proved(improving: Engine, run: Classify, home: Path) -> None:
    run(improving, write=check_facts)
    run(improving)
    assert verify(improving, home / "seals.jsonl").faults == []


@pytest.mark.parametrize(
    ("on", "year"),
    [("2025-05-30", "2025-26"), ("2026-07-20", "2025-26"), ("2025-09-10", "2026-27")],
    ids=["too early", "over", "a year ahead"],
)
def test_letters_of_a_year_have_their_time(improving: Engine, run: Classify, on: str, year: str) -> None:
    with pytest.raises(NotItsTime, match=f"The letters of the school year {year} are written from [12] June 20"):
        run(improving, on=on, year=year)


@pytest.mark.parametrize("year", ["2025", "2025-27", "2025-26/2", ""])
def test_unknown_year_is_told_in_words(improving: Engine, run: Classify, year: str) -> None:
    with pytest.raises(UnknownSchoolYear, match=r"Write it like 2026-27\."):
        run(improving, year=year)


def test_facts_are_shown_before_the_category(improving: Engine, run: Classify, policy: Any) -> None:
    report = run(improving, write=check_facts)
    assert (report.written, report.batch) == (1, "accuracy_check-2025-26")
    facts = [(one.name, one.value, one.source) for one in yearly(improving).facts]
    assert facts == [
        ("Last graded inspection", "Requires improvement, 17 June 2015", "Register of schools"),
        ("Type of school", "Community school", "Register of schools"),
        ("Category until now", "B, Requires improvement", policy.authority.name),
    ]


def test_school_without_a_category_is_shown_its_facts_too(fenshire: Engine, run: Classify) -> None:
    assert run(fenshire, on="2025-11-10", write=check_facts).written == 54


def test_latest_return_is_among_the_facts(
    fenshire: Engine, run: Classify, calendar: SchoolCalendar, stamp: Callable[..., Stamp]
) -> None:
    run_check(fenshire, calendar, calendar.half_term("2025-26/2"), stamp("2025-12-01"))
    load_returns(fenshire, Path(__file__).parents[2] / "demo" / "returns.csv", calendar, stamp("2026-01-20"))
    run_check(fenshire, calendar, calendar.half_term("2025-26/3"), stamp("2026-01-20"))
    run(fenshire, on="2026-02-02", write=check_facts)
    told = {fact["value"] for one in letters(fenshire) for fact in one.facts["fields"]["facts"]}
    assert {"On track", "Off track"} <= told


def test_no_person_is_named_among_the_facts(improving: Engine, run: Classify) -> None:
    run(improving, write=check_facts)
    assert "Okafor" not in json.dumps([one.facts["fields"] for one in letters(improving)])


def test_letters_are_told_in_the_history(improving: Engine, run: Classify, casework: Callable[..., Any]) -> None:
    run(improving)
    out = casework("history", URN).out
    assert "In category B for 2025 to 2026. [Ada Quill, Senior Adviser]" in out
    assert "Category notice CN-990001-2025-26-C to the" in out


def test_report_adds_up(fenshire: Engine, run: Classify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.classification.chunks", lambda ids: [ids[:20], ids[20:]])
    report = run(fenshire, on="2025-11-10")
    assert (report.cases, report.written, report.letters_drafted, report.categories.total()) == (54, 51, 102, 51)


def test_command_says_what_waits(fenshire: Engine, casework: Callable[..., Any]) -> None:
    ran = casework("classify", "2025-26", *SIGNED, "--on", "2025-11-10")
    assert (ran.code, ran.err) == (0, "")
    assert "| Schools written to now | 51 |" in ran.out
    assert "The batch is category_notice-2025-26." in ran.out
    listed = json.loads(casework("letters", "list", "--batch", "category_notice-2025-26", "--json").out)
    assert len(listed) == 102


def test_command_is_json_too(fenshire: Engine, casework: Callable[..., Any]) -> None:
    data = json.loads(casework("classify", "2025-26", "--facts", *SIGNED, "--on", "2025-11-10", "--json").out)
    assert (data["written"], data["on"], data["batch"]) == (54, "2025-11-10", "accuracy_check-2025-26")


def test_event_names_its_letters_with_their_digests(improving: Engine, run: Classify) -> None:
    run(improving)
    with reading(improving) as session:
        [evidence] = session.scalars(select(Event.evidence).where(Event.kind == EventKind.LETTER))
    assert set(evidence["letters"]) == {"CN-990001-2025-26-H", "CN-990001-2025-26-C"}
