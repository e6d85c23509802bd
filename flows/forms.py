"""What the forms of the console offer: lists made of the calendar and the tables of moves, so that little is typed.

A form is made when the deployments are: a half-term that is added to the calendar is offered after the next start.
"""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel, Field, create_model

from notifications.catalogue import CATALOGUE
from states.facts import STATED
from states.half_terms import HalfTerm, SchoolCalendar, load_calendar
from states.track import Track
from states.tracks.conversion import CONVERSION
from states.tracks.notice import NOTICE
from states.tracks.power import POWER
from states.tracks.school import SCHOOL
from states.tracks.support import SUPPORT

OPEN_NOW = "the one that is open on the day"


def half_term_of(choice: str, day: date, calendar: SchoolCalendar) -> HalfTerm | None:
    """The half-term that was chosen; None where the one that is open was, and schools are closed on the day."""
    return calendar.on(day) if choice == OPEN_NOW else calendar.half_term(choice)


# The words behind each other as one choice: "Raise a concern (raise_concern)".
_CHOICE = "{} ({})"


def steps_of(track: Track) -> tuple[str, ...]:
    """Every move of a track once, the beginning of a case first, as officers read it and with its trigger."""
    labels = {row.trigger: row.label for row in track.rows}
    begin = () if track is SCHOOL else (_CHOICE.format(f"Begin a {track.name}", track.opens_by),)
    return (*begin, *(_CHOICE.format(label, trigger) for trigger, label in labels.items()))


def trigger_of(step: str) -> str:
    """The trigger of a choice that `steps_of` gave."""
    return step.rpartition("(")[2].rstrip(")")


class StatedFacts(BaseModel):
    """Facts that an officer states with a move; what is left empty is not stated, and stays as it was."""

    def typed(self) -> dict[str, str]:
        """As `casework move --fact` takes them: a fact that is taken back is stated as nothing."""
        given = self.model_dump()
        taken_back = given.pop(TAKE_BACK, ())
        return dict.fromkeys(taken_back, "") | {name: _written(value) for name, value in given.items() if value}


TAKE_BACK = "take_back"


def _written(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def facts_form(name: str, facts: Iterable[str]) -> type[StatedFacts]:
    """A form for some of the facts of states.facts, each by its kind: a day, one or some of a list, or text."""
    fields: dict[str, Any] = {fact: _field(STATED[fact], fact) for fact in facts}
    one_of_them: Any = Literal[tuple(facts)]
    wrong: Any = Field([], title="Take back", description="Facts that were stated and are wrong.")
    return create_model(name, __base__=StatedFacts, **fields | {TAKE_BACK: (list[one_of_them], wrong)})


def _field(kind: Any, fact: str) -> tuple[Any, Any]:
    title = fact.replace("_", " ").capitalize()
    if kind is str:
        return str, Field("", title=title)
    if get_origin(kind) is tuple:
        return list[_words(get_args(kind)[0])], Field([], title=title)  # type: ignore[misc]
    wanted = get_args(kind)[0]
    if wanted is date:
        return date | None, Field(None, title=title)
    return _words(wanted, ""), Field("", title=title)


def _words(choices: type[Enum], *others: str) -> Any:
    return Literal[(*others, *(one.value for one in choices))]


NOTICE_FACTS = (
    "kind", "grounds", "contents", "copies", "given_on", "period_ends", "represented_on", "decided_on", "complied_on",
    "intention_notified_on", "secretary_notice_on", "notice_permitted_on",
)  # fmt: skip
POWER_FACTS = ("section", "eligible_under", "consulted_on", "consented_on", "received_on", "term_ends")
SCHOOL_FACTS = (
    "inspected_on", "reported_on", "inadequate_as", "statement_sent_on", "audit_outcome", "notice_outcome",
    "eligible_under", "academy_order_on", "revoked_on", "opened_on", "closed_on", "grounds", "contents", "copies",
    "given_on", "period_ends", "checked_by",
)  # fmt: skip
OTHER_FACTS = ("partner", "activity", "due_on", "term_ends", "sponsor", "agreed_on", "academy_order_on", "opened_on")

if TYPE_CHECKING:
    HalfTermChoice: TypeAlias = str
    SchoolYearChoice: TypeAlias = str
    LetterKind: TypeAlias = str
    SchoolStep: TypeAlias = str
    NoticeStep: TypeAlias = str
    PowerStep: TypeAlias = str
    OtherStep: TypeAlias = str
    SchoolFacts: TypeAlias = StatedFacts
    NoticeFacts: TypeAlias = StatedFacts
    PowerFacts: TypeAlias = StatedFacts
    OtherFacts: TypeAlias = StatedFacts
    AnyFacts: TypeAlias = StatedFacts
else:
    HalfTermChoice = Literal[(OPEN_NOW, *(one.key for one in load_calendar().half_terms))]
    SchoolYearChoice = Literal[tuple(dict.fromkeys(one.school_year for one in load_calendar().half_terms))]
    LetterKind = Literal[tuple(CATALOGUE)]
    SchoolStep = Literal[steps_of(SCHOOL)]
    NoticeStep = Literal[steps_of(NOTICE)]
    PowerStep = Literal[steps_of(POWER)]
    OtherStep = Literal[tuple(f"{track.name}: {step}" for track in (SUPPORT, CONVERSION) for step in steps_of(track))]
    SchoolFacts = facts_form("SchoolFacts", SCHOOL_FACTS)
    NoticeFacts = facts_form("NoticeFacts", NOTICE_FACTS)
    PowerFacts = facts_form("PowerFacts", POWER_FACTS)
    OtherFacts = facts_form("OtherFacts", OTHER_FACTS)
    AnyFacts = facts_form("AnyFacts", STATED)
