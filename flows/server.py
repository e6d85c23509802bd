"""Prefect's server and UI behind our gate, as one ASGI application."""

from typing import Any

from prefect.server.api.server import create_app
from prefect.server.database.orm_models import FlowRun

from casework.gate import Gate, gate_for
from casework.office import Office


def console(office: Office, host: str) -> Gate:
    """What `casework serve` shows: Prefect's API and UI, and the letter pages, to those whom the gate lets in."""
    let_schedules_be_kept()
    return gate_for(create_app(final=True), office, host)


def let_schedules_be_kept() -> None:
    """Mend prefect 3.8.8 under SQLAlchemy 2.1, which would not keep one scheduled run.

    Prefect inserts scheduled runs in bulk, with the key `state` beside the columns. SQLAlchemy 2.0 passed over a hybrid
    property there; 2.1 asks it for a `bulk_dml` function, which Prefect's has not. There is nothing for it to do: the
    states are inserted on their own right after. Remove this once Prefect has a release that names SQLAlchemy 2.1.
    """
    hybrid: Any = FlowRun.__mapper__.all_orm_descriptors["state"]
    hybrid.bulk_dml_setter = lambda _cls, _mapping, _value: None
