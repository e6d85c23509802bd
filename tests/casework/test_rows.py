"""Reading CSV files as people send them: every row arrives, or is rejected by its line."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.rows import Layout, Rejected, UnreadableFile, read_rows

LAYOUT = Layout(
    columns={"urn": ("URN",), "name": ("Name", "School name"), "town": ("Town",)},
    required=(("urn",), ("name", "town")),
)
QUOTES = "a quotation mark is opened and not closed, or text follows a closed one"


def written(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    file = folder / "sheet.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return file


def names(file: Path) -> list[str]:
    return [found[1]["name"] for found in read_rows(file, LAYOUT) if isinstance(found, tuple)]


def rejections(file: Path) -> list[tuple[int, str]]:
    return [(found.line, found.problem) for found in read_rows(file, LAYOUT) if isinstance(found, Rejected)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encoding_is_told_from_the_file(tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, "URN,Name\r\n1,Sainte-Thérèse’s\r\n", encoding)
    assert names(file) == ["Sainte-Thérèse’s"]


def test_cut_last_character_leaves_utf8_readable(tmp_path: Path) -> None:
    file = written(tmp_path, "URN,Name\n1,Élan\n2,Café".encode()[:-1])
    assert names(file) == ["Élan"]
    assert rejections(file) == [(3, "a character cannot be read")]


def test_stray_byte_costs_only_its_row(tmp_path: Path) -> None:
    file = written(tmp_path, "URN,Name\n1,Élan à côté\n".encode() + b"2,Caf\xe9\n")
    assert names(file) == ["Élan à côté"]
    assert rejections(file) == [(3, "a character cannot be read")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_told_from_the_header(tmp_path: Path, delimiter: str) -> None:
    file = written(tmp_path, "URN,Name,Town\n1,Mill Lane,Aldermere\n".replace(",", delimiter))
    assert names(file) == ["Mill Lane"]


@pytest.mark.parametrize(
    "header",
    [
        "URN,Name",
        "Schools at 1 May\nURN,Name",
        "sep=,\n\n\n\nURN,Name",
        ' urn ,"SCHOOL \u00a0 name"',
        "x,Name,URN",
    ],
    ids=["plain", "title above", "fifth line", "other case and spaces", "extra column"],
)
def test_header_is_found(tmp_path: Path, header: str) -> None:
    row = "0,Mill Lane,7" if header.startswith("x") else "7,Mill Lane"
    assert names(written(tmp_path, f"{header}\n{row}\n")) == ["Mill Lane"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\r\n \n", "the file is empty"),
        (b"PK\x03\x04rest", "spreadsheet workbook"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
        ("URN,Name\n".encode("utf-16"), "UTF-16"),
        (b"URN,Name\n1,\0\n", "NUL bytes"),
        (b"URN,Named\n1,x\n", "no column “Name” or “Town” (nearest in the file: “Named”)"),
        (b"Number,Name\n1,x\n", "no column “URN”"),
        (b"URN,Name,urn\n1,x,2\n", "“urn” is there twice"),
        (b"\n\n\n\n\nURN,Name\n1,x\n", "looked for in the first 5 lines"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_useless_file_is_refused_with_advice(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_rows(written(tmp_path, content), LAYOUT)
    assert words in str(refused.value)


@pytest.mark.parametrize("name", ["absent.csv", ""], ids=["no such file", "a folder"])
def test_what_cannot_be_opened_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile, match="Check the name"):
        read_rows(tmp_path / name, LAYOUT)


@pytest.mark.parametrize(
    ("body", "kept", "rejected"),
    [
        ("1,A,x\n2,B\n3,C,x\n", ["A", "C"], [(3, "2 columns, expected 3")]),
        ("1,A,x,y\n2,B,x\n", ["B"], [(2, "4 columns, expected 3")]),
        ("one\n2,B,x\n", ["B"], [(2, "1 column, expected 3")]),
        ('1,"A,x\n2,B,x\n3,C,x\n', ["B", "C"], [(2, QUOTES)]),
        ('1,A,x\n2,"B', ["A"], [(3, QUOTES)]),
        ('1,"A\n"2","B","x"\n"3","C","x"\n', ["B", "C"], [(2, QUOTES)]),
        ('1,"A\nB",x\n2,C\n3,D,x\n', ["A B", "D"], [(4, "2 columns, expected 3")]),
        ("\n1,A,x\n\n,,\n  \n2,B\n", ["A"], [(7, "2 columns, expected 3")]),
        ("1,A,x\r2,B,x\r3,C\r", ["A", "B"], [(4, "2 columns, expected 3")]),
    ],
    ids=[
        "short",
        "long",
        "one field",
        "open quote",
        "cut in quote",
        "quote meets quote",
        "lines",
        "blank",
        "CR only",
    ],
)
def test_broken_row_costs_only_itself(
    tmp_path: Path, body: str, kept: list[str], rejected: list[tuple[int, str]]
) -> None:
    file = written(tmp_path, f"URN,Name,Town\n{body}")
    assert (names(file), rejections(file)) == (kept, rejected)


def test_open_quote_does_not_swallow_a_long_file(tmp_path: Path) -> None:
    rows = [f"{number},School,Town" for number in range(20_000)]
    file = written(tmp_path, "\n".join(["URN,Name,Town", '0,"Lost,Town', *rows]))
    assert len(names(file)) == 20_000
    assert [line for line, _ in rejections(file)] == [2]


def test_huge_field_is_a_rejection(tmp_path: Path) -> None:
    file = written(tmp_path, f"URN,Name\n1,{'x' * (csv.field_size_limit() + 1)}\n2,B\n")
    assert names(file) == ["B"]
    assert rejections(file) == [(2, "a field of more than 131072 characters")]


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("  St\u00a0Mary's \t School ", "St Mary's School"),
        ("St\x07 Mary\u200b", "St Mary"),
        ("NULL", ""),
        ("Null Hill", "Null Hill"),
        ("<script>alert(1)</script> | x", "<script>alert(1)</script> | x"),
    ],
    ids=["spaces", "unprintable", "NULL", "not NULL", "markup"],
)
def test_text_is_cleaned_and_nothing_more(tmp_path: Path, value: str, clean: str) -> None:
    assert names(written(tmp_path, f"URN,Name\n1,{value}\n")) == [clean]


def test_file_without_rows_yields_nothing(tmp_path: Path) -> None:
    assert list(read_rows(written(tmp_path, "URN,Name"), LAYOUT)) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(body=st.text(alphabet='ab1,;"\n\r\té’ ').map(str.encode) | st.binary())
def test_any_bytes_are_rows_rejections_or_refused(tmp_path: Path, body: bytes) -> None:
    file = written(tmp_path, b"URN,Name,Town\n" + body)
    try:
        found = list(read_rows(file, LAYOUT))
    except UnreadableFile:
        return
    lines = [item.line if isinstance(item, Rejected) else item[0] for item in found]
    assert lines == sorted(set(lines))
