"""An officer makes one move of one case, or is told why not; either way it is on record before this returns.

What the move means for the school's other cases follows from states.effects: proposals, or what the law brings about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, next_case_id, other_cases, school_case
from casework.clockwork import school_deadlines
from casework.drafting import category_notices
from casework.errors import NotFound
from casework.record import CaseFile, Decisions, Row, Stamp
from casework.tables import Event, EventKind
from casework.unit_of_work import UnitOfWork
from notifications.catalogue import CategoryNotice
from states.clocks import Calendars
from states.effects import Effect, How, effects_of
from states.facts import STATED, Facts, read_fact
from states.half_terms import load_calendar
from states.law.notices import Character
from states.machine import Moved, Refused
from states.track import Track
from states.tracks import TRACKS
from states.tracks.notice import NOTICE, STANDING, NoticeState
from states.tracks.school import SCHOOL
from states.working_days import load_working_days

# A notice in one of these may be what a power rests on: after a lapse section 65 is left.
OPENS_POWERS = (*STANDING, NoticeState.LAPSED)


@dataclass(frozen=True, slots=True)
class Ask:
    """What an officer asks for: a move, with the facts as they were typed, and why."""

    trigger: str
    stated: Mapping[str, str]
    reason: str
    evidence: str = ""


class Made(NamedTuple):
    """What came of it: the outcome, the references of the letters drafted, and what follows in other tracks."""

    outcome: Moved | Refused
    letters: list[str]
    follows: list[str]


def move_school(
    engine: Engine, urn: int, trigger: str, stated: Mapping[str, str], reason: str, evidence: str, stamp: Stamp
) -> tuple[Moved | Refused, list[str]]:
    """A move of the school's own case: the outcome, and the references of the letters drafted for it."""
    made = make_move(engine, urn, SCHOOL, Ask(trigger, stated, reason, evidence), stamp)
    return made.outcome, made.letters


def open_case(engine: Engine, urn: int, track: Track, ask: Ask, stamp: Stamp) -> str:
    """Begin a case beside the school's own, such as a notice; returns its subject, for example 120777/1."""
    facts = {name: written for name, written in ask.stated.items() if read_fact(name, written)}
    with UnitOfWork(engine) as uow:
        work = _Work(uow.session, school_case(uow.session, urn), stamp)
        case = work.begin(track, ask.reason, facts | ({"evidence": ask.evidence} if ask.evidence else {}))
        work.decisions.write(uow.session)
        uow.commit()
    return case.subject


def make_move(engine: Engine, urn: int, track: Track, ask: Ask, stamp: Stamp) -> Made:
    """One move of the school's newest open case on `track`.

    Raises NotFound, NotAFact, UnknownTrigger, NotAttributed or StaleCase.
    """
    with UnitOfWork(engine) as uow:
        one = school_case(uow.session, urn)
        work = _Work(uow.session, one, stamp)
        case = one.case if track is SCHOOL else work.newest_open(track)
        facts = work.facts(case, ask)
        outcome = work.decisions.move(case, ask.trigger, facts, ask.reason)
        if isinstance(outcome, Moved):
            work.follow(case, facts)
            if CategoryNotice.folder in outcome.row.letters and case is one.case:
                work.decisions.letters += category_notices(one, outcome.source, ask.reason, stamp)
        work.decisions.write(uow.session)
        uow.commit()
    return Made(outcome, [letter["reference"] for letter in work.decisions.letters], work.follows)


class _Work:
    """One school's cases while a move is made on one of them."""

    def __init__(self, session: Session, one: SchoolCase, stamp: Stamp) -> None:
        self.session = session
        self.one = one
        self.stamp = stamp
        self.decisions = Decisions(stamp)
        self.others = other_cases(session, one)
        self.next_id = next_case_id(session)
        self.follows: list[str] = []

    def newest_open(self, track: Track) -> CaseFile:
        found = [case for case in self.others if case.track is track and case.state not in track.ended]
        if not found:
            raise NotFound(
                f"{self.one.school.name} has no open case on the {track.name} track. "
                f"Begin one with `casework move {self.one.school.urn} {track.opens_by} --track {track.name}`."
            )
        return found[-1]

    def begin(self, track: Track, reason: str, evidence: Row) -> CaseFile:
        urn = self.one.school.urn
        number = sum(case.track is track for case in self.others) + 1
        case = CaseFile(
            self.next_id,
            urn,
            track.initial.value,
            0,
            self.one.case.sector,
            track=track,
            subject=f"{urn}/{number}",
        )
        self.next_id += 1
        self.others.append(case)
        self.decisions.open_case(case, reason, evidence)
        return case

    def facts(self, case: CaseFile, ask: Ask) -> Facts:
        """What the officer states now, what was stated before on this case, and what only the record may say."""
        typed = self._carried_over(case) | dict(ask.stated)
        stated: dict[str, Any] = {name: read_fact(name, written) for name, written in typed.items()}
        school = self.one.school
        ends = self._ends_of_the_notice(case)
        return Facts(
            actor=self.stamp.actor,
            evidence=ask.evidence,
            sector=case.sector,
            character=Character(school.type_code, school.religious_character),
            came_from=case.came_from,
            last_moved_on=case.last_moved_on,
            drafted_by=self._opened_by(case),
            on=self.stamp.on,
            initial_ends=ends.get("initial_period_ends"),
            compliance_ends=ends.get("compliance_period_ends"),
            window_ends=ends.get("powers_start_by"),
            reasonable_notice_ends=ends.get("reasonable_notice_ends"),
            **stated,
        )

    def _carried_over(self, case: CaseFile) -> dict[str, str]:
        """What was stated before, even in a refused move, need not be said again; a school takes from its notice."""
        source = case
        if case.track is SCHOOL:
            notices = [other for other in self.others if other.track is NOTICE and other.state not in NOTICE.ended]
            if not notices:
                return {}
            source = notices[-1]
        told: dict[str, str] = {}
        for event in self.session.scalars(select(Event).where(Event.case_id == source.id).order_by(Event.seq)):
            told |= {name: value for name, value in event.evidence.items() if name in STATED}
            if (event.kind, event.trigger) == (EventKind.MOVED, "check"):
                told["checked_by"] = event.actor
        return told

    def _opened_by(self, case: CaseFile) -> str:
        found = self.session.scalar(select(Event.actor).where(Event.case_id == case.id, Event.kind == EventKind.OPENED))
        return found or ""

    def _ends_of_the_notice(self, case: CaseFile) -> dict[str, Any]:
        """The days on which the periods of a notice end, as the clocks have them on the day of the move.

        It is the notice that moves; for any other case, the newest that was given and was not taken away since.
        """
        calendars = Calendars(load_working_days(), load_calendar())
        clocks = school_deadlines(self.session, self.one.school.urn, self.stamp.policy, calendars, self.stamp.on)
        standing = [other for other in self.others if other.track is NOTICE and other.state in OPENS_POWERS]
        notice = case if case.track is NOTICE else standing[-1] if standing else None
        return {clock.name: clock.date for clock in clocks if notice and clock.subject == notice.subject}

    def follow(self, case: CaseFile, facts: Facts) -> None:
        """Propose or bring about what the state that `case` has come into means for the school's other cases."""
        for effect in effects_of(case.track.name, case.state):
            target = TRACKS[effect.target]
            if effect.opens:
                self._follow_with_new_case(effect, case, target)
                continue
            everybody = (self.one.case, *self.others)
            for other in [each for each in everybody if each.track is target]:
                if (other.state, effect.trigger) in target.moves:
                    self._follow_on(effect, other, facts)

    def _follow_with_new_case(self, effect: Effect, case: CaseFile, target: Track) -> None:
        if effect.how is How.AUTOMATIC:
            self._tell(effect, self.begin(target, effect.why, {}))
        else:
            self._propose(effect, case)

    def _follow_on(self, effect: Effect, other: CaseFile, facts: Facts) -> None:
        if effect.how is How.PROPOSED:
            self._propose(effect, other)
            return
        on_record = replace(facts, evidence=facts.evidence or effect.why, last_moved_on=other.last_moved_on)
        if isinstance(self.decisions.move(other, effect.trigger, on_record, effect.why), Moved):
            self._tell(effect, other)
            self.follow(other, facts)

    def _propose(self, effect: Effect, case: CaseFile) -> None:
        self.decisions.note(
            case,
            EventKind.PROPOSED,
            effect.why,
            trigger=effect.trigger,
            evidence={"track": effect.target},
            once=None,
        )
        self.follows.append(f"proposed on the {effect.target} track: {effect.trigger} ({effect.why})")

    def _tell(self, effect: Effect, case: CaseFile) -> None:
        self.follows.append(f"{effect.target} {case.subject}: {effect.trigger}, {case.state} ({effect.why})")
