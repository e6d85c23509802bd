"""A batch before it is signed: every letter of it, those unlike the others first, and the digest of all that was seen.

`batch_review` takes plain inputs and gives plain words and data, for the command and for a form of approval alike.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.check_report import table_cell
from casework.errors import NotFound
from casework.letter_steps import signature_of
from casework.letters import letters_to_read
from casework.outliers import Reviewed, changes, outliers
from casework.record import LetterFile
from casework.seen import look_at, whole_digest
from casework.tables import Letter
from notifications.letter import RecipientRole
from notifications.render import fingerprints
from notifications.wording import Wording
from states.dates import in_words
from states.tracks.letter import UNSIGNED, LetterState

# Letters that a form names one by one; the page of the batch has them all.
ASKED_ABOUT = 12


@dataclass(frozen=True, slots=True)
class LetterReview:
    """One letter of the batch; `why` has a sentence for each thing to look at before it is signed."""

    reference: str
    school: str
    to: str
    checked: bool
    words: int
    post_only: bool
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchReview:
    """A batch as it reads now: `digest` stands for all of it, `notes` hold of the batch as a whole."""

    batch: str
    digest: str
    notes: tuple[str, ...]
    letters: tuple[LetterReview, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_markdown(self) -> str:
        unlike = [one for one in self.letters if one.why]
        first = [f"- **{one.reference}**, {one.to}, {one.school}: {'; '.join(one.why)}." for one in unlike]
        rest = [f"- {one.reference}, {one.to}, {one.school}" for one in self.letters if not one.why]
        return "\n".join(
            [
                f"# {self.batch}\n",
                f"{len(self.letters)} letter(s) wait for a signature; {len(unlike)} to look at first.\n",
                *(f"- {note}" for note in self.notes),
                *(["\n## Look at these first\n", *first] if first else []),
                *(["\n## Like one another\n", *rest] if rest else []),
                f"\nDigest of all that was seen: `{self.digest}`",
            ]
        )

    def as_question(self, letters_at: str) -> str:
        """The batch in few words, for a form: what to look at first, with its links; `letters_at` shows the letters."""
        unlike = [one for one in self.letters if one.why]
        more = f"- and {len(unlike) - ASKED_ABOUT} more, on the page of the batch" if len(unlike) > ASKED_ABOUT else ""
        return "\n".join(
            [
                f"{len(self.letters)} letter(s) wait for a signature. [Read them]({letters_at}/batch/{self.batch}).\n",
                *(f"- {note}" for note in self.notes),
                *(["\nLook at these first:\n"] if unlike else []),
                *(
                    f"- [{one.reference}]({letters_at}/letter/{one.reference}), {one.to}, {table_cell(one.school)}: "
                    f"{'; '.join(map(table_cell, one.why))}."
                    for one in unlike[:ASKED_ABOUT]
                ),
                more,
            ]
        ).rstrip()


def batch_review(session: Session, wording: Wording, batch: str, but: frozenset[str] = frozenset()) -> BatchReview:
    """Every letter of the batch that waits for a signature, but for those named. Raises NotFound."""
    conditions = (Letter.batch == batch, Letter.state.in_(UNSIGNED), Letter.reference.not_in(but))
    waiting = letters_to_read(session, *conditions)
    if not waiting:
        raise NotFound(f"No letter of the batch {batch} waits for a signature. `casework letters list` shows them.")
    seen = look_at(waiting, wording)
    unlike = outliers([Reviewed(one.reference, seen[one.reference].words, one.facts) for one in waiting])
    changed = _changed_since_last_time(session, batch, waiting)
    letters = [
        LetterReview(
            reference=one.reference,
            school=one.facts["school"]["name"],
            to=RecipientRole(one.facts["recipient"]["role"]).label,
            checked=one.state == LetterState.CHECKED,
            words=seen[one.reference].words,
            post_only=bool(one.not_emailed),
            why=(
                *filter(None, [seen[one.reference].why_not]),
                *unlike.get(one.reference, ()),
                *changed.get(one.reference, ()),
            ),
        )
        for one in waiting
    ]
    letters.sort(key=lambda one: (not one.why, -len(one.why), -one.words if one.why else 0, one.reference))
    return BatchReview(batch, whole_digest(seen), tuple(_notes(session, wording, batch, waiting)), tuple(letters))


def _changed_since_last_time(session: Session, batch: str, waiting: list[LetterFile]) -> dict[str, list[str]]:
    """Reference → what reads otherwise than in the last letter of the kind to the same person; of few letters only."""
    last = _last_signed(session, batch, waiting)
    found = [
        (letter.reference, name, sentence)
        for letter in waiting
        if (before := last.get((letter.urn, letter.kind, letter.facts["recipient"]["role"])))
        for name, sentence in changes(letter.facts, before.facts)
    ]
    times = Counter(name for _, name, _ in found)
    changed: dict[str, list[str]] = {}
    for reference, name, sentence in found:
        if 2 * times[name] <= max(len(waiting), 2):
            changed.setdefault(reference, []).append(sentence)
    return changed


def _last_signed(session: Session, batch: str, waiting: list[LetterFile]) -> dict[tuple[int, str, str], Letter]:
    query = select(Letter).where(
        Letter.kind.in_({one.kind for one in waiting}),
        Letter.urn.in_({one.urn for one in waiting}),
        Letter.batch != batch,
        Letter.approved_at.is_not(None),
    )
    found = session.scalars(query.order_by(Letter.approved_at, Letter.reference))
    return {(one.urn, one.kind, one.recipient_role): one for one in found}


def _notes(session: Session, wording: Wording, batch: str, waiting: list[LetterFile]) -> Iterator[str]:
    by_post = sum(bool(one.not_emailed) for one in waiting)
    if by_post:
        yield f"{by_post} of them go by post only."
    for kind in sorted({one.kind for one in waiting}):
        yield from _changed_wording(session, wording, batch, kind)


def _changed_wording(session: Session, wording: Wording, batch: str, kind: str) -> Iterator[str]:
    """Which templates are not those that the last batch of the kind was signed with."""
    query = select(Letter).where(Letter.kind == kind, Letter.batch != batch, Letter.approved_at.is_not(None))
    last = session.scalars(query.order_by(Letter.approved_at.desc(), Letter.reference).limit(1)).first()
    signed = signature_of(session, last) if last else None
    if signed is None or last is None:
        return
    then, now = signed.evidence.get("templates", {}), fingerprints(kind, wording)
    if changed := [name for name in now if then.get(name, now[name]) != now[name]]:
        yield f"Changed since {last.batch} was signed on {in_words(signed.occurred_on)}: {', '.join(changed)}."
