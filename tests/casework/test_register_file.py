"""Reading the national register: one row, one school or one reason."""

import csv
import lzma
from datetime import date
from pathlib import Path

import pytest

from casework.register_file import read_register
from casework.rows import Rejected
from casework.schools import SchoolRecord, SchoolStatus

SHARED = Path(__file__).parents[3] / "shared" / "data"
GOOD = {
    "URN": "990001",
    "LA (code)": "999",
    "LA (name)": "Fenshire",
    "EstablishmentNumber": "2001",
    "EstablishmentName": "Aldermere Primary School",
    "TypeOfEstablishment (code)": "01",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentStatus (code)": "1",
    "EstablishmentStatus (name)": "Open",
    "OpenDate": "01-09-1974",
    "CloseDate": "",
    "StatutoryLowAge": "4",
    "StatutoryHighAge": "11",
    "Street": "Mill Lane",
    "Locality": "",
    "Town": "Wickenlode",
    "Postcode": "ZZ1 1AA",
    "HeadTitle (name)": "Mrs",
    "HeadFirstName": "Amara",
    "HeadLastName": "Okafor",
    "OfstedRating (name)": "Good",
    "OfstedLastInsp": "17-06-2015",
}


def read(folder: Path, *rows: dict[str, str], la_code: str | None = "999") -> list[SchoolRecord | Rejected]:
    file = folder / "register.csv"
    with file.open("w", encoding="cp1252", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return list(read_register(file, la_code))


def school(folder: Path, **changes: str) -> SchoolRecord:
    [found] = read(folder, GOOD | changes)
    assert isinstance(found, SchoolRecord), found
    return found


BAD_VALUES = [
    ("URN", "120777.0", "a spreadsheet has saved this as a number"),
    ("URN", "1.2E+05", "a spreadsheet has saved this as a number"),
    ("URN", "", "every school needs its URN"),
    ("URN", "-990001", "five to seven digits"),
    ("URN", "12", "five to seven digits"),
    ("URN", "１２３４５６", "five to seven digits"),
    ("LA (code)", "", "three digits"),
    ("LA (code)", "999.0", "three digits"),
    ("EstablishmentName", " \u00a0 ", "every school needs a name"),
    ("EstablishmentNumber", "two", "a whole number of at most 4 digits"),
    ("TypeOfEstablishment (code)", "98", "no such type of school"),
    ("EstablishmentStatus (code)", "2", "contradict each other"),
    ("EstablishmentStatus (code)", "7", "no such status"),
    ("EstablishmentStatus (name)", "Quarantined", "no such status"),
    ("OpenDate", "31-02-2019", "there is no such day"),
    ("OpenDate", "09/13/2019", "there is no such day"),
    ("OpenDate", "01-09-19", "with four digits"),
    ("OpenDate", "01-09-0219", "not a date"),
    ("CloseDate", "soon", "not a date"),
    ("OfstedLastInsp", "17-06/2015", "not a date"),
    ("StatutoryLowAge", "4.5", "a whole number"),
    ("OfstedRating (name)", "Splendid", "no such inspection grade"),
]


@pytest.mark.parametrize(("field", "value", "words"), BAD_VALUES, ids=[f"{f}={v!a}" for f, v, _ in BAD_VALUES])
def test_bad_value_names_column_value_and_problem(tmp_path: Path, field: str, value: str, words: str) -> None:
    row = GOOD | {field: value}
    if field.startswith("Type"):
        row["TypeOfEstablishment (name)"] = ""
    file = tmp_path / "register.csv"
    file.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    [rejected] = read_register(file, "999")
    assert isinstance(rejected, Rejected)
    assert (rejected.line, rejected.field) == (2, field)
    assert value.strip() in rejected.value
    assert words in rejected.problem


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("01-09-2019", date(2019, 9, 1)),
        ("01/09/2019", date(2019, 9, 1)),
        ("1/9/2019", date(2019, 9, 1)),
        ("2019-09-01", date(2019, 9, 1)),
        ("29-02-2020", date(2020, 2, 29)),
        ("01-01-1900", None),
        ("NULL", None),
        ("", None),
    ],
)
def test_dates_are_read_day_first(tmp_path: Path, written: str, read_as: date | None) -> None:
    assert school(tmp_path, OpenDate=written).open_date == read_as


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Requires Improvement", "Requires improvement"),
        ("OUTSTANDING", "Outstanding"),
        ("Special Measures", "Inadequate"),
        ("Serious Weaknesses", "Inadequate"),
        ("Satisfactory", "Satisfactory"),
        ("Not judged", ""),
        ("9", ""),
        ("NULL", ""),
        ("", ""),
    ],
)
def test_ratings_are_one_of_five_or_none(tmp_path: Path, written: str, read_as: str) -> None:
    assert school(tmp_path, **{"OfstedRating (name)": written}).rating == read_as


@pytest.mark.parametrize(
    ("code", "name", "status"),
    [
        ("1", "", SchoolStatus.OPEN),
        ("", "closed", SchoolStatus.CLOSED),
        ("3", "Open, but proposed to close", SchoolStatus.PROPOSED_TO_CLOSE),
        ("4", "Proposed to open", SchoolStatus.PROPOSED_TO_OPEN),
    ],
)
def test_status_is_read_from_code_or_name(tmp_path: Path, code: str, name: str, status: SchoolStatus) -> None:
    found = school(tmp_path, **{"EstablishmentStatus (code)": code, "EstablishmentStatus (name)": name})
    assert found.status is status


def test_proposed_to_close_is_still_open(tmp_path: Path) -> None:
    found = school(tmp_path, **{"EstablishmentStatus (code)": "3", "EstablishmentStatus (name)": ""})
    assert found.is_open


@pytest.mark.parametrize(
    ("code", "name", "type_code"),
    [("1", "", "01"), ("", "COMMUNITY  school", "01"), ("15", "City technology college", "06")],
    ids=["lost zero", "name alone", "name against code"],
)
def test_type_survives_damaged_codes(tmp_path: Path, code: str, name: str, type_code: str) -> None:
    found = school(tmp_path, **{"TypeOfEstablishment (code)": code, "TypeOfEstablishment (name)": name})
    assert found.type_code == type_code


def test_address_leaves_out_what_is_empty(tmp_path: Path) -> None:
    assert school(tmp_path).address == ("Mill Lane", "Wickenlode", "ZZ1 1AA")


@pytest.mark.parametrize(("last", "name"), [("Okafor", "Mrs Amara Okafor"), ("", "")], ids=["surname", "no surname"])
def test_head_is_named_only_with_surname(tmp_path: Path, last: str, name: str) -> None:
    assert school(tmp_path, HeadLastName=last).head_name == name


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "A | B", "{{ 7 * 7 }}", "'; DROP TABLE school; --"])
def test_hostile_names_survive_literally(tmp_path: Path, name: str) -> None:
    assert school(tmp_path, EstablishmentName=name).name == name


def test_first_good_row_of_a_school_stands(tmp_path: Path) -> None:
    bad, second, third = GOOD | {"OpenDate": "x"}, GOOD | {"Town": "Reedmoor"}, GOOD
    _, kept, repeated = read(tmp_path, bad, second, third)
    assert isinstance(kept, SchoolRecord)
    assert repeated == Rejected(4, "URN", "990001", "already on line 3")


def test_other_authorities_are_passed_over(tmp_path: Path) -> None:
    elsewhere = GOOD | {"LA (code)": "998", "URN": "broken"}
    assert [type(found) for found in read(tmp_path, elsewhere, GOOD)] == [SchoolRecord]


def test_every_authority_is_read_without_a_code(tmp_path: Path) -> None:
    elsewhere = GOOD | {"LA (code)": "998", "URN": "990002"}
    assert len(read(tmp_path, elsewhere, GOOD, la_code=None)) == 2


def test_register_without_ratings_is_read(tmp_path: Path) -> None:
    row = {name: value for name, value in GOOD.items() if not name.startswith("Ofsted")}
    [found] = read(tmp_path, row)
    assert isinstance(found, SchoolRecord)
    assert (found.rating, found.inspected_on) == ("", None)


def test_norfolk_register_is_read_whole() -> None:
    file = SHARED / "gias_norfolk_201911.csv"
    if not file.exists():
        pytest.skip("the public Norfolk register is not beside this checkout")
    found = list(read_register(file, "926"))
    assert len(found) == 516
    assert not [item for item in found if isinstance(item, Rejected)]


@pytest.mark.slow
def test_register_of_england_is_read_whole(tmp_path: Path) -> None:
    packed = SHARED / "gias_england_201911.csv.xz"
    if not packed.exists():
        pytest.skip("the public register of England is not beside this checkout")
    (tmp_path / "england.csv").write_bytes(lzma.decompress(packed.read_bytes()))
    found = list(read_register(tmp_path / "england.csv"))
    assert len(found) == 26_078
    assert not [item for item in found if isinstance(item, Rejected)]
