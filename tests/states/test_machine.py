"""The machine does what the tables say and nothing else; a refusal is a value that gives every reason."""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import pytest

from states.facts import STATED_DATES, Facts, NoticeOutcome, PowerSection
from states.guards.notice import notice_of_the_secretary_of_state_is_recorded
from states.guards.school import order_was_made_under_notice
from states.law import LAW
from states.law.notices import Character, Copy, Ground
from states.law.powers import Door
from states.machine import Moved, Refused, UnknownState, UnknownTrigger, _machine, advance
from states.refusals import Refusal, RefusalCode
from states.school_types import Sector
from states.track import Guard, Row, Track
from states.tracks import TRACKS
from states.tracks.letter import LETTER, LetterState
from states.tracks.school import SCHOOL, SchoolState

DAY = date(2015, 3, 20)
GIVEN = date(2015, 1, 14)
SINCE_2016 = date(2016, 4, 18)
COMPLETE = Facts(
    sector=Sector.MAINTAINED,
    came_from="inadequate",
    last_moved_on=date(2015, 1, 12),
    drafted_by="Rosalind Achterberg",
    actor="Amara Okafor",
    evidence="Visit of 4 March 2015",
    dated=date(2015, 1, 12),
    served_on=GIVEN,
    inspected_on=date(2015, 3, 4),
    audit_outcome="Leadership is weak",
    grounds=(Ground.LOW_STANDARDS,),
    contents=tuple(LAW.on(GIVEN).contents),
    copies=tuple(Copy),
    character=Character("01"),
    given_on=GIVEN,
    initial_ends=date(2015, 2, 4),
    represented_on=date(2015, 2, 2),
    decided_on=date(2015, 2, 6),
    compliance_ends=date(2015, 2, 27),
    intention_notified_on=date(2015, 2, 28),
    reasonable_notice_ends=date(2015, 3, 7),
    window_ends=date(2015, 3, 19),
    on=DAY,
    section=PowerSection.INTERIM_BOARD,
    consulted_on=date(2015, 3, 9),
    consented_on=date(2015, 3, 10),
    received_on=date(2015, 3, 11),
    partner="Rosalind Achterberg",
    activity="Coaching in phonics",
    sponsor="Bittern Fen Trust",
    agreed_on=date(2015, 3, 12),
    checked_by="Tobias Lark",
    notice_outcome=NoticeOutcome.COMPLIED,
    eligible_under=Door.S60,
    doors=(Door.S60,),
    statement_sent_on=date(2015, 3, 16),
    academy_order_on=date(2015, 3, 9),
    revoked_on=date(2015, 3, 16),
    opened_on=date(2015, 3, 17),
    closed_on=DAY,
)


@dataclass(slots=True)
class Subject:
    state: str


class OpenSubject:
    """A subject that would take any attribute set on it."""

    def __init__(self, state: str) -> None:
        self.state = state


def satisfying(row: Row | None) -> Facts:
    if row and order_was_made_under_notice in row.guards:
        return replace(COMPLETE, came_from="under_warning_notice")
    if row and notice_of_the_secretary_of_state_is_recorded in row.guards:
        return replace(COMPLETE, secretary_notice_on=SINCE_2016)
    return COMPLETE


def row_of(track: Track, state: str, trigger: str) -> Row | None:
    """What a reader of the table would find, without the track's own index."""
    return next((row for row in track.rows if row.trigger == trigger and state in row.sources), None)


PRODUCT = [
    pytest.param(track, state, trigger, id=f"{track.name}: {state} x {trigger}")
    for track in TRACKS.values()
    for state in track.states
    for trigger in track.triggers
]
ROWS = [pytest.param(track, row, id=f"{track.name}: {row.trigger}") for track in TRACKS.values() for row in track.rows]


@pytest.mark.parametrize(("track", "state", "trigger"), PRODUCT)
def test_only_rows_of_the_table_fire(track: Track, state: str, trigger: str) -> None:
    row = row_of(track, state, trigger)
    subject = Subject(state)
    outcome = advance(track, subject, trigger, satisfying(row), SINCE_2016)
    assert subject.state == (row.to if row else state)
    if row:
        assert outcome == Moved(row, state)
    else:
        assert isinstance(outcome, Refused)
        assert [refusal.code for refusal in outcome.refusals] == [RefusalCode.NOT_FROM_HERE]


@pytest.mark.parametrize(("track", "row"), ROWS)
def test_every_reason_is_given_at_once(track: Track, row: Row) -> None:
    nothing = Facts(drafted_by=" ", actor=" ")
    expected = [refusal for guard in row.guards if (refusal := guard(nothing))]
    subject = Subject(row.sources[0])
    outcome = advance(track, subject, row.trigger, nothing, DAY)
    assert (list(outcome.refusals) if isinstance(outcome, Refused) else []) == expected
    assert subject.state == (row.sources[0] if expected else row.to)


def test_notice_without_facts_lacks_four_things() -> None:
    outcome = advance(SCHOOL, Subject("under_audit"), "give_notice", Facts(), DAY)
    assert isinstance(outcome, Refused)
    assert [refusal.code for refusal in outcome.refusals] == [
        RefusalCode.NOT_MAINTAINED,
        RefusalCode.NO_AUDIT_OR_EVIDENCE,
        RefusalCode.NOTICE_INCOMPLETE,
        RefusalCode.NOTICE_NOT_CHECKED,
    ]
    assert outcome.sentence == " ".join(refusal.sentence for refusal in outcome.refusals)


def tiny_track(*conditions: Guard) -> Track:
    start, end = LetterState.DRAFTED, LetterState.SENT
    row = Row("go", (start,), end, "Go", conditions)
    labels: dict[StrEnum, str] = {state: str(state) for state in LetterState}
    return Track("tiny", "begin", LetterState, labels, start, (end,), (row,))


def allows(facts: Facts) -> None:
    del facts


def fails(facts: Facts) -> None:
    raise ZeroDivisionError(facts.actor)


def refuses(facts: Facts) -> Refusal:
    return Refusal(RefusalCode.NO_EVIDENCE, f"Nothing from {facts.actor}.")


@pytest.mark.parametrize(
    ("conditions", "state"),
    [
        pytest.param((), "sent", id="no guard"),
        pytest.param((allows,), "sent", id="satisfied"),
        pytest.param((refuses,), "drafted", id="refused"),
        pytest.param((allows, refuses), "drafted", id="refused by the last"),
        pytest.param((refuses, allows), "drafted", id="refused by the first"),
    ],
)
def test_move_is_made_only_without_refusal(conditions: tuple[Guard, ...], state: str) -> None:
    subject = Subject("drafted")
    outcome = advance(tiny_track(*conditions), subject, "go", Facts(), DAY)
    assert subject.state == state
    assert isinstance(outcome, Moved) is (state == "sent")


def test_broken_guard_raises_and_moves_nothing() -> None:
    subject = Subject("drafted")
    with pytest.raises(ZeroDivisionError):
        advance(tiny_track(fails), subject, "go", Facts(), DAY)
    assert subject.state == "drafted"


def test_refusals_of_one_attempt_do_not_reach_the_next() -> None:
    first = advance(SCHOOL, Subject("under_audit"), "give_notice", Facts(), DAY)
    again = advance(SCHOOL, Subject("under_audit"), "give_notice", Facts(), DAY)
    assert first == again
    assert isinstance(advance(SCHOOL, Subject("under_audit"), "give_notice", COMPLETE, DAY), Moved)


def test_subject_is_left_with_its_state_alone() -> None:
    subject = OpenSubject("in_transition")
    advance(SCHOOL, subject, "settle", COMPLETE, DAY)
    assert vars(subject) == {"state": "good_or_better"}


def test_state_is_stored_as_its_word() -> None:
    subject = Subject(SchoolState.IN_TRANSITION)
    advance(SCHOOL, subject, "settle", COMPLETE, DAY)
    assert type(subject.state) is str


def test_machine_keeps_none_of_its_subjects() -> None:
    for _ in range(100):
        advance(SCHOOL, Subject("in_transition"), "settle", COMPLETE, DAY)
    assert _machine(SCHOOL) is _machine(SCHOOL)
    assert _machine(SCHOOL).models == []


def round_trips(times: int) -> Counter[str]:
    """How often one school of its own came to each state, going round on the shared machine."""
    seen, subject = Counter[str](), Subject("good_or_better")
    for _ in range(times):
        for trigger in ("enter_transition", "give_notice", "settle"):
            advance(SCHOOL, subject, trigger, COMPLETE, DAY)
            seen[subject.state] += 1
    return seen


def test_two_threads_share_one_machine() -> None:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(2) as threads:
            seen = list(threads.map(round_trips, (1000, 1000)))
    finally:
        sys.setswitchinterval(usual)
    assert seen == [Counter({"in_transition": 2000, "good_or_better": 1000})] * 2


def test_unknown_trigger_is_answered_with_those_known() -> None:
    with pytest.raises(UnknownTrigger, match=r"no move called 'promote' in the school track.*: classify_good"):
        advance(SCHOOL, Subject("unclassified"), "promote", Facts(), DAY)


@pytest.mark.parametrize("trigger", ["close", "promote"])
def test_unknown_state_is_damage_whatever_the_move(trigger: str) -> None:
    with pytest.raises(UnknownState, match=r"school track has no state 'lost'. Run `casework init`, or restore"):
        advance(SCHOOL, Subject("lost"), trigger, COMPLETE, DAY)


@pytest.mark.parametrize(
    ("track", "state", "trigger", "sentence"),
    [
        pytest.param(
            SCHOOL,
            "converting",
            "begin_audit",
            "“Begin an audit” cannot be done while the school is “Converting to an academy”. Moves open to it: "
            "judged_inadequate, send_statement_of_action, revoke_order_to_inadequate, revoke_order_to_notice, "
            "open_as_academy, close.",
            id="open school",
        ),
        pytest.param(
            LETTER,
            "delivered",
            "approve",
            "“Sign the letter” cannot be done while the letter is “Delivered”. "
            "Moves open to it: none, this is its last state.",
            id="letter that has arrived",
        ),
    ],
)
def test_move_from_elsewhere_names_those_that_are_open(track: Track, state: str, trigger: str, sentence: str) -> None:
    outcome = advance(track, Subject(state), trigger, COMPLETE, DAY)
    assert isinstance(outcome, Refused)
    assert outcome.sentence == sentence


@pytest.mark.parametrize("name", STATED_DATES)
def test_fact_from_the_future_is_refused(name: str) -> None:
    subject = Subject("in_transition")
    late = replace(COMPLETE, **{name: date(2015, 3, 21)})  # type: ignore[arg-type]  # one of the dates, by name
    outcome = advance(SCHOOL, subject, "settle", late, DAY)
    assert isinstance(outcome, Refused)
    [refusal] = outcome.refusals
    assert refusal.code is RefusalCode.IN_THE_FUTURE
    assert refusal.sentence.startswith(f"The date {name} is 21 March 2015, after 20 March 2015")
    assert subject.state == "in_transition"


@pytest.mark.parametrize(
    ("last_moved_on", "moves"),
    [
        pytest.param(None, True, id="never moved"),
        pytest.param(date(2015, 3, 19), True, id="day before"),
        pytest.param(DAY, True, id="same day"),
        pytest.param(date(2015, 3, 21), False, id="day after"),
    ],
)
def test_move_never_precedes_the_last(last_moved_on: date | None, *, moves: bool) -> None:
    facts = replace(COMPLETE, last_moved_on=last_moved_on)
    outcome = advance(SCHOOL, Subject("in_transition"), "settle", facts, DAY)
    codes = [refusal.code for refusal in outcome.refusals] if isinstance(outcome, Refused) else []
    assert codes == ([] if moves else [RefusalCode.OUT_OF_ORDER])


def test_time_and_guards_refuse_together() -> None:
    facts = Facts(last_moved_on=date(2015, 4, 1), inspected_on=date(2015, 4, 1))
    outcome = advance(SCHOOL, Subject("in_transition"), "settle", facts, DAY)
    assert isinstance(outcome, Refused)
    assert {refusal.code for refusal in outcome.refusals} == {
        RefusalCode.IN_THE_FUTURE,
        RefusalCode.OUT_OF_ORDER,
        RefusalCode.NO_EVIDENCE,
    }
