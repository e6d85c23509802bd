"""How the words of a worked case are understood, how it is played on a database of its own, and what is compared.

The cases themselves, and how to write one, are in tests/cases; no case is written in Python.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.check import run_check
from casework.clockwork import school_deadlines
from casework.moves import Ask, make_move, open_case
from casework.record import Stamp
from casework.register import load_register
from casework.tables import Case, Event, EventKind, Letter, Return, School
from casework.unit_of_work import reading
from states.clocks import Calendars, Deadline
from states.clocks.values import TITLES
from states.dates import in_words
from states.facts import STATED, NotAFact, read_fact
from states.half_terms import load_calendar
from states.law import LAW
from states.law.academy_orders import academy_order_rule, order_continues
from states.law.inspections import Area, ReportCard, Scale, door_of_card
from states.law.notices import Character
from states.law.powers import Door
from states.machine import Refused
from states.mi_sheet import read_number, read_published, readers_of
from states.policy import load_policy, policy_names
from states.refusals import RefusalCode
from states.tracks import TRACKS
from states.tracks.school import SCHOOL
from states.working_days import load_working_days

FOLDER = Path(__file__).parents[1] / "cases"
URN = 990001
SCHOOLS = {
    "community school": "01",
    "voluntary aided school": "02",
    "voluntary controlled school": "03",
    "foundation school": "05",
    "sponsored academy": "28",
    "academy converter": "34",
}
WAYS = {
    "not yet classified": (),
    "good or better": ("classify_good_or_better",),
    "system leader": ("classify_good_or_better", "make_system_leader"),
    "requires improvement": ("classify_requires_improvement",),
    "in transition": ("classify_good_or_better", "enter_transition"),
    "causing concern": ("raise_concern",),
    "under audit": ("raise_concern", "begin_audit"),
    "inadequate": ("classify_inadequate",),
}
MEASURES = {Door.S62: "special measures", Door.S61: "requires significant improvement", None: "neither"}
PARTS = ("name", "source", "given", "when", "then")
CHECK = "half-term check"
KINDS = (CHECK, *TRACKS)
GIVEN = ("school", "character", "ofsted", "state", "since", "policy", "story")
STEP = ("on", "by", "facts", "with", "because", "evidence", "refused because")
LAWS = ("report card", "academy order", "academy order continues", "management information sheet")


class NotUnderstood(Exception):
    """A worked case has a word that nobody knows: which file, which case, which word, and what would be known."""


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does on a day, on a track, in the words of the record; and why it is refused, if it is."""

    on: date
    by: str
    track: str
    trigger: str
    facts: Mapping[str, str]
    because: str
    evidence: str
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Worked:
    """One worked case, with every word of it understood."""

    file: str
    name: str
    given: Mapping[str, str]
    steps: tuple[Step, ...]
    laws: tuple[tuple[str, str], ...]
    then: Mapping[str, Any]


def underscored(words: str) -> str:
    return words.strip().replace(" ", "_")


def spaced(name: str) -> str:
    return name.replace("_", " ")


def read_day(written: str) -> date:
    """18 November 2013, as the cases write it."""
    return datetime.strptime(written, "%d %B %Y").replace(tzinfo=UTC).date()


@dataclass(frozen=True, slots=True)
class Reader:
    """Understands the words of one case, or says which one it does not know."""

    file: str
    case: str
    words: Mapping[str, Any]

    def known(self, what: str, word: str, among: Any) -> str:
        choices = list(among)
        if word not in choices:
            raise self.wrong(f"the {what} “{word}” is not known. Known: {', '.join(choices)}.")
        return word

    def wrong(self, why: str) -> NotUnderstood:
        return NotUnderstood(f"{self.file}: {self.case}: {why}")

    def day(self, written: str) -> date:
        try:
            return read_day(written)
        except ValueError:
            raise self.wrong(f"“{written}” is not a day such as 18 November 2013.") from None

    def fact(self, name: str, said: str | list[str]) -> tuple[str, str]:
        key = underscored(self.known("fact", name, [spaced(one) for one in sorted(STATED)]))
        if not said:
            return key, ""
        if STATED[key] == date | None:
            return key, self.day(str(said)).isoformat()
        several = said if isinstance(said, list) else said.split(",")
        value = str(said) if STATED[key] is str else ",".join(map(underscored, several))
        try:
            read_fact(key, value)
        except NotAFact as error:
            raise self.wrong(str(error)) from None
        return key, value

    def step(self, said: Mapping[str, Any], last: date | None) -> Step:
        for key in said:
            self.known("part of a step", key, (*KINDS, *STEP))
        kind = next((key for key in KINDS if key in said), "")
        if not (kind and ("on" in said or last)):
            raise self.wrong("a step says on which day, and what happens on which track.")
        packages = self.words["facts"]
        package = packages[self.known("package of facts", said["with"], packages)] if "with" in said else {}
        refused = said.get("refused because", {})
        return Step(
            on=self.day(said["on"]) if "on" in said or not last else last,
            by=said.get("by", "Ada Quill"),
            track=kind,
            trigger=said[kind] if kind == CHECK else self.trigger(kind, said[kind]),
            facts=dict(self.fact(*one) for one in (package | said.get("facts", {})).items()),
            because=said.get("because", "As agreed at the Monday meeting"),
            evidence=said.get("evidence", ""),
            refused={
                underscored(self.known("refusal", code, map(spaced, RefusalCode))): words
                for code, words in refused.items()
            },
        )

    def trigger(self, track: str, words: str) -> str:
        known = (TRACKS[track].opens_by, *TRACKS[track].triggers)
        return underscored(self.known(f"move on the {track} track", words, [spaced(one) for one in known]))

    def steps(self, said: list[Mapping[str, Any]]) -> Iterator[Step]:
        last = None
        for one in said:
            yield (step := self.step(one, last))
            last = step.on

    def law(self, said: Mapping[str, Any]) -> tuple[str, str]:
        """What the case says, and what the law says, to a question that needs no school."""
        asked = self.known("question of the law", said["law"], LAWS)
        if asked == "report card":
            return said["answer"], self.report_card(said)
        if asked == "management information sheet":
            return said["answer"], self.sheet(said)
        on = self.day(said["on"])
        if asked == "academy order":
            return said["answer"], academy_order_rule(Door(said["eligible under"]), on).value
        return said["answer"], "yes" if order_continues(on, under_duty=said["under duty"] == "yes") else "no"

    def sheet(self, said: Mapping[str, str]) -> str:
        number, published = read_number(said["number"]), read_published(said["published"])
        if not (number and published):
            raise self.wrong(f"“{said['number']}” of “{said['published']}” is no sheet.")
        readers = ", ".join(readers_of(said["audience"]))
        return f"sheet {number.serial} of {number.year}, {in_words(published)}, to {readers}"

    def report_card(self, said: Mapping[str, Any]) -> str:
        """Areas that are not named meet the expected standard."""
        grades = dict.fromkeys(Area, Scale.EXPECTED_STANDARD)
        for area, grade in said.get("grades", {}).items():
            self.known("area", area, map(spaced, Area))
            grades[Area(underscored(area))] = Scale(underscored(self.known("grade", grade, map(spaced, Scale))))
        return MEASURES[door_of_card(ReportCard(grades, said["safeguarding"] == "met"))]

    def worked(self, said: Mapping[str, Any]) -> Worked:
        for key in said:
            self.known("part of a case", key, PARTS)
        for part in ("name", "source", "when"):
            self.known("part that every case has", part, said)
        given, when, then = self.given(said.get("given", {})), said["when"], said.get("then", {})
        story = self.words["stories"][given["story"]] if "story" in given else []
        laws = tuple(self.law(one) for one in when if "law" in one)
        steps = tuple(self.steps([*story, *(one for one in when if "law" not in one)]))
        self.then(then)
        return Worked(self.file, said["name"], given, steps, laws, then)

    def given(self, said: dict[str, str]) -> dict[str, str]:
        for key in said:
            self.known("part of what is given", key, GIVEN)
        self.known("kind of school", said.setdefault("school", "community school"), SCHOOLS)
        self.known("state", said.setdefault("state", "not yet classified"), WAYS)
        self.known("policy", said.setdefault("policy", "norfolk-2013"), policy_names())
        self.known("story", said.get("story", "none"), ("none", *self.words["stories"]))
        return said | {"since": self.day(said.get("since", "2 September 2013")).isoformat()}

    def then(self, said: Mapping[str, Any]) -> None:
        """Look at every word that a slip of the pen could turn into a claim that holds of nothing."""
        for key in said:
            self.known("part of what is then so", key, (*TRACKS, *READINGS))
        for track in set(TRACKS) & set(said):
            self.known(f"state on the {track} track", said[track], ["none", *map(spaced, TRACKS[track].states)])
        for name in (*said.get("deadlines", {}), *said.get("clocks", {})):
            self.known("deadline", name, map(spaced, TITLES))
        if "read on" in said:
            self.day(said["read on"])


class Played:
    """One case on a database of its own: what was done in it, and what the record then says."""

    def __init__(self, engine: Engine, worked: Worked) -> None:
        self.engine = engine
        self.worked = worked
        self.policy = load_policy(worked.given["policy"])
        self.since = date.fromisoformat(worked.given["since"])
        self.before: set[str] = set()

    def stamp(self, on: date, by: str) -> Stamp:
        return Stamp(actor=by, role="Officer", on=on, now=datetime.combine(on, time(9), UTC), policy=self.policy)

    def enter(self, register: Callable[..., Path]) -> None:
        """Bring the school to where the case finds it, by moves, each on the day that it is there `since`."""
        given, stamp = self.worked.given, self.stamp(self.since, "Ada Quill")
        school = {"type": SCHOOLS[given["school"]], "rating": given.get("ofsted", "")}
        load_register(self.engine, register(school), "999", stamp)
        with Session(self.engine) as session, session.begin():
            session.get_one(School, URN).religious_character = given.get("character", "")
        for trigger in WAYS[given["state"]]:
            ask = Ask(trigger, {}, "As the case finds it", "The record before the case")
            outcome = make_move(self.engine, URN, SCHOOL, ask, stamp).outcome
            assert not isinstance(outcome, Refused), outcome.sentence
        self.before = set(self.all(select(Letter.reference)))

    def play(self, step: Step) -> None:
        outcome = self.make(step)
        refused = {one.code.value: one.sentence for one in outcome.refusals} if isinstance(outcome, Refused) else {}
        where = f"{in_words(step.on)}, {step.track}: {spaced(step.trigger)}"
        assert set(refused) == set(step.refused), f"{where}: {' '.join(refused.values()) or 'it went through'}"
        for code, words in step.refused.items():
            assert words in refused[code], where

    def make(self, step: Step) -> Any:
        stamp = self.stamp(step.on, step.by)
        if step.track == CHECK:
            calendar = load_calendar()
            return run_check(self.engine, calendar, calendar.half_term(step.trigger), stamp)
        track, ask = TRACKS[step.track], Ask(step.trigger, step.facts, step.because, step.evidence)
        if step.trigger == track.opens_by:
            return open_case(self.engine, URN, track, ask, stamp)
        return make_move(self.engine, URN, track, ask, stamp).outcome

    def all(self, query: Any) -> list[Any]:
        """The rows that a query has, or one value each where it asks for one column."""
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return [row[0] if len(row) == 1 else row for row in rows]

    def events(self) -> list[Any]:
        """Every event of the school, on any track, in the order in which they were recorded."""
        columns = (Event.kind, Event.trigger, Event.actor, Event.reason, Event.evidence)
        return self.all(select(*columns).order_by(Event.recorded_at, Event.case_id, Event.seq))

    def state(self, track: str) -> str:
        """The state of the newest case on that track."""
        return "".join(self.all(select(Case.state).where(Case.track == track).order_by(Case.id))[-1:])

    def clocks(self) -> tuple[Deadline, ...]:
        said, steps = self.worked.then.get("read on"), self.worked.steps
        now = read_day(said) if said else steps[-1].on if steps else self.since
        with reading(self.engine) as session:
            calendars = Calendars(load_working_days(), load_calendar())
            return school_deadlines(session, URN, self.policy, calendars, now)

    def of_each(self, asked: Iterable[str], say: Callable[[Deadline], str]) -> dict[str, str]:
        """For each name of a clock what `say` has of it, of several in the order of their cases."""
        clocks = self.clocks()
        return {name: ", ".join(say(one) for one in clocks if spaced(one.name) == name) or "none" for name in asked}

    def proposed(self) -> list[dict[str, str]]:
        """Every proposal that the record holds, oldest first; those of the check are for the school itself."""
        proposals = (event for event in self.events() if event.kind == EventKind.PROPOSED)
        return [{event.evidence.get("track", "school"): spaced(event.trigger)} for event in proposals]

    def letters(self) -> dict[str, str]:
        kinds = self.all(select(Letter.kind).where(Letter.reference.not_in(self.before)))
        return {spaced(kind): str(kinds.count(kind)) for kind in kinds}

    def copies_required(self) -> list[str]:
        """Who must get a copy of the newest notice, by the law of the day on which it is given."""
        given = [event.evidence["given_on"] for event in self.events() if "given_on" in event.evidence][-1]
        [school] = self.all(select(School.type_code, School.religious_character))
        return [spaced(copy) for copy in LAW.on(date.fromisoformat(given)).copies_for(Character(*school))]

    def recorded(self, asked: list[str]) -> list[str]:
        """Those of the phrases that the history has, as `who: why, on what evidence`."""
        told = [f"{one.actor}: {one.reason}. {one.evidence.get('evidence', '')}" for one in self.events()]
        return [phrase for phrase in asked if any(phrase in line for line in told)]

    def found(self, key: str, said: Any) -> Any:
        """What the record says under a word of `then`; "none" where it has nothing."""
        return (spaced(self.state(key)) if key in TRACKS else READINGS[key](self, said)) or "none"


def day_of(clock: Deadline) -> str:
    return in_words(clock.date) if clock.date else "not known yet"


READINGS: dict[str, Callable[[Played, Any], Any]] = {
    "category": lambda played, _: getattr(played.policy.category_of(played.state("school")), "letter", ""),
    "monitored": lambda played, _: "yes" if played.policy.is_monitored(played.state("school")) else "no",
    "asked for its return": lambda played, _: "yes" if played.all(select(Return.half_term)) else "no",
    "read on": lambda _, said: said,
    "deadlines": lambda played, asked: played.of_each(asked, day_of),
    "clocks": lambda played, asked: played.of_each(asked, attrgetter("state")),
    "proposed": lambda played, _: played.proposed(),
    "letters": lambda played, _: played.letters(),
    "copies required": lambda played, _: played.copies_required(),
    "recorded": Played.recorded,
}


def read_yaml(file: Path) -> Any:
    """Every value as the text that it is written as: no day, number or yes is guessed."""
    return yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)


SHARED = read_yaml(FOLDER / "words.yaml")


def read_cases() -> Iterator[Worked]:
    for file in sorted(FOLDER.glob("*.yaml")):
        for said in read_yaml(file).get("cases", []):
            yield Reader(file.name, said.get("name", "a case without a name"), SHARED).worked(said)
