"""What the record knows of people at a school, and the same without them. Whose time is over is casework.retention."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from casework.caseload import SchoolCase
from casework.record import LetterFile, Row
from notifications.letter import REDACTED

NAME_IN_THE_REGISTER = ("head_title", "head_first_name", "head_last_name", "head_job_title")

# A name shorter than this is as likely a word of its own.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class People:
    """Finds the people of one school in any text: by name and address as held, and by traces of these, surnames too."""

    held: re.Pattern[str]
    traces: re.Pattern[str]

    @classmethod
    def of(cls, one: SchoolCase, letters: Iterable[LetterFile]) -> "People":
        recipients = [letter.facts["recipient"] for letter in letters]
        contacts = one.contacts.values()
        names = {one.school.head_name, *(known.name for known in contacts), *(each["name"] for each in recipients)}
        addresses = {*(known.email for known in contacts), *(each["email"] for each in recipients)}
        surnames = {name.split()[-1] for name in names if name}
        return cls(_any_of(names | addresses), _any_of(surnames | addresses))

    def named_in(self, text: str) -> bool:
        return bool(self.traces.search(text))

    def taken_out_of(self, facts: Row) -> Row:
        """A letter's facts with a mark in each place where a person was; what else it says stays."""
        recipient = facts["recipient"]
        marked = {key: REDACTED if recipient[key] else "" for key in ("name", "email")}
        return facts | {"recipient": recipient | marked, "fields": self._out_of(facts["fields"])}

    def _out_of(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.held.sub(REDACTED, value)
        if isinstance(value, list):
            return [self._out_of(item) for item in value]
        if isinstance(value, dict):
            return {key: self._out_of(item) for key, item in value.items()}
        return value


def contacts_without(one: SchoolCase) -> list[Row]:
    """The school's rows of the list of contacts as if nobody were known; only those that know somebody."""
    return [
        {"urn": one.school.urn, "role": role.value, "name": "", "email": ""}
        for role, known in sorted(one.contacts.items())
        if known.name or known.email
    ]


def register_without(one: SchoolCase) -> list[Row]:
    """The school's row of the register without its head, if it names one."""
    named = any(getattr(one.school, name) for name in NAME_IN_THE_REGISTER)
    return [{"urn": one.school.urn} | dict.fromkeys(NAME_IN_THE_REGISTER, "")] if named else []


def _any_of(words: set[str]) -> re.Pattern[str]:
    """Finds each of the words as a whole, the longest first, whatever its capitals; nothing where there are none."""
    found = sorted((word for word in words if len(word) >= SHORTEST and word != REDACTED), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, found))})(?!\w)" if found else r"(?!)", re.IGNORECASE)
