"""Changing the policy of a running caseload: what changes for which school, and doing it. A change back undoes it.

A day that a school was told for its return stands as long as the school is monitored, whatever the new policy says.
Not here: what a policy says of a state that it does not use (states.policy), and the wording of letters.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from sqlalchemy import Engine, Row, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, school_cases
from casework.clockwork import JUDGED, happened_to
from casework.drafting import category_notices
from casework.record import Decisions, Stamp
from casework.tables import Case, Event, EventKind, Return
from casework.timeline import last_move
from casework.unit_of_work import reading, transact
from states.clocks import Calendars, ClockState, Happened, clocks_of_lives
from states.dates import in_words
from states.errors import CaseworkError
from states.half_terms import load_calendar
from states.law import LAW
from states.policy import Policy, load_policy, policy_names
from states.tracks.school import SCHOOL
from states.working_days import load_working_days


class PolicyNotInForce(CaseworkError):
    """The record is kept under another policy than the one that the settings name."""


class CannotMigrate(CaseworkError):
    """The caseload cannot come over to the new policy as things stand; the text lists what is in the way."""


# “fixed_term_ends of power 120777/1” → its `date`, if that is known, and its `state`.
Clocks = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one policy has one school: `return_due` is the day of a return that it still waits for, if any.

    `deadlines` has the clocks of its cases that run to another day under the two policies, or stand elsewhere.
    """

    state: str
    category: str
    label: str
    monitored: bool
    return_due: date | None
    deadlines: Clocks


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What the change of policy means for one school."""

    one: SchoolCase
    was: Place
    becomes: Place

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of what differs."""
        pairs = ((column.name, getattr(self.was, column.name), getattr(self.becomes, column.name)) for column in _PLACE)
        return tuple(name for name, before, after in pairs if before != after)

    @property
    def letter_due(self) -> bool:
        """A school is written to when its letter changes; other words for the same letter are no news to it."""
        return self.was.category != self.becomes.category

    def as_dict(self) -> dict[str, Any]:
        before, after = asdict(self.was), asdict(self.becomes)
        differs = {name: {"from": before[name], "to": after[name]} for name in self.changed}
        return {
            "urn": self.one.school.urn,
            "name": self.one.school.name,
            "changes": differs,
            "letter_due": self.letter_due,
        }


_PLACE = fields(Place)


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A change of policy for the whole caseload, planned or made; `letters` are the references of drafts."""

    old: Policy
    new: Policy
    cases: tuple[CaseChange, ...]
    letters: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[CaseChange, ...]:
        return tuple(case for case in self.cases if case.changed)

    @property
    def counts(self) -> dict[str, int]:
        """Kind of change → how many schools it concerns."""
        counted = Counter(name for case in self.cases for name in case.changed)
        kinds = {column.name: counted[column.name] for column in _PLACE}
        return kinds | {"letter_due": sum(case.letter_due for case in self.cases)}


def policy_in_force(session: Session) -> str | None:
    """The name of the policy under which the record is kept; None while it has no case.

    Every case is opened under the policy in force or brought over to it, so the newest such event tells.
    """
    return session.scalar(
        select(Event.policy)
        .where(Event.kind.in_((EventKind.OPENED, EventKind.MIGRATED)))
        .order_by(Event.recorded_at.desc(), Event.seq.desc())
        .limit(1)
    )


def require_in_force(engine: Engine, policy: Policy) -> None:
    """Raise PolicyNotInForce when the record is kept under a policy of another name."""
    with reading(engine) as session:
        in_force = policy_in_force(session)
    if in_force not in (None, policy.name):
        raise PolicyNotInForce(
            f"The record is kept under the policy {in_force}, and CASEWORK_POLICY says {policy.name}. Set it to "
            f"{in_force}, or bring the caseload over to {policy.name} with `casework policy migrate`."
        )


def preview(engine: Engine, configured: Policy, new: Policy, on: date) -> PolicyChange:
    """What `migrate` would do on that day; nothing is written. Raises what `migrate` raises."""
    with reading(engine) as session:
        return _plan(session, _outgoing(session, configured), new, on)


def migrate(engine: Engine, configured: Policy, reason: str, stamp: Stamp, *, notices: bool = True) -> PolicyChange:
    """Bring every open case under the stamp's policy, all in one transaction: one event a case, and letters.

    `configured` is the policy of the settings. Raises CannotMigrate, PolicyNotInForce or StaleCase.
    """

    def work(session: Session) -> PolicyChange:
        change = _plan(session, _outgoing(session, configured), stamp.policy, stamp.on)
        decisions = Decisions(stamp)
        for case in change.cases:
            evidence = {"from": _evidence(change.old, case.was), "to": _evidence(change.new, case.becomes)}
            decisions.migrate(case.one.case, case.becomes.state, reason, evidence)
            if notices and case.letter_due:
                # To the new policy the school comes from no category, so that it is told whichever it was.
                decisions.draft(category_notices(case.one, "", reason, stamp))
        decisions.write(session)
        return replace(change, letters=tuple(letter["reference"] for letter in decisions.letters))

    return transact(engine, work)


def _evidence(policy: Policy, place: Place) -> dict[str, str]:
    return {"policy": policy.name, "hash": policy.hash, "state": place.state, "category": place.category}


def _outgoing(session: Session, configured: Policy) -> Policy:
    """The policy in force: that of the settings, or one that comes with the program."""
    name = policy_in_force(session)
    if name is None:
        raise CannotMigrate("The record has no case yet. Set CASEWORK_POLICY to the policy that you want, and load.")
    if name == configured.name:
        return configured
    if name in policy_names():
        return load_policy(name)
    raise PolicyNotInForce(
        f"The record is kept under the policy {name}, which CASEWORK_POLICY does not name ({configured.name}). "
        "Set it to the file of that policy, so that the two can be compared."
    )


def _plan(session: Session, old: Policy, new: Policy, on: date) -> PolicyChange:
    if old.name == new.name:
        raise CannotMigrate(f"The record is kept under the policy {old.name} already. Give a new policy a new name.")
    cases = school_cases(session, Case.state.not_in(SCHOOL.ended))
    last = _last_changes(session)
    if late := [one for one in cases if last[one.case.id].effective_on > on]:
        newest = max(last[one.case.id].effective_on for one in late)
        raise CannotMigrate(
            f"{_schools(late)} moved after {in_words(on)}, the last on {in_words(newest)}. "
            "Give that day or a later one."
        )
    states = {one.case.id: _arrives_in(one.case.state, last[one.case.id], old, new) for one in cases}
    _refuse_unmapped(cases, states, old, new)
    due, clocks = _returns_due(session), _clocks_that_differ(session, old, new, on)
    changes = []
    for one in cases:
        urn, becomes = one.school.urn, states[one.case.id] or one.case.state
        was_told, is_told = clocks.get(urn, ({}, {}))
        was = _place(old, one.case.state, due.get(urn), was_told)
        changes.append(CaseChange(one, was, _place(new, becomes, due.get(urn), is_told)))
    return PolicyChange(old, new, tuple(changes))


def _clocks_that_differ(session: Session, old: Policy, new: Policy, on: date) -> dict[int, tuple[Clocks, Clocks]]:
    """URN → its clocks as the old and as the new policy has them; that settled ones had another day is no news."""
    with_clocks = session.scalars(select(Case.urn).where((Case.track != SCHOOL.name) | Case.state.in_(JUDGED)))
    differ = {}
    for urn, happened in happened_to(session, with_clocks):
        before, after = (_clocks(happened, policy, on) for policy in (old, new))
        names = [name for name in before if name in after and _is_news(before[name], after[name])]
        differ[urn] = ({name: before[name] for name in names}, {name: after[name] for name in names})
    return differ


def _is_news(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return before != after and (before["state"] != after["state"] or after["state"] == ClockState.RUNNING)


def _clocks(happened: Iterable[Happened], policy: Policy, on: date) -> Clocks:
    """None of a school whose record contradicts itself: `casework due` names it, and no policy can help."""
    calendars = Calendars(load_working_days(), load_calendar())
    try:
        told = list(clocks_of_lives(happened, LAW, policy, calendars, on))
    except CaseworkError:
        return {}
    return {
        f"{clock.name} of {life.track} {life.subject}": {"date": clock.date, "state": clock.state.value}
        for life, clock in told
    }


def _place(policy: Policy, state: str, waits_until: date | None, clocks: Clocks) -> Place:
    category, monitored = policy.category_of(state), policy.is_monitored(state)
    return Place(
        state=state,
        category=category.letter if category else "",
        label=category.label if category else "",
        monitored=monitored,
        return_due=waits_until if monitored else None,
        deadlines=clocks,
    )


def _arrives_in(state: str, last: Row[Any], old: Policy, new: Policy) -> str | None:
    """The new policy's state for a case; None when it gives none.

    A case that has not moved since it was brought over from `new` goes back to the state that it had there.
    """
    if last.kind == EventKind.MIGRATED and last.evidence["from"]["policy"] == new.name:
        state = last.source
    return new.state_for(state, old.name)


def _last_changes(session: Session) -> dict[int, Row[Any]]:
    """Case → the event that brought it into the state in which it is."""
    rows = session.execute(
        select(Event.case_id, Event.kind, Event.source, Event.effective_on, Event.evidence)
        .join(Case, Case.id == Event.case_id)
        .where(Event.seq == last_move("seq"))
    )
    return {row.case_id: row for row in rows}


def _refuse_unmapped(cases: list[SchoolCase], states: Mapping[int, str | None], old: Policy, new: Policy) -> None:
    stranded: dict[str, list[SchoolCase]] = {}
    for one in cases:
        if states[one.case.id] is None:
            stranded.setdefault(one.case.state, []).append(one)
    if not stranded:
        return
    lines = [
        f"The policy {new.name} does not use the state {state}: {_schools(found)}. Add to its file [[migrations]] with "
        f'from_policy = "{old.name}", state = "{state}", and in `to` the state in which they go on.'
        for state, found in sorted(stranded.items())
    ]
    raise CannotMigrate("\n".join(lines))


def _schools(found: list[SchoolCase]) -> str:
    named = ", ".join(f"{one.school.urn} {one.school.name}" for one in found)
    return f"{len(found)} school{'s' * (len(found) != 1)} ({named})"


def _returns_due(session: Session) -> dict[int, date]:
    """URN → the day on which its newest return is due, of those that have been asked for and still wait."""
    rows = session.execute(
        select(Return.urn, Return.due_on)
        .where(Return.received_on.is_(None), Return.outcome == "")
        .order_by(Return.half_term)
    )
    return {urn: due_on for urn, due_on in rows if due_on}
