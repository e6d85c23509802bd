"""Every type in the national register resolves, whatever the spelling of the list it came from."""

import csv
import io
import lzma
from pathlib import Path

import pytest

from states.school_types import Sector, school_type, school_types

ENGLAND = Path(__file__).parents[3] / "shared" / "data" / "gias_england_201911.csv.xz"


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        pytest.param("01", "Community school", "01", id="code and name agree"),
        pytest.param("1", "", "01", id="leading zero lost, no name"),
        pytest.param(" 34 ", "", "34", id="spaces round the code"),
        pytest.param("", "Free school  16-19", "39", id="no code, double space"),
        pytest.param("", "Free\u00a0school 16\u201319", "39", id="non-breaking space and dash"),
        pytest.param("", "SIXTH FORM CENTRE / CONSORTIA", "31", id="capitals and spaced slash"),
        pytest.param("15", "City technology college", "06", id="name wins over a contradicting code"),
        pytest.param("34", "Academy converter (renamed)", "34", id="unknown name leaves the code"),
    ],
)
def test_finds_type_by_code_and_name(code: str, name: str, expected: str) -> None:
    found = school_type(code, name)
    assert found is not None
    assert found.code == expected


@pytest.mark.parametrize(("code", "name"), [("", ""), ("99", ""), ("", "Hedge school"), ("99", "Hedge school")])
def test_unknown_type_is_none(code: str, name: str) -> None:
    assert school_type(code, name) is None


@pytest.mark.parametrize(
    ("code", "sector"),
    [
        ("01", Sector.MAINTAINED),
        ("15", Sector.MAINTAINED),
        ("14", Sector.PUPIL_REFERRAL_UNIT),
        ("35", Sector.ACADEMY),
        ("40", Sector.ACADEMY),
        ("18", Sector.COLLEGE),
        ("11", Sector.INDEPENDENT),
        ("30", Sector.OTHER),
    ],
)
def test_type_belongs_to_its_sector(code: str, sector: Sector) -> None:
    assert {kind.code: kind.sector for kind in school_types()}[code] is sector


def test_codes_are_unique_and_two_digits() -> None:
    codes = [kind.code for kind in school_types()]
    assert codes == sorted(set(codes))
    assert all(len(code) == 2 and code.isdecimal() for code in codes)


def test_every_name_finds_its_own_type() -> None:
    assert [school_type("", kind.name) for kind in school_types()] == list(school_types())


@pytest.mark.skipif(not ENGLAND.exists(), reason="the public England list is not beside this checkout")
def test_every_type_in_england_resolves() -> None:
    with io.TextIOWrapper(lzma.open(ENGLAND), encoding="cp1252", newline="") as text:
        rows = csv.DictReader(text)
        pairs = {(row["TypeOfEstablishment (code)"], row["TypeOfEstablishment (name)"]) for row in rows}
    assert [pair for pair in sorted(pairs) if school_type(*pair) is None] == []
