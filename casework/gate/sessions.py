"""Who is signed in, and how often somebody may try. Both are kept in memory: a restart signs everybody out.

A session is known by the hash of what the cookie holds, so that nothing that is kept here would let anybody in.
"""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from casework.officers import Account, Person

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=10)

# Of one name, and from one address, which an office may share.
TRIES_OF_A_NAME = 8
TRIES_FROM_AN_ADDRESS = 40
WITHIN = timedelta(minutes=15)
_REMEMBERED = 20_000

Look = Callable[[str], Account | None]


@dataclass(slots=True)
class Session:
    """One browser in which an officer has signed in; `password` is the hash that was right then."""

    sign_in: str
    password: str
    begun: datetime
    seen: datetime


@dataclass(slots=True)
class Sessions:
    """Everybody who is signed in; `look` reads an officer as the record now has him or her."""

    look: Look
    idle: timedelta = IDLE
    absolute: timedelta = ABSOLUTE
    _open: dict[str, Session] = field(default_factory=dict)

    def begin(self, known: Account, now: datetime) -> str:
        """A new secret for the cookie; what the browser held before is worth nothing."""
        for key in [key for key, one in list(self._open.items()) if not self._lasts(one, now)]:
            self._open.pop(key, None)
        secret = secrets.token_urlsafe(32)
        self._open[_key(secret)] = Session(known.sign_in, known.password, now, now)
        return secret

    def person(self, secret: str, now: datetime, *, active: bool = True) -> Person | None:
        """Whose session it is, if it lasts; `active` says that the person did something just now.

        It ends when the officer is disabled or has another password, for the record is asked each time.
        """
        found = self._open.get(_key(secret)) if secret else None
        known = self.look(found.sign_in) if found and self._lasts(found, now) else None
        if found is None or known is None or known.disabled_at or known.password != found.password:
            self.end(secret)
            return None
        if active:
            found.seen = now
        return known.person

    def end(self, secret: str) -> None:
        self._open.pop(_key(secret), None)

    def _lasts(self, session: Session, now: datetime) -> bool:
        return now - session.seen < self.idle and now - session.begun < self.absolute


def _key(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


@dataclass(slots=True)
class Attempts:
    """Wrong passwords of late, by name and by address. A name that nobody has is counted like any other."""

    _failed: dict[str, deque[datetime]] = field(default_factory=dict)

    def wait(self, sign_in: str, address: str, now: datetime) -> timedelta:
        """How long until the next try is looked at; nothing if it is looked at now."""
        return max(
            self._wait(f"name {sign_in}", TRIES_OF_A_NAME, now),
            self._wait(f"address {address}", TRIES_FROM_AN_ADDRESS, now),
        )

    def tried(self, sign_in: str, address: str, now: datetime) -> None:
        """Counted before the password is looked at, so that a hundred tries at once are a hundred."""
        if len(self._failed) >= _REMEMBERED:
            self._failed = {key: tries for key, tries in self._failed.items() if tries and now - tries[-1] < WITHIN}
        for key, most in ((f"name {sign_in}", TRIES_OF_A_NAME), (f"address {address}", TRIES_FROM_AN_ADDRESS)):
            self._failed.setdefault(key, deque(maxlen=most)).append(now)

    def succeeded(self, sign_in: str, address: str) -> None:
        """The address keeps what went wrong before, or one good password would open the way to guess at others."""
        self._failed.pop(f"name {sign_in}", None)
        if tries := self._failed.get(f"address {address}"):
            tries.pop()

    def _wait(self, key: str, most: int, now: datetime) -> timedelta:
        tries = self._failed.get(key, deque())
        return max(tries[0] + WITHIN - now, timedelta()) if len(tries) >= most else timedelta()
