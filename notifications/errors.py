"""The one error of this package. Why a letter is not sent is no error: see `recipients.why_not_emailed`."""

from states.errors import CaseworkError


class LetterError(CaseworkError):
    """A letter cannot be written, set or addressed; the text says which letter, where, why and what to do."""
