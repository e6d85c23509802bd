"""Half-termly rounds: which is open, which was begun late or never, how each stands, and how one is closed.

A round is a half-term of the calendar together with the returns asked for in it. How it stands is not counted or
stored: all of it follows from the calendar and the record, so that a wake-up that came early, late, twice or not at all
changes nothing. It is closed once each of its returns has an outcome: the daily clocks bring that about return by
return, and `close_round` all at once.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select, and_, func, select
from sqlalchemy.orm import Session

from casework.check import judge_chunk
from casework.check_report import CheckReport, table_cell
from casework.chunks import chunks
from casework.record import Stamp
from casework.tables import Case, Event, EventKind, Return, School
from casework.unit_of_work import reading
from states.dates import in_words
from states.errors import CaseworkError
from states.half_terms import HalfTerm, SchoolCalendar
from states.tracks.school import SCHOOL

# What a return is before it has an outcome, and where it will have none: the school has closed or left the authority.
NOT_YET_DUE, TO_BE_EVALUATED, CASE_ENDED = "not yet due", "to be evaluated", "case ended"

# So many schools are named in a sentence.
NAMED = 5


class CannotClose(CaseworkError):
    """A round with returns that may still come in time, or one in which none was asked for."""


@dataclass(slots=True, kw_only=True)
class RoundReport:
    """How one round stands on a day: returns by outcome, and the schools whose returns are not in."""

    half_term: str
    label: str
    on: date
    asked: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    closing: CheckReport | None = None

    @property
    def is_closed(self) -> bool:
        """Whether every return that was asked for has an outcome, `missing` among them."""
        return not (self.outcomes[NOT_YET_DUE] or self.outcomes[TO_BE_EVALUATED])

    def as_dict(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in ("half_term", "label", "asked", "waiting")}
        told |= {"outcomes": dict(self.outcomes), "on": self.on.isoformat(), "closed": self.is_closed}
        return told | ({"closing": self.closing.as_dict()} if self.closing else {})

    def as_markdown(self) -> str:
        state = "Closed: every return has its outcome." if self.is_closed else "Open: some returns have no outcome yet."
        if not self.asked:
            state = "No return was asked for."
        lines = [f"# Round {self.half_term}, {self.label}\n", f"As of {in_words(self.on)}. {state}\n"]
        if done := self.closing:
            lines.append(f"Closed now: {len(done.evaluated)} return(s) evaluated, {len(done.missing)} missing.\n")
        lines += ["| Returns | How many |", "|---|---:|", f"| asked for | {self.asked} |"]
        lines += [f"| {outcome.replace('_', ' ')} | {count} |" for outcome, count in sorted(self.outcomes.items())]
        if self.waiting:
            lines += ["\n## Not in\n", "| URN | School | Due | |", "|---|---|---|---|"]
            lines += [
                f"| {one['urn']} | {table_cell(one['name'])} | {one['due_on']} | {one['outcome']} |"
                for one in self.waiting
            ]
        if self.closing:
            lines += ["", self.closing.proposals_as_markdown()]
        return "\n".join(lines) + "\n"

    def save(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"round-{self.half_term.replace('/', '-')}.md"
        path.write_text(self.as_markdown(), encoding="utf-8")
        return path


def round_of(session: Session, half_term: HalfTerm, on: date) -> RoundReport:
    """How the round of one half-term stands on a day."""
    report = RoundReport(half_term=half_term.key, label=half_term.label, on=on)
    rows = session.execute(
        select(Return.urn, School.name, Return.due_on, Return.received_on, Return.outcome, Case.state)
        .join(School, School.urn == Return.urn)
        .join(Case, and_(Case.urn == Return.urn, Case.track == SCHOOL.name))
        .where(Return.half_term == half_term.key, Return.requested_on.is_not(None))
        .order_by(Return.urn)
    )
    for urn, name, due_on, received_on, outcome, state in rows:
        may_still_come = received_on is None and due_on and due_on >= on
        stands = outcome or (
            CASE_ENDED if state in SCHOOL.ended else NOT_YET_DUE if may_still_come else TO_BE_EVALUATED
        )
        report.asked += 1
        report.outcomes[stands] += 1
        if received_on is None:
            report.waiting.append({"urn": urn, "name": name, "due_on": due_on, "outcome": stands})
    return report


def close_round(
    engine: Engine,
    calendar: SchoolCalendar,
    half_term: HalfTerm,
    stamp: Stamp,
    progress: Callable[[int], None] = lambda _done: None,
) -> RoundReport:
    """Give each return its outcome: judge what came, flag as missing what did not. Raises CannotClose.

    Also of schools that policy does not monitor any more: they were asked. Nobody is asked now, and closing a round
    again adds nothing.
    """
    with reading(engine) as session:
        before = round_of(session, half_term, stamp.on)
        wanting = session.scalars(_to_be_judged(half_term)).all()
    _require_closable(before)
    done = CheckReport(half_term=half_term.key, label=half_term.label, on=stamp.on)
    for case_ids in chunks(wanting):
        done = done.plus(judge_chunk(engine, case_ids, calendar, half_term, stamp))
        progress(len(case_ids))
    with reading(engine) as session:
        return replace(round_of(session, half_term, stamp.on), closing=done)


def _to_be_judged(half_term: HalfTerm) -> Select[int]:
    """The open cases of the schools whose returns have no outcome."""
    return (
        select(Case.id)
        .join(Return, Return.urn == Case.urn)
        .where(Case.track == SCHOOL.name, Case.state.not_in(SCHOOL.ended))
        .where(Return.half_term == half_term.key, Return.requested_on.is_not(None), Return.outcome == "")
        .order_by(Case.id)
    )


def _require_closable(report: RoundReport) -> None:
    if not report.asked:
        raise CannotClose(f"No return was asked for in the {report.label} ({report.half_term}): there is no round.")
    coming = [one for one in report.waiting if one["outcome"] == NOT_YET_DUE]
    if coming:
        last = max(one["due_on"] for one in coming)
        named = ", ".join(f"{one['urn']} {one['name']}" for one in coming[:NAMED])
        others = f" and {len(coming) - NAMED} more" if len(coming) > NAMED else ""
        raise CannotClose(
            f"{len(coming)} return(s) of the {report.label} ({report.half_term}) may still come in time: "
            f"{named}{others}. Close the round after {in_words(last)}."
        )


@dataclass(frozen=True, slots=True)
class Late:
    """A round that was begun after its window had opened, or never; with the sentence that says so."""

    half_term: HalfTerm
    begun_on: date | None

    @property
    def sentence(self) -> str:
        opened = (
            f"{self.half_term.label.capitalize()} ({self.half_term.key}), open from {in_words(self.half_term.opens)}"
        )
        if self.begun_on is None:
            return f"{opened} to {in_words(self.half_term.closes)}: no return was asked for while it was open."
        return f"{opened}: returns were asked for from {in_words(self.begun_on)}."


def late_rounds(session: Session, calendar: SchoolCalendar, since: date, on: date, grace: int) -> list[Late]:
    """Rounds of which somebody should have heard between two days: begun over `grace` days late, or closed unasked.

    `since` is the day on which the rounds were last looked at. What was before the record began is nobody's fault.
    """
    first = func.min(Return.requested_on)
    asked = select(Return.half_term, first).where(Return.requested_on.is_not(None)).group_by(Return.half_term)
    begun = {key: day for key, day in session.execute(asked)}  # noqa: C416  -- dict() has no type for rows
    opened = session.scalar(select(func.min(Event.effective_on)).where(Event.kind == EventKind.OPENED))
    if opened is None:
        return []
    return [
        Late(window, begun.get(window.key))
        for window in calendar.half_terms
        if window.closes >= max(opened, since) and window.opens <= on
        if _is_late(window, begun.get(window.key), max(opened, window.opens), since, on, grace)
    ]


def _is_late(window: HalfTerm, begun: date | None, possible: date, since: date, on: date, grace: int) -> bool:
    if begun is None:
        return window.closes < on
    return begun > since and (begun - possible).days > grace
