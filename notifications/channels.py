"""How a finished letter leaves: into a folder, for a print room, a mail gateway or a person."""

import hashlib
import os
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from tempfile import NamedTemporaryFile

_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a letter now lies; `eml_path` is None when there was no email."""

    pdf_path: Path
    eml_path: Path | None


@dataclass(frozen=True, slots=True)
class FolderChannel:
    """A folder in which each letter is one file for ever: to deliver it again is to write the same file."""

    folder: Path

    def deliver(self, reference: str, pdf: bytes, email: EmailMessage | None) -> Delivery:
        """Write the letter, and its email if there is one; nobody ever sees half a file. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        stem = file_stem(reference)
        pdf_path = self._write(f"{stem}.pdf", pdf)
        return Delivery(pdf_path, self._write(f"{stem}.eml", email.as_bytes()) if email else None)

    def _write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        with NamedTemporaryFile(dir=self.folder, prefix=".", suffix=".part", delete=False) as part:
            try:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
                Path(part.name).replace(path)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
        return path


def file_stem(reference: str) -> str:
    """A file name for any reference: the reference itself if safe and short, or else one with its hash."""
    safe = _UNSAFE.sub("-", reference).strip("-")[:_LONGEST]
    if safe and safe == reference:
        return safe
    mark = hashlib.sha256(reference.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{safe}-{mark}".lstrip("-")
