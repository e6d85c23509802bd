"""What the tests of letters share: the wording as shipped, a typesetter, a letter with its texts replaced."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from notifications.examples import example_letter
from notifications.letter import Letter, from_json, to_json
from notifications.pdf import Typesetter
from notifications.wording import Wording

_CHOICES = ("kind", "role", "previous_outcome")


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording()


@pytest.fixture(scope="session")
def typesetter() -> Typesetter:
    return Typesetter()


@pytest.fixture
def saying() -> Callable[[str, str], Letter]:
    """A letter of a kind in which every text that a person may have typed is the one given."""

    def letter(kind: str, text: str) -> Letter:
        return from_json(_replaced(to_json(example_letter(kind)), text))

    return letter


def _replaced(value: Any, text: str) -> Any:
    match value:
        case dict():
            return {key: item if key in _CHOICES else _replaced(item, text) for key, item in value.items()}
        case list():
            return [_replaced(item, text) for item in value]
        case str() if not _is_date(value):
            return text
    return value


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
