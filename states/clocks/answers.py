"""What answers a clock: the moves that do in time what it asks for, and those that are left once its day has passed."""

from collections.abc import Iterable
from typing import NamedTuple

from states.clocks.values import ClockState, Deadline
from states.track import Row, Track


class Answers(NamedTuple):
    """Triggers of the clock's own track; a period that only runs its course has none."""

    in_time: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


ANSWERS = {
    "initial_period_ends": Answers(),
    "representations_by": Answers(in_time=("record_representations",)),
    "compliance_period_ends": Answers(("record_compliance",), ("record_compliance", "record_non_compliance")),
    "reasonable_notice_ends": Answers(),
    "powers_start_by": Answers(("open_powers",), ("lapse",)),
    "budget_review_by": Answers(("review",), ("review",)),
    "fixed_term_ends": Answers(("end",), ("end",)),
    "return_due": Answers(("receive",), ("receive", "miss")),
    "reminder_due": Answers(("remind",), ("remind",)),
    "chase_due": Answers(("chase",), ("remind", "chase")),
    "first_contact_by": Answers(("challenge_plan",), ("challenge_plan",)),
    "statement_of_action_by": Answers(("send_statement_of_action",), ("send_statement_of_action",)),
}


def moves_that_answer(clock: Deadline, track: Track, state: str) -> tuple[Row, ...]:
    """The moves that the case has in this state and that answer the clock as it stands."""
    answers = ANSWERS[clock.name]
    wanted = answers.in_time if clock.state is ClockState.RUNNING else answers.late
    return tuple(row for row in track.from_state(state) if row.trigger in wanted)


def made_good(clock: Deadline, others: Iterable[Deadline]) -> bool:
    """Whether a later clock of the same kind was met: last year's review is not asked for once this year's is done."""
    return any(
        (one.name, one.subject, one.state) == (clock.name, clock.subject, ClockState.MET)
        and one.date is not None
        and clock.date is not None
        and one.date > clock.date
        for one in others
    )
