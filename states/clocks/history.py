"""What is known to have happened, with its corrections, sorted into one life for each subject of a track."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from states.clocks.values import DATED_BY, Happened, ImpossibleDates
from states.dates import in_words

CORRECTION = "correct_date"


@dataclass(frozen=True, slots=True)
class Life:
    """What happened to one subject of one track, in order of the days that it counts for."""

    track: str
    subject: str
    events: tuple[Happened, ...]

    def first(self, *triggers: str) -> Happened | None:
        return next((event for event in self.events if event.trigger in triggers), None)

    def day_of(self, *triggers: str) -> date | None:
        """The day of the first of these triggers; None when none has happened."""
        event = self.first(*triggers)
        return event.on if event else None

    def after(self, event: Happened, *triggers: str) -> date | None:
        """The first day of these triggers that follows `event`; of one day, what was recorded later is later."""
        later = self.events[self.events.index(event) + 1 :]
        return next((one.on for one in later if one.trigger in triggers), None)

    def all(self, trigger: str) -> Iterator[Happened]:
        return (event for event in self.events if event.trigger == trigger)


def lives(events: Iterable[Happened], now: date) -> tuple[Life, ...]:
    """One life for each subject, as it is known `now`: a later correction or event has not happened yet."""
    ordered = sorted(events, key=lambda event: (event.track, event.subject))
    return tuple(
        Life(*whose, _known(tuple(of_one), now))
        for whose, of_one in groupby(ordered, key=lambda event: (event.track, event.subject))
    )


def _known(events: tuple[Happened, ...], now: date) -> tuple[Happened, ...]:
    for correction in events:
        if correction.trigger == CORRECTION and correction.on <= now:
            events = _corrected(events, correction)
    dated = (replace(event, on=event.counts_on) for event in events if event.trigger != CORRECTION)
    return tuple(sorted((event for event in dated if event.on <= now), key=lambda event: event.on))


def _corrected(events: tuple[Happened, ...], correction: Happened) -> tuple[Happened, ...]:
    """`events` with the right day in place of the wrong one; ImpossibleDates when there is nothing to correct."""
    corrects, day, was = correction.text("corrects"), correction.day("day"), correction.day("was")
    if day is None:
        raise ImpossibleDates(f"{correction.subject}: a correction does not say the right day (fact “day”).")
    corrected = tuple(_with_day(event, corrects, day, was) for event in events)
    if corrected == events and not any(_dated(event, corrects) == day for event in events):
        wrong = f" of {in_words(was)}" if was else ""
        raise ImpossibleDates(f"{correction.subject}: there is no “{corrects}”{wrong} to correct.")
    return corrected


def _with_day(event: Happened, corrects: str, day: date, was: date | None) -> Happened:
    dated = _dated(event, corrects)
    if dated is None or (was and dated != was):
        return event
    fact = DATED_BY.get(corrects, "") if event.trigger == corrects else corrects
    facts = {**event.facts, fact: day} if fact in event.facts else event.facts
    return replace(event, on=day if event.trigger == corrects else event.on, facts=facts)


def _dated(event: Happened, corrects: str) -> date | None:
    """The day that `corrects` means in this event: its own, or that of one of its facts."""
    if event.trigger == CORRECTION:
        return None
    return event.counts_on if event.trigger == corrects else event.day(corrects)
