"""What officers see of a run: pages and tables as Prefect artifacts, each under a key where its history is kept."""

from datetime import date
from typing import Any

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from casework.office import Office
from casework.school_page import school_page
from casework.story import caseload_table
from casework.unit_of_work import reading

# Where the console shows letters, beside Prefect's own pages.
LETTERS_AT = "/letters"


async def show_page(key: str, page: str, description: str) -> None:
    await acreate_markdown_artifact(markdown=page, key=key.lower().replace("/", "-"), description=description)


async def show_caseload(office: Office) -> None:
    with reading(office.engine) as session:
        table = caseload_table(session, office.policy)
    await acreate_table_artifact(table=table, key="caseload", description="Schools by state and category")


async def show_school(office: Office, urn: int, on: date | None = None) -> None:
    with reading(office.engine) as session:
        page = school_page(session, urn, office.policy, office.calendars, on or office.today, f"{LETTERS_AT}/letter")
    await show_page(f"school-{urn}", page, page.splitlines()[0].lstrip("# "))


async def show_rejected(key: str, rejected: list[Any]) -> None:
    """The rows that were left out of a file, for who can put them right."""
    if rejected:
        rows = [row.as_dict() for row in rejected]
        await acreate_table_artifact(table=rows, key=key, description=f"{len(rows)} row(s) left out")
