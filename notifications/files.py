"""The name of a letter's file: safe on every machine, and another for every reference."""

import hashlib
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")
_LONGEST = 80


def file_stem(reference: str) -> str:
    """A file name for any reference: the reference itself if safe and short, or else one with its hash."""
    safe = _UNSAFE.sub("-", reference).strip("-")[:_LONGEST]
    if safe and safe == reference:
        return safe
    mark = hashlib.sha256(reference.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{safe}-{mark}".lstrip("-")
