"""How fast a channel may be used: so many letters a minute, evenly, whatever the rest of the program does."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_MINUTE = 60.0


@dataclass(slots=True)
class Throttle:
    """Lets `per_minute` letters through; what was not used is saved up for one second at most, never for a rush.

    `clock` gives seconds that only go forward, and `sleep` waits so many of them.
    """

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _tokens: float = field(default=1.0, init=False)
    _seen: float | None = field(default=None, init=False)

    def take(self) -> None:
        """Come back when one more letter may leave."""
        while (missing := 1.0 - self._saved()) > 0:
            self.sleep(missing * _MINUTE / self.per_minute)
        self._tokens -= 1.0

    def rest(self, seconds: float) -> None:
        """The other end asks for a pause."""
        self.sleep(seconds)

    def _saved(self) -> float:
        now = self.clock()
        earned = (now - self._seen) * self.per_minute / _MINUTE if self._seen is not None else 0.0
        self._seen = now
        # A sleep may end a hair early: what is missing then is less than a rounding error.
        self._tokens = min(round(self._tokens + earned, 9), max(1.0, self.per_minute / _MINUTE))
        return self._tokens
