"""Each clock starts, ends and lapses as its rule says, and says so in a sentence that can be read out."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.clocks import Calendars, ClockState, Deadline, Happened, ImpossibleDates, deadlines
from states.clocks.counting import months_after, ordinal
from states.half_terms import load_calendar
from states.law import LAW, BeforeTheLaw
from states.policy import Policy, load_policy
from states.working_days import load_working_days

RUNNING, MET, MISSED, LAPSED = ClockState
POLICY = load_policy("norfolk-2013")
CALENDARS = Calendars(load_working_days(), load_calendar())
GIVEN, LAST, NEXT = date(2013, 11, 18), date(2013, 12, 9), date(2013, 12, 10)
WINDOW = date(2014, 2, 9)
LATER = date(2030, 1, 1)


def event(track: str, trigger: str, on: date, subject: str = "N1", **facts: Any) -> Happened:
    return Happened(track, subject, trigger, on, facts)


def notice(trigger: str, on: date, **facts: Any) -> Happened:
    return event("notice", trigger, on, **facts)


def power(trigger: str, on: date, **facts: Any) -> Happened:
    return event("power", trigger, on, "P1", **({"section": "64", "notice": "N1"} | facts))


GIVE = notice("give", GIVEN)
MODERN = notice("give", date(2017, 3, 1), period_ends=date(2017, 4, 3))


def clocks(*events: Happened, now: date = LATER, policy: Policy = POLICY) -> dict[str, Deadline]:
    return {one.name: one for one in deadlines(events, LAW, policy, CALENDARS, now)}


def with_deadlines(**rules: Any) -> Policy:
    return POLICY.model_copy(update={"deadlines": POLICY.deadlines.model_copy(update=rules)})


# The notice


@pytest.mark.parametrize(
    ("given_on", "ends", "powers"),
    [
        (GIVEN, LAST, WINDOW),
        (date(2013, 12, 9), date(2014, 1, 2), date(2014, 3, 2)),
        (date(2013, 12, 13), date(2014, 1, 8), date(2014, 3, 8)),
        (date(2014, 4, 7), date(2014, 4, 30), date(2014, 6, 30)),
        (date(2014, 5, 6), date(2014, 5, 28), date(2014, 7, 28)),
    ],
    ids=str,
)
def test_notice_of_2013_has_four_clocks(given_on: date, ends: date, powers: date) -> None:
    assert {name: one.date for name, one in clocks(notice("give", given_on)).items()} == {
        "initial_period_ends": ends,
        "representations_by": ends,
        "compliance_period_ends": ends,
        "powers_start_by": powers,
    }


def test_notice_of_2017_has_the_period_that_it_states() -> None:
    assert {name: one.date for name, one in clocks(MODERN).items()} == {
        "compliance_period_ends": date(2017, 4, 3),
        "powers_start_by": date(2017, 6, 3),
    }


def test_regime_is_that_of_the_day_of_giving() -> None:
    before = clocks(notice("give", date(2016, 4, 17)), now=date(2016, 12, 1))
    after = clocks(notice("give", date(2016, 4, 18), period_ends=date(2016, 5, 31)))
    assert ("initial_period_ends" in before, "initial_period_ends" in after) == (True, False)


def test_draft_has_no_clock() -> None:
    assert clocks(notice("draft", GIVEN), notice("check", GIVEN)) == {}


@pytest.mark.parametrize(
    ("made", "compliance", "state"),
    [
        pytest.param(LAST, None, MET, id="on the last day: it counts"),
        pytest.param(NEXT, LAST, LAPSED, id="on the day after: it does not"),
        pytest.param(GIVEN, None, MET, id="on the first day"),
    ],
)
def test_representations_count_to_the_last_day(made: date, compliance: date | None, state: ClockState) -> None:
    found = clocks(GIVE, notice("record_representations", made))
    assert (found["compliance_period_ends"].date, found["representations_by"].state) == (compliance, state)


def test_undecided_notice_says_that_no_period_ends() -> None:
    found = clocks(GIVE, notice("record_representations", LAST))["compliance_period_ends"]
    assert (found.state, found.starts) == (RUNNING, None)
    assert found.sentence.startswith("No compliance period ends yet: representations were made in time and the Chief")


def test_confirmation_begins_fifteen_days_anew() -> None:
    found = clocks(GIVE, notice("record_representations", LAST), notice("confirm", date(2013, 12, 20)))
    assert found["compliance_period_ends"].date == date(2014, 1, 15)
    assert found["powers_start_by"].date == date(2014, 3, 15)


def test_notice_that_is_not_confirmed_has_no_clock_left() -> None:
    declined = notice("decline_to_confirm", date(2013, 12, 20))
    found = clocks(GIVE, notice("record_representations", LAST), declined)
    assert {one.state for name, one in found.items() if name.startswith(("comp", "pow"))} == {LAPSED}
    assert "declined on 20 December 2013" in found["powers_start_by"].sentence


@pytest.mark.parametrize("trigger", ["withdraw", "supersede", "lift", "lapse"])
def test_notice_that_is_over_asks_nothing_more(trigger: str) -> None:
    found = clocks(GIVE, notice(trigger, date(2013, 11, 20)))
    assert {name: one.state for name, one in found.items()} == dict.fromkeys(clocks(GIVE), LAPSED)


def test_notice_withdrawn_on_the_last_day_was_not_missed() -> None:
    assert clocks(GIVE, notice("withdraw", LAST))["compliance_period_ends"].state == LAPSED


def test_notice_lifted_on_the_day_of_compliance_was_complied_with() -> None:
    found = clocks(GIVE, notice("record_compliance", LAST), notice("lift", LAST))
    assert found["compliance_period_ends"].state == MET


def test_representations_may_be_decided_on_their_own_day() -> None:
    found = clocks(GIVE, notice("record_representations", LAST), notice("confirm", LAST))
    assert found["compliance_period_ends"].date == date(2014, 1, 2)


@pytest.mark.parametrize(
    ("now", "state"),
    [(LAST, RUNNING), (NEXT, MISSED)],
    ids=["last day", "day after"],
)
def test_compliance_is_open_to_the_end_of_its_last_day(now: date, state: ClockState) -> None:
    assert clocks(GIVE, now=now)["compliance_period_ends"].state == state


@pytest.mark.parametrize(
    ("recorded", "facts", "state", "window"),
    [
        pytest.param(LAST, {}, MET, LAPSED, id="in time"),
        pytest.param(NEXT, {}, MISSED, RUNNING, id="late"),
        pytest.param(NEXT, {"complied_on": "2013-12-06"}, MET, LAPSED, id="in time, recorded late"),
    ],
)
def test_compliance_in_time_closes_the_window(
    recorded: date, facts: dict[str, str], state: ClockState, window: ClockState
) -> None:
    found = clocks(GIVE, notice("record_compliance", recorded, **facts), now=date(2014, 1, 20))
    assert (found["compliance_period_ends"].state, found["powers_start_by"].state) == (state, window)


@pytest.mark.parametrize(
    ("section", "begun", "state"),
    [
        pytest.param("64", WINDOW, MET, id="s64 on the last day"),
        pytest.param("64", WINDOW + timedelta(days=1), LAPSED, id="s64 one day late"),
        pytest.param("63", NEXT, MET, id="s63 on the first day"),
        pytest.param("66", NEXT, MET, id="s66"),
        pytest.param("64", LAST, LAPSED, id="before the compliance period is over"),
        pytest.param("65", NEXT, LAPSED, id="s65 has no window to meet"),
    ],
)
def test_window_is_met_by_a_power_that_it_binds(section: str, begun: date, state: ClockState) -> None:
    assert clocks(GIVE, power("begin", begun, section=section))["powers_start_by"].state == state


def test_power_under_another_notice_does_not_meet_the_window() -> None:
    assert clocks(GIVE, power("begin", NEXT, notice="N2"))["powers_start_by"].state == LAPSED


def test_suspended_budget_counts_from_its_receipt() -> None:
    begun = power("begin", WINDOW, section="66", received_on=WINDOW + timedelta(days=1))
    assert clocks(GIVE, begun)["powers_start_by"].state == LAPSED


def test_pay_notice_goes_to_the_authority_and_opens_no_section_63() -> None:
    found = clocks(notice("give", GIVEN, kind="s60A"), power("begin", NEXT, section="63"))
    assert "the local authority" in found["representations_by"].rule
    assert "sections 64 and 66" in found["powers_start_by"].rule
    assert found["powers_start_by"].state == LAPSED


@pytest.mark.parametrize(("now", "state"), [(date(2013, 12, 26), RUNNING), (date(2013, 12, 27), MET)], ids=str)
def test_reasonable_notice_runs_for_the_policys_days(now: date, state: ClockState) -> None:
    found = clocks(GIVE, notice("open_powers", date(2013, 12, 12)), now=now)["reasonable_notice_ends"]
    assert (found.date, found.state) == (date(2013, 12, 26), state)


def test_policy_may_stop_a_day_short_of_two_months() -> None:
    found = clocks(GIVE, policy=with_deadlines(two_months_end="day_before"))["powers_start_by"]
    assert found.date == WINDOW - timedelta(days=1)
    assert "less a day by the authority's policy" in found.rule


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([notice("give", date(2017, 3, 1))], "say when the compliance period that the notice states ends"),
        ([notice("give", date(2017, 3, 1), period_ends="2017-02-01")], "before the notice was given"),
        ([notice("give", date(2017, 3, 1), period_ends="soon")], "write a day such as"),
        ([MODERN, notice("record_representations", date(2017, 3, 9))], "no right of representations"),
        ([MODERN, notice("confirm", date(2017, 3, 9))], "nobody confirms it"),
        ([notice("give", GIVEN, period_ends=NEXT)], "states no period of its own"),
        ([GIVE, notice("record_representations", date(2013, 11, 17))], "before the notice was given"),
        ([GIVE, notice("confirm", LAST)], "needs representations first"),
        ([GIVE, notice("record_representations", LAST), notice("confirm", GIVEN)], "before the representations"),
        ([GIVE, notice("record_representations", NEXT), notice("confirm", LATER)], "nothing to decide"),
        ([notice("give", date(2010, 1, 11), kind="s60A")], "pay notices exist since 12 January 2010"),
        ([GIVE, notice("correct_date", LAST, corrects="confirm", day=NEXT)], "no “confirm” to correct"),
        ([GIVE, notice("correct_date", LAST, corrects="give")], "does not say the right day"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_dates_that_cannot_be_are_refused_in_words(events: Sequence[Happened], words: str) -> None:
    with pytest.raises(ImpossibleDates, match=f"N1.*{words}"):
        clocks(*events)


def test_notice_older_than_the_act_is_refused() -> None:
    with pytest.raises(BeforeTheLaw, match="begins with 1 April 2007"):
        clocks(notice("give", date(2007, 3, 31)))


# What is known, and when


def test_correction_of_the_day_moves_every_clock() -> None:
    corrected = notice("correct_date", date(2013, 11, 25), corrects="give", day=date(2013, 12, 9))
    assert clocks(GIVE, corrected)["initial_period_ends"].date == date(2014, 1, 2)
    assert clocks(GIVE, corrected, now=date(2013, 11, 24))["initial_period_ends"].date == LAST


def test_day_that_a_fact_states_is_the_one_that_counts() -> None:
    recorded = date(2013, 12, 16)
    given = notice("give", recorded, given_on="2013-11-18")
    found = clocks(given, notice("record_representations", recorded, represented_on=LAST), now=recorded)
    assert (found["initial_period_ends"].date, found["representations_by"].state) == (LAST, MET)


def test_correction_reaches_the_fact_that_states_the_day() -> None:
    given = notice("give", NEXT, given_on="2013-11-19")
    corrected = notice("correct_date", LATER, corrects="give", was=date(2013, 11, 19), day=GIVEN)
    assert clocks(given, corrected)["initial_period_ends"].date == LAST


def test_correction_may_name_a_fact() -> None:
    corrected = notice("correct_date", date(2017, 3, 9), corrects="period_ends", day="2017-05-02")
    assert clocks(MODERN, corrected)["powers_start_by"].date == date(2017, 7, 2)


def test_correction_names_which_of_several_it_means() -> None:
    begun = power("begin", date(2014, 1, 6), section="66")
    reviews = [power("review", date(2014, 3, 3)), power("review", date(2015, 4, 2))]
    corrected = power("correct_date", LATER, corrects="review", was=date(2015, 4, 2), day=date(2015, 3, 27))
    found = deadlines([begun, *reviews, corrected], LAW, POLICY, CALENDARS, LATER)
    assert [one.met_on for one in found][:2] == [date(2014, 3, 3), date(2015, 3, 27)]


def test_what_is_dated_later_has_not_happened_yet() -> None:
    assert clocks(GIVE, now=date(2013, 11, 17)) == {}
    found = clocks(GIVE, notice("withdraw", date(2013, 12, 1)), now=date(2013, 11, 30))
    assert found["initial_period_ends"].state == RUNNING


def test_order_in_which_events_come_does_not_matter() -> None:
    events = [GIVE, notice("record_representations", LAST), notice("confirm", NEXT), power("begin", date(2014, 1, 6))]
    assert len({deadlines(order, LAW, POLICY, CALENDARS, LATER) for order in permutations(events)}) == 1


@given(st.dates(date(2007, 4, 1), date(2016, 4, 17)), st.integers(0, 400))
def test_clock_once_settled_stays_as_it_is(given_on: date, days: int) -> None:
    first = clocks(notice("give", given_on), now=given_on + timedelta(days=days))
    then = clocks(notice("give", given_on), now=given_on + timedelta(days=days + 30))
    assert all(one.state in (RUNNING, then[name].state) for name, one in first.items())


# Words


def test_deadline_can_be_read_out() -> None:
    said = clocks(notice("give", date(2013, 12, 9)), now=date(2013, 12, 9))["initial_period_ends"].sentence
    assert said == (
        "The initial period ends on Thursday 2 January 2014: the 15th working day after 9 December 2013, the day on "
        "which the notice was given (Education and Inspections Act 2006, s60(1)(b), before 18 April 2016). Not "
        "counted: Saturdays and Sundays (6), Christmas Day (25 December 2013), Boxing Day (26 December 2013) and New "
        "Year's Day (1 January 2014)."
    )


@pytest.mark.parametrize(
    ("events", "name", "ends"),
    [
        ([GIVE], "initial_period_ends", "It is over."),
        ([GIVE], "compliance_period_ends", "Missed."),
        ([GIVE], "powers_start_by", "Lapsed."),
        ([GIVE, notice("record_compliance", LAST)], "compliance_period_ends", "Done on 9 December 2013."),
    ],
)
def test_outcome_is_said_at_the_end(events: Sequence[Happened], name: str, ends: str) -> None:
    assert clocks(*events)[name].sentence.endswith(f" {ends}")


def test_every_deadline_cites_and_explains() -> None:
    events = [GIVE, notice("open_powers", NEXT), power("begin", date(2014, 1, 6), section="66")]
    events += [event("monitoring", "request", GIVEN), event("support", "allocate", GIVEN)]
    for one in clocks(*events, event("school", "judged_inadequate", GIVEN)).values():
        assert not one.rule[0].islower()
        assert one.citation
        assert not one.rule.endswith(".")


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2013, 12, 9), date(2014, 2, 9)),
        (date(2013, 12, 31), date(2014, 2, 28)),
        (date(2015, 12, 31), date(2016, 2, 29)),
        (date(2014, 7, 31), date(2014, 9, 30)),
    ],
    ids=str,
)
def test_two_months_end_with_the_corresponding_date(day: date, end: date) -> None:
    assert months_after(day, 2) == end


def test_two_months_after_the_last_day_of_all_are_refused() -> None:
    with pytest.raises(ImpossibleDates, match="after 31 December 9999"):
        clocks(notice("give", date(2017, 3, 1), period_ends=date(9999, 12, 31)))


@pytest.mark.parametrize("said", ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "15th", "21st", "112th"])
def test_ordinal_is_written_as_people_do(said: str) -> None:
    assert ordinal(int(said[:-2])) == said
