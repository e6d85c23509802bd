"""Inspection outcomes as Ofsted publishes them, row by row: the grades until 2024, and the report cards since.

The one place that knows the columns of Ofsted's management information (2005 to 2026) and its codes. The names of the
columns that carry a report card were not seen in a real file: here they are the areas' own. What a judgement does to a
school is casework.ofsted.
"""

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.lists import known_school
from casework.register_file import read_rating
from casework.rows import Layout, Rejected, read_each
from casework.values import LONGEST_URN, BadValue, day
from states.dates import in_words
from states.law.inspections import (
    REPORT_CARDS_SINCE,
    SIX_AREAS,
    Area,
    InadequateAs,
    ReportCard,
    Scale,
    inadequate_by_card,
)

JUDGEMENTS = Layout(
    columns={
        "urn": ("URN",),
        "inspected_urn": (
            "URN at time of latest full inspection",
            "URN at time of latest graded inspection",
            "URN at time of the latest full inspection",
        ),
        "la_name": ("Local authority",),
        "inspected_on": (
            "Inspection start date",
            "Inspection date",
            "Latest graded inspection start date",
            "Date of latest full inspection",
        ),
        "reported_on": ("Publication date", "First published date", "Latest graded inspection publication date"),
        "rating": (
            "Overall effectiveness",
            "Rating",
            "Latest OEIF overall effectiveness",
            "Latest graded inspection overall effectiveness",
        ),
        "concern": ("Category of concern", "Category"),
        **{area.value: (area.value.replace("_", " ").capitalize(),) for area in Area},
        "safeguarding": ("Safeguarding", "Safeguarding standards", "Safeguarding met"),
    },
    required=(("urn",), ("inspected_on",), ("rating", Area.LEADERSHIP_AND_GOVERNANCE.value)),
)
_DIGITS = {"1": "Outstanding", "2": "Good", "4": "Inadequate"}
# A 3 was satisfactory until requires improvement took its place with the framework of 2012; no source that was read
# gives the day, so the year decides.
_SATISFACTORY_UNTIL = 2011
_CONCERNS = {
    "sm": InadequateAs.SPECIAL_MEASURES,
    "special measures": InadequateAs.SPECIAL_MEASURES,
    "swk": InadequateAs.SERIOUS_WEAKNESSES,
    "serious weaknesses": InadequateAs.SERIOUS_WEAKNESSES,
}
_NO_CONCERN = ("", "none", "not applicable", "n/a")
_SCALE = ", ".join(grade.value.replace("_", " ") for grade in Scale)
_SAFEGUARDING = {"met": True, "yes": True, "not met": False, "no": False}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one inspection made of one school: an overall grade in words, or since November 2025 a card.

    `inadequate_as` is known where the report or the card says it.
    """

    urn: int
    inspected_on: date
    reported_on: date | None
    rating: str
    inadequate_as: InadequateAs | None = None
    card: ReportCard | None = None

    @property
    def sentence(self) -> str:
        when = in_words(self.inspected_on)
        if self.card is None:
            return f"Ofsted judged the school {self.rating} on {when}"
        urgent = ", ".join(sorted(area.value.replace("_", " ") for area in self.card.urgent))
        said = [f"urgent improvement in {urgent}"] if urgent else []
        said += [] if self.card.safeguarding_met else ["safeguarding not met"]
        return f"Ofsted's report card of the inspection on {when} has {' and '.join(said) or 'no urgent improvement'}"


def read_judgements(
    path: str | Path, schools: Container[int], la_names: Collection[str], until: date
) -> Iterator[Judgement | Rejected]:
    """Stream the judgements of these schools, and each row that had to be left out; raises UnreadableFile at once.

    Schools of other authorities, in a file that says which, and rows that judge nothing are left out silently. Of two
    grades for one school and day neither is used: nobody here can tell which is right. None is of a day after `until`.
    """

    def judgement(row: Mapping[str, str]) -> Judgement | None:
        number = row["urn"]
        ours = number.isdecimal() and len(number) <= LONGEST_URN and int(number) in schools
        if not ours and "la_name" in row and row["la_name"] not in la_names:
            return None
        return _judgement(known_school(row, schools), row, until) if _judges(row) else None

    twofold = _twofold(list(read_each(path, JUDGEMENTS, judgement, key=id, key_field="urn")))

    def the_only(row: Mapping[str, str]) -> Judgement | None:
        found = judgement(row)
        if found and (found.urn, found.inspected_on) in twofold:
            said = row.get("rating", "")
            raise BadValue(
                "rating", said, "this school has two outcomes of one day; ask Ofsted, and keep the right one"
            )
        return found

    return read_each(path, JUDGEMENTS, the_only, key=lambda one: (one.urn, one.inspected_on), key_field="urn")


def _twofold(found: list[Judgement | Rejected]) -> set[tuple[int, date]]:
    """School and day of which the file says two different things."""
    said: dict[tuple[int, date], Judgement] = {}
    judgements = [one for one in found if isinstance(one, Judgement)]
    return {
        (one.urn, one.inspected_on) for one in judgements if said.setdefault((one.urn, one.inspected_on), one) != one
    }


def _judges(row: Mapping[str, str]) -> bool:
    rating = row.get("rating", "")
    return bool(rating in _DIGITS or rating == "3" or read_rating(rating) or _areas(row))


def _areas(row: Mapping[str, str]) -> dict[Area, str]:
    return {area: row[area] for area in Area if row.get(area, "") not in ("", "Not applicable")}


def _judgement(number: int, row: Mapping[str, str], until: date) -> Judgement:
    if (before := row.get("inspected_urn", "")) not in ("", str(number)):
        raise BadValue("inspected_urn", before, "this inspection was of the school before this one, and is not used")
    inspected, reported = _days(row, until)
    if areas := _areas(row):
        card = _card(areas, row, inspected)
        return Judgement(number, inspected, reported, "", inadequate_by_card(card), card)
    rating = _rating(row["rating"], inspected)
    return Judgement(number, inspected, reported, rating, _concern(row, rating))


def _days(row: Mapping[str, str], until: date) -> tuple[date, date | None]:
    inspected, reported = day(row, "inspected_on"), day(row, "reported_on")
    if inspected is None:
        raise BadValue("inspected_on", row["inspected_on"], "the day of the inspection is needed")
    for field, when in (("inspected_on", inspected), ("reported_on", reported)):
        if when and when > until:
            raise BadValue(field, row[field], f"this is after {in_words(until)}, the day of this load")
    if reported and reported < inspected:
        raise BadValue("reported_on", row["reported_on"], "a report cannot come before its inspection")
    return inspected, reported


def _rating(value: str, inspected: date) -> str:
    if inspected >= REPORT_CARDS_SINCE:
        raise BadValue(
            "rating", value, f"since {in_words(REPORT_CARDS_SINCE)} a report has a card, not an overall grade"
        )
    if value == "3":
        return "Satisfactory" if inspected.year <= _SATISFACTORY_UNTIL else "Requires improvement"
    return _DIGITS.get(value) or read_rating(value)


def _concern(row: Mapping[str, str], rating: str) -> InadequateAs | None:
    """Special measures or serious weaknesses, from its own column or, as an old register has it, from the grade."""
    said = row.get("concern", "")
    known = _CONCERNS.get(said.casefold()) or _CONCERNS.get(row["rating"].casefold())
    if known is None and said.casefold() not in _NO_CONCERN:
        raise BadValue("concern", said, "a category of concern is SM (special measures) or SWK (serious weaknesses)")
    if known and rating != "Inadequate":
        raise BadValue("concern", said, f"a school that is {rating} is in no category of concern")
    return known


def _card(areas: Mapping[Area, str], row: Mapping[str, str], inspected: date) -> ReportCard:
    if inspected < REPORT_CARDS_SINCE:
        raise BadValue("inspected_on", row["inspected_on"], f"there is no card before {in_words(REPORT_CARDS_SINCE)}")
    for area in SIX_AREAS:
        if area not in areas:
            raise BadValue(area, "", "every card grades this area")
    safe = _SAFEGUARDING.get(row.get("safeguarding", "").casefold())
    if safe is None:
        raise BadValue(
            "safeguarding", row.get("safeguarding", ""), "a card says whether safeguarding is met or not met"
        )
    return ReportCard({area: _scale(area, said) for area, said in areas.items()}, safe)


def _scale(area: Area, said: str) -> Scale:
    try:
        return Scale(said.casefold().replace(" ", "_"))
    except ValueError:
        raise BadValue(area, said, f"a card has the grades {_SCALE}") from None
