"""The head of an MI sheet is understood as Norfolk wrote it, and a citation that is none is noticed."""

from datetime import date
from pathlib import Path

import pytest

from states.mi_sheet import Reader, SheetNumber, read_number, read_published, readers_of, wrong_citations
from states.policy import load_policy, policy_names

HEAD, CHAIR, ADMINISTRATOR, SCHOOL = Reader
SEED = Path(__file__).parents[3] / "shared" / "seed" / "mi-269-13.txt"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("269/13", SheetNumber(2013, 269)),
        (" 26/15 ", SheetNumber(2015, 26)),
        ("173/01", SheetNumber(2001, 173)),
        ("150-03", SheetNumber(2003, 150)),
        ("60/24", SheetNumber(2024, 60)),
        *((wrong, None) for wrong in ("", "269", "269/2013", "0/13", "13/269", "269/1", "MI 269/13", "two/13")),
    ],
)
def test_number_is_a_serial_and_a_year(written: str, number: SheetNumber | None) -> None:
    assert read_number(written) == number


def test_numbers_stand_in_order_and_as_written() -> None:
    in_order = ["160/13", "247/13", "269/13", "26/15"]
    assert [str(one) for one in sorted(filter(None, map(read_number, reversed(in_order))))] == in_order


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("15/11/2013 12:00:00", date(2013, 11, 15)),
        ("07/10/2011 00:00:00", date(2011, 10, 7)),
        ("11/15/2013 12:00:00", None),
        ("15 November 2013", None),
        ("", None),
    ],
)
def test_publication_is_day_before_month(written: str, day: date | None) -> None:
    assert read_published(written) == day


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("To All Norfolk Headteachers and Chairs of Governors", (HEAD, CHAIR)),
        ("Headteacher", (HEAD,)),
        ("The Head Teacher", (HEAD,)),
        ("all LA schools and nurseries", (SCHOOL,)),
        (
            "Headteachers, School Administrators and Chairs of all Primary Phase Schools and Academies",
            (HEAD, CHAIR, ADMINISTRATOR),
        ),
        ("Heads of service", ()),
        ("", ()),
    ],
)
def test_audience_names_its_readers(audience: str, readers: tuple[Reader, ...]) -> None:
    assert readers_of(audience) == readers


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("MI 269/13, line 31", []),
        ("MI 19564; MI 269/13, lines 30 and 34", []),
        ("DEFAULT: as in MI sheet 269/13.", []),
        ("The seed and its lines", []),
        ("MI 269/2013, line 31", ["MI 269/2013"]),
        ("MI 269; MI 13/269", ["MI 269", "MI 13/269"]),
        ("(MI O69/13)", ["MI O69/13"]),
    ],
)
def test_citation_that_is_no_sheet_is_named(source: str, wrong: list[str]) -> None:
    assert list(wrong_citations(source)) == wrong


@pytest.mark.parametrize("name", policy_names())
def test_shipped_policies_cite_sheets_by_number(name: str) -> None:
    text = load_policy(name).model_dump_json()
    assert "MI " in text
    assert list(wrong_citations(text)) == []


def test_head_of_the_seed_is_understood() -> None:
    if not SEED.exists():
        pytest.skip(f"the sheet itself is not here ({SEED.name}): its head was not read")
    said = dict(line.split(":", 1) for line in SEED.read_text(encoding="utf-8").splitlines()[:9] if ":" in line)
    assert read_number(said["MI Number"]) == SheetNumber(2013, 269)
    assert read_published(said["Publication Date"]) == date(2013, 11, 15)
    assert readers_of(said["Audience"]) == (HEAD, CHAIR)
