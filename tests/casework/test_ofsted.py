"""Taking in Ofsted's judgements: what moves a school, what is proposed, what changes nothing."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from casework import ofsted
from casework.corrections import Ask as Correction
from casework.corrections import correct
from casework.moves import Ask, make_move
from casework.ofsted import OfstedReport, load_judgements
from casework.record import Stamp
from casework.register import load_register
from casework.tables import Case, EventKind, Letter
from casework.verify import verify
from states.clocks import Calendars
from states.half_terms import load_calendar
from states.tracks import TRACKS
from states.working_days import load_working_days

CALENDARS = Calendars(load_working_days(), load_calendar())
DATA = Path(__file__).parents[3] / "shared" / "data"
URN = 990001
HEADER = "URN,Overall effectiveness,Category of concern,Inspection start date,Publication date"
CARD = (
    "URN,Inspection start date,Inclusion,Curriculum and teaching,Achievement,Attendance and behaviour,"
    "Personal development and wellbeing,Leadership and governance,Safeguarding"
)
EXPECTED = ",".join(["Expected standard"] * 4)
# Moves by which a school of each rating comes into a state that is the authority's own view.
WAYS = {
    "in_transition": ("enter_transition",),
    "causing_concern": ("raise_concern",),
    "under_audit": ("raise_concern", "begin_audit"),
}

Load = Callable[..., OfstedReport]


@pytest.fixture
def school(engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp]) -> Callable[..., Engine]:
    """A school of that rating, inspected on 17 June 2015 unless it has none, and moved on from there."""

    def made(rating: str = "Good", *triggers: str, kind: str = "01") -> Engine:
        inspected = "17-06-2015" if rating else ""
        file = register({"rating": rating, "inspected": inspected, "type": kind})
        load_register(engine, file, "999", stamp("2018-09-03"))
        for trigger in triggers:
            make_move(engine, URN, TRACKS["school"], Ask(trigger, {}, "As agreed", "Visit"), stamp("2018-10-01"))
        return engine

    return made


@pytest.fixture
def load(table_file: Callable[..., Path], stamp: Callable[..., Stamp]) -> Load:
    """`load(engine, "990001,2,,17/06/2019,")`: the file of those lines, on 2 December 2019."""

    def loaded(engine: Engine, *lines: str, on: str = "2019-12-02", header: str = HEADER) -> OfstedReport:
        signed = stamp(on, actor="Ofsted load")
        return load_judgements(engine, table_file(header, *lines, name="ofsted.csv"), signed)

    return loaded


@pytest.mark.parametrize(
    ("was", "grade", "to"),
    [
        ("", "2", "good_or_better"),
        ("", "3", "requires_improvement"),
        ("", "4", "inadequate"),
        ("Good", "3", "requires_improvement"),
        ("Good", "4", "inadequate"),
        ("Requires improvement", "1", "good_or_better"),
        ("Requires improvement", "4", "inadequate"),
        ("Inadequate", "2", "good_or_better"),
        ("Inadequate", "3", "requires_improvement"),
    ],
)
@pytest.mark.parametrize("kind", ["01", "34"], ids=["maintained", "academy"])
def test_newer_grade_moves_the_school(
    school: Callable[..., Engine], load: Load, state_of: Callable[..., str], was: str, grade: str, to: str, kind: str
) -> None:
    engine = school(was, kind=kind)
    report = load(engine, f"{URN},{grade},,17/06/2019,")
    assert ([one["to"] for one in report.moved], report.letters_drafted) == ([to], 2)
    assert state_of(engine, URN) == to


@pytest.mark.parametrize(("was", "grade"), [("Good", "1"), ("Requires improvement", "3"), ("Inadequate", "4")])
def test_same_grade_again_is_kept_and_moves_nothing(
    school: Callable[..., Engine], load: Load, events_of: Callable[..., list[Any]], was: str, grade: str
) -> None:
    engine = school(was)
    report = load(engine, f"{URN},{grade},,17/06/2019,")
    assert (report.as_it_stands, report.moved, report.letters_drafted) == (1, [], 0)
    assert events_of(engine, URN)[-1].once == "received judgement 2019-06-17"


def test_system_leader_judged_good_stays_one(school: Callable[..., Engine], load: Load) -> None:
    assert load(school("Good", "make_system_leader"), f"{URN},2,,17/06/2019,").as_it_stands == 1


def test_second_load_changes_nothing(
    school: Callable[..., Engine], load: Load, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    engine = school("Good")
    load(engine, f"{URN},3,,17/06/2019,")
    before = contents(engine)
    again = load(engine, f"{URN},3,,17/06/2019,", on="2020-01-02")
    assert (again.known, again.moved, again.accepted) == (1, [], 1)
    assert contents(engine) == before


@pytest.mark.parametrize("day", ["17/06/2015", "16/06/2015"], ids=["known to the register", "older"])
def test_judgement_that_is_not_newer_changes_nothing(
    school: Callable[..., Engine], load: Load, contents: Callable[[Engine], dict[str, list[Any]]], day: str
) -> None:
    engine = school("Good")
    before = contents(engine)
    report = load(engine, f"{URN},4,,{day},")
    assert (report.known + report.older, report.moved) == (1, [])
    assert contents(engine) == before


def test_judgement_that_an_officer_recorded_is_known(
    school: Callable[..., Engine], load: Load, stamp: Callable[..., Stamp]
) -> None:
    engine = school("Good")
    ask = Ask("judged_inadequate", {"inspected_on": "2019-06-17"}, "Ofsted's report", "Report")
    make_move(engine, URN, TRACKS["school"], ask, stamp("2019-07-01"))
    assert load(engine, f"{URN},4,,17/06/2019,").known == 1
    assert load(engine, f"{URN},2,,16/06/2019,").older == 1


def test_move_that_was_voided_is_not_made_again(
    school: Callable[..., Engine], load: Load, stamp: Callable[..., Stamp], state_of: Callable[..., str]
) -> None:
    engine = school("Good")
    load(engine, f"{URN},4,,17/06/2019,")
    void = Correction(event="school#4", void=True, reason="The report was withdrawn")
    correct(engine, URN, void, CALENDARS, stamp("2019-12-10"))
    assert load(engine, f"{URN},4,,17/06/2019,", on="2020-01-02").known == 1
    assert state_of(engine, URN) == "good_or_better"


def test_only_the_newest_of_a_file_counts(school: Callable[..., Engine], load: Load) -> None:
    report = load(school("Good"), f"{URN},4,,17/06/2017,", f"{URN},2,,17/06/2019,", f"{URN},3,,17/06/2016,")
    assert (report.as_it_stands, report.older, report.moved) == (1, 2, [])


def test_move_keeps_what_the_report_said(
    school: Callable[..., Engine], load: Load, events_of: Callable[..., list[Any]]
) -> None:
    engine = school("Good")
    load(engine, f"{URN},4,SM,17/06/2019,12/07/2019")
    received, moved = [one for one in events_of(engine, URN) if one.evidence.get("inspected_on")][:2]
    assert (received.kind, received.evidence["rating"], received.evidence["source"]) == (
        "received",
        "Inadequate",
        "ofsted.csv",
    )
    assert (moved.trigger, moved.reason) == ("judged_inadequate", "Ofsted judged the school Inadequate on 17 June 2019")
    assert {name: moved.evidence[name] for name in ("inspected_on", "reported_on", "inadequate_as")} == {
        "inspected_on": "2019-06-17",
        "reported_on": "2019-07-12",
        "inadequate_as": "special_measures",
    }


def test_what_follows_elsewhere_is_told(school: Callable[..., Engine], load: Load) -> None:
    [moved] = load(school("Good"), f"{URN},4,SM,17/06/2019,").moved
    assert moved["follows"][0].startswith("proposed on the power track: propose")


@pytest.mark.parametrize(
    ("ways", "grade", "trigger"),
    [
        (WAYS["in_transition"], "2", "judged_good_or_better"),
        (WAYS["causing_concern"], "2", "judged_good_or_better"),
        (WAYS["causing_concern"], "4", "judged_inadequate"),
        (WAYS["under_audit"], "3", "judged_requires_improvement"),
    ],
)
def test_where_the_authority_has_its_own_view_a_move_is_proposed(
    school: Callable[..., Engine],
    load: Load,
    state_of: Callable[..., str],
    events_of: Callable[..., list[Any]],
    ways: tuple[str, ...],
    grade: str,
    trigger: str,
) -> None:
    engine = school("Good", *ways)
    was = state_of(engine, URN)
    report = load(engine, f"{URN},{grade},,17/06/2019,")
    assert ([one["trigger"] for one in report.proposed], report.letters_drafted) == ([trigger], 0)
    assert (state_of(engine, URN), events_of(engine, URN)[-1].kind) == (was, EventKind.PROPOSED)


def test_proposal_is_made_once(school: Callable[..., Engine], load: Load) -> None:
    engine = school("Good", *WAYS["causing_concern"])
    load(engine, f"{URN},2,,17/06/2019,")
    again = load(engine, f"{URN},2,,17/06/2019,", on="2020-01-02")
    assert (again.known, again.proposed) == (1, [])


def test_judgement_without_a_move_is_told(school: Callable[..., Engine], load: Load) -> None:
    report = load(school("Good", *WAYS["under_audit"]), f"{URN},2,,17/06/2019,")
    [told] = report.to_decide
    assert (told["state"], told["because"]) == ("Under audit", "Ofsted judged the school Good on 17 June 2019")
    assert "Aldermere Primary School (990001), Under audit: Ofsted judged the school Good" in report.as_markdown()


def test_refused_move_is_recorded_and_told_once(
    school: Callable[..., Engine], load: Load, events_of: Callable[..., list[Any]], state_of: Callable[..., str]
) -> None:
    engine = school("Good")
    report = load(engine, f"{URN},3,,17/06/2017,", on="2018-09-02")  # the case began on the day after
    assert "3 September 2018" in report.refused[0]["sentence"]
    assert (events_of(engine, URN)[-1].kind, state_of(engine, URN)) == ("refused", "good_or_better")
    assert load(engine, f"{URN},3,,17/06/2017,").known == 1


@pytest.mark.parametrize(
    ("inclusion", "leadership", "safe", "inadequate_as"),
    [
        ("Urgent improvement", "Expected standard", "Met", "serious_weaknesses"),
        ("Expected standard", "Urgent improvement", "Not met", "special_measures"),
    ],
)
@pytest.mark.parametrize(("was", "trigger"), [("Good", "judged_inadequate"), ("", "classify_inadequate")])
def test_card_that_makes_a_school_eligible_proposes_so(  # noqa: PLR0917
    school: Callable[..., Engine],
    load: Load,
    events_of: Callable[..., list[Any]],
    inclusion: str,
    leadership: str,
    safe: str,
    inadequate_as: str,
    was: str,
    trigger: str,
) -> None:
    engine = school(was)
    line = f"{URN},17/03/2026,{inclusion},{EXPECTED},{leadership},{safe}"
    report = load(engine, line, on="2026-04-15", header=CARD)
    proposal = events_of(engine, URN)[-1]
    assert [one["trigger"] for one in report.proposed] == [proposal.trigger] == [trigger]
    assert proposal.evidence["inadequate_as"] == inadequate_as


def test_any_other_card_is_told_and_an_officer_decides(
    school: Callable[..., Engine], load: Load, events_of: Callable[..., list[Any]]
) -> None:
    engine = school("Good")
    line = f"{URN},17/03/2026,Needs attention,{EXPECTED},Strong standard,Met"
    report = load(engine, line, on="2026-04-15", header=CARD)
    assert ([one["urn"] for one in report.to_decide], report.moved, report.proposed) == ([URN], [], [])
    kept = events_of(engine, URN)[-1].evidence
    assert (kept["areas"]["inclusion"], kept["safeguarding_met"]) == ("needs_attention", True)


def test_ended_case_and_school_without_one_are_counted(
    engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp], load: Load
) -> None:
    schools = ({"urn": "990001", "status": "Closed"}, {"urn": "990002", "type": "11"})
    load_register(engine, register(*schools), "999", stamp("2018-09-03"))
    assert load(engine, "990001,2,,17/06/2019,", "990002,2,,17/06/2019,").without_case == 2


def test_faster_load_of_another_is_noticed(
    school: Callable[..., Engine], load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = school("Good")
    take = ofsted._take

    def after_another(*said: Any) -> Any:
        monkeypatch.setattr(ofsted, "_take", take)
        load(engine, f"{URN},3,,17/06/2019,")
        return take(*said)

    monkeypatch.setattr(ofsted, "_take", after_another)
    assert load(engine, f"{URN},3,,17/06/2019,").known == 1


def test_record_holds_and_can_be_proved(
    school: Callable[..., Engine], load: Load, assert_record_holds: Callable[[Engine], None], home: Path
) -> None:
    engine = school("Good")
    load(engine, f"{URN},4,SWK,17/06/2019,")
    assert_record_holds(engine)
    assert verify(engine, home / "seals.jsonl").faults == []


def test_command_tells_counts_schools_and_rows(
    school: Callable[..., Engine], casework: Callable[..., Any], table_file: Callable[..., Path]
) -> None:
    school("Good")
    file = table_file(HEADER, f"{URN},3,,17/06/2019,", "990009,2,,17/06/2019,", name="ofsted.csv")
    ran = casework("ofsted", "load", file, "--on", "2019-12-02")
    assert ran.code == 0
    assert "| Schools moved | 1 |" in ran.out
    assert "- Aldermere Primary School (990001): good_or_better → requires_improvement." in ran.out
    assert ran.err.splitlines()[0].startswith("line 3: URN='990009': no such school on record")
    again = json.loads(casework("ofsted", "load", file, "--on", "2019-12-03", "--json").out)
    assert (again["known"], again["moved"]) == (1, [])


def test_judgement_is_told_in_the_history(
    school: Callable[..., Engine], load: Load, casework: Callable[..., Any]
) -> None:
    load(school("Good"), f"{URN},3,,17/06/2019,")
    out = " ".join(casework("history", URN).out.split())
    assert "Received judgement 2019-06-17" in out
    assert "Ofsted judges that the school requires improvement (Good or better → Requires improvement)" in out


def test_file_of_which_nothing_can_be_used_is_a_failure(
    school: Callable[..., Engine], casework: Callable[..., Any], table_file: Callable[..., Path]
) -> None:
    school("Good")
    ran = casework("ofsted", "load", table_file(HEADER, f"{URN},splendid,,17/06/2019,"))
    assert (ran.code, "Nothing in the file could be used." in ran.err) == (1, True)


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="the real files of Norfolk are not beside this checkout")
def test_norfolk_year_by_year_ends_where_its_register_does(
    engine: Engine, tmp_path: Path, table_file: Callable[..., Path], stamp: Callable[..., Stamp]
) -> None:
    """Without the grades of the register, the judgements alone, loaded year by year, give every school its state."""
    bare = tmp_path / "bare.csv"
    with (
        (DATA / "gias_norfolk_201911.csv").open(encoding="cp1252", newline="") as source,
        bare.open("w", encoding="cp1252", newline="") as target,
    ):
        reader, writer = csv.DictReader(source), csv.writer(target)
        writer.writerow(reader.fieldnames or [])
        writer.writerows((row | {"OfstedRating (name)": "", "OfstedLastInsp": ""}).values() for row in reader)
    load_register(engine, bare, "926", stamp("2010-01-01"))
    header, *lines = (DATA / "norfolk_ofsted_judgements.csv").read_text(encoding="utf-8").splitlines()
    for year in range(2011, 2021):
        known = [line for line in lines if line.rpartition(",")[2] < str(year)]
        assert load_judgements(engine, table_file(header, *known), stamp(f"{year}-01-02")).rejected == []
    last = load_judgements(engine, table_file(header, *lines), stamp("2020-03-02"))
    assert last.known + len(last.moved) + last.as_it_stands == 299
    with engine.connect() as connection:
        assert Counter(connection.scalars(select(Case.state))) == {
            "good_or_better": 251,
            "unclassified": 119,
            "requires_improvement": 39,
            "inadequate": 9,
        }
        assert not connection.scalar(select(Letter.reference).where(Letter.state != "drafted"))
