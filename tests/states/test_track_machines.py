"""Every track under random moves on random facts: the table alone decides, and the moves recorded give the state."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from states.facts import STATED, Facts, NoticeOutcome, PowerSection
from states.law import LAW
from states.law.notices import Character, Copy, Ground
from states.law.powers import Door
from states.machine import Moved, Refused, advance
from states.school_types import Sector
from states.tracks import TRACKS

FIRST_DAY = date(2015, 9, 1)
GIVEN = date(2015, 6, 1)
EARLY = {name: GIVEN for name, kind in STATED.items() if kind == date | None and name != "secretary_notice_on"}
WORDS = {name: "Rosalind Achterberg" for name, kind in STATED.items() if kind is str}
COMPLETE = replace(
    Facts(**EARLY, **WORDS),  # type: ignore[arg-type]  # facts by name
    actor="Amara Okafor",
    evidence="Visit of 4 March",
    sector=Sector.MAINTAINED,
    character=Character("01"),
    notice_outcome=NoticeOutcome.COMPLIED,
    eligible_under=Door.S60,
    section=PowerSection.INTERIM_BOARD,
    grounds=tuple(Ground),
    contents=tuple(LAW.on(GIVEN).contents),
    copies=tuple(Copy),
)
CHANGES: dict[str, st.SearchStrategy[object]] = {
    "actor": st.sampled_from(["", "Amara Okafor", "Rosalind Achterberg"]),
    "evidence": st.sampled_from(["", "Visit"]),
    "sector": st.none() | st.sampled_from(Sector),
    "secretary_notice_on": st.sampled_from([GIVEN, date(2016, 5, 3)]),
    "compliance_ends": st.sampled_from([GIVEN, date(2017, 5, 3)]),
    "window_ends": st.sampled_from([GIVEN, date(2017, 5, 3)]),
    **dict.fromkeys(EARLY, st.none() | st.dates(GIVEN, date(2016, 9, 1))),
    **dict.fromkeys(WORDS, st.sampled_from(["", " ", "Tobias Lark"])),
}
SOME = st.sets(st.sampled_from(sorted(CHANGES)), max_size=4).flatmap(
    lambda names: st.fixed_dictionaries({name: CHANGES[name] for name in names})
)
FACTS = SOME.map(lambda changes: replace(COMPLETE, **changes))  # type: ignore[arg-type]  # facts by name


class Lives(RuleBasedStateMachine):
    """One case on each track, and what was recorded of it."""

    tried: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.cases = {name: _Case(str(track.initial)) for name, track in TRACKS.items()}
        self.on = FIRST_DAY

    @rule(data=st.data(), name=st.sampled_from(sorted(TRACKS)), facts=FACTS, days=st.integers(0, 30))
    def try_move(self, data: st.DataObject, name: str, facts: Facts, days: int) -> None:
        self.on += timedelta(days)
        track, case = TRACKS[name], self.cases[name]
        offered = [row.trigger for row in track.from_state(case.state)]
        trigger = data.draw(st.sampled_from([*track.triggers, *offered * 3]))
        self.attempt(name, trigger, replace(facts, on=self.on))
        self.tried[name] += 1

    def attempt(self, name: str, trigger: str, facts: Facts) -> None:
        case, before = self.cases[name], self.cases[name].state
        outcome = advance(TRACKS[name], case, trigger, facts, self.on)
        if isinstance(outcome, Moved):
            assert outcome.row is TRACKS[name].moves[before, trigger]
            assert [guard for guard in outcome.row.guards if guard(facts)] == []
            case.recorded.append(trigger)
        else:
            assert isinstance(outcome, Refused)
            assert outcome.refusals
            assert case.state == before

    @invariant()
    def state_is_the_fold_of_the_moves(self) -> None:
        for name, track in TRACKS.items():
            state = str(track.initial)
            for trigger in self.cases[name].recorded:
                state = str(track.moves[state, trigger].to)
            assert self.cases[name].state == state


class _Case:
    def __init__(self, state: str) -> None:
        self.state = state
        self.recorded: list[str] = []


def live(examples: int, steps: int) -> int:
    Lives.tried.clear()
    quiet = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Lives, settings=quiet)
    return Lives.tried.total()


def test_every_track_lives_by_its_table() -> None:
    assert live(30, 25) > 0


@pytest.mark.slow
def test_every_track_lives_long_by_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    tried = live(700, 50)
    with capsys.disabled():
        print(f"\n{tried} moves tried on {len(TRACKS)} tracks")  # noqa: T201
    assert tried >= 20_000
