"""How fast a channel may be used, on a clock that only the test moves."""

import pytest

from notifications.channels.throttle import Throttle


class Clock:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def times(per_minute: int, letters: int) -> list[float]:
    """When each letter leaves."""
    clock = Clock()
    throttle = Throttle(per_minute, clock.time, clock.sleep)
    found = []
    for _ in range(letters):
        throttle.take()
        found.append(round(clock.now, 6))
    return found


def test_first_letter_leaves_at_once() -> None:
    assert times(30, 1) == [0]


def test_letters_leave_evenly() -> None:
    assert times(30, 4) == [0, 2, 4, 6]


@pytest.mark.parametrize("per_minute", [1, 7, 30, 59, 600, 2400])
def test_no_minute_has_more_than_allowed(per_minute: int) -> None:
    left = times(per_minute, 2 * per_minute + 3)
    assert all(later - first > 59.99 for first, later in zip(left, left[per_minute:], strict=False))


def test_idle_hour_saves_no_rush() -> None:
    clock = Clock()
    throttle = Throttle(30, clock.time, clock.sleep)
    throttle.take()
    clock.sleep(3600)
    for _ in range(3):
        throttle.take()
    assert clock.now == 3604


def test_pause_that_was_asked_for_is_kept() -> None:
    clock = Clock()
    Throttle(30, clock.time, clock.sleep).rest(20)
    assert clock.now == 20
