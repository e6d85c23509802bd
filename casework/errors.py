"""What can go wrong between an officer and the record. The whole tree is drawn in states.errors."""

from states.errors import CaseworkError


class NotFound(CaseworkError):
    """What was named is not in the record."""


class NotInitialised(CaseworkError):
    """The database is missing, or its tables are of another version."""


class DatabaseUnusable(CaseworkError):
    """The database is damaged, locked, full, read-only or away; nothing of what was under way was kept."""


class Contended(DatabaseUnusable):
    """Another writer was in the way: locked, deadlocked, or overtaken. The same work may succeed in a moment."""


class CutShort(CaseworkError):
    """A process that did a share of the work was ended; nothing is known of the rest."""


class NotStorable(CaseworkError):
    """A text or number that the database has no room for, such as a NUL character on PostgreSQL."""


class NotAttributed(CaseworkError):
    """A decision without a person, a role or a reason."""


class TooFarAhead(CaseworkError):
    """A day so far ahead that it must be a slip of the pen."""


class StaleCase(CaseworkError):
    """Somebody else moved a case between our reading and our writing; nothing was written."""
