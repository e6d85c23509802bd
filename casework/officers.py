"""Officers who may sign in at the console: who they are, what each may do, and their passwords, kept as hashes.

This is the only module that writes the table `officer`, and it writes no other. Nobody is ever deleted: the record
names them. A password is neither printed nor logged; docs/runbooks/new-officer.md is for whoever adds a new officer.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from casework.errors import NotFound
from casework.tables import May, Officer
from casework.unit_of_work import reading, transact
from states.errors import CaseworkError

# Whoever may, may also what those before may.
DOES = {
    May.READER: "looks at everything and changes nothing",
    May.OFFICER: "also starts and cancels runs",
    May.SIGNATORY: "also answers approvals, and so signs letters",
}

# The National Cyber Security Centre advises three random words and no rules about signs; those are seldom shorter.
SHORTEST = 12
LONGEST = 200
_SIGN_IN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")
_LONGEST_NAME = 80


class NotAnOfficer(CaseworkError):
    """An officer cannot be added or changed as was asked; nothing was written."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the console: name and title as events will say them, and what that person may do."""

    name: str
    title: str
    may: May

    def may_do(self, needed: May) -> bool:
        order = list(May)
        return order.index(self.may) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Account:
    """An officer on record, with the hash of the password."""

    sign_in: str
    person: Person
    password: str
    disabled_at: datetime | None


def normal(sign_in: str) -> str:
    """Capitals and blanks around a name to sign in with do not matter."""
    return sign_in.strip().lower()


def any_officers(engine: Engine) -> bool:
    """Disabled ones count: disabling the last officer must not open the console to everybody."""
    with reading(engine) as session:
        return session.scalar(select(Officer.sign_in).limit(1)) is not None


def account(engine: Engine, sign_in: str) -> Account | None:
    with reading(engine) as session:
        if found := session.get(Officer, normal(sign_in)):
            person = Person(found.name, found.title, May(found.may))
            return Account(found.sign_in, person, found.password, found.disabled_at)
    return None


def list_officers(engine: Engine) -> list[dict[str, Any]]:
    """Everybody, disabled ones too; no hash."""
    columns = ("sign_in", "name", "title", "may", "added_at", "disabled_at")
    with reading(engine) as session:
        found = session.scalars(select(Officer).order_by(Officer.sign_in))
        return [{name: getattr(officer, name) for name in columns} for officer in found]


def add_officer(engine: Engine, sign_in: str, person: Person, password: str, now: datetime) -> str:
    """Give a person a name to sign in with; hands back how it is kept. Raises NotAnOfficer."""
    kept = normal(sign_in)
    _require_sign_in(kept)
    _require_said("name", person.name)
    _require_said("title", person.title)
    row = {
        "sign_in": kept,
        "name": person.name,
        "title": person.title,
        "may": person.may.value,
        "password": hashed(password),
        "added_at": now,
        "disabled_at": None,
    }
    transact(engine, lambda session: _insert(session, row))
    return kept


def _insert(session: Session, row: dict[str, Any]) -> None:
    taken = session.scalars(
        select(Officer).where((Officer.sign_in == row["sign_in"]) | (Officer.name == row["name"])).limit(1)
    ).first()
    if taken:
        raise NotAnOfficer(
            f"{taken.name} signs in as {taken.sign_in} already, and two officers may share neither. Give another, or "
            "see `casework officers --help` to change or enable that one."
        )
    session.execute(insert(Officer), [row])


def change_officer(engine: Engine, sign_in: str, *, title: str | None = None, may: May | None = None) -> None:
    """Another title, or something else that the officer may do, at once. Raises NotFound or NotAnOfficer."""
    if title is not None:
        _require_said("title", title)
    _write(engine, sign_in, {"title": title, "may": may and may.value})


def disable_officer(engine: Engine, sign_in: str, now: datetime) -> None:
    """Nobody signs in with that name any more, and whoever has done so is out. Raises NotFound."""
    _write(engine, sign_in, {"disabled_at": now})


def enable_officer(engine: Engine, sign_in: str, password: str) -> None:
    """Let a disabled officer sign in again, with a new password. Raises NotFound or NotAnOfficer."""
    new = hashed(password)

    def work(session: Session) -> None:
        _officer(session, sign_in)
        session.execute(
            update(Officer).where(Officer.sign_in == normal(sign_in)).values(disabled_at=None, password=new)
        )

    transact(engine, work)


def set_password(engine: Engine, sign_in: str, password: str) -> None:
    """A new password ends every session that began with the old one. Raises NotFound or NotAnOfficer."""
    _write(engine, sign_in, {"password": hashed(password)})


def _write(engine: Engine, sign_in: str, values: dict[str, Any]) -> None:
    said = {name: value for name, value in values.items() if value is not None}

    def work(session: Session) -> None:
        _officer(session, sign_in)
        session.execute(update(Officer).where(Officer.sign_in == normal(sign_in)).values(said))

    transact(engine, work)


def _officer(session: Session, sign_in: str) -> Officer:
    if found := session.get(Officer, normal(sign_in)):
        return found
    raise NotFound(f"Nobody signs in as {normal(sign_in)!r}. `casework officers list` shows everybody.")


def hashed(password: str) -> str:
    """Raises NotAnOfficer for a password that is too short, or longer than anybody types."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise NotAnOfficer(
            f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}. Three random words make "
            "a good one. Nothing was written."
        )
    return _hasher().hash(password)


def proved(known: Account | None, password: str) -> bool:
    """Whether this is the officer's password. An unknown name costs the same time as a wrong password."""
    try:
        _hasher().verify(known.password if known else _nobody(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return known is not None and known.disabled_at is None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # the library's own profile, that of RFC 9106 for little memory


@cache
def _nobody() -> str:
    return _hasher().hash("nobody has this password")


def _require_sign_in(sign_in: str) -> None:
    if not _SIGN_IN.fullmatch(sign_in):
        raise NotAnOfficer(
            f"{sign_in!r} is no name to sign in with: 2 to 60 letters a to z, figures, and . _ @ -, with a letter or a "
            "figure first."
        )


def _require_said(what: str, value: str) -> None:
    if not value.strip() or not value.isprintable() or len(value) > _LONGEST_NAME or value != value.strip():
        raise NotAnOfficer(f"{value!r} is no {what}: say it in at most {_LONGEST_NAME} characters on one line.")
