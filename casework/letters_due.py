"""After a move: the letters that its row names. What the record can write alone is drafted, for the rest a form waits.

That is a transaction of its own: a move stands, whatever becomes of the letters that tell of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from casework.caseload import school_case
from casework.dossier import Dossier
from casework.letter_drafts import put_on_record
from casework.occasions import ABOUT, occasion_of
from casework.prefill import whole_letter
from casework.readers import OUTSIDE, all_roles
from casework.record import Decisions, Stamp
from casework.unit_of_work import transact
from notifications.catalogue import CATALOGUE, CategoryNotice
from notifications.catalogue.notices import WarningNotice
from notifications.letter import Recipient, RecipientRole
from states.clocks import Calendars
from states.law.notices import NoticeKind
from states.track import Row, Track
from states.tracks.notice import NOTICE

# Letters about one power alone: the section that they are about.
OF_SECTION = {"additional_governors": "64", "interim_board_consultation": "65"} | dict.fromkeys(
    ("budget_suspension", "budget_review", "budget_review_outcome"), "66"
)


@dataclass(slots=True)
class LettersDue:
    """What was drafted, and the kinds for which somebody has to be asked."""

    drafted: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def commands(self, urn: int) -> list[str]:
        return [f"casework letters form {kind} {urn}" for kind in self.asked]


def letters_due(
    engine: Engine, urn: int, track: Track, subject: str, row: Row, calendars: Calendars, stamp: Stamp
) -> LettersDue:
    """Draft what is due after the move `row` of a case, and say what else is."""

    def work(session: Session) -> LettersDue:
        due, decisions = LettersDue(), Decisions(stamp)
        dossier = Dossier(session, school_case(session, urn), stamp.policy, calendars, stamp.on)
        dossier.case = dossier.case_on(track.name, subject)
        for kind in _still_to_write(row, dossier):
            fields, outside = whole_letter(kind, dossier), _known_readers(kind, dossier)
            if fields is None or outside is None:
                due.asked.append(kind)
                continue
            why = f"{CATALOGUE[kind].title}: due after “{row.label}”"
            rows = put_on_record(decisions, dossier, fields, occasion_of(kind, dossier), why, outside)
            due.drafted += [one["reference"] for one in rows]
        decisions.write(session)
        return due

    return transact(engine, work)


def _still_to_write(row: Row, dossier: Dossier) -> Iterator[str]:
    """The letters of the row that are not there; the notice of a category is drafted with the move itself."""
    for kind in row.letters:
        beside = _with_its_case(kind, dossier)
        if kind == CategoryNotice.folder or not _applies(kind, beside):
            continue
        if beside.letter(kind, occasion_of(kind, beside)) is None:
            yield kind


def _with_its_case(kind: str, dossier: Dossier) -> Dossier:
    """A letter of another track than the one that moved is about its newest case there."""
    if dossier.case is None and kind in ABOUT:
        dossier.case = dossier.case_on(ABOUT[kind])
    return dossier


def _applies(kind: str, dossier: Dossier) -> bool:
    """Not every letter of a row is for every case: of a notice that was not given, or of pay, nothing is written."""
    if kind in OF_SECTION and dossier.stated.section != OF_SECTION[kind]:
        return False
    if ABOUT.get(kind) != NOTICE.name:
        return True
    given = kind == WarningNotice.folder or dossier.last_move(dossier.notice, "give") is not None
    return given and dossier.of_notice.kind is not NoticeKind.S60A


def _known_readers(kind: str, dossier: Dossier) -> dict[RecipientRole, Recipient] | None:
    """Those outside the school, from the letters before; None where one has no address yet."""
    given_on = dossier.of_notice.given_on or dossier.on
    roles = [role for role in all_roles(kind, dossier, given_on) if role in OUTSIDE]
    known = {role: dossier.written_to(role) for role in roles}
    return known if all(one.address for one in known.values()) else None
