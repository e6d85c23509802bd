"""Loading the register: what is new, changed or gone, and what that does to cases."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from casework.moves import move_school
from casework.record import Stamp
from casework.register import RegisterReport, load_register
from casework.tables import Case, Letter, School

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo" / "register.csv"
NORFOLK = ROOT.parent / "shared" / "data" / "gias_norfolk_201911.csv"
URN = 990001

Contents = Callable[[Engine], dict[str, list[Any]]]
Load = Callable[..., RegisterReport]


@pytest.fixture
def load(engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp]) -> Load:
    """Loads a made register of authority 999 on a day: `load({"rating": "Good"}, on="2025-12-01")`."""

    def loaded(*schools: dict[str, str], on: str = "2025-12-01", la: str | None = "999") -> RegisterReport:
        return load_register(engine, register(*schools), la, stamp(on, actor="Register load"))

    return loaded


def count(engine: Engine, column: Any) -> Counter[str]:
    with engine.connect() as connection:
        return Counter(connection.scalars(select(column)))


def test_first_load_opens_and_classifies_cases(engine: Engine, stamp: Callable[..., Stamp]) -> None:
    report = load_register(engine, DEMO, "999", stamp())
    assert (report.added, report.changed, report.unchanged, report.closed, report.cases_opened) == (60, 0, 0, 0, 54)
    assert report.letters_drafted == sum(count(engine, Letter.kind).values()) == 102
    assert count(engine, Case.state) == {
        "good_or_better": 27,
        "requires_improvement": 20,
        "inadequate": 4,
        "unclassified": 3,
    }


def test_first_load_names_each_row_left_out(engine: Engine, stamp: Callable[..., Stamp]) -> None:
    report = load_register(engine, DEMO, "999", stamp())
    assert [(row.line, row.field, row.value, row.problem) for row in report.rejected] == [
        (33, "row", "", "60 columns, expected 133"),
        (46, "OpenDate", "31-02-2019", "there is no such day"),
        (65, "URN", "990010", "already on line 11"),
    ]


def test_second_load_changes_nothing(fenshire: Engine, stamp: Callable[..., Stamp], contents: Contents) -> None:
    before = contents(fenshire)
    report = load_register(fenshire, DEMO, "999", stamp("2026-01-15"))
    assert (report.added, report.changed, report.unchanged) == (0, 0, 60)
    assert contents(fenshire) == before


def test_another_authority_is_left_out(engine: Engine, load: Load) -> None:
    load({"urn": "990001"}, {"urn": "990002", "la": "998"})
    assert list(count(engine, School.urn)) == [990001]


def test_without_an_authority_every_school_is_loaded(engine: Engine, load: Load) -> None:
    load({"urn": "990001"}, {"urn": "990002", "la": "998"}, la=None)
    assert list(count(engine, Case.urn)) == [990001, 990002]


@pytest.mark.parametrize("kind", ["11", "18", "30"], ids=["independent", "further education", "university"])
def test_type_outside_the_policy_has_no_case(engine: Engine, load: Load, kind: str) -> None:
    report = load({"type": kind})
    assert (report.added, report.cases_opened, count(engine, Case.urn)) == (1, 0, {})


@pytest.mark.parametrize("status", ["Closed", "Proposed to open"])
def test_school_that_is_not_open_has_no_case(engine: Engine, load: Load, status: str) -> None:
    report = load({"status": status})
    assert (report.added, report.cases_opened, count(engine, Case.urn)) == (1, 0, {})


@pytest.mark.parametrize(
    ("rating", "state"),
    [
        ("Outstanding", "good_or_better"),
        ("Good", "good_or_better"),
        ("Requires improvement", "requires_improvement"),
        ("Satisfactory", "requires_improvement"),
        ("Inadequate", "inadequate"),
        ("Special Measures", "inadequate"),
        ("Serious Weaknesses", "inadequate"),
        ("Not judged", "unclassified"),
        ("", "unclassified"),
    ],
)
def test_latest_inspection_gives_the_first_state(engine: Engine, load: Load, rating: str, state: str) -> None:
    load({"rating": rating})
    assert count(engine, Case.state) == {state: 1}


def test_first_classification_is_an_event_with_its_reason(
    engine: Engine, load: Load, events_of: Callable[[Engine, int], list[Any]]
) -> None:
    load({"rating": "Good", "inspected": "17-06-2015"})
    opened, moved = events_of(engine, URN)
    assert (opened.kind, opened.destination, opened.reason) == (
        "opened",
        "unclassified",
        "On the register as open, Community school",
    )
    assert (moved.kind, moved.trigger, moved.reason) == (
        "moved",
        "classify_good_or_better",
        "Ofsted judged the school Good on 17 June 2015",
    )


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [("name", "name", "Aldermere Academy"), ("street", "street", "Staithe Lane"), ("head", "head_last_name", "Vale")],
)
def test_changed_field_is_updated_and_reported(engine: Engine, load: Load, key: str, field: str, value: str) -> None:
    load({})
    report = load({key: value})
    assert (report.changed, [one["field"] for one in report.changes], report.changes[0]["to"]) == (1, [field], value)
    assert list(count(engine, getattr(School, field))) == [value]


def test_changed_address_leaves_the_case_alone(
    engine: Engine, load: Load, events_of: Callable[[Engine, int], list[Any]]
) -> None:
    load({})
    before = events_of(engine, URN)
    load({"street": "Staithe Lane"})
    assert events_of(engine, URN) == before


def test_later_rating_is_proposed_and_moves_nothing(
    engine: Engine, load: Load, events_of: Callable[[Engine, int], list[Any]]
) -> None:
    load({"rating": "Good"})
    report = load({"rating": "Requires improvement", "inspected": "01-10-2025"})
    because = "Ofsted judged the school Requires improvement on 1 October 2025"
    assert [(one["trigger"], one["because"]) for one in report.proposed] == [("judged_requires_improvement", because)]
    assert events_of(engine, URN)[-1].kind == "proposed"
    assert count(engine, Case.state) == {"good_or_better": 1}


def test_same_rating_at_a_later_inspection_proposes_nothing(load: Load) -> None:
    load({"rating": "Good"})
    assert load({"rating": "Good", "inspected": "01-10-2025"}).proposed == []


def test_older_file_in_between_does_no_harm(
    load: Load, engine: Engine, assert_record_holds: Callable[[Engine], None]
) -> None:
    older, newer = {"rating": "Good"}, {"rating": "Requires improvement", "inspected": "01-10-2025"}
    reports = [load(school) for school in (older, newer, older, newer)]
    assert [len(report.proposed) for report in reports] == [0, 1, 0, 1]
    assert_record_holds(engine)


def test_first_inspection_classifies_the_unclassified(engine: Engine, load: Load) -> None:
    load({"rating": "", "inspected": ""})
    report = load({"rating": "Inadequate", "inspected": "01-10-2025"})
    assert (count(engine, Case.state), report.letters_drafted) == ({"inadequate": 1}, 2)


def test_closing_school_closes_its_case(
    engine: Engine, load: Load, events_of: Callable[[Engine, int], list[Any]]
) -> None:
    load({})
    report = load({"status": "Closed", "closed": "31-08-2025"})
    assert [(one["urn"], one["closed_on"]) for one in report.closures] == [(URN, "2025-08-31")]
    last = events_of(engine, URN)[-1]
    assert (last.trigger, last.destination, last.evidence["closed_on"]) == ("close", "closed", "2025-08-31")


def test_reopened_school_is_shown_to_a_person(engine: Engine, load: Load) -> None:
    load({})
    load({"status": "Closed", "closed": "31-08-2025"})
    [sentence] = load({"status": "Open"}).attention
    assert "is open on the register, but its case has ended (closed)" in sentence
    assert count(engine, Case.state) == {"closed": 1}


def test_school_that_opens_later_gets_its_case_then(engine: Engine, load: Load) -> None:
    load({"status": "Proposed to open", "rating": "", "inspected": ""})
    assert load({"status": "Open", "rating": "", "inspected": ""}).cases_opened == 1
    assert count(engine, Case.state) == {"unclassified": 1}


def test_school_missing_from_a_file_is_only_named(engine: Engine, load: Load, contents: Contents) -> None:
    load({"urn": "990001"}, {"urn": "990002"}, {"urn": "990003", "status": "Closed"})
    before = contents(engine)
    assert load({"urn": "990001"}).not_in_file == [990002]
    assert contents(engine) == before


def test_loading_in_chunks_loses_nobody(engine: Engine, load: Load) -> None:
    report = load(*({"urn": str(urn)} for urn in range(500001, 501002)))
    assert (report.added, report.cases_opened, len(count(engine, Case.urn))) == (1001, 1001, 1001)


def test_a_moved_case_survives_a_reload(fenshire: Engine, stamp: Callable[..., Stamp], contents: Contents) -> None:
    move_school(fenshire, URN, "make_system_leader", {}, "Leads a network", "", stamp())
    before = contents(fenshire)
    load_register(fenshire, DEMO, "999", stamp("2026-01-15"))
    assert contents(fenshire) == before


def damaged(source: Path, target: Path) -> tuple[int, int, int]:
    """The register as UTF-8, cut in its last row, with a wrong date and a URN twice; the lines of these three."""
    with source.open(encoding="cp1252", newline="") as file:
        rows = list(csv.reader(file))
    width, good = len(rows[0]), [number for number, row in enumerate(rows) if len(row) == len(rows[0]) and number]
    rows[good[5]][rows[0].index("OpenDate")] = "31-02-1999"
    rows[good[7]][0] = rows[good[6]][0]
    cut = next(number for number in reversed(good) if rows[number][0] not in {rows[good[6]][0], "990010"})
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([*rows[:cut], rows[cut][: width // 2]])
    return good[5] + 1, good[7] + 1, cut + 1


@pytest.mark.parametrize("source", [DEMO, NORFOLK], ids=["demo", "norfolk"])
def test_damaged_register_names_each_problem(
    source: Path, engine: Engine, stamp: Callable[..., Stamp], tmp_path: Path, contents: Contents
) -> None:
    if not source.exists():
        pytest.skip(f"the published register is not at {source}")
    la = "999" if source == DEMO else "926"
    whole = load_register(engine, source, la, stamp())
    wrong_day, twice, cut = damaged(source, tmp_path / "damaged.csv")
    before = contents(engine)
    report = load_register(engine, tmp_path / "damaged.csv", la, stamp())
    found = {(row.line, row.field) for row in report.rejected}
    assert {(wrong_day, "OpenDate"), (twice, "URN"), (cut, "row")} <= found
    assert report.unchanged >= whole.added - 5 > 0
    assert (report.added, report.changed, contents(engine)) == (0, 0, before)
