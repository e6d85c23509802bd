"""What is due over the whole caseload on a day, overdue, lapsed or silent, and why. Writes nothing, keeps nothing.

Here: the clocks of every case that is open, and the schools of which nothing moves. What the rounds of the year ask for
is casework.due_rounds. Clocks and states are those of the day that is asked for, as corrected since.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.clockwork import JUDGED, happened_to
from casework.due_report import DueReport, Group, Item
from casework.due_rounds import View, letters_that_wait, rounds
from casework.tables import Case, School
from casework.timeline import last_move
from states.clocks import Calendars, ClockState, Deadline, Happened, clocks_of_lives
from states.clocks.answers import made_good, moves_that_answer
from states.dates import in_words
from states.errors import CaseworkError
from states.law import LAW
from states.policy import Policy
from states.track import Track
from states.tracks import TRACKS
from states.tracks.school import SCHOOL

# How far ahead the list looks when nobody says how far.
FOUR_WEEKS = timedelta(days=28)


class Place(NamedTuple):
    """Where one case stood on the day, and since when."""

    track: Track
    subject: str
    urn: int
    school: str
    state: str
    since: date

    @property
    def is_open(self) -> bool:
        return self.state not in self.track.ended


def due(session: Session, policy: Policy, calendars: Calendars, on: date, until: date | None = None) -> DueReport:
    """Everything that asks for somebody on that day, and what will by `until`, which is four weeks on.

    A school whose record contradicts itself is named with what is wrong, and hides no other.
    """
    view = View(session, policy, calendars, on, until or on + FOUR_WEEKS)
    places = _places(session, on)
    names = {place.urn: place.school for place in places}
    monitored = {one.urn: one.school for one in places if one.track is SCHOOL and policy.is_monitored(one.state)}
    clocks, unreadable = _clocks(view, [place for place in places if place.is_open])
    spoken_for = {item.urn for item in clocks} | unreadable.keys()
    report = DueReport(on=on, until=view.until, letters=letters_that_wait(view))
    report.unreadable = [{"urn": urn, "school": names[urn], "problem": why} for urn, why in unreadable.items()]
    report.add([*clocks, *_silent(view, places, spoken_for), *rounds(view, monitored)])
    return report


def _places(session: Session, on: date) -> list[Place]:
    """Every case that had begun by the day, school by school."""
    where = (last_move("destination", on), last_move("effective_on", on))
    rows = session.execute(
        select(Case.track, Case.subject, Case.urn, School.name, *where)
        .join(School, School.urn == Case.urn)
        .order_by(Case.urn, Case.id)
    )
    found = (Place(TRACKS[track], *rest) for track, *rest in rows)
    return [place for place in found if place.state]


def _clocks(view: View, places: list[Place]) -> tuple[list[Item], dict[int, str]]:
    """An item for each clock of an open case that asks for somebody; and, by URN, why a school's cannot be read."""
    items, unreadable = list[Item](), dict[int, str]()
    by_subject = {(place.track.name, place.subject): place for place in places}
    with_clocks = (one.urn for one in places if one.track is not SCHOOL or one.state in JUDGED)
    for urn, happened in happened_to(view.session, with_clocks):
        try:
            items += _clocks_of(view, by_subject, happened)
        except CaseworkError as error:
            unreadable[urn] = str(error)
    return items, unreadable


def _clocks_of(view: View, places: dict[tuple[str, str], Place], happened: Iterable[Happened]) -> list[Item]:
    """Those of one school."""
    told = list(clocks_of_lives(happened, LAW, view.policy, view.calendars, view.on))
    clocks = [clock for _, clock in told]
    found = ((places.get((life.track, life.subject)), clock) for life, clock in told)
    asked = ((place, clock, _group(view, place, clock, clocks)) for place, clock in found if place)
    return [_item(view, place, clock, group) for place, clock, group in asked if group]


def _group(view: View, place: Place, clock: Deadline, clocks: list[Deadline]) -> Group | None:
    """Where a clock is told; None when it asks for nobody, because it waits, or what it asks for cannot be done now."""
    if clock.date is None:
        return None
    if clock.state is ClockState.RUNNING:
        return view.group(clock.date)
    if clock.date >= view.on or not moves_that_answer(clock, place.track, place.state):
        return None
    if clock.state is ClockState.LAPSED:
        return Group.LAPSED
    late = clock.state is ClockState.MISSED and not clock.met_on and not made_good(clock, clocks)
    return Group.OVERDUE if late else None


def _item(view: View, place: Place, clock: Deadline, group: Group) -> Item:
    assert clock.date
    on_track = "" if place.track is SCHOOL else f" --track {place.track.name}"
    rows = moves_that_answer(clock, place.track, place.state)
    return Item(
        group=group,
        what=clock.name,
        why=clock.sentence,
        then=" or ".join(f"`casework move {place.urn} {row.trigger}{on_track}`" for row in rows),
        date=clock.date,
        days=view.days(clock.date),
        urn=place.urn,
        school=place.school,
        track=place.track.name,
        subject=place.subject,
    )


def _silent(view: View, places: Iterable[Place], spoken_for: Iterable[int | None]) -> Iterator[Item]:
    """Schools that should be on their way, of which nothing has moved for so long, and that no clock brings up."""
    rules, heard_of = view.policy.silence, set(spoken_for)
    for urn, of_school in groupby(places, attrgetter("urn")):
        cases = list(of_school)
        still_open = [case for case in cases if case.is_open]
        newest = max(case.since for case in cases)
        on_its_way = any(case.track is not SCHOOL or case.state in rules.states for case in still_open)
        if on_its_way and urn not in heard_of and -view.days(newest) >= rules.after_days:
            yield _nothing_moves(view, still_open, newest)


def _nothing_moves(view: View, cases: list[Place], newest: date) -> Item:
    stand = [f"{case.track.name} “{case.track.label_of(case.state)}” since {in_words(case.since)}" for case in cases]
    return Item(
        group=Group.SILENT,
        what="nothing_moves",
        why=f"Nothing has moved since {in_words(newest)}, and no clock runs: {', '.join(stand)}",
        then=f"`casework show {cases[0].urn}`",
        date=newest,
        days=view.days(newest),
        urn=cases[0].urn,
        school=cases[0].school,
        track=SCHOOL.name,
        subject=str(cases[0].urn),
    )
