"""Every move of the table from every state, as an officer makes it: done with its letters, or refused in a sentence."""

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.database import open_initialised
from casework.errors import NotFound
from casework.moves import move_school
from casework.record import Stamp
from casework.register import load_register
from states.facts import NotAFact
from states.machine import Moved, Refused, UnknownTrigger
from states.policy import Policy
from states.tracks.school import SCHOOL, SchoolState

Stamped = Callable[..., Stamp]
S = SchoolState
DAY = "2025-11-10"
EVIDENCE = "Audit of 3 November 2025"
FACTS = {
    "inspected_on": "2025-11-03",
    "audit_outcome": "Leadership is weak",
    "grounds": "safety",
    "contents": "matters,action_required,compliance_period,action_minded_to_take",
    "copies": "chief_inspector,head_teacher,diocesan_authority,foundation_appointer,secretary_of_state",
    "given_on": "2025-11-03",
    "period_ends": "2025-12-01",
    "checked_by": "Ben Marsh",
    "notice_outcome": "complied",
    "eligible_under": "s60",
    "secretary_notice_on": "2025-11-03",
    "statement_sent_on": "2025-11-04",
    "academy_order_on": "2025-11-03",
    "revoked_on": "2025-11-04",
    "opened_on": "2025-11-05",
    "closed_on": "2025-11-06",
}
STATES = tuple(str(state) for state in SCHOOL.states)
URNS = {state: 100001 + number for number, state in enumerate(STATES)}
UNDER_NOTICE_WHEN_ORDERED = 100099
PRODUCT = [(state, trigger) for state in STATES for trigger in SCHOOL.triggers]
# The converting school here got its order while inadequate, so the order cannot go back to a notice.
FROM_ELSEWHERE = ("converting", "revoke_order_to_notice")
ALLOWED = [pair for pair in PRODUCT if pair in SCHOOL.moves and pair != FROM_ELSEWHERE]
REFUSED = [pair for pair in PRODUCT if pair not in ALLOWED]


def arrow(pair: object) -> str:
    state, trigger = pair  # type: ignore[misc]
    return f"{state} => {trigger}"


def routes() -> dict[str, tuple[str, ...]]:
    """State → the shortest row of triggers that leads there from the first state."""
    found: dict[str, tuple[str, ...]] = {str(SCHOOL.initial): ()}
    waiting = deque(found)
    while waiting:
        state = waiting.popleft()
        for row in SCHOOL.from_state(state):
            if row.to not in found and (state, row.trigger) != FROM_ELSEWHERE:
                found[str(row.to)] = (*found[state], row.trigger)
                waiting.append(str(row.to))
    return found


def attempt(engine: Engine, urn: int, trigger: str, stamp: Stamped, **changes: str) -> Moved | Refused:
    """A move with every fact that any guard may ask for, but for the changes; an empty one is not stated."""
    facts = {name: value for name, value in (FACTS | changes).items() if value and name != "evidence"}
    evidence = changes.get("evidence", EVIDENCE)
    return move_school(engine, urn, trigger, facts, "As agreed on Monday", evidence, stamp(DAY))[0]


@pytest.fixture(scope="module")
def every_state(blank_file: Path, tmp_path_factory: pytest.TempPathFactory, stamp: Stamped) -> Path:
    """A database with a school in every state, each brought there by moves."""
    folder = tmp_path_factory.mktemp("states")
    file = folder / "casework.db"
    file.write_bytes(blank_file.read_bytes())
    columns = "URN,LA (code),EstablishmentName,TypeOfEstablishment (code),EstablishmentStatus (name)"
    rows = (f"{urn},999,School {urn},01,Open" for urn in (*URNS.values(), UNDER_NOTICE_WHEN_ORDERED, 100200))
    (folder / "register.csv").write_text("\n".join((columns, *rows)), encoding="utf-8")
    academy = (folder / "register.csv").read_text(encoding="utf-8").replace("School 100200,01", "Hill Academy,34")
    (folder / "register.csv").write_text(academy, encoding="utf-8")
    engine = open_initialised(f"sqlite:///{file}")
    load_register(engine, folder / "register.csv", "999", stamp("2025-11-01"))
    journeys = {URNS[state]: route for state, route in routes().items()}
    notice = routes()["under_warning_notice"]
    for urn, route in (journeys | {UNDER_NOTICE_WHEN_ORDERED: (*notice, "record_academy_order")}).items():
        for trigger in route:
            assert isinstance(attempt(engine, urn, trigger, stamp), Moved)
    for trigger in ("raise_concern", "begin_audit"):
        assert isinstance(attempt(engine, 100200, trigger, stamp), Moved)
    engine.dispose()
    return file


@pytest.fixture
def schools(every_state: Path, database: Callable[[Path], Engine]) -> Iterator[Engine]:
    return database(every_state)


def test_there_is_a_school_in_every_state(schools: Engine, state_of: Callable[[Engine, int], str]) -> None:
    assert {state: state_of(schools, urn) for state, urn in URNS.items()} == {state: state for state in STATES}


@pytest.mark.parametrize("pair", ALLOWED, ids=arrow)
def test_move_of_the_table_is_made(
    schools: Engine, stamp: Stamped, pair: tuple[str, str], state_of: Callable[[Engine, int], str]
) -> None:
    state, trigger = pair
    assert isinstance(attempt(schools, URNS[state], trigger, stamp), Moved)
    assert state_of(schools, URNS[state]) == SCHOOL.moves[pair].to


@pytest.mark.parametrize("pair", REFUSED, ids=arrow)
def test_any_other_move_is_refused_in_a_sentence(
    schools: Engine, stamp: Stamped, pair: tuple[str, str], state_of: Callable[[Engine, int], str]
) -> None:
    state, trigger = pair
    outcome = attempt(schools, URNS[state], trigger, stamp)
    assert isinstance(outcome, Refused)
    assert len(outcome.sentence) > 20
    assert outcome.sentence.endswith(".")
    assert state_of(schools, URNS[state]) == state


def test_refusal_names_the_moves_that_are_open(schools: Engine, stamp: Stamped) -> None:
    outcome = attempt(schools, URNS["causing_concern"], "give_notice", stamp)
    assert isinstance(outcome, Refused)
    assert outcome.sentence.startswith("“Give a warning notice (PSSWN)” cannot be done while the school is “Causing")
    assert "begin_audit" in outcome.sentence


def test_order_made_under_notice_goes_back_to_it(schools: Engine, stamp: Stamped) -> None:
    refused = attempt(schools, UNDER_NOTICE_WHEN_ORDERED, "revoke_order_to_inadequate", stamp)
    assert isinstance(refused, Refused)
    assert "Use revoke_order_to_notice." in refused.sentence
    assert isinstance(attempt(schools, UNDER_NOTICE_WHEN_ORDERED, "revoke_order_to_notice", stamp), Moved)


def test_academy_cannot_get_a_warning_notice(schools: Engine, stamp: Stamped) -> None:
    outcome = attempt(schools, 100200, "give_notice", stamp)
    assert isinstance(outcome, Refused)
    assert [one.code for one in outcome.refusals] == ["not_maintained"]
    assert "refer the concern to the Department for Education" in outcome.sentence


GUARDS = [
    ("unclassified", "raise_concern", {"evidence": ""}, "no_evidence"),
    ("unclassified", "raise_concern", {"evidence": "   "}, "no_evidence"),
    ("good_or_better", "judged_inadequate", {"inspected_on": ""}, "no_inspection"),
    ("under_audit", "give_notice", {"audit_outcome": "", "evidence": ""}, "no_audit_or_evidence"),
    ("under_audit", "give_notice", {"given_on": ""}, "notice_incomplete"),
    ("under_audit", "give_notice", {"grounds": ""}, "notice_incomplete"),
    ("under_audit", "give_notice", {"checked_by": ""}, "notice_not_checked"),
    ("under_audit", "give_notice", {"checked_by": " ada QUILL "}, "notice_not_checked"),
    ("under_warning_notice", "end_notice_concern_lifted", {"notice_outcome": ""}, "no_notice_outcome"),
    ("inadequate", "record_academy_order", {"eligible_under": ""}, "not_eligible"),
    ("inadequate", "record_academy_order", {"academy_order_on": ""}, "no_academy_order"),
    ("inadequate", "record_academy_order", {"secretary_notice_on": ""}, "door_not_on_record"),
    ("under_warning_notice", "record_academy_order", {"eligible_under": "s62"}, "door_not_on_record"),
    ("inadequate", "send_statement_of_action", {"statement_sent_on": ""}, "no_statement"),
    ("converting", "revoke_order_to_inadequate", {"revoked_on": ""}, "no_revocation"),
    ("converting", "revoke_order_to_notice", {}, "order_not_made_from_there"),
    ("converting", "open_as_academy", {"opened_on": ""}, "not_opened"),
    ("good_or_better", "close", {"closed_on": ""}, "no_closure"),
    ("good_or_better", "close", {"closed_on": "2025-11-11"}, "in_the_future"),
    ("good_or_better", "judged_inadequate", {"inspected_on": "2025-11-11"}, "in_the_future"),
]


@pytest.mark.parametrize(("state", "trigger", "changes", "code"), GUARDS, ids=str)
def test_each_missing_fact_is_refused_alone(
    schools: Engine, stamp: Stamped, state: str, trigger: str, changes: dict[str, str], code: str
) -> None:
    outcome = attempt(schools, URNS[state], trigger, stamp, **changes)
    assert isinstance(outcome, Refused)
    assert [one.code for one in outcome.refusals] == [code]


def test_every_missing_fact_is_named_at_once(schools: Engine, stamp: Stamped) -> None:
    outcome, _ = move_school(schools, 100200, "give_notice", {}, "At once", "", stamp(DAY))
    assert isinstance(outcome, Refused)
    assert [str(one.code) for one in outcome.refusals] == [
        "not_maintained",
        "no_audit_or_evidence",
        "notice_incomplete",
        "notice_not_checked",
    ]


def test_move_cannot_count_before_the_last_one(schools: Engine, stamp: Stamped) -> None:
    outcome, _ = move_school(schools, URNS["causing_concern"], "begin_audit", {}, "Late", "", stamp("2025-11-09"))
    assert isinstance(outcome, Refused)
    assert outcome.sentence.startswith("The case last moved on 10 November 2025")


@pytest.mark.parametrize("trigger", ["begin_audit", "make_system_leader"], ids=["guards", "no such row"])
def test_refusal_is_an_event_with_its_sentences(
    schools: Engine, stamp: Stamped, trigger: str, events_of: Callable[[Engine, int], list[Any]]
) -> None:
    urn = URNS["requires_improvement"]
    before = len(events_of(schools, urn))
    outcome, letters = move_school(schools, urn, trigger, {}, "Trying", "", stamp(DAY))
    [event] = events_of(schools, urn)[before:]
    assert isinstance(outcome, Refused)
    assert (event.kind, event.trigger, letters) == ("refused", trigger, [])
    assert [one["sentence"] for one in event.evidence["refusals"]] == [one.sentence for one in outcome.refusals]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"moon": "full"}, "There is no fact called 'moon'. The facts you can state: academy_order_on, "),
        ({"sector": "maintained"}, "There is no fact called 'sector'."),
        ({"closed_on": "31/08/2025"}, "closed_on is a date such as 2013-11-18, not '31/08/2025'."),
        ({"grounds": "gossip"}, "grounds is one of low_standards, breakdown, safety, not 'gossip'."),
        ({"eligible_under": "s99"}, "eligible_under is one of s60, s60A, s61, s62, not 's99'."),
    ],
    ids=["unknown", "not for officers", "date", "one of several", "one of a list"],
)
def test_fact_that_cannot_be_read_is_explained(
    schools: Engine, stamp: Stamped, facts: dict[str, str], words: str
) -> None:
    with pytest.raises(NotAFact) as told:
        move_school(schools, URNS["good_or_better"], "close", facts, "Over", "", stamp(DAY))
    assert str(told.value).startswith(words)


@pytest.mark.parametrize("state", STATES)
def test_unknown_trigger_is_answered_with_the_known(schools: Engine, stamp: Stamped, state: str) -> None:
    with pytest.raises(UnknownTrigger, match=r"no move called 'promote'.*: classify_good_or_better, "):
        move_school(schools, URNS[state], "promote", {}, "Why not", "", stamp(DAY))


def test_unknown_school_is_told_in_words(schools: Engine, stamp: Stamped) -> None:
    with pytest.raises(NotFound, match=r"no case for URN 100300\. Load the register, or check the number\."):
        move_school(schools, 100300, "close", {}, "Over", "", stamp(DAY))


@pytest.mark.parametrize("pair", ALLOWED, ids=arrow)
def test_move_to_another_category_is_told_in_letters(
    schools: Engine, stamp: Stamped, policy: Policy, pair: tuple[str, str]
) -> None:
    state, trigger = pair
    row = SCHOOL.moves[pair]
    told = "category_notice" in row.letters and policy.category_of(row.to) != policy.category_of(state)
    _, letters = move_school(schools, URNS[state], trigger, FACTS, "As agreed", EVIDENCE, stamp(DAY))
    assert len(letters) == 2 * told


def test_record_holds_after_every_move(
    schools: Engine, stamp: Stamped, assert_record_holds: Callable[[Engine], None]
) -> None:
    for state, trigger in (*REFUSED[::7], *ALLOWED[::5]):
        attempt(schools, URNS[state], trigger, stamp)
    assert_record_holds(schools)
