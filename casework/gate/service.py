"""The secret by which our own programs on this machine (Prefect's runner, its workers and runs) pass the gate.

It is what PREFECT_API_AUTH_STRING takes: Prefect's clients send it as Basic credentials, and on websockets that they
begin without credentials as their first message.
"""

import base64
import binascii
import os
import secrets
from contextlib import suppress
from hmac import compare_digest
from pathlib import Path
from tempfile import mkstemp

from starlette.datastructures import Headers

USER = "casework"
FILE = "service-token"
_BYTES = 32


def service_token(home: Path) -> str:
    """The secret of this installation, made when it is first asked for, in a file that only its owner can read."""
    file = home / FILE
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        _make(file)
    file.chmod(0o600)
    return file.read_text(encoding="ascii").strip()


def _make(file: Path) -> None:
    """Whole or not at all, and of two who make it at once the second takes what the first made."""
    descriptor, part = mkstemp(prefix=f".{FILE}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as target:
            target.write(f"{USER}:{secrets.token_urlsafe(_BYTES)}\n")
        with suppress(FileExistsError):
            file.hardlink_to(part)
    finally:
        Path(part).unlink()


def is_the_service(token: str, claimed: object) -> bool:
    """Compared in constant time; nothing is ever equal to an empty secret."""
    return bool(token) and isinstance(claimed, str) and compare_digest(token.encode(), claimed.encode())


def claims(headers: Headers) -> bool:
    """Whether these headers hold credentials at all, right or wrong."""
    return "authorization" in headers


def credentials(headers: Headers) -> str:
    """The secret that the headers claim to know, as Basic or as Bearer; nothing where they say nothing of the kind."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
