"""What every letter of the catalogue says of itself. The letters are in the rooms beside this, one a subject."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from notifications.errors import LetterError
from notifications.roles import RecipientRole


class Channel(StrEnum):
    """A way on which a letter leaves."""

    EMAIL = "email"
    POST = "post"


class Fault(NamedTuple):
    """What the law finds missing or wrong in one field, and what to do about it."""

    field: str
    problem: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFields(ABC):
    """The merge fields of one letter: frozen, plain enough for JSON, and refused when they contradict each other.

    `folder` names the folder in `templates/`; `initials` begin the reference; `audience` is whom it may be addressed
    to, of whom the policy chooses; `statutory` is the citation of what it is given under, or "". The wording must keep
    each heading of `required` and must have none of `forbidden`. A field may stay empty where an example leaves it so,
    or where `optional` names it. `pages` is how long an example may become.
    """

    folder: ClassVar[str]
    initials: ClassVar[str]
    title: ClassVar[str]
    audience: ClassVar[tuple[RecipientRole, ...]] = (RecipientRole.head, RecipientRole.chair)
    statutory: ClassVar[str] = ""
    sections: ClassVar[tuple[str, ...]] = ()
    optional: ClassVar[tuple[str, ...]] = ()
    pages: ClassVar[int] = 2

    @property
    def required(self) -> tuple[str, ...]:
        return self.sections

    @property
    def forbidden(self) -> tuple[str, ...]:
        return ()

    @classmethod
    def channels(cls) -> tuple[Channel, ...]:
        """The ways it leaves, the main one first: paper for what an Act asks for, so that its receipt can be proved."""
        return (Channel.POST, Channel.EMAIL) if cls.statutory else (Channel.EMAIL, Channel.POST)

    @classmethod
    def faults(cls, said: Mapping[str, Any]) -> Iterator[Fault]:  # noqa: ARG003
        """Everything that the law of the day finds wrong in the fields as said so far; None is not said yet."""
        return iter(())

    @classmethod
    @abstractmethod
    def examples(cls) -> tuple[tuple[date, "LetterFields"], ...]:
        """Worked examples, each with the day of the letter: together they take every branch of the wording."""

    @classmethod
    def example(cls) -> "LetterFields":
        """The first of the examples: the one that a preview shows."""
        return cls.examples()[0][1]


def contradiction(letter: type[LetterFields], problem: str, fix: str) -> LetterError:
    """The error for fields that cannot all be true of one letter."""
    return LetterError(f"Letter {letter.folder}: {problem}. {fix}")


def contradictions(letter: type[LetterFields], faults: Iterable[Fault]) -> LetterError:
    """The same for several faults, each with its own fix."""
    return LetterError(f"Letter {letter.folder}: {' '.join(f'{one.problem}. {one.fix}' for one in faults)}")
