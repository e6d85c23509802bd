"""A folder for a print room, a mail gateway or a person: each letter a PDF, and an .eml where there is an address."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import ClassVar

from notifications.channels import Answer, ChannelName, Outgoing, Taken
from notifications.email import email_message
from notifications.files import file_stem
from notifications.letter import Letter


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a letter now lies; `eml_path` is None when there was no email."""

    pdf_path: Path
    eml_path: Path | None


@dataclass(frozen=True, slots=True)
class FolderChannel:
    """A folder for each batch, in which a letter is one file for ever: to hand it over again writes the same file.

    Two must not hand over the same letter at once: there is one dispatch at a time (casework.turns).
    """

    folder: Path

    name: ClassVar[ChannelName] = ChannelName.FOLDER
    together: ClassVar[int] = 50
    repeats: ClassVar[bool] = True

    @contextmanager
    def opened(self) -> Iterator[None]:
        yield

    def trace(self, letter: Letter) -> str:  # noqa: ARG002  -- a file is found by its name
        return ""

    def objection(self, outgoing: Outgoing) -> str:
        """Raises LetterError for an address that no email can go to."""
        self._email(outgoing)
        return ""

    def carry(self, outgoing: Outgoing) -> Answer:
        """Raises OSError: a folder that cannot be written to is for the person at this machine."""
        self.deliver(outgoing.batch, outgoing.reference, outgoing.pdf, self._email(outgoing))
        return Taken()

    def _email(self, outgoing: Outgoing) -> EmailMessage | None:
        return email_message(outgoing.letter, outgoing.composed, outgoing.pdf) if outgoing.emailed else None

    def deliver(self, batch: str, reference: str, pdf: bytes, email: EmailMessage | None) -> Delivery:
        """Write the letter, and its email if there is one; nobody ever sees half a file. Raises OSError."""
        folder, stem = self.folder / batch, file_stem(reference)
        folder.mkdir(parents=True, exist_ok=True)
        pdf_path = write_whole(folder / f"{stem}.pdf", pdf)
        delivery = Delivery(pdf_path, write_whole(folder / f"{stem}.eml", email.as_bytes()) if email else None)
        _sync_names(folder)
        return delivery


def write_whole(path: Path, content: bytes) -> Path:
    """The file is there with all of its content, or as it was before. Raises OSError."""
    # Its name is always the same, so that what a crash left of it is taken up and not left lying about.
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        return part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _sync_names(folder: Path) -> None:
    """See to it that a name given in the folder outlives a power cut, as what stands under it does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
