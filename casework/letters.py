"""Letters before they leave: what waits, what it says, who signs. How they leave is casework.dispatch."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, func, select
from sqlalchemy.orm import Session

from casework.caseload import own_cases
from casework.chain import canonical
from casework.chain import digest as digest_of
from casework.chunks import chunks, together
from casework.errors import NotFound
from casework.record import CaseFile, Decisions, LetterFile, Stamp
from casework.seen import Seen, look_at, whole_digest
from casework.tables import Letter
from casework.unit_of_work import reading, transact
from notifications.catalogue import CATALOGUE
from notifications.letter import from_json
from notifications.render import Composed, compose
from notifications.wording import Wording
from states.errors import CaseworkError
from states.facts import Facts
from states.machine import Moved, Refused
from states.tracks.letter import UNSIGNED, LetterState

# Letters that are signed in one transaction.
SIGNED_TOGETHER = 50

# So much of a digest says which it is.
SHORTEST_DIGEST = 12

CHANGED_MEANWHILE = "It was drafted or changed while the others were being signed. Look at it, and sign it then."
CHANGED_SINCE_CHECK = "It has changed since it was checked. Have it checked again."

Progress = Callable[[int], None]


class BatchChanged(CaseworkError):
    """Letters read otherwise than at their review; none was signed."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters are meant: some by reference, a whole batch, or all that wait, but for some."""

    references: tuple[str, ...] = ()
    batch: str = ""
    but: frozenset[str] = frozenset()

    def query(self, *states: LetterState) -> Select[Letter]:
        """In one of these states; without any, in whatever state."""
        query = select(Letter).order_by(Letter.reference)
        if states:
            query = query.where(Letter.state.in_(states))
        if self.references:
            query = query.where(Letter.reference.in_(self.references))
        if self.batch:
            query = query.where(Letter.batch == self.batch)
        return query.where(Letter.reference.not_in(self.but)) if self.but else query


@dataclass(slots=True)
class LettersReport:
    """What became of the letters selected, each by its reference; `emailed` counts those of `done` that went by email.

    What did not go on has its reason: `held_back` waits where it was, `failed` was turned down, and of `unknown`
    nobody can say whether it left. `down` tells of each channel that could not be used at all. `digest` is that of all
    letters looked at, where they were signed.
    """

    done: list[str] = field(default_factory=list)
    emailed: int = 0
    held_back: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    unknown: list[dict[str, str]] = field(default_factory=list)
    down: list[str] = field(default_factory=list)
    digest: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def not_done(self) -> Iterator[str]:
        """A line for each channel that is down, and for each letter that did not go on: what became of it, and why."""
        yield from self.down
        for what, letters in (("held back", self.held_back), ("failed", self.failed), ("not known", self.unknown)):
            yield from (f"{what} {one['reference']}: {one['why']}" for one in letters)

    def as_markdown(self) -> str:
        sent = f"{len(self.done)} letter(s) sent, {self.emailed} of them by email."
        return "\n".join([sent, *(f"- {line}" for line in self.not_done)])

    def hold_back(self, reference: str, why: str) -> None:
        self.held_back.append({"reference": reference, "why": why})


States = tuple[LetterState, ...]
Step = Callable[[LetterFile, CaseFile, Decisions, LettersReport], None]


def list_letters(session: Session, selection: Selection, state: LetterState | None) -> list[dict[str, Any]]:
    columns = ("reference", "urn", "kind", "recipient_role", "batch", "state", "not_emailed", "approved_by")
    return [
        {name: getattr(letter, name) for name in columns} | {"school": letter.facts["school"]["name"]}
        for letter in session.scalars(selection.query(*filter(None, [state])))
    ]


def list_batches(session: Session) -> list[dict[str, Any]]:
    """Every batch with its number of letters and where they stand, the one drafted last first."""
    drafted = func.max(Letter.drafted_at)
    counted = select(Letter.batch, Letter.state, func.count(), drafted).group_by(Letter.batch, Letter.state)
    batches: dict[str, dict[str, Any]] = {}
    for batch, state, count, _ in session.execute(counted.order_by(drafted.desc(), Letter.batch, Letter.state)):
        one = batches.setdefault(batch, {"batch": batch, "letters": 0, "states": {}})
        one["letters"] += count
        one["states"][state] = count
    return list(batches.values())


def composed_letter(session: Session, reference: str, wording: Wording) -> tuple[Letter, Composed]:
    """One letter in words, from the facts that were kept. Raises NotFound or LetterError."""
    letter = session.get(Letter, reference)
    if letter is None:
        raise NotFound(f"There is no letter {reference}. `casework letters list` shows them all.")
    return letter, compose(from_json(letter.facts), wording)


def approve_letters(
    engine: Engine,
    selection: Selection,
    stamp: Stamp,
    wording: Wording,
    progress: Progress = lambda _done: None,
    *,
    digest: str = "",
) -> LettersReport:
    """Sign the drafts selected: what is signed is the text as it reads now, kept as a digest with each letter.

    With the `digest` of a review they are signed only as they read then: BatchChanged where one is another now.
    """
    seen = look_at_unsigned(engine, selection, wording)
    whole = whole_digest(seen)
    if digest and not (len(digest) >= SHORTEST_DIGEST and whole.startswith(digest)):
        raise BatchChanged(
            f"These letters read otherwise than at the review {digest}: their digest is {whole} now. Nothing was "
            "signed. Review them again."
        )

    def sign(letter: LetterFile, case: CaseFile, decisions: Decisions, report: LettersReport) -> None:
        _sign(letter, case, decisions, seen.get(letter.reference), whole, report)

    report = _one_by_one(engine, selection, UNSIGNED, stamp, sign, progress)
    report.digest = whole
    return report


def check_letters(
    engine: Engine, selection: Selection, stamp: Stamp, wording: Wording, progress: Progress = lambda _done: None
) -> LettersReport:
    """A second officer has read the drafts selected; what is signed afterwards must read as it reads now."""

    def check(letter: LetterFile, case: CaseFile, decisions: Decisions, report: LettersReport) -> None:
        [seen] = look_at([letter], wording).values()
        if seen.why_not:
            report.hold_back(letter.reference, seen.why_not)
            return
        known = Facts(actor=stamp.actor, drafted_by=letter.drafted_by)
        outcome = decisions.move_letter(case, letter, "check", known, digest=seen.digest)
        _tell(report, letter, outcome)

    return _one_by_one(engine, selection, UNSIGNED, stamp, check, progress)


def reject_letters(engine: Engine, selection: Selection, reason: str, stamp: Stamp) -> LettersReport:
    """The drafts selected are not sent, and for this reason; each may be drafted again."""

    def reject(letter: LetterFile, case: CaseFile, decisions: Decisions, report: LettersReport) -> None:
        _tell(report, letter, decisions.move_letter(case, letter, "reject", Facts(evidence=reason)))

    return _one_by_one(engine, selection, UNSIGNED, stamp, reject, lambda _done: None)


def look_at_unsigned(engine: Engine, selection: Selection, wording: Wording) -> dict[str, Seen]:
    """The letters of the selection that wait for a signature, as they read now."""
    seen: dict[str, Seen] = {}
    for part in chunks(references(engine, selection, *UNSIGNED)):
        with reading(engine) as session:
            seen |= look_at(letters_to_read(session, Letter.reference.in_(part), Letter.state.in_(UNSIGNED)), wording)
    return seen


def references(engine: Engine, selection: Selection, *states: LetterState) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(selection.query(*states).with_only_columns(Letter.reference)))


def letter_files(session: Session, *conditions: ColumnElement[bool]) -> list[LetterFile]:
    """The letters that meet the conditions, held for this transaction; by reference, so that no two wait in a ring."""
    return [LetterFile(*row) for row in session.execute(_files(conditions).with_for_update())]


def letters_to_read(session: Session, *conditions: ColumnElement[bool]) -> list[LetterFile]:
    """The letters that meet the conditions, by reference, as they stand; nobody is kept from changing them."""
    return [LetterFile(*row) for row in session.execute(_files(conditions))]


def _files(conditions: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    return select(*_FILED).where(*conditions).order_by(Letter.reference)


_FILED = [getattr(Letter, column.name) for column in fields(LetterFile)]


def _one_by_one(
    engine: Engine, selection: Selection, states: States, stamp: Stamp, step: Step, progress: Progress
) -> LettersReport:
    """Take each letter that waits in one of these states a step on, fifty to a transaction."""
    report = LettersReport()
    for part in chunks(references(engine, selection, *states), SIGNED_TOGETHER):
        report = together(report, transact(engine, partial(_take_on, part, states, stamp, step)))
        progress(len(part))
    explain_the_rest(engine, selection, states, report)
    return report


def _take_on(part: list[str], states: States, stamp: Stamp, step: Step, session: Session) -> LettersReport:
    """One transaction; letters that have moved on meanwhile are left alone."""
    report, decisions = LettersReport(), Decisions(stamp)
    found = letter_files(session, Letter.reference.in_(part), Letter.state.in_(states))
    cases = own_cases(session, (letter.urn for letter in found))
    for letter in found:
        step(letter, cases[letter.urn], decisions, report)
    decisions.write(session)
    return report


def _sign(
    letter: LetterFile, case: CaseFile, decisions: Decisions, seen: Seen | None, whole: str, report: LettersReport
) -> None:
    if why := _why_unsigned(letter, seen):
        report.hold_back(letter.reference, why)
        return
    assert seen is not None
    stamp, under = decisions.stamp, CATALOGUE[letter.kind].statutory
    decided_by = letter.drafted_by if under or stamp.policy.letters[letter.kind].second_officer else ""
    signature = {"approved_by": stamp.actor, "approved_role": stamp.role, "approved_at": stamp.now}
    known = Facts(actor=stamp.actor, drafted_by=decided_by, under=under)
    told = {"templates": seen.templates, "batch_digest": whole}
    _tell(
        report,
        letter,
        decisions.move_letter(case, letter, "approve", known, told=told, digest=seen.digest, **signature),
    )


def _why_unsigned(letter: LetterFile, seen: Seen | None) -> str:
    """Why the letter cannot be signed as it was looked at, or nothing."""
    if seen is None or seen.facts != digest_of(canonical(letter.facts)):
        return CHANGED_MEANWHILE
    if letter.state == LetterState.CHECKED and letter.digest != seen.digest:
        return seen.why_not or CHANGED_SINCE_CHECK
    return seen.why_not


def _tell(report: LettersReport, letter: LetterFile, outcome: Moved | Refused) -> None:
    if isinstance(outcome, Refused):
        report.hold_back(letter.reference, outcome.sentence)
    else:
        report.done.append(letter.reference)


def explain_the_rest(engine: Engine, selection: Selection, wanted: States, report: LettersReport) -> None:
    """Letters named one by one that were not in a state for it get their reason, not silence."""
    told = (*report.held_back, *report.failed, *report.unknown)
    handled = {*report.done, *(one["reference"] for one in told)}
    unexplained = [reference for reference in selection.references if reference not in handled | selection.but]
    with reading(engine) as session:
        for reference in unexplained:
            letter = session.get(Letter, reference)
            why = f"It is {letter.state}, not {' or '.join(wanted)}." if letter else "There is no such letter."
            report.hold_back(reference, why)
