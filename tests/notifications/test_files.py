"""The names of letters' files."""

import pytest

from notifications.files import file_stem


@pytest.mark.parametrize(
    "reference",
    ["../../etc/passwd", "a/b", "a\\b", "", ".", "..", "a\r\nb", "ŵ", "x" * 500, "a:b", "CON.txt", "-x"],
)
def test_any_reference_makes_a_safe_file_name(reference: str) -> None:
    stem = file_stem(reference)
    assert stem.replace("-", "").isalnum()
    assert stem.isascii()
    assert len(stem) < 100


def test_plain_reference_is_its_own_file_name() -> None:
    assert file_stem("PR-120777-2025-26-2-H") == "PR-120777-2025-26-2-H"


def test_similar_references_keep_apart() -> None:
    assert len({file_stem(reference) for reference in ("a/b", "a b", "a-b", "a\\b")}) == 4
