"""Half-termly rounds: which is open, which was begun late or never, and how each stands, for who must close it.

A round is a half-term of the calendar together with the returns asked for in it. Nothing here is counted or stored:
all of it follows from the calendar and the record, so that a wake-up that came early, late, twice or not at all changes
nothing.
"""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.check_report import table_cell
from casework.tables import Event, EventKind, Return, School
from states.dates import in_words
from states.half_terms import HalfTerm, SchoolCalendar

# What a return is before it has an outcome.
NOT_YET_DUE, TO_BE_EVALUATED = "not yet due", "to be evaluated"


@dataclass(slots=True, kw_only=True)
class RoundReport:
    """How one round stands on a day: returns by outcome, and the schools whose returns are not in."""

    half_term: str
    label: str
    on: date
    asked: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    waiting: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_closed(self) -> bool:
        """Whether every return that was asked for has an outcome, `missing` among them."""
        return not (self.outcomes[NOT_YET_DUE] or self.outcomes[TO_BE_EVALUATED])

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"outcomes": dict(self.outcomes), "on": self.on.isoformat(), "closed": self.is_closed}

    def as_markdown(self) -> str:
        state = "Closed: every return has its outcome." if self.is_closed else "Open: some returns have no outcome yet."
        if not self.asked:
            state = "No return was asked for."
        lines = [f"# Round {self.half_term}, {self.label}\n", f"As of {in_words(self.on)}. {state}\n"]
        lines += ["| Returns | How many |", "|---|---:|", f"| asked for | {self.asked} |"]
        lines += [f"| {outcome.replace('_', ' ')} | {count} |" for outcome, count in sorted(self.outcomes.items())]
        if self.waiting:
            lines += ["\n## Not in\n", "| URN | School | Due | |", "|---|---|---|---|"]
            lines += [
                f"| {one['urn']} | {table_cell(one['name'])} | {one['due_on']} | {one['outcome']} |"
                for one in self.waiting
            ]
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
        select(Return.urn, School.name, Return.due_on, Return.received_on, Return.outcome)
        .join(School, School.urn == Return.urn)
        .where(Return.half_term == half_term.key, Return.requested_on.is_not(None))
        .order_by(Return.urn)
    )
    for urn, name, due_on, received_on, outcome in rows:
        stands = outcome or (NOT_YET_DUE if received_on is None and due_on and due_on >= on else TO_BE_EVALUATED)
        report.asked += 1
        report.outcomes[stands] += 1
        if received_on is None:
            report.waiting.append({"urn": urn, "name": name, "due_on": due_on, "outcome": outcome or stands})
    return report


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
