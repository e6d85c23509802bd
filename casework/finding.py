"""Which school a person means: its URN, its name, or as much of its name as no other school has."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.caseload import schools
from casework.errors import NotFound
from casework.schools import SchoolRecord
from casework.tables import Case, School
from casework.values import LONGEST_URN
from states.tracks.school import SCHOOL

NAMED_AT_MOST = 5
_WORD = re.compile(r"[a-z0-9]+")
# Left out, not a space: St Peter's is St Peters.
_APOSTROPHES = str.maketrans("", "", "'’‘`´")


class _Candidate(NamedTuple):
    """A school with its name as it is compared: words in small letters, without accents or punctuation."""

    urn: int
    said: str
    words: tuple[str, ...]
    is_ours: bool

    @property
    def run_together(self) -> str:
        return "".join(self.words)


def find_school(session: Session, text: str) -> SchoolRecord:
    """The school of the record that `text` means; raises NotFound, which names the nearest.

    Capitals, accents, punctuation and spaces do not count, so that “c of e” is CofE. A whole name comes before a part
    of one, and a part before words that the name has somewhere. Where a school and its predecessor share a name, it is
    the one whose case is open that is meant; the other has its URN.
    """
    if text.strip().isdecimal():
        return _by_urn(session, text.strip())
    everybody, words = list(_candidates(session)), _words(text)
    found = _meant(everybody, words) if words else []
    if len(found) == 1:
        return schools(session, [found[0].urn])[found[0].urn]
    raise NotFound(_several(text, found, words) if found else _none(text, everybody, words))


def _by_urn(session: Session, number: str) -> SchoolRecord:
    # A longer number is more than a database can compare with a URN.
    found = schools(session, [int(number)]) if len(number) <= LONGEST_URN else {}
    if not found:
        raise NotFound(f"There is no school with the URN {number}. Load the register, or check the number.")
    return found[int(number)]


def _candidates(session: Session) -> Iterator[_Candidate]:
    rows = session.execute(
        select(School.urn, School.name, School.town, Case.state)
        .outerjoin(Case, (Case.urn == School.urn) & (Case.track == SCHOOL.name))
        .order_by(School.name, School.urn)
    )
    for row in rows:
        is_ours = row.state is not None and row.state not in SCHOOL.ended
        said = f"{row.urn} {row.name}{f', {row.town}' if row.town else ''}"
        yield _Candidate(row.urn, said, _words(row.name), is_ours)


def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).replace("&", " and ").casefold())
    return tuple(_WORD.findall("".join(one for one in plain if not unicodedata.combining(one))))


def _meant(everybody: Sequence[_Candidate], words: tuple[str, ...]) -> list[_Candidate]:
    """Those that meet the strictest way of comparing that any school meets."""
    joined = "".join(words)
    ways = (
        lambda one: one.run_together == joined,
        lambda one: joined in one.run_together,
        lambda one: set(words) <= set(one.words),
    )
    for way in ways:
        if met := [one for one in everybody if way(one)]:
            return [one for one in met if one.is_ours] or met
    return []


def _several(text: str, found: list[_Candidate], words: tuple[str, ...]) -> str:
    more = f", and {len(found) - NAMED_AT_MOST} more" if len(found) > NAMED_AT_MOST else ""
    named = "; ".join(one.said for one in _nearest(found, words)[:NAMED_AT_MOST])
    return f"{len(found)} schools may be meant by “{text}”: {named}{more}. Give the URN, or more of the name."


def _none(text: str, everybody: list[_Candidate], words: tuple[str, ...]) -> str:
    near = _nearest([one for one in everybody if set(words) & set(one.words)], words) or _alike(everybody, words)
    named = "; ".join(one.said for one in near[:NAMED_AT_MOST])
    nearest = f" The nearest: {named}." if named else ""
    return f"No school on record is called “{text}”.{nearest} Give the URN, or a part of the name."


def _nearest(found: list[_Candidate], words: tuple[str, ...]) -> list[_Candidate]:
    joined = "".join(words)

    def likeness(one: _Candidate) -> float:
        return difflib.SequenceMatcher(None, one.run_together, joined, autojunk=False).ratio()

    return sorted(found, key=likeness, reverse=True)


def _alike(everybody: list[_Candidate], words: tuple[str, ...]) -> list[_Candidate]:
    """For a slip of the pen: names that have a word spelt nearly so."""
    known = {word for one in everybody for word in one.words}
    near = {match for word in words for match in difflib.get_close_matches(word, known, n=3, cutoff=0.75)}
    return _nearest([one for one in everybody if near & set(one.words)], words)
