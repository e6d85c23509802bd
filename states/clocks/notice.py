"""The clocks of a warning notice: where each of its periods stands, and by when powers must start.

Facts that are read of the powers that begin: `section`, and `notice`, the subject of the notice that they rest on.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from states.clocks.counting import months_after
from states.clocks.history import Life
from states.clocks.periods import Notice, impossible
from states.clocks.values import (
    Calendars,
    ClockState,
    Deadline,
    ImpossibleDates,
    listed,
    settle,
    settle_period,
)
from states.dates import in_words
from states.law import Law
from states.law.powers import POWERS, WINDOW_MONTHS, Door
from states.policy import Policy
from states.policy_terms import DeadlineRules, MonthsEnd


def notice_deadlines(
    life: Life, powers: Iterable[Life], law: Law, policy: Policy, calendars: Calendars, now: date
) -> Iterator[Deadline]:
    """The clocks of one notice; none before it is given. ImpossibleDates when its days contradict each other."""
    if (given := life.first("give")) is None:
        return
    notice = Notice(life, given, law.on(given.on), calendars.working_days)
    if problems := list(impossible(notice)):
        raise ImpossibleDates("\n".join(problems))
    if notice.initial:
        yield _initial_period(notice, now)
        yield _representations(notice, now)
    yield _compliance(notice, now)
    if opened := life.first("open_powers"):
        yield _reasonable_notice(notice, opened.on, policy.deadlines, now)
    yield _powers(notice, powers, policy.deadlines, now)


def _initial_period(notice: Notice, now: date) -> Deadline:
    period = notice.initial
    assert period
    assert period.ends
    return Deadline(
        name="initial_period_ends",
        subject=notice.life.subject,
        date=period.ends,
        state=settle_period(period.ends, now, notice.over),
        rule=period.rule,
        citation=period.citation,
        starts=period.starts,
        skipped=period.skipped,
    )


def _representations(notice: Notice, now: date) -> Deadline:
    """Made on the last day they count; made on the day after they do not, and the right has lapsed (s60(7))."""
    period, made = notice.initial, notice.represented
    assert period
    heard = notice.regime.representations[notice.kind]
    late = made and not notice.represented_in_time
    came = f"; those of {in_words(made)} came too late to count" if made and late else ""
    return Deadline(
        name="representations_by",
        subject=notice.life.subject,
        date=period.ends,
        state=settle(period.ends, now, made, notice.over, unmet=ClockState.LAPSED),
        rule=f"In writing to {heard.value}, before the initial period is over{came}",
        citation=heard.citation,
        starts=period.starts,
        skipped=period.skipped,
        met_on=made,
    )


def _compliance(notice: Notice, now: date) -> Deadline:
    period = notice.compliance
    return Deadline(
        name="compliance_period_ends",
        subject=notice.life.subject,
        date=period.ends,
        state=settle(period.ends, now, notice.complied, notice.over),
        rule=period.rule,
        citation=period.citation,
        starts=period.starts,
        skipped=period.skipped,
        met_on=notice.complied,
    )


def _reasonable_notice(notice: Notice, opened: date, rules: DeadlineRules, now: date) -> Deadline:
    """The Act says reasonable and gives no number; the policy's number of calendar days stands in for it."""
    ends = opened + timedelta(days=rules.reasonable_notice_days)
    return Deadline(
        name="reasonable_notice_ends",
        subject=notice.life.subject,
        date=ends,
        state=settle_period(ends, now, notice.over),
        rule=f"{rules.reasonable_notice_days} days (the policy's number; the Act has none) after {in_words(opened)}",
        citation=notice.regime.reasonable_notice.citation,
        starts=opened,
    )


def _powers(notice: Notice, powers: Iterable[Life], rules: DeadlineRules, now: date) -> Deadline:
    """By when powers under ss63, 64 and 66 must start; unused, the window lapses. Section 65 has none."""
    ends = notice.compliance.ends
    windowed = [power.section for power in POWERS.values() if power.has_window(Door(notice.kind))]
    begun = min(_begun_under(notice, powers, windowed), default=None)
    complied = notice.complied if notice.complied and ends and notice.complied <= ends else None
    due = months_after(ends, WINDOW_MONTHS.value, rules.two_months_end) if ends else None
    return Deadline(
        name="powers_start_by",
        subject=notice.life.subject,
        date=due,
        state=settle(due, now, begun, min(filter(None, (notice.over, complied)), default=None), ClockState.LAPSED),
        rule=_window_rule(notice, ends, windowed, rules.two_months_end),
        citation=WINDOW_MONTHS.citation,
        starts=ends,
        met_on=begun,
    )


def _window_rule(notice: Notice, ends: date | None, windowed: list[str], convention: MonthsEnd) -> str:
    if ends is None:
        return notice.compliance.rule
    less = ", less a day by the authority's policy" if convention == "day_before" else ""
    return (
        f"Two months following {in_words(ends)}, the end of the compliance period{less}, for sections "
        f"{listed(windowed)}; section 65 has no limit"
    )


def _begun_under(notice: Notice, powers: Iterable[Life], sections: list[str]) -> Iterator[date]:
    """The days on which powers with a window began under this notice, once its compliance period was over."""
    subject, ends = notice.life.subject, notice.compliance.ends
    for begun in filter(None, (power.first("begin") for power in powers)):
        bound = begun.text("notice") == subject and begun.text("section") in sections
        if bound and ends and begun.on > ends:
            yield begun.on
