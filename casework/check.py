"""The half-termly check: ask each monitored school for its return, judge what came, flag what did not, propose moves.

It proposes and never moves. Everything it does to a school in a half-term has a name that can be used once, so that a
second run, early, late or doubled, adds nothing.
"""

import gc
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, school_cases
from casework.check_report import CheckReport
from casework.chunks import chunks
from casework.drafting import progress_requests
from casework.record import Decisions, Stamp
from casework.returns import HeldReturn, held_returns
from casework.tables import Case, EventKind
from casework.unit_of_work import reading, transact
from states.dates import in_words
from states.errors import CaseworkError
from states.half_terms import HalfTerm, SchoolCalendar
from states.policy import Policy, ProposalRule
from states.progress import Outcome, evaluate
from states.tracks.school import SCHOOL


class TooEarly(CaseworkError):
    """A half-term cannot be checked before it opens."""


def run_check(
    engine: Engine,
    calendar: SchoolCalendar,
    half_term: HalfTerm,
    stamp: Stamp,
    progress: Callable[[int], None] = lambda _done: None,
) -> CheckReport:
    """The whole caseload, 500 schools to a transaction."""
    gc.freeze()  # what stands before the check is not garbage: looking through it again costs a tenth of the time
    report = begin_check(engine, half_term, stamp)
    for case_ids in chunks(monitored_case_ids(engine, stamp.policy)):
        report = report.plus(check_chunk(engine, case_ids, calendar, half_term, stamp))
        progress(len(case_ids))
    return report


def begin_check(engine: Engine, half_term: HalfTerm, stamp: Stamp) -> CheckReport:
    """An empty report with the size of the caseload; raises TooEarly."""
    if stamp.on < half_term.opens:
        raise TooEarly(
            f"The {half_term.label} ({half_term.key}) opens on {in_words(half_term.opens)}; "
            f"it cannot be checked on {in_words(stamp.on)}."
        )
    with reading(engine) as session:
        cases = session.scalar(select(func.count()).where(Case.track == SCHOOL.name, Case.state.not_in(SCHOOL.ended)))
    return CheckReport(half_term=half_term.key, label=half_term.label, on=stamp.on, cases=cases or 0)


def monitored_case_ids(engine: Engine, policy: Policy) -> list[int]:
    with reading(engine) as session:
        query = select(Case.id).where(Case.track == SCHOOL.name, Case.state.in_(policy.monitoring.states))
        return list(session.scalars(query.order_by(Case.id)))


def check_chunk(
    engine: Engine, case_ids: list[int], calendar: SchoolCalendar, half_term: HalfTerm, stamp: Stamp
) -> CheckReport:
    """Check these cases in one transaction; those that have left the monitored states meanwhile are passed over."""
    which = Case.id.in_(case_ids), Case.state.in_(stamp.policy.monitoring.states)
    return transact(engine, partial(_check_cases, which, calendar, half_term, stamp, asks=True))


def judge_chunk(
    engine: Engine, case_ids: list[int], calendar: SchoolCalendar, half_term: HalfTerm, stamp: Stamp
) -> CheckReport:
    """Judge their returns, wherever the schools stand by now, and ask for none: the half-term is over."""
    return transact(engine, partial(_check_cases, [Case.id.in_(case_ids)], calendar, half_term, stamp, asks=False))


def _check_cases(
    which: Iterable[ColumnElement[bool]],
    calendar: SchoolCalendar,
    half_term: HalfTerm,
    stamp: Stamp,
    session: Session,
    *,
    asks: bool,
) -> CheckReport:
    cases = school_cases(session, *which)
    held = held_returns(session, (one.school.urn for one in cases))
    check = _Check(calendar, half_term, stamp, asks=asks)
    for one in cases:
        check.school(one, held.get(one.school.urn, []))
    check.decisions.write(session)
    return check.report


class _Check:
    """Decides for one school after the other; touches nothing but its own lists."""

    def __init__(self, calendar: SchoolCalendar, half_term: HalfTerm, stamp: Stamp, *, asks: bool) -> None:
        self.half_term = half_term
        self.asks = asks
        self.stamp = stamp
        self.decisions = Decisions(stamp)
        self.due = due_date(stamp.on, stamp.policy.monitoring.reply_within_days, calendar)
        self.asked = f"Return for the {half_term.label} asked for, due {in_words(self.due)}"
        self.report = CheckReport(half_term=half_term.key, label=half_term.label, on=stamp.on)

    def school(self, one: SchoolCase, returns: Iterable[HeldReturn]) -> None:
        """`returns` are the school's own, oldest first."""
        self.report.monitored += 1
        known = [held for held in returns if held.half_term <= self.half_term.key]
        judged = [self._judge(one, held) for held in known]
        self._propose(one, judged, known)
        if any(held.half_term == self.half_term.key for held in known):
            self.report.already_requested += 1
        elif self.asks:
            self._request(one, judged[-1].outcome if judged else "")

    def _request(self, one: SchoolCase, previous_outcome: str) -> None:
        held = HeldReturn(one.school.urn, self.half_term.key, requested_on=self.stamp.on, due_on=self.due)
        letters = progress_requests(one, self.half_term, self.due, previous_outcome, self.stamp)
        self.decisions.returns.append(held.as_row())
        self.decisions.note(
            one.case,
            EventKind.REQUESTED,
            self.asked,
            evidence={"due_on": self.due.isoformat()},
            once=f"requested {self.half_term.key}",
        )
        self.decisions.draft(letters)
        self.report.request(letters)

    def _judge(self, one: SchoolCase, held: HeldReturn) -> HeldReturn:
        """The return with its outcome, if it has one to be given now."""
        if held.received_on and held.received_on > self.stamp.on:
            return held
        if held.received_on and held.outcome == "":
            return self._evaluate(one, held)
        if not held.received_on and not held.outcome and held.due_on and held.due_on < self.stamp.on:
            return self._flag_missing(one, held)
        return held

    def _evaluate(self, one: SchoolCase, held: HeldReturn) -> HeldReturn:
        measures = self.stamp.policy.measures_for(one.school.phase)
        said = evaluate(held.figures, measures, self.stamp.policy.monitoring.minimum_pupils)
        judged = replace(held, outcome=said.outcome.value, findings=said.findings)
        self.decisions.changed_returns.append(judged.as_row())
        self.decisions.note(
            one.case,
            EventKind.EVALUATED,
            f"Return for {held.half_term} evaluated: {said.outcome.label}",
            evidence={"outcome": said.outcome.value, "findings": list(said.findings)},
            once=f"evaluated {held.half_term} r{held.revision}",
        )
        self.report.evaluate(one.school, held.half_term, said)
        return judged

    def _flag_missing(self, one: SchoolCase, held: HeldReturn) -> HeldReturn:
        assert held.due_on is not None
        finding = f"No return came by {in_words(held.due_on)}."
        judged = replace(held, outcome=Outcome.MISSING.value, findings=(finding,))
        self.decisions.changed_returns.append(judged.as_row())
        self.decisions.note(
            one.case,
            EventKind.MISSING,
            f"Return for {held.half_term} is missing",
            evidence={"due_on": held.due_on.isoformat()},
            once=f"missing {held.half_term}",
        )
        self.report.flag_missing(one.school, held.half_term, held.due_on)
        return judged

    def _propose(self, one: SchoolCase, judged: list[HeldReturn], known: list[HeldReturn]) -> None:
        """Propose what policy says of a run of outcomes, if one of the run is new: an old run was proposed before."""
        newest_first = [held for held in reversed(judged) if held.outcome]
        rule = self.stamp.policy.proposal(one.case.state, [held.outcome for held in newest_first])
        run = newest_first[: rule.rounds] if rule else []
        if rule is None or all(held in known for held in run):
            return
        newest = run[0]
        because = _because(rule)
        self.decisions.note(
            one.case,
            EventKind.PROPOSED,
            because,
            trigger=rule.trigger,
            evidence={"half_term": newest.half_term, "findings": list(newest.findings)},
            once=" ".join((f"proposed {rule.trigger}", *(f"{held.half_term} r{held.revision}" for held in run))),
        )
        self.report.propose(one.school, rule.trigger, because, newest.findings)


def _because(rule: ProposalRule) -> str:
    returns = "the latest half-termly return" if rule.rounds == 1 else f"each of the latest {rule.rounds} returns"
    return f"{rule.outcome.label.capitalize()} in {returns}"


def due_date(on: date, reply_within_days: int, calendar: SchoolCalendar) -> date:
    """The day a return is due: so many days on, or the first school day after that."""
    return calendar.next_school_day(on + timedelta(days=reply_within_days))
