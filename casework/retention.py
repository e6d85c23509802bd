"""Keeping no more than is due: whose contact data may go by policy, taking it away, and the legal hold that forbids it.

Contact data are the names and addresses of people at schools: in the list of contacts, the head in the register, and
in letters. Nothing is deleted: what stood there is replaced, and an event says what went. Not here: the years
(policy, [retention]), and who wrote what in words of their own, which events keep for ever and reports point out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, school_case, school_cases
from casework.chain import canonical
from casework.chunks import chunks
from casework.contact_data import NAME_IN_THE_REGISTER, People, contacts_without, register_without
from casework.database import compact
from casework.letters import letters_to_read
from casework.record import CaseFile, ContactData, Decisions, LetterFile, Stamp, require_reason
from casework.tables import Case, Contact, Event, EventKind, Letter, School
from casework.unit_of_work import reading, transact
from notifications.files import file_stem
from notifications.letter import REDACTED
from states.dates import in_words
from states.errors import CaseworkError
from states.policy import Policy
from states.tracks.school import SCHOOL

HOLDS = {EventKind.HELD: "hold", EventKind.RELEASED: "release"}


class NotKept(CaseworkError):
    """A hold that stands already or does not stand, or a redaction that may not be made."""


@dataclass(frozen=True, slots=True)
class Going:
    """What may go, or went, of one school, and by which rule; never the data itself.

    `contacts` are roles, `letters` references, `still_named_in` events and letters that name the person in words that
    an officer wrote; `hold` is the sentence of a hold that forbids it, or "".
    """

    urn: int
    name: str
    contacts: list[str]
    register: bool
    letters: list[str]
    why: list[str]
    still_named_in: list[str]
    hold: str

    def as_text(self) -> str:
        what = [f"contacts ({', '.join(self.contacts)})"] if self.contacts else []
        what += ["the head's name in the register"] if self.register else []
        what += [f"{len(self.letters)} letters ({', '.join(self.letters)})"] if self.letters else []
        lines = [f"{self.urn} {self.name}: {'; '.join(what) or 'nothing whose time is over'}"]
        lines += [f"    {sentence}" for sentence in (*self.why, self.hold) if sentence]
        if self.still_named_in:
            lines.append(f"    named in words that stay: {', '.join(self.still_named_in)}")
        return "\n".join(lines)


@dataclass(slots=True)
class RetentionReport:
    """What may go, or went, and what is held.

    `files` are letters outside the record, for a person to remove; `left_over` says what the database still has of it.
    """

    on: date
    schools: list[Going] = field(default_factory=list)
    held: list[Going] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    left_over: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self, *, done: bool = False) -> str:
        heading = "Redacted" if done else f"May go on {in_words(self.on)}"
        lines = [f"{heading}: {len(self.schools)} school{'s' * (len(self.schools) != 1)}."]
        lines += [f"  {one.as_text()}" for one in self.schools]
        if self.held:
            lines += ["Held, so that nothing goes:", *(f"  {one.as_text()}" for one in self.held)]
        if self.files:
            lines += ["Files that carry contact data of such letters; remove them yourself:", *self.files]
        lines += [self.left_over] if self.left_over else []
        return "\n".join(lines)


def retention_list(engine: Engine, policy: Policy, on: date, folders: Iterable[Path]) -> RetentionReport:
    """What `redact` would take on that day, what is held, and which letters lie in files that should go."""
    report = RetentionReport(on)
    with reading(engine) as session:
        for part in chunks(sorted({*_due(session, policy, on), *_holds(session)})):
            for one in _plan(session, policy, on, part):
                (report.held if one.going.hold else report.schools).append(one.going)
        report.files = _files(session, report.schools, folders)
    return report


def redact(engine: Engine, stamp: Stamp, reason: str, folders: Iterable[Path]) -> RetentionReport:
    """Take away the contact data whose time is over, school by school, and what is left of it in the database's file.

    Raises NotKept for a day that has not come: it cannot be undone.
    """
    require_reason(reason)
    if stamp.on > stamp.now.astimezone().date():
        raise NotKept(f"{in_words(stamp.on)} has not come. What is taken away cannot be put back: give a day that has.")
    with reading(engine) as session:
        due = _due(session, stamp.policy, stamp.on)
    report = RetentionReport(stamp.on)
    for part in chunks(due):
        done = transact(engine, partial(_redact, part, stamp, reason))
        report.schools += [one for one in done if not one.hold]
        report.held += [one for one in done if one.hold]
    with reading(engine) as session:
        report.files = _files(session, report.schools, folders)
    report.left_over = compact(engine)
    return report


def hold(engine: Engine, urn: int, reason: str, stamp: Stamp) -> None:
    """Forbid every redaction of a school. Raises NotFound, or NotKept where it is held already."""
    _say(engine, urn, EventKind.HELD, reason, stamp)


def release(engine: Engine, urn: int, reason: str, stamp: Stamp) -> None:
    """End the hold on a school. Raises NotFound, or NotKept where there is none."""
    _say(engine, urn, EventKind.RELEASED, reason, stamp)


def _say(engine: Engine, urn: int, kind: EventKind, reason: str, stamp: Stamp) -> None:
    require_reason(reason)

    def work(session: Session) -> None:
        case = school_case(session, urn).case
        standing = _holds(session, Event.case_id == case.id).get(urn)
        if standing and kind is EventKind.HELD:
            raise NotKept(f"{urn} needs no second hold. {standing}")
        if kind is EventKind.RELEASED and not standing:
            raise NotKept(f"{urn} is not held, so there is nothing to release.")
        decisions = Decisions(stamp)
        decisions.note(case, kind, reason, trigger=HOLDS[kind], evidence={}, once=None)
        decisions.write(session)

    transact(engine, work)


def _holds(session: Session, *conditions: ColumnElement[bool]) -> dict[int, str]:
    """URN → the hold that stands, as a sentence."""
    rows = session.execute(
        select(Case.urn, Event.kind, Event.effective_on, Event.actor, Event.role, Event.reason)
        .join(Case, Case.id == Event.case_id)
        .where(Event.kind.in_(HOLDS), *conditions)
        .order_by(Event.case_id, Event.seq)
    )
    last = {row.urn: row for row in rows}
    return {
        urn: f"Held since {in_words(row.effective_on)} by {row.actor}, {row.role}: {row.reason}"
        for urn, row in last.items()
        if row.kind == EventKind.HELD
    }


def _due(session: Session, policy: Policy, on: date) -> list[int]:
    """Schools of which something may go, held or not."""
    ended = _ended(session, policy.contacts_may_go(on))
    contacts = select(Contact.urn).where(or_(Contact.name != "", Contact.email != ""))
    heads = select(School.urn).where(or_(*(getattr(School, name) != "" for name in NAME_IN_THE_REGISTER)))
    people = {*session.scalars(contacts), *session.scalars(heads)} & ended.keys()
    return sorted(people.union(session.scalars(select(Letter.urn).where(*_letters_due(policy, on)))))


def _ended(session: Session, by: date, *conditions: ColumnElement[bool]) -> dict[int, date]:
    """URN → the day on which the school's case ended, of those that ended by that day."""
    ended_on = func.max(Event.effective_on)
    rows = session.execute(
        select(Case.urn, ended_on)
        .join(Event, Event.case_id == Case.id)
        .where(Case.track == SCHOOL.name, Case.state.in_(SCHOOL.ended), Event.destination == Case.state, *conditions)
        .group_by(Case.urn)
        .having(ended_on <= by)
    )
    return {urn: day for urn, day in rows}  # noqa: C416  -- a Row is no pair to mypy


def _letters_due(policy: Policy, on: date) -> list[ColumnElement[bool]]:
    recipient = Letter.facts["recipient"]
    known = [recipient[key].as_string().not_in(("", REDACTED)) for key in ("name", "email")]
    last_moment = datetime.combine(policy.letters_may_go(on), time.max).astimezone()
    return [or_(*known), func.coalesce(Letter.sent_at, Letter.drafted_at) <= last_moment]


@dataclass(frozen=True, slots=True)
class _School:
    """One school as it is being worked on: what to tell of it, and what takes its contact data away."""

    going: Going
    case: CaseFile
    people: People
    data: ContactData


def _redact(urns: Sequence[int], stamp: Stamp, reason: str, session: Session) -> list[Going]:
    """One transaction; what others have redacted or held meanwhile is left alone."""
    decisions = Decisions(stamp)
    plan = [school for school in _plan(session, stamp.policy, stamp.on, urns) if school.going.why]
    for school in plan:
        if school.people.named_in(reason):
            raise NotKept("The reason names a person whose name is to go, and reasons stay for ever. Say it otherwise.")
        if not school.going.hold:
            decisions.redact(school.case, school.data, reason)
    decisions.write(session)
    return [school.going for school in plan]


def _plan(session: Session, policy: Policy, on: date, urns: Sequence[int]) -> list[_School]:
    read = _Read(session, policy, on, urns)
    return [read.school(one) for one in school_cases(session, Case.urn.in_(urns))]


class _Read:
    """What bears on the contact data of some schools on a day, read at once."""

    def __init__(self, session: Session, policy: Policy, on: date, urns: Sequence[int]) -> None:
        self.policy, self.on = policy, on
        self.ended = _ended(session, policy.contacts_may_go(on), Case.urn.in_(urns))
        self.holds = _holds(session, Case.urn.in_(urns))
        self.letters = defaultdict[int, list[LetterFile]](list)
        for letter in letters_to_read(session, Letter.urn.in_(urns), *_letters_due(policy, on)):
            self.letters[letter.urn].append(letter)
        self.written = _written(session, urns)

    def school(self, one: SchoolCase) -> _School:
        urn, has_ended = one.school.urn, one.school.urn in self.ended
        letters = self.letters[urn]
        people = People.of(one, letters)
        contacts, heads = (contacts_without(one), register_without(one)) if has_ended else ([], [])
        without = [(letter, people.taken_out_of(letter.facts)) for letter in letters]
        words = [*self.written[urn], *((f"letter {letter.reference}", canonical(facts)) for letter, facts in without)]
        why = list(self._why(one, people=bool(contacts or heads), letters=bool(letters)))
        still_named = [place for place, text in words if why and people.named_in(text)]
        going = Going(
            urn=urn,
            name=one.school.name,
            contacts=[row["role"] for row in contacts],
            register=bool(heads),
            letters=[letter.reference for letter in letters],
            why=why,
            still_named_in=still_named,
            hold=self.holds.get(urn, ""),
        )
        return _School(going, one.case, people, ContactData(without, contacts, heads, tuple(still_named)))

    def _why(self, one: SchoolCase, *, people: bool, letters: bool) -> Iterator[str]:
        terms = self.policy.retention
        if people:
            yield (
                f"{SCHOOL.label_of(one.case.state)} since {in_words(self.ended[one.school.urn])}, and kept for "
                f"{terms.contacts_years_after_end} years (policy key retention.contacts_years_after_end)."
            )
        if letters:
            yield (
                f"Letters sent by {in_words(self.policy.letters_may_go(self.on))}, and kept for "
                f"{terms.letters_years_after_sent} years (policy key retention.letters_years_after_sent)."
            )


def _written(session: Session, urns: Sequence[int]) -> defaultdict[int, list[tuple[str, str]]]:
    """URN → what officers wrote into its events, each with its place."""
    rows = session.execute(
        select(Case.urn, Case.track, Case.subject, Event.seq, Event.reason, cast(Event.evidence, Text))
        .join(Case, Case.id == Event.case_id)
        .where(Case.urn.in_(urns))
        .order_by(Event.case_id, Event.seq)
    )
    written = defaultdict[int, list[tuple[str, str]]](list)
    for urn, track, subject, seq, reason, evidence in rows:
        written[urn].append((f"{track} {subject}, event {seq}", f"{reason} {evidence}"))
    return written


def _files(session: Session, going: Iterable[Going], folders: Iterable[Path]) -> list[str]:
    """The files of letters that are redacted, or may be, wherever under the folders they lie."""
    recipient = Letter.facts["recipient"]
    marked = or_(*(recipient[key].as_string() == REDACTED for key in ("name", "email")))
    redacted = session.scalars(select(Letter.reference).where(marked))
    stems = {file_stem(reference) for reference in (*redacted, *(one for each in going for one in each.letters))}
    files = (file for folder in folders for file in folder.rglob("*.*"))
    return sorted(str(file) for file in files if file.name.partition(".")[0] in stems)  # page two is REFERENCE.2.png
