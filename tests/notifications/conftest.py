"""What the tests of letters share: the wording as shipped, a typesetter, a letter with its texts replaced."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from itertools import repeat
from typing import Any

import pytest

from notifications.letter import Letter
from notifications.pdf import Typesetter
from notifications.wording import Wording

# Typed as text, but chosen from a list by the program and never by a person.
_CHOSEN = ("kind", "previous_outcome")


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording()


@pytest.fixture(scope="session")
def typesetter() -> Typesetter:
    return Typesetter()


@pytest.fixture
def saying() -> Callable[[Letter, str], Letter]:
    """A letter in which every text that a person may have typed is the one given."""

    def letter(example: Letter, text: str) -> Letter:
        said: Letter = _replaced(example, repeat(text))
        return said

    return letter


@pytest.fixture
def saying_in_turn() -> Callable[[Letter, Iterator[str]], Letter]:
    """A letter in which each text that a person may have typed is another one of those given."""

    def letter(example: Letter, texts: Iterator[str]) -> Letter:
        said: Letter = _replaced(example, texts)
        return replace(said, reference=example.reference)

    return letter


def _replaced(value: Any, texts: Iterator[str]) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in fields(value) if field.name not in _CHOSEN)
        return replace(value, **{name: _replaced(getattr(value, name), texts) for name in names})
    if isinstance(value, tuple):
        return tuple(_replaced(item, texts) for item in value)
    return next(texts) if isinstance(value, str) and value and not isinstance(value, StrEnum) else value
