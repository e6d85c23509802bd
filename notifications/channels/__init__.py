"""How a finished letter leaves: into a folder, through a mail relay, or through GOV.UK Notify.

Here: what every channel is given, what it promises, and the four answers that it may give. Each channel has a module of
its own. Not here: whether a letter may leave, and what the record keeps of it (casework.dispatch).
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple, Protocol, TypeAlias

from notifications.letter import Letter
from notifications.render import Composed
from states.errors import CaseworkError


class ChannelName(StrEnum):
    """The channels by the word that the record keeps."""

    FOLDER = "folder"
    SMTP = "smtp"
    NOTIFY_EMAIL = "notify_email"
    NOTIFY_LETTER = "notify_letter"


BY_NOTIFY = (ChannelName.NOTIFY_EMAIL, ChannelName.NOTIFY_LETTER)
BY_EMAIL = (ChannelName.SMTP, ChannelName.NOTIFY_EMAIL)


class ChannelDown(CaseworkError):
    """A channel cannot be reached, or refuses our settings; nothing was handed to it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One letter ready to leave; `attempt` counts from 1, `emailed` says whether there is an address for email."""

    letter: Letter
    composed: Composed
    pdf: bytes
    batch: str
    emailed: bool
    attempt: int

    @property
    def reference(self) -> str:
        return self.letter.reference


@dataclass(frozen=True, slots=True)
class Taken:
    """The channel has the letter; `provider_id` is the provider's own name for it, if it gave one."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """The channel certainly has not taken it, and may another time; with `stop` no other letter gets through now."""

    why: str
    stop: bool = False


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """The channel will never take this letter as it is."""

    why: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody can say whether the channel took it: never tried again by itself."""

    why: str


Answer: TypeAlias = Taken | Later | TurnedDown | Unclear


class Channel(Protocol):
    """A way out. `together` letters are marked as being sent before the first of them is handed over.

    What a crash leaves in doubt is at most that many. `repeats` says that to hand a letter over again does no harm.
    """

    name: ClassVar[ChannelName]
    together: ClassVar[int]
    repeats: ClassVar[bool]

    def opened(self) -> AbstractContextManager[None]:
        """Ready for letters, for as long as the context lasts. Raises ChannelDown, before any letter is touched."""

    def trace(self, letter: Letter) -> str:
        """By what the letter can be looked for at the other end, known before it is handed over; or ""."""

    def objection(self, outgoing: Outgoing) -> str:
        """Why this letter must not be handed over as it is, or ""."""

    def carry(self, outgoing: Outgoing) -> Answer:
        """Hand one letter over. What went wrong on the way is an answer, not an error."""


class Fate(StrEnum):
    """What became of a letter that a channel took, as far as anybody says."""

    ON_ITS_WAY = "on its way"
    DELIVERED = "delivered"
    RETURNED = "returned"
    FAILED = "failed"


class Known(NamedTuple):
    """What a provider knows of one letter: its own name for it, its fate, and the provider's word for that."""

    provider_id: str
    fate: Fate
    word: str


class Inquiries(Protocol):
    """A provider that can be asked. Both questions raise ChannelDown where there is no answer."""

    def find(self, reference: str) -> Known | None:
        """The newest letter of this reference, or None if the provider has never had one."""

    def status(self, provider_id: str) -> Known:
        """A letter by the provider's own name for it."""


def attempt_reference(reference: str, attempt: int) -> str:
    """The reference of one attempt: what is found by it is this attempt, and not an earlier one that failed."""
    return f"{reference}/{attempt}"
