"""A running caseload comes over to another policy: every change is listed first, and can be undone."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.check import run_check
from casework.errors import NotAttributed
from casework.moves import Ask, make_move, move_school, open_case
from casework.policy_change import (
    CannotMigrate,
    PolicyChange,
    PolicyNotInForce,
    migrate,
    policy_in_force,
    preview,
    require_in_force,
)
from casework.record import Stamp
from casework.register import load_register
from casework.story import states_as_of
from casework.unit_of_work import reading
from states.half_terms import SchoolCalendar
from states.machine import Moved, Refused
from states.policy import Policy, load_policy
from states.tracks.power import POWER

Stamped = Callable[..., Stamp]
Contents = Callable[[Engine], dict[str, list[Any]]]
DAY = date(2025, 12, 1)
REGISTER = Path(__file__).parents[3] / "shared" / "data" / "gias_norfolk_201911.csv"
TRANSITION, CONCERN, LEADER = 990001, 990005, 990003
MOVES = ((TRANSITION, "enter_transition"), (CONCERN, "raise_concern"), (LEADER, "make_system_leader"))
MI, TODAY = load_policy("norfolk-2013-mi"), load_policy("england-2026")


@pytest.fixture
def caseload(fenshire: Engine, stamp: Stamped) -> Engine:
    """Fenshire under norfolk-2013, with a school in transition, one causing concern, and a system leader."""
    for urn, trigger in MOVES:
        move_school(fenshire, urn, trigger, {}, "Agreed", "Visit", stamp("2025-11-10"))
    return fenshire


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], Policy]:
    """A council's own policy, from its text."""

    def made(text: str) -> Policy:
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return load_policy(path)

    return made


def in_force(engine: Engine) -> str | None:
    with reading(engine) as session:
        return policy_in_force(session)


def counted(change: PolicyChange) -> dict[str, int]:
    return {kind: count for kind, count in change.counts.items() if count}


def of(change: PolicyChange, urn: int) -> dict[str, Any]:
    [found] = [case.as_dict() for case in change.cases if case.one.school.urn == urn]
    return found


def positions(engine: Engine, policy: Policy) -> dict[int, tuple[str, str]]:
    """URN → state and category letter of every case."""
    with reading(engine) as session:
        states = states_as_of(session, date(2030, 1, 1))
    return {
        urn: (state, category.letter if (category := policy.category_of(state)) else "")
        for urn, state in states.items()
    }


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        pytest.param(MI, {"category": 1, "label": 51, "letter_due": 1}, id="county's lettering"),
        pytest.param(TODAY, {"state": 1, "category": 1, "label": 50, "letter_due": 1}, id="today"),
    ],
)
def test_preview_counts_changes_by_kind(
    caseload: Engine, policy: Policy, new: Policy, expected: dict[str, int]
) -> None:
    assert counted(preview(caseload, policy, new, DAY)) == expected


def test_preview_writes_nothing_at_all(caseload: Engine, policy: Policy, contents: Contents) -> None:
    before = contents(caseload)
    preview(caseload, policy, TODAY, DAY)
    assert contents(caseload) == before


@pytest.mark.skipif(not REGISTER.exists(), reason="Norfolk's real register is not beside this checkout")
def test_preview_lists_every_school_of_norfolk(
    engine: Engine, policy: Policy, stamp: Stamped, contents: Contents
) -> None:
    load_register(engine, REGISTER, "926", stamp("2025-11-04"))
    before = contents(engine)
    change = preview(engine, policy, MI, DAY)
    assert (len(change.cases), counted(change)) == (418, {"label": 299})
    assert contents(engine) == before


@pytest.mark.parametrize(
    ("new", "urn", "changes"),
    [
        pytest.param(MI, CONCERN, {"category": ("C", "A")}, id="C is A"),
        pytest.param(MI, TRANSITION, {}, id="D stays D"),
        pytest.param(
            TODAY, TRANSITION, {"state": ("in_transition", "causing_concern"), "category": ("D", "C")}, id="D ends"
        ),
    ],
)
def test_preview_tells_before_and_after(
    caseload: Engine, policy: Policy, new: Policy, urn: int, changes: dict[str, tuple[str, str]]
) -> None:
    told = of(preview(caseload, policy, new, DAY), urn)
    said = {name: (step["from"], step["to"]) for name, step in told["changes"].items() if name != "label"}
    assert (said, told["letter_due"]) == (changes, "category" in changes)


def test_school_no_longer_monitored_owes_no_return(
    caseload: Engine, calendar: SchoolCalendar, policy: Policy, stamp: Stamped, own: Callable[[str], Policy]
) -> None:
    run_check(caseload, calendar, calendar.half_term("2025-26/2"), stamp("2025-11-20"))
    lighter = own('[policy]\nname = "own"\nextends = "norfolk-2013"\n[monitoring]\nstates = ["inadequate"]\n')
    told = of(preview(caseload, policy, lighter, DAY), CONCERN)
    assert told["changes"] == {
        "monitored": {"from": True, "to": False},
        "return_due": {"from": date(2025, 12, 4), "to": None},
    }


@pytest.fixture
def power(caseload: Engine, stamp: Stamped) -> Engine:
    """The delegated budget of a school in special measures, taken back from 20 November 2025."""
    inspected = {"inspected_on": "2025-11-03", "inadequate_as": "special_measures"}
    move_school(caseload, CONCERN, "judged_inadequate", inspected, "Ofsted's report", "Report", stamp("2025-11-17"))
    open_case(caseload, CONCERN, POWER, Ask("propose", {}, "As agreed"), stamp("2025-11-17"))
    facts = {"section": "66", "eligible_under": "s62", "received_on": "2025-11-20"}
    begun = make_move(caseload, CONCERN, POWER, Ask("begin", facts, "As agreed"), stamp("2025-11-20"))
    assert isinstance(begun.outcome, Moved), begun.outcome
    return caseload


FIXED_TERM = f"fixed_term_ends of power {CONCERN}/1"
STATEMENT = f"statement_of_action_by of school {CONCERN}"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("fixed_term_months = 6", {FIXED_TERM: (date(2026, 11, 20), "running", date(2026, 5, 20), "running")}),
        (
            "written_statement_working_days = 5",
            {STATEMENT: (date(2025, 12, 1), "running", date(2025, 11, 24), "missed")},
        ),
        ("two_months_end = 'day_before'", {}),
    ],
    ids=["a term is shorter", "a clock is missed by it", "nothing of theirs changes"],
)
def test_preview_lists_each_deadline_that_moves(
    power: Engine, policy: Policy, own: Callable[[str], Policy], rules: str, expected: dict[str, Any]
) -> None:
    theirs = own(f'[policy]\nname = "own"\nextends = "norfolk-2013"\n[deadlines]\n{rules}\n')
    change = preview(power, policy, theirs, DAY)
    deadlines = [of(change, CONCERN)["changes"]["deadlines"]] if expected else []
    told = {
        name: (was["date"], was["state"], one["to"][name]["date"], one["to"][name]["state"])
        for one in deadlines
        for name, was in one["from"].items()
    }
    assert (told, counted(change)) == (expected, {"deadlines": 1} if expected else {})


def test_deadline_that_is_settled_is_no_news(power: Engine, policy: Policy, own: Callable[[str], Policy]) -> None:
    theirs = own('[policy]\nname = "own"\nextends = "norfolk-2013"\n[deadlines]\nwritten_statement_working_days = 9\n')
    assert preview(power, policy, theirs, date(2026, 1, 5)).changed == ()


def test_day_that_a_school_was_told_stands(
    caseload: Engine, calendar: SchoolCalendar, policy: Policy, stamp: Stamped, own: Callable[[str], Policy]
) -> None:
    run_check(caseload, calendar, calendar.half_term("2025-26/2"), stamp("2025-11-20"))
    hasty = own('[policy]\nname = "own"\nextends = "norfolk-2013"\n[monitoring]\nreply_within_days = 2\n')
    assert preview(caseload, policy, hasty, DAY).changed == ()


def test_migration_does_what_its_preview_listed(caseload: Engine, policy: Policy, stamp: Stamped) -> None:
    expected = preview(caseload, policy, TODAY, DAY)
    made = migrate(caseload, policy, "New law", stamp("2025-12-01", policy=TODAY))
    assert [case.as_dict() for case in made.cases] == [case.as_dict() for case in expected.cases]
    now = positions(caseload, TODAY)
    assert [now[case.one.school.urn] for case in made.cases] == [
        (case.becomes.state, case.becomes.category) for case in expected.cases
    ]


def test_migration_is_one_event_a_case(
    caseload: Engine, policy: Policy, stamp: Stamped, contents: Contents, assert_record_holds: Callable[[Engine], None]
) -> None:
    before = len(contents(caseload)["event"])
    made = migrate(caseload, policy, "New law", stamp("2025-12-01", policy=TODAY))
    assert len(contents(caseload)["event"]) == before + len(made.cases)
    assert_record_holds(caseload)


def test_event_says_what_became_of_the_school(
    caseload: Engine, policy: Policy, stamp: Stamped, events_of: Callable[[Engine, int], list[Any]]
) -> None:
    migrate(caseload, policy, "New law", stamp("2025-12-01", policy=TODAY))
    event = events_of(caseload, TRANSITION)[-1]
    assert (event.kind, event.trigger, event.reason) == ("migrated", "migrate", "New law")
    assert (event.source, event.destination) == ("in_transition", "causing_concern")
    assert (event.policy, event.policy_hash) == ("england-2026", TODAY.hash)
    was = {"policy": "norfolk-2013", "hash": policy.hash, "state": "in_transition", "category": "D"}
    assert event.evidence["from"] == was


def test_event_of_an_unmoved_school_names_no_state(
    caseload: Engine, policy: Policy, stamp: Stamped, events_of: Callable[[Engine, int], list[Any]]
) -> None:
    migrate(caseload, policy, "New law", stamp("2025-12-01", policy=TODAY))
    event = events_of(caseload, LEADER)[-1]
    assert (event.kind, event.source, event.destination) == ("migrated", None, None)


@pytest.mark.parametrize(("notices", "letters"), [(True, 2), (False, 0)], ids=["told", "not told"])
def test_school_with_a_new_letter_is_told(
    caseload: Engine, policy: Policy, stamp: Stamped, *, notices: bool, letters: int
) -> None:
    made = migrate(caseload, policy, "New law", stamp("2025-12-01", policy=MI), notices=notices)
    assert len(made.letters) == letters
    assert all(reference.startswith(f"CN-{CONCERN}-") for reference in made.letters)


def test_migration_back_ends_where_it_began(
    caseload: Engine, policy: Policy, stamp: Stamped, events_of: Callable[[Engine, int], list[Any]]
) -> None:
    before = positions(caseload, policy)
    migrate(caseload, policy, "New law", stamp("2025-12-01", policy=TODAY))
    assert positions(caseload, TODAY)[TRANSITION] == ("causing_concern", "C")
    made = migrate(caseload, TODAY, "Taken back", stamp("2025-12-02"))
    assert positions(caseload, policy) == before
    events = [event.kind for case in made.cases for event in events_of(caseload, case.one.school.urn)]
    assert Counter(events)["migrated"] == 2 * len(made.cases)


def test_school_that_moved_since_is_left_there(caseload: Engine, policy: Policy, stamp: Stamped) -> None:
    migrate(caseload, policy, "New law", stamp("2025-12-01", policy=TODAY))
    move_school(caseload, TRANSITION, "begin_audit", {}, "Agreed", "", stamp("2025-12-02", policy=TODAY))
    migrate(caseload, TODAY, "Taken back", stamp("2025-12-03"))
    assert positions(caseload, policy)[TRANSITION] == ("under_audit", "C")


def test_unmapped_state_is_refused_with_its_schools(
    caseload: Engine, policy: Policy, stamp: Stamped, contents: Contents, own: Callable[[str], Policy]
) -> None:
    row = '[[migrations]]\nfrom_policy = "ward"\nstate = "in_transition"\nto = "causing_concern"\n'
    new = own(f'[policy]\nname = "own"\nextends = "england-2026"\n{row}')
    before = contents(caseload)
    with pytest.raises(CannotMigrate, match=r"1 school \(990001 Aldermere.*from_policy = \"norfolk-2013\""):
        migrate(caseload, policy, "New law", stamp("2025-12-01", policy=new))
    assert contents(caseload) == before


def test_migration_cannot_count_from_before_a_move(caseload: Engine, policy: Policy, stamp: Stamped) -> None:
    with pytest.raises(CannotMigrate, match="moved after 9 November 2025, the last on 10 November 2025"):
        migrate(caseload, policy, "New law", stamp("2025-11-09", policy=MI))


@pytest.mark.parametrize("reason", ["", "  "])
def test_migration_without_a_reason_is_refused(caseload: Engine, policy: Policy, stamp: Stamped, reason: str) -> None:
    with pytest.raises(NotAttributed):
        migrate(caseload, policy, reason, stamp("2025-12-01", policy=MI))


def test_record_without_cases_has_no_policy(engine: Engine, policy: Policy) -> None:
    assert in_force(engine) is None
    require_in_force(engine, MI)
    with pytest.raises(CannotMigrate, match="has no case yet"):
        preview(engine, policy, MI, DAY)


def test_policy_in_force_follows_the_migrations(caseload: Engine, policy: Policy, stamp: Stamped) -> None:
    followed = [in_force(caseload)]
    for old, new, day in ((policy, MI, "01"), (MI, TODAY, "02"), (TODAY, policy, "03")):
        migrate(caseload, old, "Agreed", stamp(f"2025-12-{day}", policy=new))
        followed.append(in_force(caseload))
    assert followed == ["norfolk-2013", "norfolk-2013-mi", "england-2026", "norfolk-2013"]


def test_same_policy_is_no_migration(caseload: Engine, policy: Policy) -> None:
    with pytest.raises(CannotMigrate, match="under the policy norfolk-2013 already"):
        preview(caseload, policy, policy, DAY)


def test_packaged_policy_in_force_is_found_by_name(caseload: Engine) -> None:
    assert preview(caseload, MI, MI, DAY).old.name == "norfolk-2013"


def test_unknown_policy_in_force_asks_for_its_file(
    caseload: Engine, policy: Policy, stamp: Stamped, own: Callable[[str], Policy]
) -> None:
    ward = own('[policy]\nname = "ward"\nextends = "norfolk-2013"\n')
    migrate(caseload, policy, "Agreed", stamp("2025-12-01", policy=ward))
    with pytest.raises(PolicyNotInForce, match="Set it to the file of that policy"):
        preview(caseload, policy, MI, DAY)


def test_other_policy_is_sent_to_the_migration(caseload: Engine) -> None:
    with pytest.raises(PolicyNotInForce, match="casework policy migrate"):
        require_in_force(caseload, MI)


def test_no_school_moves_into_a_state_out_of_use(caseload: Engine, policy: Policy, stamp: Stamped) -> None:
    migrate(caseload, policy, "New law", stamp("2025-12-01", policy=TODAY))
    outcome, _ = move_school(
        caseload, 990010, "enter_transition", {}, "New head", "", stamp("2025-12-02", policy=TODAY)
    )
    assert isinstance(outcome, Refused)
    assert outcome.sentence.endswith("“In transition”, which the policy england-2026 does not use.")
