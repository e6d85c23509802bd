"""A value of the law with the place that it comes from, and whether that place settles it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Value_co = TypeVar("Value_co", covariant=True)

EIA = "Education and Inspections Act 2006"
EA_2005 = "Education Act 2005"
AA = "Academies Act 2010"
EAA = "Education and Adoption Act 2016"
CWSA = "Children's Wellbeing and Schools Act 2026"
SSFA = "School Standards and Framework Act 1998"


@dataclass(frozen=True, slots=True)
class Cited(Generic[Value_co]):
    """A value and its citation; `our_reading` when the text leaves it open and this is how we read it."""

    value: Value_co
    citation: str
    our_reading: bool = False
