"""What the sources of several letters have in common: a source takes the dossier and gives the value."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from casework.dossier import Dossier
from casework.drafting import as_sentence
from casework.timeline import Known
from notifications.form import BLANK

Source = Callable[[Dossier], Any]


def ask(_of: Dossier) -> Any:
    return BLANK


def or_blank(value: Any) -> Any:
    return BLANK if value in (None, "", ()) else value


def days_after(days: Callable[[Dossier], int]) -> Source:
    """So many days after the letter."""
    return lambda of: of.on + timedelta(days=days(of))


time_to_reply = days_after(lambda of: of.policy.classification.letter.reply_within_days)


def reason_of(*triggers: str, beside: bool = False) -> Source:
    """The reason that was recorded with a move, as a list of one sentence."""

    def reason(of: Dossier) -> Any:
        move = of.last_move(of.case if beside else of.one.case, *triggers)
        return (as_sentence(move.reason),) if move else BLANK

    return reason


def day_of(*triggers: str) -> Source:
    """The day of a move of the school's own case."""
    return lambda of: or_blank(day_when(of.last_move(of.one.case, *triggers)))


def day_when(move: Known | None) -> date | None:
    return move.on if move else None


def stated(name: str) -> Source:
    """A fact that was stated of the case that the letter is about."""
    return lambda of: or_blank(getattr(of.stated, name))


def of_notice(name: str) -> Source:
    return lambda of: or_blank(getattr(of.of_notice, name))


def clock_of_notice(name: str) -> Source:
    return lambda of: or_blank(of.clock(name, of.notice))
