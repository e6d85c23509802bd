"""An officer moves one school, or is told why not. Either way it is on record before this returns."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from casework.caseload import school_case
from casework.drafting import category_notices
from casework.record import Decisions, Stamp
from casework.unit_of_work import UnitOfWork
from notifications.catalogue import CategoryNotice
from states.facts import Facts, read_fact
from states.machine import Moved, Refused


def move_school(
    engine: Engine, urn: int, trigger: str, stated: Mapping[str, str], reason: str, evidence: str, stamp: Stamp
) -> tuple[Moved | Refused, list[str]]:
    """The outcome, and the references of the letters drafted for it.

    `stated` are the facts as the officer typed them. Raises NotFound, NotAFact, UnknownTrigger or StaleCase.
    """
    facts: dict[str, Any] = {name: read_fact(name, written) for name, written in stated.items()}
    with UnitOfWork(engine) as uow:
        one = school_case(uow.session, urn)
        decisions = Decisions(stamp)
        on_record = Facts(
            sector=one.case.sector,
            came_from=one.case.came_from,
            last_moved_on=one.case.last_moved_on,
            actor=stamp.actor,
            evidence=evidence,
            **facts,
        )
        outcome = decisions.move(one.case, trigger, on_record, reason)
        if isinstance(outcome, Moved) and CategoryNotice.folder in outcome.row.letters:
            decisions.letters += category_notices(one, outcome.source, reason, stamp)
        decisions.write(uow.session)
        uow.commit()
    return outcome, [letter["reference"] for letter in decisions.letters]
