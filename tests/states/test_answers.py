"""What answers a clock: moves that exist, on the clock's own track, where the case still has them."""

from dataclasses import replace
from datetime import date

import pytest

from states.clocks import ClockState, Deadline
from states.clocks.answers import ANSWERS, made_good, moves_that_answer
from states.clocks.values import TITLES
from states.track import Track
from states.tracks import TRACKS

DUE = date(2014, 3, 31)
REVIEW = Deadline(name="budget_review_by", subject="1/1", date=DUE, state=ClockState.MISSED, rule="", citation="")
TRACK_OF = {
    "initial_period_ends": "notice",
    "representations_by": "notice",
    "compliance_period_ends": "notice",
    "reasonable_notice_ends": "notice",
    "powers_start_by": "notice",
    "budget_review_by": "power",
    "fixed_term_ends": "power",
    "return_due": "monitoring",
    "reminder_due": "monitoring",
    "chase_due": "monitoring",
    "first_contact_by": "support",
    "statement_of_action_by": "school",
}
MOVES = [(name, move) for name, answers in ANSWERS.items() for move in (*answers.in_time, *answers.late)]


def answered(name: str, state: ClockState, track: Track, standing: str) -> list[str]:
    clock = replace(REVIEW, name=name, state=state)
    return [row.trigger for row in moves_that_answer(clock, track, standing)]


def test_every_clock_says_what_answers_it() -> None:
    assert ANSWERS.keys() == TITLES.keys() == TRACK_OF.keys()


@pytest.mark.parametrize(("name", "move"), MOVES)
def test_answer_is_a_move_of_the_clock_s_own_track(name: str, move: str) -> None:
    assert move in TRACKS[TRACK_OF[name]].triggers


@pytest.mark.parametrize(
    ("name", "state", "standing", "moves"),
    [
        ("compliance_period_ends", ClockState.RUNNING, "given", ["record_compliance"]),
        ("compliance_period_ends", ClockState.MISSED, "given", ["record_compliance", "record_non_compliance"]),
        ("compliance_period_ends", ClockState.MISSED, "not_complied", []),
        ("compliance_period_ends", ClockState.MISSED, "represented", []),
        ("powers_start_by", ClockState.RUNNING, "not_complied", ["open_powers"]),
        ("powers_start_by", ClockState.LAPSED, "powers_open", ["lapse"]),
        ("representations_by", ClockState.LAPSED, "given", []),
        ("budget_review_by", ClockState.MISSED, "in_force", ["review"]),
        ("budget_review_by", ClockState.MISSED, "under_review", []),
        ("chase_due", ClockState.MISSED, "requested", ["remind"]),
        ("return_due", ClockState.MISSED, "received", []),
        ("first_contact_by", ClockState.MISSED, "commissioned", []),
        ("statement_of_action_by", ClockState.MISSED, "converting", ["send_statement_of_action"]),
    ],
)
def test_answer_depends_on_the_clock_and_on_where_the_case_stands(
    name: str, state: ClockState, standing: str, moves: list[str]
) -> None:
    assert answered(name, state, TRACKS[TRACK_OF[name]], standing) == moves


@pytest.mark.parametrize(
    ("other", "good"),
    [
        (replace(REVIEW, date=date(2015, 3, 31), state=ClockState.MET), True),
        (replace(REVIEW, date=date(2013, 3, 31), state=ClockState.MET), False),
        (replace(REVIEW, date=date(2015, 3, 31)), False),
        (replace(REVIEW, date=date(2015, 3, 31), state=ClockState.MET, subject="1/2"), False),
        (replace(REVIEW, date=date(2015, 3, 31), state=ClockState.MET, name="fixed_term_ends"), False),
        (replace(REVIEW, date=None, state=ClockState.MET), False),
    ],
    ids=["later and met", "earlier", "later and missed", "of another power", "of another kind", "without a day"],
)
def test_missed_review_is_made_good_by_a_later_one(other: Deadline, *, good: bool) -> None:
    assert made_good(REVIEW, [REVIEW, other]) is good
