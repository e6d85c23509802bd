"""What a value from outside may bring into print. Markup is not known here; dates are `states.dates`."""

import re

# Direction overrides make a sentence read as another one; a lone surrogate cannot be encoded.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.IGNORECASE)


def is_postcode(line: str) -> bool:
    """Whether a line of an address is a postcode of the United Kingdom."""
    return _POSTCODE.fullmatch(line.strip()) is not None


def printable(text: str) -> str:
    """One line of text: white space, line breaks too, becomes one space; invisible controls are dropped."""
    return " ".join(_INVISIBLE.sub("", text).split())
