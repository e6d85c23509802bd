"""A record with signed letters, and the ways out that a test wants: for the tests of dispatch and of what follows."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from casework.dispatch import PostRoom, send_letters
from casework.letters import LettersReport, Selection, approve_letters
from casework.record import Stamp
from casework.tables import Case, Event, EventKind, Letter
from casework.unit_of_work import reading
from casework.verify import verify
from notifications.channels import Answer, ChannelName, Outgoing, Taken
from notifications.letter import Letter as LetterFacts

URN = 990001
BATCH = "progress_request-2025-26-2"
HEAD, CHAIR = "PR-990001-2025-26-2-H", "PR-990001-2025-26-2-C"


class Died(BaseException):
    """What a kill looks like from within the process: nothing after it is done."""


@dataclass
class Carrier:
    """A channel that says what it is told to, and remembers what it was given; it may die at any letter."""

    name: ChannelName = ChannelName.SMTP
    together: int = 1
    repeats: bool = False
    says: list[Answer | type[Died]] = field(default_factory=list)
    carried: list[Outgoing] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def opened(self) -> Any:
        return nullcontext()

    def trace(self, letter: LetterFacts) -> str:
        return f"<{letter.reference}@example.org>"

    def objection(self, _outgoing: Outgoing) -> str:
        return ""

    def carry(self, outgoing: Outgoing) -> Answer:
        self.carried.append(outgoing)
        self.meanwhile()
        said = self.says.pop(0) if self.says else Taken()
        if isinstance(said, type):
            raise said
        return said

    @property
    def references(self) -> list[str]:
        return [one.reference for one in self.carried]


@dataclass
class PostOffice:
    """One record, its room of channels, and a clock that only the test moves."""

    engine: Engine
    stamp: Stamp
    room: PostRoom
    now: datetime = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.room = replace(self.room, clock=lambda: self.now)

    def use(self, email: Any, post: Any = None, **others: Any) -> None:
        self.room = replace(self.room, email=email, post=post or self.room.post, **others)

    def approve(self, **selected: Any) -> list[str]:
        signed = replace(self.stamp, actor="Cleo Fenn", role="Assistant Director")
        return approve_letters(self.engine, Selection(**selected), signed, self.room.wording).done

    def send(self, *references: str, **selected: Any) -> LettersReport:
        return send_letters(self.engine, Selection(references, **selected), self.room, self.stamp)

    def wait(self, **how_long: int) -> None:
        self.now += timedelta(**how_long)

    def letter(self, reference: str = HEAD) -> Letter:
        with reading(self.engine) as session:
            found = session.get_one(Letter, reference)
            session.expunge(found)
        return found

    def states(self) -> dict[str, str]:
        with reading(self.engine) as session:
            return {row.reference: row.state for row in session.execute(select(Letter.reference, Letter.state))}

    def story(self, reference: str = HEAD) -> list[str]:
        """The moves of one letter, oldest first, as its school's history has them."""
        query = select(Event).join(Case, Case.id == Event.case_id).where(Event.kind == EventKind.LETTER)
        with reading(self.engine) as session:
            events = session.scalars(query.order_by(Event.case_id, Event.seq)).all()
        return [event.trigger for event in events if event.evidence.get("letter") == reference]

    def faults(self, seals: Any) -> list[Any]:
        return verify(self.engine, seals).faults
