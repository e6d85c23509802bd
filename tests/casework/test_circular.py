"""A circular goes to every open school once, as one batch; a form with a fault goes to none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from casework.tables import Case, Letter
from casework.unit_of_work import reading
from states.tracks.school import SCHOOL

Casework = Callable[..., Any]
SIGNED = ("--by", "Ada Quill", "--role", "Adviser")
GIVEN = {
    'number = ""': 'number = "269/13"',
    'heading = ""': 'heading = "How we support schools"',
    'readers = ""': 'readers = "All heads and chairs of governors"',
    "sections_of_text = []": 'sections_of_text = [{ heading = "A review", paragraphs = ["It is published."] }]',
}


@pytest.fixture
def form(fenshire: Engine, casework: Casework, tmp_path: Path) -> Path:
    """As the record fills it in, not complete."""
    file = tmp_path / "sheet.toml"
    file.write_text(casework("letters", "form", "circular", 990001, "--on", "2025-11-15").out, encoding="utf-8")
    return file


def complete(form: Path) -> Path:
    text = form.read_text(encoding="utf-8")
    for empty, given in GIVEN.items():
        assert f"\n{empty}" in text
        text = text.replace(f"\n{empty}", f"\n{given}")
    form.write_text(text, encoding="utf-8")
    return form


def counted(engine: Engine) -> tuple[int, int]:
    """Open schools, and the schools that have the circular."""
    with reading(engine) as session:
        ours = select(func.count()).where(Case.track == SCHOOL.name, Case.state.not_in(SCHOOL.ended))
        written = select(func.count(Letter.urn.distinct())).where(Letter.batch == "circular-2025-11-15")
        return session.scalar(ours) or 0, session.scalar(written) or 0


def test_every_open_school_is_written_to_once(fenshire: Engine, form: Path, casework: Casework) -> None:
    first = casework("letters", "publish", complete(form), *SIGNED)
    assert first.code == 0, first.err
    schools, written = counted(fenshire)
    assert written == schools > 50
    again = casework("letters", "publish", form, *SIGNED)
    assert again.out == f"0 school(s) written to, {schools} before: 0 letter(s) drafted.\n"


def test_form_with_a_fault_goes_to_nobody(fenshire: Engine, form: Path, casework: Casework) -> None:
    refused = casework("letters", "publish", form, *SIGNED)
    assert refused.code == 1
    assert "fields.number = ''" in refused.err
    assert counted(fenshire)[1] == 0


def test_letter_for_one_school_is_no_circular(form: Path, casework: Casework) -> None:
    text = form.read_text(encoding="utf-8")
    form.write_text(text.replace('kind = "circular"', 'kind = "audit_notice"'), encoding="utf-8")
    refused = casework("letters", "publish", form, *SIGNED)
    assert refused.code == 1
    assert "is for one school (audit_notice)" in refused.err
