"""The folder in which finished letters are laid."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from notifications.channels import FolderChannel, file_stem


def _email(text: str) -> EmailMessage:
    message = EmailMessage()
    message.set_content(text)
    return message


def test_second_delivery_is_the_same_file(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path / "out")
    first = channel.deliver("CN-1-H", b"old", _email("old"))
    assert channel.deliver("CN-1-H", b"new", _email("new")) == first
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["CN-1-H.eml", "CN-1-H.pdf"]
    assert first.pdf_path.read_bytes() == b"new"


def test_letter_without_email_is_a_pdf_alone(tmp_path: Path) -> None:
    delivery = FolderChannel(tmp_path).deliver("CN-1-H", b"x", None)
    assert delivery.eml_path is None
    assert list(tmp_path.iterdir()) == [delivery.pdf_path]


def test_failed_delivery_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "CN-1-H.pdf").mkdir()
    with pytest.raises(OSError, match="CN-1-H"):
        FolderChannel(tmp_path).deliver("CN-1-H", b"x", None)
    assert [file.name for file in tmp_path.iterdir()] == ["CN-1-H.pdf"]


@pytest.mark.parametrize(
    "reference",
    ["../../etc/passwd", "a/b", "a\\b", "", ".", "..", "a\r\nb", "ŵ", "x" * 500, "a:b", "CON.txt", "-x"],
)
def test_any_reference_makes_a_safe_file_name(reference: str, tmp_path: Path) -> None:
    path = FolderChannel(tmp_path).deliver(reference, b"x", None).pdf_path
    assert path.parent == tmp_path
    assert path.name.removesuffix(".pdf").replace("-", "").isalnum()
    assert path.name.isascii()


def test_plain_reference_is_its_own_file_name() -> None:
    assert file_stem("PR-120777-2025-26-2-H") == "PR-120777-2025-26-2-H"


def test_similar_references_keep_apart() -> None:
    assert len({file_stem(reference) for reference in ("a/b", "a b", "a-b", "a\\b")}) == 4
