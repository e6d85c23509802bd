"""The folder in which finished letters are laid."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from notifications.channels.folder import FolderChannel


def _email(text: str) -> EmailMessage:
    message = EmailMessage()
    message.set_content(text)
    return message


def test_second_delivery_is_the_same_file(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path)
    first = channel.deliver("out", "CN-1-H", b"old", _email("old"))
    assert channel.deliver("out", "CN-1-H", b"new", _email("new")) == first
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["CN-1-H.eml", "CN-1-H.pdf"]
    assert first.pdf_path.read_bytes() == b"new"


def test_letter_without_email_is_a_pdf_alone(tmp_path: Path) -> None:
    delivery = FolderChannel(tmp_path).deliver("out", "CN-1-H", b"x", None)
    assert delivery.eml_path is None
    assert list((tmp_path / "out").iterdir()) == [delivery.pdf_path]


def test_failed_delivery_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "out" / "CN-1-H.pdf").mkdir(parents=True)
    with pytest.raises(OSError, match="CN-1-H"):
        FolderChannel(tmp_path).deliver("out", "CN-1-H", b"x", None)
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["CN-1-H.pdf"]
