"""The one write path: guard, then versioned state, event and letter in one transaction. Nothing else writes a state.

Decisions are collected without touching the database, and written with Core in one go, for one case or five hundred.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from casework.errors import NotAttributed, StaleCase, TooFarAhead
from casework.tables import Base, Case, Event, EventKind, Letter, Return, School
from states.dates import in_words
from states.facts import Facts, as_record
from states.law import LAW
from states.machine import Moved, Refused, advance
from states.policy import Policy
from states.refusals import Refusal, RefusalCode
from states.school_types import Sector
from states.track import Track
from states.tracks.school import SCHOOL

Row = dict[str, Any]

A_YEAR = timedelta(days=366)


@dataclass(slots=True)
class CaseFile:
    """One case of a school, on one track, while it is being worked on: as read, then as decided."""

    id: int
    urn: int
    state: str
    version: int
    sector: Sector
    track: Track = SCHOOL
    subject: str = ""
    came_from: str = ""
    last_moved_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What every event of one piece of work has in common: who, under which policy, when it counts, when we knew."""

    actor: str
    role: str
    on: date
    now: datetime
    policy: Policy

    def __post_init__(self) -> None:
        """Refuse what nobody answers for, and a slip of the year that would bar every later move as out of order."""
        if not (self.actor.strip() and self.role.strip()):
            raise NotAttributed("Nobody is named for this. Say who acts and in which role.")
        if self.on > self.now.date() + A_YEAR:
            raise TooFarAhead(f"{in_words(self.on)} is more than a year ahead. Check the year.")


@dataclass(slots=True)
class Decisions:
    """What one unit of work has decided so far, as rows ready to be written."""

    stamp: Stamp
    schools: list[Row] = field(default_factory=list)
    changed_schools: list[Row] = field(default_factory=list)
    opened: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)
    changed_returns: list[Row] = field(default_factory=list)
    letters: list[Row] = field(default_factory=list)
    _touched: dict[int, tuple[int, CaseFile]] = field(default_factory=dict)

    def open_case(self, case: CaseFile, reason: str, evidence: Row | None = None) -> None:
        """Begin a case; its first event says in which state. The subject of a school's own case is its URN."""
        subject = case.subject or str(case.urn)
        self.opened.append({"id": case.id, "track": case.track.name, "subject": subject, "urn": case.urn})
        self._append(
            case, EventKind.OPENED, case.track.opens_by, reason=reason, destination=case.state, evidence=evidence
        )

    def move(self, case: CaseFile, trigger: str, facts: Facts, reason: str) -> Moved | Refused:
        """Try one row of the case's track; what happened is recorded either way. No move goes without a reason."""
        _require_reason(reason)
        outcome = self._out_of_use(case, trigger) or advance(case.track, case, trigger, facts, self.stamp.on)
        evidence = as_record(facts) | ({"evidence": facts.evidence} if facts.evidence else {})
        if isinstance(outcome, Refused):
            refusals = [{"code": refusal.code, "sentence": refusal.sentence} for refusal in outcome.refusals]
            self._append(case, EventKind.REFUSED, trigger, reason=reason, evidence=evidence | {"refusals": refusals})
            return outcome
        self._append(
            case,
            EventKind.MOVED,
            trigger,
            source=outcome.source,
            destination=case.state,
            reason=reason,
            evidence=evidence,
        )
        return outcome

    def _out_of_use(self, case: CaseFile, trigger: str) -> Refused | None:
        """A policy may do without a state of the school track: no school is moved there while it is in force."""
        row, policy = case.track.moves.get((case.state, trigger)), self.stamp.policy
        if row is None or case.track is not SCHOOL or policy.uses(row.to):
            return None
        sentence = f"“{row.label}” leads to “{SCHOOL.label_of(row.to)}”, which the policy {policy.name} does not use."
        return Refused(trigger, case.state, (Refusal(RefusalCode.NOT_FROM_HERE, sentence),))

    def migrate(self, case: CaseFile, to: str, reason: str, evidence: Row) -> None:
        """Bring a case under the stamp's policy, in the state that it has for it. That is no row of the track."""
        _require_reason(reason)
        source, case.state = case.state, to
        states = {"source": source, "destination": to} if source != to else {}
        self._append(case, EventKind.MIGRATED, "migrate", reason=reason, evidence=evidence, **states)

    def note(
        self, case: CaseFile, kind: EventKind, reason: str, *, trigger: str = "", evidence: Row, once: str | None
    ) -> None:
        """Record something that is no move; under the name `once` it can happen to this case once only."""
        self._append(case, kind, trigger, reason=reason, evidence=evidence, once=once)

    def _append(
        self,
        case: CaseFile,
        kind: EventKind,
        trigger: str = "",
        *,
        source: str | None = None,
        destination: str | None = None,
        reason: str = "",
        evidence: Row | None = None,
        once: str | None = None,
    ) -> None:
        self._touched.setdefault(case.id, (case.version, case))
        case.version += 1
        stamp = self.stamp
        self.events.append(
            {
                "case_id": case.id,
                "seq": case.version,
                "kind": kind.value,
                "trigger": trigger,
                "source": source,
                "destination": destination,
                "occurred_on": stamp.on,
                "effective_on": stamp.on,
                "recorded_at": stamp.now,
                "actor": stamp.actor,
                "role": stamp.role,
                "reason": reason,
                "evidence": evidence or {},
                "once": once,
                "policy": stamp.policy.name,
                "policy_hash": stamp.policy.hash,
                "law_hash": LAW.hash,
            }
        )

    def write(self, session: Session) -> None:
        """Write everything, or raise StaleCase when somebody else was first; the caller commits."""
        new = {row["id"] for row in self.opened}
        for row in self.opened:
            _, case = self._touched[row["id"]]
            row |= {"state": case.state, "version": case.version}
        _insert(session, School, self.schools)
        _update(session, School, ("urn",), self.changed_schools)
        _insert(session, Case, self.opened)
        self._update_cases(session, new)
        _insert(session, Event, self.events)
        _insert(session, Return, self.returns)
        _update(session, Return, ("urn", "half_term"), self.changed_returns)
        _insert(session, Letter, self.letters)

    def _update_cases(self, session: Session, new: set[int]) -> None:
        rows = [
            {"_id": case.id, "_was": was, "state": case.state, "version": case.version}
            for case_id, (was, case) in sorted(self._touched.items())
            if case_id not in new
        ]
        if not rows:
            return
        case = _table(Case)
        statement = update(case).where(case.c.id == bindparam("_id"), case.c.version == bindparam("_was"))
        result = session.connection().execute(statement, rows)
        if result.rowcount != len(rows):
            raise StaleCase(
                f"{len(rows) - result.rowcount} of {len(rows)} cases were changed by somebody else meanwhile. "
                "Nothing was written. Look at them again and repeat what you did."
            )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAttributed("No reason is given. Say why, in a sentence for the school's history.")


def _table(table: type[Base]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)
    return found


def _insert(session: Session, table: type[Base], rows: list[Row]) -> None:
    if rows:
        session.connection().execute(insert(_table(table)), rows)


def _update(session: Session, table: type[Base], key: tuple[str, ...], rows: list[Row]) -> None:
    """Overwrite whole rows by their key."""
    if not rows:
        return
    columns = _table(table).c
    statement = update(_table(table)).where(*(columns[name] == bindparam(f"_{name}") for name in key))
    session.connection().execute(statement, [row | {f"_{name}": row[name] for name in key} for row in rows])
