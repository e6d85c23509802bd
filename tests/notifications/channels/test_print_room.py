"""One file for the print room out of many letters."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from notifications.channels.print_room import joined


@pytest.fixture
def letters(tmp_path: Path) -> list[tuple[str, Path]]:
    """Letters of one, two and three pages."""
    files = [(f"L-{pages}", tmp_path / f"{pages}.pdf") for pages in (1, 2, 3)]
    for pages, (_, file) in enumerate(files, start=1):
        made = pikepdf.new()
        for _ in range(pages):
            made.add_blank_page(page_size=(595, 842))
        made.save(file)
    return files


@pytest.mark.parametrize(("double_sided", "begins"), [(False, [0, 1, 3]), (True, [0, 2, 4])])
def test_each_letter_begins_where_it_should(
    letters: list[tuple[str, Path]], double_sided: bool, begins: list[int]
) -> None:
    content, pages = joined(letters, double_sided=double_sided)
    with pikepdf.open(BytesIO(content)) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["L-1", "L-2", "L-3"]
        found = [pdf.pages.index(pikepdf.Page(item.destination[0])) for item in outline.root]
        assert (found, len(pdf.pages)) == (begins, pages)


def test_same_letters_make_the_same_file(letters: list[tuple[str, Path]]) -> None:
    assert joined(letters, double_sided=False) == joined(letters, double_sided=False)


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        joined([("L-9", tmp_path / "9.pdf")], double_sided=False)
