"""What the record knows of one school on the day of a letter: its case, the case that the letter is about, the clocks.

Everything is read when it is first asked for. What of it goes into which field is casework.prefill.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, other_cases
from casework.clockwork import happened
from casework.errors import NotFound
from casework.record import CaseFile
from casework.returns import HeldReturn, held_returns
from casework.tables import Event, EventKind, Letter
from casework.timeline import ATTEMPTS, Known, as_corrected, in_order
from notifications.letter import REDACTED, Recipient, RecipientRole, from_json
from states.clocks import Calendars, Happened, deadlines
from states.facts import STATED, Facts, read_facts
from states.law import LAW
from states.law.notices import Character
from states.policy import Policy
from states.tracks import TRACKS
from states.tracks.letter import LetterState
from states.tracks.notice import NOTICE

# These sit in one place for every school; whoever else is outside a school is that school's own.
OF_ALL_SCHOOLS = (RecipientRole.ofsted, RecipientRole.secretary_of_state)


@dataclass
class Dossier:
    """One school, as a letter of the day `on` may tell of it; `case` is the one that the letter is about, if any."""

    session: Session
    one: SchoolCase
    policy: Policy
    calendars: Calendars
    on: date
    case: CaseFile | None = None

    @property
    def character(self) -> Character:
        return Character(self.one.school.type_code, self.one.school.religious_character)

    @cached_property
    def others(self) -> list[CaseFile]:
        return other_cases(self.session, self.one)

    def case_on(self, track: str, subject: str = "") -> CaseFile | None:
        """The school's case of that subject; without one its newest open case on the track, or its newest."""
        found = [case for case in self.others if case.track.name == track and subject in ("", case.subject)]
        is_open = [case for case in found if case.state not in case.track.ended]
        return next(reversed(is_open or found), None)

    def case_named(self, name: str) -> CaseFile:
        """The case that an officer calls notice/1; raises NotFound."""
        track, _, number = name.partition("/")
        found = self.case_on(track, f"{self.one.school.urn}/{number}") if track in TRACKS else None
        if found is None:
            known = ", ".join(map(name_of, self.others)) or "none"
            raise NotFound(f"{self.one.school.name} has no case {name!r}. It has: {known}.")
        return found

    @cached_property
    def notice(self) -> CaseFile | None:
        """The notice that the letter is about, or the newest of the school."""
        return self.case if self.case and self.case.track is NOTICE else self.case_on(NOTICE.name)

    @cached_property
    def stated(self) -> Facts:
        """What is stated of the case that the letter is about."""
        return self.stated_of(self.case)

    @cached_property
    def of_notice(self) -> Facts:
        return self.stated_of(self.notice)

    @cached_property
    def of_school(self) -> Facts:
        return self.stated_of(self.one.case)

    def stated_of(self, case: CaseFile | None) -> Facts:
        attempts = [event for event in self.events_of(case) if event.kind in ATTEMPTS] if case else []
        told = attempts[-1].evidence if attempts else {}
        return Facts(**read_facts({name: value for name, value in told.items() if name in STATED}))

    def events_of(self, case: CaseFile) -> list[Known]:
        query = select(Event).where(Event.case_id == case.id).order_by(Event.seq)
        return as_corrected(self.session.scalars(query))

    def last_move(self, case: CaseFile | None, *triggers: str) -> Known | None:
        """The newest move of the case, or of those triggers."""
        moves = in_order(self.events_of(case)) if case else []
        return next((one for one in reversed(moves) if not triggers or one.trigger in triggers), None)

    def clock(self, name: str, case: CaseFile | None, *, if_: Iterable[Happened] = ()) -> date | None:
        """The day of one clock of a case, `if_` this happened besides; None where there is no such clock."""
        if case is None:
            return None
        events = [*happened(self.session, self.one.school.urn), *if_]
        found = deadlines(events, LAW, self.policy, self.calendars, max([self.on, *(event.on for event in if_)]))
        return next((clock.date for clock in found if (clock.name, clock.subject) == (name, case.subject)), None)

    @cached_property
    def returns(self) -> list[HeldReturn]:
        """Those that were asked for by the day of the letter, oldest first."""
        held = held_returns(self.session, [self.one.school.urn]).get(self.one.school.urn, [])
        return [one for one in held if one.requested_on and one.requested_on <= self.on]

    @property
    def held(self) -> HeldReturn | None:
        return self.returns[-1] if self.returns else None

    @cached_property
    def allocation(self) -> dict[str, Any]:
        """What was recorded when a partner was allocated last."""
        found = [event for event in self.events_of(self.one.case) if event.kind == EventKind.ALLOCATED]
        return found[-1].evidence if found else {}

    def letter(self, kind: str, occasion: str = "") -> Letter | None:
        """The school's newest letter of a kind that was not rejected."""
        query = select(Letter).where(
            Letter.urn == self.one.school.urn, Letter.kind == kind, Letter.state != LetterState.REJECTED
        )
        query = query.where(Letter.occasion == occasion) if occasion else query
        return self.session.scalars(query.order_by(Letter.drafted_at.desc(), Letter.reference).limit(1)).first()

    def written_to(self, role: RecipientRole) -> Recipient:
        """Somebody outside the school as the last letter had them; blank where there was none."""
        query = select(Letter).where(Letter.recipient_role == role.value)
        query = query if role in OF_ALL_SCHOOLS else query.where(Letter.urn == self.one.school.urn)
        found = self.session.scalars(query.order_by(Letter.drafted_at.desc(), Letter.reference).limit(1)).first()
        recipient = from_json(found.facts).recipient if found else Recipient(role=role, name="", email="")
        words = {name: "" if (said := getattr(recipient, name)) == REDACTED else said for name in ("name", "email")}
        if role is RecipientRole.diocese:
            words["name"] = words["name"] or self.one.school.diocese
        return Recipient(role=role, address=recipient.address, **words)


def name_of(case: CaseFile) -> str:
    """How an officer calls a case beside the school's own: notice/1."""
    return f"{case.track.name}/{case.subject.partition('/')[2]}"
