"""A school's life under random moves on random facts: the table alone decides, and an end is an end."""

from collections import Counter
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from states.facts import Facts, NoticeOutcome
from states.law import LAW
from states.law.notices import Character, Content, Copy, Ground
from states.law.powers import Door
from states.machine import Moved, Refused, advance
from states.school_types import Sector
from states.tracks.school import SCHOOL, SchoolState
from tests.conftest import Say

FIRST_DAY = date(2013, 11, 15)
WORDS = st.sampled_from(["", " ", "Amara Okafor", "Tobias Lark"])
DAYS = st.none() | st.dates(date(2013, 9, 1), date(2016, 9, 1))
ANY_FACTS = st.builds(
    Facts,
    sector=st.none() | st.sampled_from(Sector),
    came_from=st.sampled_from(["", *SchoolState]),
    last_moved_on=DAYS,
    drafted_by=WORDS,
    actor=WORDS,
    evidence=WORDS,
    inspected_on=DAYS,
    audit_outcome=WORDS,
    grounds=st.sampled_from([(), tuple(Ground)]),
    contents=st.sets(st.sampled_from(Content)).map(tuple),
    copies=st.sets(st.sampled_from(Copy)).map(tuple),
    character=st.none() | st.just(Character("01")),
    given_on=DAYS,
    checked_by=WORDS,
    notice_outcome=st.none() | st.sampled_from(NoticeOutcome),
    eligible_under=st.none() | st.sampled_from(Door),
    academy_order_on=DAYS,
    revoked_on=DAYS,
    opened_on=DAYS,
    closed_on=DAYS,
)
COMPLETE = Facts(
    sector=Sector.MAINTAINED,
    actor="Amara Okafor",
    evidence="Visit of 4 March",
    inspected_on=FIRST_DAY,
    audit_outcome="Leadership is weak",
    grounds=tuple(Ground),
    contents=tuple(LAW.on(FIRST_DAY).contents),
    copies=tuple(Copy),
    character=Character("01"),
    given_on=FIRST_DAY,
    checked_by="Tobias Lark",
    notice_outcome=NoticeOutcome.COMPLIED,
    eligible_under=Door.S60,
    doors=(Door.S60,),
    statement_sent_on=FIRST_DAY,
    academy_order_on=FIRST_DAY,
    revoked_on=FIRST_DAY,
    opened_on=FIRST_DAY,
    closed_on=FIRST_DAY,
)
BUT_ONE = st.sampled_from(fields(Facts)).map(lambda field: replace(COMPLETE, **{field.name: field.default}))
FACTS = st.just(COMPLETE) | BUT_ONE | ANY_FACTS


def moves_from(state: str) -> st.SearchStrategy[str]:
    """The moves of this state; those that end the walk, or lead off the long path, come up less often."""
    offered = [row.trigger for row in SCHOOL.from_state(state)]
    rare = [trigger for trigger in offered if trigger.startswith(("close", "judged", "open_as"))]
    return st.sampled_from([*offered, *[trigger for trigger in offered if trigger not in rare] * 4])


class SchoolLife(RuleBasedStateMachine):
    """One school, tried with any move on any facts; what came of it is counted for the whole run."""

    tried: ClassVar[Counter[str]] = Counter()
    made: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.state = str(SCHOOL.initial)
        self.came_from = ""
        self.on = FIRST_DAY

    @rule(trigger=st.sampled_from(SCHOOL.triggers), facts=FACTS, days=st.integers(0, 30))
    def try_any_move(self, trigger: str, facts: Facts, days: int) -> None:
        self.try_move(trigger, facts, days)

    @precondition(lambda self: self.state not in SCHOOL.ended)
    @rule(data=st.data(), facts=FACTS, days=st.integers(0, 30))
    def try_move_of_the_table(self, data: st.DataObject, facts: Facts, days: int) -> None:
        self.try_move(data.draw(moves_from(self.state)), facts, days)

    @precondition(lambda self: self.state not in SCHOOL.ended)
    @rule(data=st.data(), days=st.integers(0, 30))
    def go_on_with_every_fact(self, data: st.DataObject, days: int) -> None:
        """Leads far along the path, where a move with facts drawn at random seldom comes."""
        self.try_move(data.draw(moves_from(self.state)), COMPLETE, days)

    def try_move(self, trigger: str, facts: Facts, days: int) -> None:
        self.on += timedelta(days)
        before, facts = self.state, replace(facts, came_from=self.came_from)
        outcome = advance(SCHOOL, self, trigger, facts, self.on)
        self.tried[trigger] += 1
        if isinstance(outcome, Moved):
            self.check_made(outcome, before, trigger, facts)
            self.came_from = before
        else:
            self.check_refused(outcome, before, trigger, facts)

    def check_made(self, outcome: Moved, before: str, trigger: str, facts: Facts) -> None:
        assert outcome.row in [row for row in SCHOOL.rows if row.trigger == trigger and before in row.sources]
        assert (outcome.source, self.state) == (before, outcome.row.to)
        assert [guard for guard in outcome.row.guards if guard(facts)] == []
        self.made[trigger] += 1

    def check_refused(self, outcome: Refused, before: str, trigger: str, facts: Facts) -> None:
        assert self.state == before
        assert outcome.refusals
        assert advance(SCHOOL, self, trigger, facts, self.on) == outcome

    @invariant()
    def state_is_one_of_the_track(self) -> None:
        assert self.state in SCHOOL.known_states

    @invariant()
    def end_has_no_way_out(self) -> None:
        if self.state in SCHOOL.ended:
            tries = [advance(SCHOOL, self, trigger, COMPLETE, self.on) for trigger in SCHOOL.triggers]
            assert all(isinstance(one, Refused) for one in tries)


def test_school_lives_by_its_table() -> None:
    run_state_machine_as_test(SchoolLife, settings=settings(max_examples=40, stateful_step_count=25, deadline=None))


@pytest.mark.slow
def test_school_lives_long_by_its_table(say: Say) -> None:
    SchoolLife.tried.clear()
    SchoolLife.made.clear()
    same_each_time = settings(max_examples=440, stateful_step_count=50, deadline=None, derandomize=True)
    run_state_machine_as_test(SchoolLife, settings=same_each_time)
    say(f"{SchoolLife.tried.total():,} moves of a school tried, {SchoolLife.made.total():,} made")
    assert SchoolLife.tried.total() >= 20_000
    assert SchoolLife.made.keys() == set(SCHOOL.triggers), "some move was never made: the facts are too poor"
