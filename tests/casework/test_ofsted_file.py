"""Reading what Ofsted publishes: every form of its file, and a clear word on each row that cannot be used."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from casework.ofsted_file import JUDGEMENTS, Judgement, read_judgements
from casework.rows import Rejected, UnreadableFile
from states.law.inspections import Area, InadequateAs, Scale

NORFOLK = Path(__file__).parents[3] / "shared" / "data" / "norfolk_ofsted_judgements.csv"
OURS = range(990001, 990061)
UNTIL = date(2026, 6, 30)
AREAS = [JUDGEMENTS.columns[area.value][0] for area in Area]
CARD = ["Expected standard"] * 6


def read(file: Path) -> list[Judgement | Rejected]:
    return list(read_judgements(file, OURS, ["Fenshire"], UNTIL))


def rows(folder: Path, header: str, *lines: str, encoding: str = "utf-8") -> list[Judgement | Rejected]:
    file = folder / "ofsted.csv"
    file.write_bytes("\r\n".join([header, *lines, ""]).encode(encoding))
    return read(file)


def one(folder: Path, header: str, line: str) -> Judgement:
    [found] = rows(folder, header, line)
    assert isinstance(found, Judgement), found
    return found


def problem(folder: Path, header: str, line: str) -> tuple[str, str, str]:
    [found] = rows(folder, header, line)
    assert isinstance(found, Rejected), found
    return found.field, found.value, found.problem


def card(folder: Path, *grades: str, safe: str = "Met", on: str = "17/03/2026") -> Judgement:
    header = f"URN,Inspection start date,{','.join(AREAS)},Safeguarding"
    return one(folder, header, f"990001,{on},{','.join(grades)},{safe}")


@pytest.mark.parametrize(
    ("header", "line"),
    {
        "judgements since 2005": ("URN,Rating,Inspection Date", "990001,Good,20150617"),
        "a title line above": ("Management information, 31 August 2016\r\nURN,Inspection date,Overall effectiveness",
                               "990001,17/06/2015,2"),
        "the form of 2019": ("URN,Local authority,Inspection start date,Publication date,Overall effectiveness",
                             "990001,Fenshire,17/06/2015,NULL,2"),
        "with its own number": ("URN,URN at time of latest full inspection,Inspection start date,Overall effectiveness",
                                "990001,990001,17-06-2015,2"),
    }.values(),
    ids=["2005", "title", "2019", "urn at the time"],
)  # fmt: skip
def test_every_form_of_the_file_is_read(tmp_path: Path, header: str, line: str) -> None:
    assert one(tmp_path, header, line) == Judgement(990001, date(2015, 6, 17), None, "Good")


@pytest.mark.parametrize(
    ("said", "on", "rating"),
    [
        ("1", "2015-06-17", "Outstanding"),
        ("2", "2015-06-17", "Good"),
        ("3", "2011-12-31", "Satisfactory"),
        ("3", "2012-01-01", "Requires improvement"),
        ("4", "2015-06-17", "Inadequate"),
        ("Requires Improvement", "2015-06-17", "Requires improvement"),
        ("satisfactory", "2008-06-17", "Satisfactory"),
    ],
)
def test_grade_is_read_in_words_and_digits(tmp_path: Path, said: str, on: str, rating: str) -> None:
    assert one(tmp_path, "URN,Rating,Inspection Date", f"990001,{said},{on}").rating == rating


@pytest.mark.parametrize("said", ["9", "NULL", "", "Not judged"])
def test_row_that_judges_nothing_is_left_out_silently(tmp_path: Path, said: str) -> None:
    assert rows(tmp_path, "URN,Rating,Inspection Date", f"990001,{said},20150617") == []


def test_school_of_another_authority_is_left_out_silently(tmp_path: Path) -> None:
    header = "URN,Local authority,Rating,Inspection Date"
    assert rows(tmp_path, header, "123456,Marshland,Good,20150617") == []
    assert problem(tmp_path, header, "123456,Fenshire,Good,20150617")[0] == "URN"
    assert problem(tmp_path, header, f"{'9' * 5000},Fenshire,Good,20150617")[0] == "URN"
    assert one(tmp_path, header, "990001,Fenshire County,Good,20150617").urn == 990001


@pytest.mark.parametrize(
    ("concern", "inadequate_as"),
    [("SM", InadequateAs.SPECIAL_MEASURES), ("SWK", InadequateAs.SERIOUS_WEAKNESSES), ("NULL", None), ("None", None)],
)
def test_category_of_concern_says_which(tmp_path: Path, concern: str, inadequate_as: InadequateAs | None) -> None:
    header = "URN,Rating,Category of concern,Inspection Date"
    assert one(tmp_path, header, f"990001,4,{concern},20150617").inadequate_as == inadequate_as


def test_old_register_s_grade_says_which_itself(tmp_path: Path) -> None:
    found = one(tmp_path, "URN,Rating,Inspection Date", "990001,Special Measures,20150617")
    assert (found.rating, found.inadequate_as) == ("Inadequate", InadequateAs.SPECIAL_MEASURES)


@pytest.mark.parametrize(
    ("header", "line", "told"),
    {
        "no such school": (
            "URN,Rating,Inspection Date",
            "123456,Good,20150617",
            ("URN", "123456", "no such school on record; load the register, or check the number"),
        ),
        "no number": (
            "URN,Rating,Inspection Date",
            "x,Good,20150617",
            ("URN", "x", "a URN is five to seven digits"),
        ),
        "no such grade": (
            "URN,Rating,Inspection Date",
            "990001,Splendid,20150617",
            ("Overall effectiveness", "Splendid", "no such inspection grade is known"),
        ),
        "no day": (
            "URN,Rating,Inspection Date",
            "990001,Good,",
            ("Inspection start date", "", "the day of the inspection is needed"),
        ),
        "no such day": (
            "URN,Rating,Inspection Date",
            "990001,Good,31/02/2015",
            ("Inspection start date", "31/02/2015", "there is no such day"),
        ),
        "a day to come": (
            "URN,Rating,Inspection Date",
            "990001,Good,2026-07-01",
            ("Inspection start date", "2026-07-01", "this is after 30 June 2026, the day of this load"),
        ),
        "a report before its inspection": (
            "URN,Rating,Inspection Date,Publication date",
            "990001,Good,17/06/2015,16/06/2015",
            ("Publication date", "16/06/2015", "a report cannot come before its inspection"),
        ),
        "a grade after grades ended": (
            "URN,Rating,Inspection Date",
            "990001,Good,10/11/2025",
            ("Overall effectiveness", "Good", "since 10 November 2025 a report has a card, not an overall grade"),
        ),
        "another school's inspection": (
            "URN,URN at time of latest full inspection,Rating,Inspection Date",
            "990001,990002,Good,20150617",
            (
                "URN at time of latest full inspection",
                "990002",
                "this inspection was of the school before this one, and is not used",
            ),
        ),
        "a concern without its grade": (
            "URN,Rating,Category of concern,Inspection Date",
            "990001,Good,SM,20150617",
            ("Category of concern", "SM", "a school that is Good is in no category of concern"),
        ),
        "an unknown concern": (
            "URN,Rating,Category of concern,Inspection Date",
            "990001,4,XYZ,20150617",
            (
                "Category of concern",
                "XYZ",
                "a category of concern is SM (special measures) or SWK (serious weaknesses)",
            ),
        ),
        "a short row": ("URN,Rating,Inspection Date", "990001,Good", ("row", "", "2 columns, expected 3")),
    }.values(),
    ids=lambda value: "" if isinstance(value, tuple) else None,
)
def test_row_left_out_says_why(tmp_path: Path, header: str, line: str, told: tuple[str, str, str]) -> None:
    assert problem(tmp_path, header, line) == told


def test_good_rows_go_in_beside_bad_ones(tmp_path: Path) -> None:
    found = rows(tmp_path, "URN,Rating,Inspection Date", "x,Good,20150617", "990001,Good,20150617", "990002,Good,x")
    assert [type(row).__name__ for row in found] == ["Rejected", "Judgement", "Rejected"]


def test_same_row_twice_counts_once(tmp_path: Path) -> None:
    good, twice = rows(tmp_path, "URN,Rating,Inspection Date", "990001,Good,20150617", "990001,2,17/06/2015")
    assert isinstance(good, Judgement)
    assert isinstance(twice, Rejected)
    assert (twice.line, twice.problem) == (3, "already on line 2")


def test_of_two_grades_of_one_day_neither_is_used(tmp_path: Path) -> None:
    lines = ("990001,Good,20150617", "990001,Inadequate,20150617", "990002,Good,20150617")
    first, second, other = rows(tmp_path, "URN,Rating,Inspection Date", *lines)
    assert isinstance(first, Rejected)
    assert isinstance(second, Rejected)
    assert first.problem == "this school has two outcomes of one day; ask Ofsted, and keep the right one"
    assert isinstance(other, Judgement)


def test_file_in_windows_1252_is_read(tmp_path: Path) -> None:
    header = "URN,School name,Rating,Inspection Date"
    [found] = rows(
        tmp_path, header, "990001,\N{LATIN CAPITAL LETTER E WITH ACUTE}lan\xa0School,Good,20150617", encoding="cp1252"
    )
    assert isinstance(found, Judgement)


@pytest.mark.parametrize("header", ["URN,Rating", "URN,Inspection date", "Rating,Inspection date"])
def test_file_without_what_is_needed_is_refused_whole(tmp_path: Path, header: str) -> None:
    with pytest.raises(UnreadableFile, match="no column"):
        rows(tmp_path, header, "1,2")


def test_workbook_is_refused_whole(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    file.write_bytes(b"PK\x03\x04 and the rest")
    with pytest.raises(UnreadableFile, match="save it as CSV"):
        read(file)


def test_report_card_is_read(tmp_path: Path) -> None:
    found = card(tmp_path, *CARD[:5], "Strong standard", "", "Not applicable")
    assert found.card is not None
    assert (found.rating, found.inadequate_as, found.card.safeguarding_met) == ("", None, True)
    assert found.card.grades[Area.LEADERSHIP_AND_GOVERNANCE] is Scale.STRONG_STANDARD
    assert set(found.card.grades) == set(Area) - {Area.EARLY_YEARS, Area.SIXTH_FORM}


@pytest.mark.parametrize(
    ("inclusion", "leadership", "safe", "inadequate_as"),
    [
        ("Urgent improvement", "Expected standard", "Met", InadequateAs.SERIOUS_WEAKNESSES),
        ("Expected standard", "Urgent improvement", "Met", InadequateAs.SERIOUS_WEAKNESSES),
        ("Expected standard", "Urgent improvement", "Not met", InadequateAs.SPECIAL_MEASURES),
        ("Urgent improvement", "Urgent improvement", "Met", InadequateAs.SPECIAL_MEASURES),
        ("Needs attention", "Needs attention", "Met", None),
    ],
)
def test_card_says_what_the_law_makes_of_it(
    tmp_path: Path, inclusion: str, leadership: str, safe: str, inadequate_as: InadequateAs | None
) -> None:
    assert card(tmp_path, inclusion, *CARD[:4], leadership, "", "", safe=safe).inadequate_as == inadequate_as


def test_card_is_told_by_what_is_urgent(tmp_path: Path) -> None:
    found = card(tmp_path, "Urgent improvement", *CARD[:5], "", "", safe="Not met")
    assert found.sentence == (
        "Ofsted's report card of the inspection on 17 March 2026 has urgent improvement in inclusion and safeguarding "
        "not met"
    )
    assert card(tmp_path, *CARD, "", "").sentence.endswith("has no urgent improvement")


@pytest.mark.parametrize(
    ("grades", "safe", "on", "said"),
    [
        ((*CARD[:5], "", "", ""), "Met", "17/03/2026", "every card grades this area"),
        ((*CARD[:5], "Good", "", ""), "Met", "17/03/2026", "a card has the grades exceptional, strong standard"),
        ((*CARD, "", ""), "", "17/03/2026", "a card says whether safeguarding is met or not met"),
        ((*CARD, "", ""), "Met", "09/11/2025", "there is no card before 10 November 2025"),
    ],
    ids=["an area short", "an old grade", "safeguarding", "too early"],
)
def test_card_left_out_says_why(tmp_path: Path, grades: tuple[str, ...], safe: str, on: str, said: str) -> None:
    header = f"URN,Inspection start date,{','.join(AREAS)},Safeguarding"
    assert said in problem(tmp_path, header, f"990001,{on},{','.join(grades)},{safe}")[2]


@pytest.mark.skipif(not NORFOLK.exists(), reason="the real judgements of Norfolk are not beside this checkout")
def test_real_judgements_of_norfolk_are_all_read() -> None:
    found = list(read_judgements(NORFOLK, range(10_000, 1_000_000), [], date(2020, 3, 2)))
    assert Counter(one.rating if isinstance(one, Judgement) else one.problem for one in found) == {
        "Good": 567,
        "Requires improvement": 170,
        "Satisfactory": 162,
        "Outstanding": 89,
        "Inadequate": 49,
    }
