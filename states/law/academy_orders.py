"""When the Secretary of State may, or must, make an academy order for a school.

Source: Academies Act 2010, s4, as it stood on the day. Not here: applications by governing bodies, and the steps of a
conversion (the conversion track). The authority decides nothing of this; it has to know what comes.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from states.law.cited import AA, CWSA, EAA
from states.law.powers import Door


class AcademyOrder(StrEnum):
    """What the Secretary of State does about a school that is eligible for intervention."""

    NONE = "none"
    MAY = "may"
    MUST = "must"


@dataclass(frozen=True, slots=True)
class AcademyOrderRule:
    """From `since`: the doors whose schools must get an order; any other eligible school may get one."""

    since: date
    must: tuple[Door, ...]
    citation: str


ACADEMY_ORDERS = (
    AcademyOrderRule(date(2010, 7, 29), (), f"{AA}, s4(1)(b)"),
    AcademyOrderRule(date(2016, 4, 18), (Door.S61, Door.S62), f"{AA}, s4(A1), inserted by {EAA}, s7"),
    AcademyOrderRule(date(2026, 6, 29), (), f"{AA}, s4(1), as amended by {CWSA}, s58"),
)


def academy_order_rule(door: Door, on: date) -> AcademyOrder:
    """What holds on `on` for a school that is eligible for intervention through `door`."""
    rules = [rule for rule in ACADEMY_ORDERS if rule.since <= on]
    if not rules:
        return AcademyOrder.NONE
    return AcademyOrder.MUST if door in rules[-1].must else AcademyOrder.MAY


def order_continues(made_on: date, *, under_duty: bool) -> bool:
    """Whether an order made on that day under the duty of s4(A1) goes on under the old rules (CWSA 2026 s58(9))."""
    return under_duty and ACADEMY_ORDERS[1].since <= made_on < ACADEMY_ORDERS[2].since
