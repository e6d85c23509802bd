"""A school on the command line: its URN, or its name; as a parameter that every command about one school shares."""

from typing import Any

import click

from casework.finding import find_school
from casework.office import Office
from casework.unit_of_work import reading
from casework.values import LONGEST_URN


class SchoolNumber(click.ParamType[int]):
    """What was typed, as a URN: a number is one, and a name is looked up. Whether it has a case, the service says."""

    name = "school"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ARG002
        if isinstance(value, int) or (value.strip().isdecimal() and len(value.strip()) <= LONGEST_URN):
            return int(value)
        office = Office()  # kept: with it would go the connection
        with reading(office.engine) as session:
            return find_school(session, value).urn


SCHOOL_NUMBER = SchoolNumber()
URN = click.argument("urn", type=SCHOOL_NUMBER, metavar="SCHOOL")
