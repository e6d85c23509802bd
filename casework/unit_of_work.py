"""One decision, one transaction: leaving without commit() rolls everything back."""

from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session


class UnitOfWork:
    """Owns the session of one transaction; used as a context manager."""

    def __init__(self, engine: Engine) -> None:
        self.session = Session(engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.rollback()
        self.session.close()

    def commit(self) -> None:
        self.session.commit()
