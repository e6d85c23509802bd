"""What the tests of channels share: a letter ready to leave, a relay, a stub of Notify, a throttle that never waits."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from notifications.channels import Outgoing
from notifications.channels.throttle import Throttle
from notifications.examples import example_letter
from notifications.pdf import Typesetter
from notifications.render import compose
from notifications.wording import Wording
from tests.servers.notify import NotifyStub, notify_stub
from tests.servers.relay import MailRelay, mail_relay


@pytest.fixture
def outgoing(wording: Wording, typesetter: Typesetter) -> Callable[..., Outgoing]:
    def made(kind: str = "progress_request", **changes: Any) -> Outgoing:
        letter = replace(example_letter(kind), **changes)
        composed = compose(letter, wording)
        return Outgoing(letter, composed, typesetter.pdf(composed, letter), "batch", emailed=True, attempt=1)

    return made


@pytest.fixture
def relay() -> Iterator[MailRelay]:
    with mail_relay() as running:
        yield running


@pytest.fixture
def stub() -> Iterator[NotifyStub]:
    with notify_stub() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that a throttle would have waited."""
    return []


@pytest.fixture
def throttle(pauses: list[float]) -> Throttle:
    return Throttle(10**9, sleep=pauses.append)
