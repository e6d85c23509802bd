"""An officer puts right what the record says: another day, other facts, or that a move never happened.

Nothing is changed or removed: a correction is an event of its own that names the one it corrects, and everything that
is read afterwards takes it in (casework.timeline). What the move brought about elsewhere is told, not undone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import other_cases, school_case
from casework.clockwork import school_deadlines
from casework.errors import NotFound
from casework.letters import letter_files
from casework.record import CaseFile, Decisions, Stamp
from casework.tables import Case, Event, EventKind, Letter
from casework.timeline import LONDON, Correction, Known, as_corrected, event_name, in_order, read_event_name
from casework.unit_of_work import transact
from states.clocks import Calendars, ImpossibleDates
from states.clocks.values import DATED_BY
from states.dates import in_words
from states.effects import EFFECTS
from states.errors import CaseworkError
from states.facts import STATED_DATES, Facts, read_facts
from states.tracks.letter import UNSIGNED, LetterState
from states.tracks.school import SCHOOL

# Signed, and not yet out of the house.
SIGNED = (LetterState.APPROVED, LetterState.QUEUED)


class CannotCorrect(CaseworkError):
    """The event cannot be put right in this way as things stand; the text says what is in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What an officer asks for: `event` by the name that the history shows, what is right, and why it was wrong."""

    event: str
    reason: str
    on: date | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    void: bool = False


@dataclass(frozen=True, slots=True)
class ItsLetters:
    """What became of the letters that a voided move drafted: rejected with it, signed and still here, or gone out."""

    rejected: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    gone_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What came of it: `event` is the correction's own name, `facts` has (was, is) by name.

    `state` is where the case stands now, `clocks` the deadlines that read otherwise. `not_undone` are the events on
    other cases that a voided move brought about: they stand until somebody decides on them.
    """

    event: str
    corrects: str
    how: Correction
    was_on: date
    on: date
    facts: dict[str, tuple[str, str]]
    state: str
    clocks: tuple[str, ...] = ()
    letters: ItsLetters = field(default_factory=ItsLetters)
    not_undone: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """What an officer is told of it."""
        lines = [f"{self.corrects} corrected by {self.event}."]
        if self.how is Correction.VOID:
            lines = [f"{self.corrects} is void by {self.event}: the case is {self.state}."]
        if self.on != self.was_on:
            lines.append(f"It counts from {in_words(self.on)}, not {in_words(self.was_on)}.")
        lines += [f"{name}: {right or 'none'}, not {was or 'none'}." for name, (was, right) in self.facts.items()]
        told = {
            "Letters rejected with it": self.letters.rejected,
            "Letters signed and still here; leave them out when you send": self.letters.signed,
            "Letters that had gone out": self.letters.gone_out,
            "Not undone, decide on each": self.not_undone,
        }
        lines += [f"{what}: {', '.join(which)}." for what, which in told.items() if which]
        return [*lines, *(f"Clock: {sentence}" for sentence in self.clocks)]


def correct(engine: Engine, urn: int, ask: Ask, calendars: Calendars, stamp: Stamp) -> Corrected:
    """Put one event of a school right. Raises CannotCorrect, NotFound, NotAnEvent, NotAFact or StaleCase."""
    if ask.void == bool(ask.on or ask.facts):
        raise CannotCorrect("Give the right day or the right facts, or else say that it never happened.")

    def put_right(session: Session) -> Corrected:
        work = _Work(session, urn, ask, stamp)
        before = _clocks(session, urn, stamp, calendars)
        made = work.void() if ask.void else work.change()
        work.decisions.write(session)
        return replace(made, clocks=_changed_clocks(session, urn, stamp, calendars, before))

    return transact(engine, put_right)


class _Work:
    """One event of one case while it is put right."""

    def __init__(self, session: Session, urn: int, ask: Ask, stamp: Stamp) -> None:
        track, subject, seq = read_event_name(urn, ask.event)
        self.session, self.ask = session, ask
        self.one = school_case(session, urn)
        self.case = _the_case(track, subject, [self.one.case, *other_cases(session, self.one)])
        self.decisions = Decisions(stamp)
        events = session.scalars(select(Event).where(Event.case_id == self.case.id).order_by(Event.seq))
        told = as_corrected(events)
        self.wrong = self._find(told, seq)
        self.moves = in_order(told)
        self.place = self.moves.index(self.wrong)

    def name(self, seq: int) -> str:
        return event_name(self.case.track.name, self.case.subject or str(self.case.urn), seq)

    def _find(self, told: Iterable[Known], seq: int) -> Known:
        """The move or beginning that is meant; whoever names a correction means what it corrects."""
        if not 0 < seq <= self.case.version:
            raise NotFound(f"There is no {self.name(seq)}: the case has {self.case.version} events.")
        for one in told:
            if seq in (one.seq, *one.corrected_by):
                if one.kind in (EventKind.OPENED, EventKind.MOVED):
                    return one
                raise CannotCorrect(f"{self.name(seq)} is no move ({one.kind}). Only moves can be corrected.")
        raise CannotCorrect(f"{self.name(seq)} is void. If it did happen after all, make the move again.")

    def change(self) -> Corrected:
        """Another day, other facts, or both."""
        wrong, on = self.wrong, self.ask.on or self.wrong.on
        facts = self._facts(on)
        were = {name: str(wrong.evidence.get(name, "")) for name in facts}
        if on == wrong.on and facts == were:
            raise CannotCorrect(f"{self.name(wrong.seq)} says so already: there is nothing to correct.")
        if on != wrong.on:
            self._require_order(on)
        self._require_past(on, wrong.evidence | facts)
        how = Correction.RESTATE if on == wrong.on else Correction.REDATE
        evidence = {"facts": facts, "were": were, "was_on": wrong.on.isoformat()}
        self.decisions.correct(self.case, wrong, how, self.ask.reason, evidence, on)
        return self._made(how, on, {name: (were[name], facts[name]) for name in facts})

    def _facts(self, on: date) -> dict[str, str]:
        """The right facts as words; the fact that dates the event goes along with it."""
        dated_by = DATED_BY.get(self.wrong.trigger, "")
        follows = {dated_by: on.isoformat()} if self.wrong.evidence.get(dated_by) == self.wrong.on.isoformat() else {}
        read_facts(self.ask.facts)
        return follows | {name: written.strip() for name, written in self.ask.facts.items()}

    def _require_order(self, on: date) -> None:
        """The moves of a case keep their order; of two of one day the record could not tell which came first."""
        before = self.moves[self.place - 1] if self.place else None
        after = self.moves[self.place + 1] if self.place + 1 < len(self.moves) else None
        if before and on < before.on:
            raise CannotCorrect(
                f"{self.name(before.seq)} came before it and counts from {in_words(before.on)}. "
                "Give that day or a later one, or correct that event first."
            )
        if after and on >= after.on:
            raise CannotCorrect(
                f"{self.name(after.seq)} came after it and counts from {in_words(after.on)}. "
                "Give an earlier day, or correct that event first."
            )

    def _require_past(self, on: date, facts: Mapping[str, Any]) -> None:
        """Nothing is corrected to a day that has not come; no fact but a planned one is younger than its move."""
        stamp = self.decisions.stamp
        today = stamp.now.astimezone(LONDON).date()
        if on > today and on != self.wrong.on:
            raise CannotCorrect(f"{in_words(on)} has not come yet. Give the day on which it happened.")
        planned = {name for row in self.case.track.rows if row.trigger == self.wrong.trigger for name in row.planned}
        if self.wrong.kind == EventKind.OPENED:  # what begins a case may state what is still to come
            return
        for name in STATED_DATES:
            if name in facts and name not in planned and facts[name] > on.isoformat():
                when = in_words(date.fromisoformat(facts[name]))
                raise CannotCorrect(
                    f"The date {name} is {when}, after {in_words(on)}, from which {self.name(self.wrong.seq)} counts. "
                    f"Correct it too: the fact {name}."
                )

    def void(self) -> Corrected:
        """The newest move never happened: the case goes back, and no letter about it goes out unsigned."""
        wrong = self.wrong
        self._require_last()
        evidence = {"was_on": wrong.on.isoformat(), "from": wrong.destination, "to": wrong.source}
        self.decisions.correct(self.case, wrong, Correction.VOID, self.ask.reason, evidence, wrong.on)
        made = self._made(Correction.VOID, wrong.on, {})
        return replace(made, letters=self._letters(), not_undone=tuple(self._brought_about()))

    def _require_last(self) -> None:
        wrong, policy = self.wrong, self.decisions.stamp.policy
        if wrong.kind == EventKind.OPENED:
            raise CannotCorrect(
                f"{self.name(wrong.seq)} is the beginning of the case: there is no state to go back to. "
                "End the case with a move, and say in its reason that it was begun in error."
            )
        if later := self.moves[self.place + 1 :]:
            named = ", ".join(f"{self.name(one.seq)} of {in_words(one.on)}" for one in reversed(later))
            raise CannotCorrect(f"Later moves rest on it: {named}. Void them first, the newest first.")
        if self.case.track is SCHOOL and wrong.source and not policy.uses(SCHOOL.states(wrong.source)):
            raise CannotCorrect(
                f"The case would go back to “{SCHOOL.label_of(wrong.source)}”, which the policy {policy.name} does not "
                "use. Move it on instead."
            )

    def _made(self, how: Correction, on: date, facts: dict[str, tuple[str, str]]) -> Corrected:
        return Corrected(
            event=self.name(self.case.version),
            corrects=self.name(self.wrong.seq),
            how=how,
            was_on=self.wrong.on,
            on=on,
            facts=facts,
            state=self.case.state,
        )

    def _letters(self) -> ItsLetters:
        """Reject what the voided move drafted and nobody signed, and say what became of the rest."""
        found = letter_files(self.session, Letter.reference.in_(list(self.wrong.evidence.get("letters", ()))))
        rejected = [letter for letter in found if letter.state in UNSIGNED]
        signed = [letter for letter in found if letter.state in SIGNED]
        gone_out = [letter for letter in found if letter.state not in (*UNSIGNED, *SIGNED, LetterState.REJECTED)]
        basis = Facts(actor=self.decisions.stamp.actor, evidence=f"{self.name(self.wrong.seq)} was recorded in error")
        named = ItsLetters(*(tuple(letter.reference for letter in group) for group in (rejected, signed, gone_out)))
        for letter in rejected:
            self.decisions.move_letter(self.one.case, letter, "reject", basis)
        return named

    def _brought_about(self) -> Iterator[str]:
        """The events on the school's other cases that followed from the move by themselves."""
        follows = {effect.why for effect in EFFECTS}
        rows = self.session.execute(
            select(Case.track, Case.subject, Event)
            .join(Event, Event.case_id == Case.id)
            .where(
                Case.urn == self.case.urn,
                Case.id != self.case.id,
                Event.recorded_at == self.wrong.recorded_at,
                Event.kind.in_((EventKind.OPENED, EventKind.MOVED)),
                Event.reason.in_(follows),
            )
            .order_by(Case.id, Event.seq)
        )
        for track, subject, event in rows:
            yield f"{event_name(track, subject, event.seq)}: {event.trigger} ({event.reason})"


def _the_case(track: str, subject: str, cases: list[CaseFile]) -> CaseFile:
    for case in cases:
        if (case.track.name, case.subject or str(case.urn)) == (track, subject):
            return case
    raise NotFound(f"The school has no case {track} {subject}. `casework history` shows the names of its events.")


def _clocks(session: Session, urn: int, stamp: Stamp, calendars: Calendars) -> dict[tuple[str, str], str] | None:
    """(subject, name) → the deadline in words; None for a record whose days cannot be right, and may be put right."""
    try:
        found = school_deadlines(session, urn, stamp.policy, calendars, stamp.on)
    except ImpossibleDates:
        return None
    return {(one.subject, one.name): one.sentence for one in found}


def _changed_clocks(
    session: Session, urn: int, stamp: Stamp, calendars: Calendars, before: dict[tuple[str, str], str] | None
) -> tuple[str, ...]:
    """The deadlines that read otherwise now. What was possible must stay so: ImpossibleDates, and nothing is kept."""
    if before is None:
        return ()
    after = school_deadlines(session, urn, stamp.policy, calendars, stamp.on)
    return tuple(one.sentence for one in after if before.get((one.subject, one.name)) != one.sentence)
