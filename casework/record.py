"""The one write path: guard, then versioned state, event and letter in one transaction. Nothing else writes a state.

Decisions are collected without touching the database, and written with Core in one go, for one case or five hundred.
Every event is linked to the one before it when it is written (casework.chain), and names by its digest each letter that
the decision drafts or moves on: letters are the outbox of the same transaction.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from casework.chain import Canonical, beginning, canonical, digest, link, texts
from casework.errors import NotAttributed, StaleCase, TooFarAhead
from casework.tables import Base, Case, Contact, Event, EventKind, Letter, Return, School
from casework.timeline import FURTHEST_AHEAD, LONDON, Correction, Known
from states.dates import in_words
from states.facts import Facts, as_record
from states.law import LAW
from states.machine import Moved, Refused, advance
from states.policy import Policy
from states.refusals import Refusal, RefusalCode
from states.school_types import Sector
from states.track import Track
from states.tracks.letter import LETTER
from states.tracks.school import SCHOOL

Row = dict[str, Any]

# Of what is kept with a letter, this is told by the event too; who acted and when it tells anyway.
TOLD_OF_LETTERS = ("digest", "channel", "attempt", "provider_id", "served_on", "not_emailed")


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
    head: bytes = b""


@dataclass(slots=True)
class LetterFile:
    """One letter while it is being worked on: as read, then as decided."""

    reference: str
    urn: int
    kind: str
    batch: str
    state: str
    facts: Row
    not_emailed: str
    drafted_by: str
    digest: str
    channel: str = ""
    attempt: int = 0
    begun_at: datetime | None = None
    provider_id: str = ""
    stopped: str = ""


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
        if self.on > self.now.astimezone(LONDON).date() + FURTHEST_AHEAD:
            raise TooFarAhead(f"{in_words(self.on)} is more than a year ahead. Check the year.")


@dataclass(frozen=True, slots=True)
class ContactData:
    """The contact data of one school that goes: each row or letter as it will be, with nothing of it.

    `still_named_in` are events and letters where an officer wrote of the person in words of their own.
    """

    letters: list[tuple[LetterFile, Row]]
    contacts: list[Row]
    schools: list[Row]
    still_named_in: tuple[str, ...]


@dataclass(slots=True)
class Decisions:
    """What one unit of work has decided so far, as rows ready to be written."""

    stamp: Stamp
    schools: list[Row] = field(default_factory=list)
    changed_schools: list[Row] = field(default_factory=list)
    changed_contacts: list[Row] = field(default_factory=list)
    opened: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)
    changed_returns: list[Row] = field(default_factory=list)
    letters: list[Row] = field(default_factory=list)
    changed_letters: list[Row] = field(default_factory=list)
    _touched: dict[int, tuple[int, CaseFile]] = field(default_factory=dict)

    def open_case(self, case: CaseFile, reason: str, evidence: Row | None = None) -> None:
        """Begin a case; its first event says in which state. The subject of a school's own case is its URN."""
        case.subject = case.subject or str(case.urn)
        case.head = beginning(case.track.name, case.subject)
        self.opened.append({"id": case.id, "track": case.track.name, "subject": case.subject, "urn": case.urn})
        self._append(
            case, EventKind.OPENED, case.track.opens_by, reason=reason, destination=case.state, evidence=evidence
        )

    def move(self, case: CaseFile, trigger: str, facts: Facts, reason: str) -> Moved | Refused:
        """Try one row of the case's track; what happened is recorded either way. No move goes without a reason."""
        require_reason(reason)
        outcome = self._out_of_use(case, trigger) or advance(case.track, case, trigger, facts, self.stamp.on)
        evidence = as_record(facts) | ({"evidence": facts.evidence} if facts.evidence else {})
        if isinstance(outcome, Refused):
            refusals = [{"code": refusal.code, "sentence": refusal.sentence} for refusal in outcome.refusals]
            self._append(case, EventKind.REFUSED, trigger, reason=reason, evidence=evidence | {"refusals": refusals})
            return outcome
        states = {} if outcome.row.stays else {"source": outcome.source, "destination": case.state}
        self._append(case, EventKind.MOVED, trigger, reason=reason, evidence=evidence, **states)
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
        require_reason(reason)
        source, case.state = case.state, to
        states = {"source": source, "destination": to} if source != to else {}
        self._append(case, EventKind.MIGRATED, "migrate", reason=reason, evidence=evidence, **states)

    def correct(self, case: CaseFile, wrong: Known, how: Correction, reason: str, evidence: Row, on: date) -> None:
        """Put right what an event of the case says; it stays on record, and the new one names it.

        `on` is the day from which a redated move counts: it takes the place of the old one with the same states. A
        voided move leaves the case in the state before, and is no move itself.
        """
        require_reason(reason)
        if how is Correction.VOID:
            case.state = wrong.source or case.state
        kept = how is Correction.REDATE and wrong.destination is not None
        self._append(
            case,
            EventKind.CORRECTED,
            how.value,
            source=wrong.source if kept else None,
            destination=wrong.destination if kept else None,
            reason=reason,
            evidence=evidence,
        )
        self.events[-1] |= {"corrects": wrong.word, "effective_on": on}

    def note(
        self, case: CaseFile, kind: EventKind, reason: str, *, trigger: str = "", evidence: Row, once: str | None
    ) -> None:
        """Record something that is no move; under the name `once` it can happen to this case once only."""
        self._append(case, kind, trigger, reason=reason, evidence=evidence, once=once)

    def draft(self, letters: list[Row]) -> None:
        """Put letters into the outbox with the event decided last, which names each with the digest of its facts."""
        if not letters:
            return
        named = self.events[-1]["evidence"] = dict(self.events[-1]["evidence"])
        named["letters"] = {row["reference"]: _keep_facts(row, row["facts"]) for row in letters}
        self.letters += letters

    def move_letter(
        self, case: CaseFile, letter: LetterFile, trigger: str, facts: Facts, *, told: Any = None, **kept: Any
    ) -> Moved | Refused:
        """Take a letter along its own track; the event stands in its school's case, and nothing is kept of a refusal.

        `kept` are the columns that change with it, such as who signed; `told` is what the event alone keeps.
        """
        was = letter.state
        outcome = advance(LETTER, letter, trigger, facts, self.stamp.on)
        if isinstance(outcome, Moved):
            evidence = {"letter": letter.reference, "state": letter.state}
            evidence |= {name: _plain(kept[name]) for name in TOLD_OF_LETTERS if name in kept} | (told or {})
            self.note(
                case,
                EventKind.LETTER,
                facts.evidence or outcome.row.label,
                trigger=trigger,
                evidence=evidence,
                once=None,
            )
            self.changed_letters.append({"reference": letter.reference, "_was": was, "state": letter.state, **kept})
        return outcome

    def mark_letter(self, case: CaseFile, letter: LetterFile, trigger: str, reason: str, **kept: Any) -> None:
        """Record something of a letter that is no move, such as that its batch is stopped; it stays in its state."""
        require_reason(reason)
        evidence = {"letter": letter.reference} | {name: _plain(value) for name, value in kept.items()}
        self.note(case, EventKind.LETTER, reason, trigger=trigger, evidence=evidence, once=None)
        change = {"reference": letter.reference, "_was": letter.state, "state": letter.state}
        self.changed_letters.append(change | kept)

    def rewrite_letter(self, case: CaseFile, letter: LetterFile, facts: Row, reason: str, **kept: Any) -> None:
        """Change what a letter is written from, such as the person it goes to; it stays in its state."""
        change = {"reference": letter.reference, "_was": letter.state, "state": letter.state, **kept}
        evidence = {"letter": letter.reference, "facts": _keep_facts(change, facts)}
        self.note(case, EventKind.LETTER, reason, trigger="rewrite", evidence=evidence, once=None)
        self.changed_letters.append(change)

    def redact(self, case: CaseFile, contact_data: ContactData, reason: str) -> None:
        """Put rows without contact data in place of those with it; the event says what went, never the data itself."""
        require_reason(reason)
        letters: list[Row] = [
            {"reference": letter.reference, "_was": letter.state, "state": letter.state, "facts": facts}
            for letter, facts in contact_data.letters
        ]
        evidence = {
            "contacts": [row["role"] for row in contact_data.contacts],
            "register": sorted({name for row in contact_data.schools for name in row} - {"urn"}),
            "letters": {row["reference"]: _keep_facts(row, row["facts"]) for row in letters},
            "states": {row["reference"]: row["state"] for row in letters},
            "still_named_in": list(contact_data.still_named_in),
        }
        self.note(case, EventKind.REDACTED, reason, trigger="redact", evidence=evidence, once=None)
        self.changed_letters += letters
        self.changed_contacts += contact_data.contacts
        self.changed_schools += contact_data.schools

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
                "corrects": None,
                "policy": stamp.policy.name,
                "policy_hash": stamp.policy.hash,
                "law_hash": LAW.hash,
            }
        )

    def write(self, session: Session) -> None:
        """Write everything, or raise StaleCase when somebody else was first; the caller commits."""
        self._link()
        new = {row["id"] for row in self.opened}
        for row in self.opened:
            _, case = self._touched[row["id"]]
            row |= {"state": case.state, "version": case.version, "head": case.head, "sealed": 0}
        _insert(session, School, self.schools)
        _update(session, School, ("urn",), self.changed_schools)
        _update(session, Contact, ("urn", "role"), self.changed_contacts)
        _insert(session, Case, self.opened)
        self._update_cases(session, new)
        _insert(session, Event, self.events)
        _insert(session, Return, self.returns)
        _update(session, Return, ("urn", "half_term"), self.changed_returns)
        _insert(session, Letter, self.letters)
        _update_letters(session, self.changed_letters)

    def _link(self) -> None:
        """Give each event its hash, the last thing before it is written: nothing can change it afterwards."""
        for event in self.events:
            _, case = self._touched[event["case_id"]]
            event["evidence"] = Canonical(canonical(event["evidence"]))
            case.head = event["hash"] = link(case.head, texts(event))

    def _update_cases(self, session: Session, new: set[int]) -> None:
        rows = [
            {"_id": case.id, "_was": was, "state": case.state, "version": case.version, "head": case.head}
            for case_id, (was, case) in sorted(self._touched.items())
            if case_id not in new
        ]
        if not rows:
            return
        case = _table(Case)
        statement = update(case).where(case.c.id == bindparam("_id"), case.c.version == bindparam("_was"))
        _require_all(session.connection().execute(statement, rows).rowcount, len(rows), "cases")


def _update_letters(session: Session, changes: list[Row]) -> None:
    """Each must still be in the state in which it was read; changes of the same columns go together."""
    letter = _table(Letter)
    statement = update(letter).where(letter.c.reference == bindparam("_reference"), letter.c.state == bindparam("_was"))
    alike: dict[tuple[str, ...], list[Row]] = {}
    for change in changes:
        row = {("_reference" if name == "reference" else name): value for name, value in change.items()}
        alike.setdefault(tuple(row), []).append(row)
    for rows in alike.values():
        _require_all(session.connection().execute(statement, rows).rowcount, len(rows), "letters")


def _require_all(found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise StaleCase(
            f"{wanted - found} of {wanted} {what} were changed by somebody else meanwhile. "
            "Nothing was written. Look at them again and repeat what you did."
        )


def _keep_facts(row: Row, facts: Row) -> str:
    """Put the facts into the row as the text that is kept, and hand out the digest that proves them."""
    text = row["facts"] = Canonical(canonical(facts))
    return digest(text)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAttributed("No reason is given. Say why, in a sentence for the school's history.")


def _table(table: type[Base]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)
    return found


def _insert(session: Session, table: type[Base], rows: list[Row]) -> None:
    """Hand the rows to the driver itself: what SQLAlchemy does for each row would be a sixth of a half-termly check.

    A column that the rows do not name has the default of the table.
    """
    if not rows:
        return
    connection = session.connection()
    for column in [column for column in _table(table).columns if column.name in rows[0]]:
        if as_bound := column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect):
            last = bound = None  # most rows of one piece of work have the same day, the same moment
            for row in rows:
                if (value := row[column.name]) is not last:
                    last, bound = value, as_bound(value)
                row[column.name] = bound
    statement = insert(_table(table)).compile(connection, column_keys=list(rows[0]))
    assert isinstance(statement, SQLCompiler)
    in_order = itemgetter(*statement.positiontup) if statement.positiontup else dict
    connection.exec_driver_sql(str(statement), [in_order(row) for row in rows])


def _update(session: Session, table: type[Base], key: tuple[str, ...], rows: list[Row]) -> None:
    """Overwrite whole rows by their key."""
    if not rows:
        return
    columns = _table(table).c
    statement = update(_table(table)).where(*(columns[name] == bindparam(f"_{name}") for name in key))
    session.connection().execute(statement, [row | {f"_{name}": row[name] for name in key} for row in rows])
