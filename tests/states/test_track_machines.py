"""One school on all seven tracks, moved, left waiting and corrected at random.

The table alone decides, the moves recorded give the state, and no deadline is missed silently: a clock that ran goes on
running, or is met, missed or lapsed in the open, and its date changes only with something that was recorded.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from states.clocks import Calendars, ClockState, Deadline, Happened, ImpossibleDates, deadlines
from states.clocks.history import lives
from states.clocks.values import TITLES
from states.facts import STATED, STATED_DATES, Facts, NoticeOutcome, PowerSection, as_record
from states.half_terms import load_calendar
from states.law import LAW
from states.law.notices import Character, Copy, Ground, NoticeKind
from states.law.powers import Door
from states.machine import Moved, Refused, advance
from states.policy import load_policy
from states.school_types import Sector
from states.track import Track
from states.tracks import TRACKS
from states.working_days import load_working_days
from tests.conftest import Say

RUNNING, MET, MISSED, LAPSED = ClockState
POLICY = load_policy("norfolk-2013")
CALENDARS = Calendars(load_working_days(), load_calendar())
# One start for each regime, early enough to walk over the border of the next.
FIRST_DAYS = (date(2013, 9, 2), date(2015, 9, 1), date(2016, 2, 1), date(2026, 5, 1))
OFTEN = (*sorted(TRACKS), *["school", "notice"] * 4, *["power"] * 2)
EARLIER = (0, 0, 0, -1, -20)  # days before the one on which a thing is recorded that it happened
WORDS = tuple(name for name, kind in STATED.items() if kind is str)
SPOILT = (*STATED, "actor", "evidence", "sector", "character", "drafted_by", "served_on")
DEFAULTS = Facts()

# What begins a clock, and the clocks that there are from then on, whatever comes after.
FROM_GIVING = {"compliance_period_ends", "powers_start_by"}
FROM_GIVING_OF_OLD = FROM_GIVING | {"initial_period_ends", "representations_by"}
BEGUN_BY = {
    ("notice", "open_powers"): {"reasonable_notice_ends"},
    ("monitoring", "request"): {"return_due", "reminder_due", "chase_due"},
    ("support", "allocate"): {"first_contact_by"},
    ("school", "judged_inadequate"): {"statement_of_action_by"},
}
BEGUN_BY_POWER = {"63": set[str](), "64": {"fixed_term_ends"}, "65": set[str](), "66": {"fixed_term_ends"}}
# A suspended budget is reviewed each year, so that more of these begin while time passes.
EVERY_YEAR = "budget_review_by"

Key = tuple[str, str, int]  # subject, name of the clock, number among those of that name
Clocks = dict[Key, Deadline]


@dataclass(slots=True)
class Case:
    """One life on one track, with the triggers that moved it."""

    track: Track
    subject: str
    state: str
    came_from: str = ""
    last_moved_on: date | None = None
    recorded: list[str] = field(default_factory=list)


def complete(trigger: str, on: date, door: Door, section: PowerSection, kind: NoticeKind) -> Facts:
    """Everything on record that a move can ask for, as of the day on which it is made."""
    regime = LAW.on(on)
    days: dict[str, Any] = dict.fromkeys(STATED_DATES, on) | dict.fromkeys(WORDS, "Rosalind Achterberg")
    days["secretary_notice_on"] = on if trigger == "supersede" else None
    return replace(
        Facts(**days),
        actor="Amara Okafor",
        drafted_by="Tobias Lark",
        evidence="Visit of 4 March",
        sector=Sector.MAINTAINED,
        character=Character("01"),
        on=on,
        notice_outcome=NoticeOutcome.COMPLIED,
        kind=kind,
        grounds=tuple(Ground) if kind is NoticeKind.S60 else (),
        contents=tuple(regime.contents_for(kind)),
        copies=tuple(Copy),
        period_ends=on + timedelta(days=30) if regime.notice_states_its_period else None,
        section=section,
        eligible_under=door,
        doors=(door,),
        dated=on,
        served_on=on,
    )


def spoil(facts: Facts, name: str, days: int) -> Facts:
    """One fact is missing; or, where it is a day, some days off, which may lie in the future."""
    assert facts.on
    changed: dict[str, Any] = {name: getattr(DEFAULTS, name)}
    if name in STATED_DATES and days:
        changed[name] = facts.on + timedelta(days)
    return replace(facts, **changed)


def along(track: Track, state: str) -> list[str]:
    """The moves of a state; those that end the walk, or lead off the long path, come up less often."""
    rows = list(track.from_state(state))
    far = [row.trigger for row in rows if row.to not in track.ended and not row.trigger.startswith("judged")]
    return [*(row.trigger for row in rows), *far * 4]


class Lives(RuleBasedStateMachine):
    """One case on each track, what was recorded of them, and the clocks that follow from it."""

    tried: ClassVar[Counter[str]] = Counter()
    made: ClassVar[Counter[tuple[str, str]]] = Counter()
    seen: ClassVar[Counter[tuple[str, ClockState]]] = Counter()

    @initialize(on=st.sampled_from(FIRST_DAYS))
    def open_every_track(self, on: date) -> None:
        self.on = on
        self.events: list[Happened] = []
        self.clocks: Clocks = {}
        self.morning: Clocks = {}
        self.cases: dict[str, Case] = {}
        for name in TRACKS:
            self.begin(name)

    # What may happen

    @rule(data=st.data(), name=st.sampled_from(sorted(TRACKS)), door=st.sampled_from(Door))
    def try_any_move(self, data: st.DataObject, name: str, door: Door) -> None:
        offered = along(TRACKS[name], self.cases[name].state)
        trigger = data.draw(st.sampled_from([*TRACKS[name].triggers, *offered]))
        wrong = data.draw(st.lists(st.tuples(st.sampled_from(SPOILT), st.integers(-60, 5)), max_size=4))
        self.attempt(name, trigger, door, wrong)

    @rule(data=st.data(), name=st.sampled_from(OFTEN), door=st.sampled_from(Door), days=st.sampled_from(EARLIER))
    def go_on(self, data: st.DataObject, name: str, door: Door, days: int) -> None:
        """Leads far along each path, where facts drawn at random seldom come; from an end, to a new case."""
        if offered := along(TRACKS[name], self.cases[name].state):
            wrong = [(day, days) for day in STATED_DATES if days and day != "secretary_notice_on"]
            self.attempt(name, data.draw(st.sampled_from(offered)), door, wrong)
        else:
            self.begin(name)

    @rule(days=st.integers(1, 90))
    def let_days_pass(self, days: int) -> None:
        self.tried["days pass"] += 1
        before, self.on = self.clocks, self.on + timedelta(days)
        self.clocks = self.morning = self.work_out(self.events)
        self.nothing_changes_but_with_its_day(before)

    @rule(data=st.data(), days=st.integers(-30, 30))
    def correct_a_day(self, data: st.DataObject, days: int) -> None:
        """Today somebody finds that something happened on another day; a day that cannot have been is refused."""
        self.tried["a day is corrected"] += 1
        one = data.draw(st.sampled_from([event for life in lives(self.events, self.on) for event in life.events]))
        right = min(one.on + timedelta(days), self.on)
        facts: dict[str, str | date] = {"corrects": one.trigger, "was": one.on, "day": right}
        correction = Happened(one.track, one.subject, "correct_date", self.on, facts)
        with suppress(ImpossibleDates):
            self.record(correction)

    # How it is recorded

    def begin(self, name: str) -> None:
        self.tried[f"{name}: a case begins"] += 1
        track, number = TRACKS[name], sum(one.trigger == TRACKS[name].opens_by for one in self.events) + 1
        case = self.cases[name] = Case(track, f"{name} {number}", str(track.initial))
        self.record(Happened(name, case.subject, track.opens_by, self.on, {}))

    def attempt(self, name: str, trigger: str, door: Door, wrong: list[tuple[str, int]]) -> None:
        self.tried[f"{name}: a move"] += 1
        case, before = self.cases[name], self.cases[name].state
        facts = self.facts(case, trigger, door, wrong)
        outcome = advance(TRACKS[name], case, trigger, facts, self.on)
        if isinstance(outcome, Moved):
            assert outcome.row is TRACKS[name].moves[before, trigger]
            assert [guard for guard in outcome.row.guards if guard(facts)] == []
            self.keep(case, before, trigger, facts)
        else:
            assert isinstance(outcome, Refused)
            assert outcome.refusals
            assert case.state == before

    def keep(self, case: Case, before: str, trigger: str, facts: Facts) -> None:
        case.recorded.append(trigger)
        case.came_from, case.last_moved_on = before, self.on
        self.made[case.track.name, trigger] += 1
        known = {"notice": self.cases["notice"].subject, "sector": Sector.MAINTAINED.value}
        self.record(Happened(case.track.name, case.subject, trigger, self.on, known | as_record(facts)))

    def facts(self, case: Case, trigger: str, door: Door, wrong: list[tuple[str, int]]) -> Facts:
        """What is stated, with what is wrong in it, beside what only the record can say."""
        section = tuple(PowerSection)[len(self.events) % len(PowerSection)]
        kind = tuple(NoticeKind)[int(self.cases["notice"].subject.split()[1]) % 2 - 1]  # every other notice is of pay
        facts = complete(trigger, self.on, door, section, kind)
        for name, days in wrong:
            facts = spoil(facts, name, days)
        notice = self.cases["notice"].subject
        ends = {name: clock.date for (subject, name, _), clock in self.clocks.items() if subject == notice}
        return replace(
            facts,
            **self.known_days(case),
            came_from=case.came_from,
            last_moved_on=case.last_moved_on,
            initial_ends=ends.get("initial_period_ends"),
            compliance_ends=ends.get("compliance_period_ends"),
            window_ends=ends.get("powers_start_by"),
            reasonable_notice_ends=ends.get("reasonable_notice_ends"),
        )

    def known_days(self, case: Case) -> dict[str, Any]:
        """The days of a notice that are on record, and that nobody states a second time."""
        facts = {"give": "given_on", "record_representations": "represented_on"}
        own = [event for event in self.events if event.subject == case.subject]
        known = lives(own, self.on)[0].events
        return {facts[one.trigger]: one.on for one in known if case.track.name == "notice" and one.trigger in facts}

    def record(self, event: Happened) -> None:
        """The event goes on record with what it does to the clocks, or not at all."""
        after = self.work_out([*self.events, event])
        self.only_its_own_clocks_change(event, after)
        if event.trigger == "correct_date":
            yesterday = self.on - timedelta(days=1)
            assert self.work_out([*self.events, event], yesterday) == self.work_out(self.events, yesterday)
        self.events.append(event)
        self.clocks = after

    def work_out(self, events: list[Happened], now: date | None = None) -> Clocks:
        numbers: Counter[tuple[str, str]] = Counter()
        found: Clocks = {}
        for one in deadlines(events, LAW, POLICY, CALENDARS, now or self.on):
            found[one.subject, one.name, numbers[one.subject, one.name]] = one
            numbers[one.subject, one.name] += 1
        return found

    # What must hold

    def nothing_changes_but_with_its_day(self, before: Clocks) -> None:
        """Days alone move no date and undo nothing; a clock whose day has come stops in the open."""
        assert {key for key in self.clocks.keys() - before.keys() if key[1] != EVERY_YEAR} == set()
        for key, was in before.items():
            now = self.clocks[key]
            assert now.date == was.date
            assert now.state == was.state or was.state is RUNNING

    def only_its_own_clocks_change(self, event: Happened, after: Clocks) -> None:
        """What is recorded today leaves every other case alone, undoes nothing that was settled before today, and makes
        no clock vanish; what lapsed today may still be met today.
        """
        corrects = event.trigger == "correct_date"
        on_its_day = not corrects and event.counts_on == self.on
        for key, was in self.clocks.items():
            own = key[0] == event.subject or (event.track == "power" and key[1] == "powers_start_by")
            if not own:
                assert after[key] == was
            elif on_its_day and was.state is not RUNNING and self.morning.get(key) == was:
                assert (after[key].date, after[key].state) == (was.date, was.state)
            else:
                assert key in after or (corrects and key[1] == EVERY_YEAR)

    @invariant()
    def state_is_the_fold_of_the_moves(self) -> None:
        for case in self.cases.values():
            state = str(case.track.initial)
            for trigger in case.recorded:
                state = str(case.track.moves[state, trigger].to)
            assert case.state == state

    @invariant()
    def every_clock_stands_where_its_day_says(self) -> None:
        for (_, name, _), clock in self.clocks.items():
            self.seen[name, clock.state] += 1
            passed = clock.date is not None and clock.date < self.on
            assert clock.state in ((MET, MISSED, LAPSED) if passed else (RUNNING, MET, LAPSED)), clock
            if clock.met_on and clock.date and clock.state is not LAPSED:
                assert (clock.met_on > clock.date) is (clock.state is MISSED), clock

    @invariant()
    def every_clock_that_was_begun_is_there(self) -> None:
        known = [(life.subject, event) for life in lives(self.events, self.on) for event in life.events]
        begun = Counter((subject, name) for subject, event in known for name in clocks_begun_by(event))
        assert Counter(key[:2] for key in self.clocks if key[1] != EVERY_YEAR) == begun


def clocks_begun_by(event: Happened) -> set[str]:
    match event.track, event.trigger:
        case "notice", "give":
            return FROM_GIVING_OF_OLD if event.on < date(2016, 4, 18) else FROM_GIVING
        case "power", "begin":
            return BEGUN_BY_POWER[event.text("section")]
    return BEGUN_BY.get((event.track, event.trigger), set())


def live(examples: int, steps: int) -> int:
    """How many steps were taken: the same each time, so that what was covered can be asserted."""
    for counter in (Lives.tried, Lives.made, Lives.seen):
        counter.clear()
    same_each_time = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Lives, settings=same_each_time)
    return Lives.tried.total()


# In a whole run other tests' threads may draw from `random` meanwhile, which Hypothesis takes for a draw of ours.
NO_MATTER_WHO_DRAWS = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")


def told(steps: int) -> str:
    clocks = sum(Lives.seen.values())
    return f"{steps:,} steps on {len(TRACKS)} tracks, {Lives.made.total():,} moves made, {clocks:,} clocks read"


@pytest.mark.slow
@NO_MATTER_WHO_DRAWS
def test_every_track_lives_by_its_table_and_clocks(say: Say) -> None:
    steps = live(250, 100)
    say(told(steps))
    assert steps >= 20_000
    assert {state for name, state in Lives.seen if name == "compliance_period_ends"} == set(ClockState)


@NO_MATTER_WHO_DRAWS
@pytest.mark.slow
def test_every_track_lives_long_by_its_table_and_clocks(say: Say) -> None:
    steps = live(1200, 100)
    say(told(steps))
    assert steps >= 100_000
    # The long path of a school has a walk of its own, which makes every move of it: test_school_machine.
    rows = {(name, trigger) for name, track in TRACKS.items() for trigger in track.triggers if name != "school"}
    assert rows - Lives.made.keys() == set(), "some move was never made: the facts are too poor"
    settled = {name for name, state in Lives.seen if state is not RUNNING}
    assert settled == {name for name, state in Lives.seen if state is RUNNING} == set(TITLES)
