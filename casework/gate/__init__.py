"""The gate in front of the console: who is there, what that person may do, and in whose name it is recorded.

Prefect's open-source server knows no persons. The gate wraps it, or any other ASGI application, without knowing more
of it than its addresses: docs/decisions/0018-who-is-at-the-console.md.
"""

import getpass

from starlette.types import ASGIApp

from casework.gate.door import Gate
from casework.gate.hosts import OfficersRequired, must_have_officers, require_officers
from casework.gate.letters import LetterPages
from casework.gate.service import service_token
from casework.office import Office
from casework.officers import Person
from casework.tables import May

__all__ = [
    "Gate",
    "LetterPages",
    "OfficersRequired",
    "gate_for",
    "must_have_officers",
    "require_officers",
    "service_token",
]


def gate_for(inner: ASGIApp, office: Office, host: str) -> Gate:
    """The gate of this installation around `inner`, which is to listen at `host`. Raises OfficersRequired."""
    require_officers(host, office.engine)
    return Gate(
        inner,
        office.engine,
        token=service_token(office.settings.home),
        operator=operator(office),
        letters=LetterPages(office.engine, office.wording, lambda: office.typesetter),
    )


def operator(office: Office) -> Person:
    """Whoever acts on this machine as long as no officer is on record: said in the settings, or whose account it is."""
    name, title = office.settings.operator
    return Person(name or getpass.getuser(), title, May.SIGNATORY)
