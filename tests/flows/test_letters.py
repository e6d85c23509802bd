"""Letters in the console: a form to complete, drafts from it, a circular, and what is on its way."""

import asyncio
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from sqlalchemy import Engine, select, update

from casework.errors import NotFound
from casework.letter_forms import FormRefused
from casework.letters import Selection, approve_letters
from casework.office import Office
from casework.tables import Event, Letter
from flows.intake import NothingUsable
from flows.letters import check_drafts, draft_prepared_letters, prepare_a_letter, publish_a_circular
from flows.posting import list_letters_in_doubt, record_proof_of_service, settle_a_letter, stop_or_resume
from flows.send_letters import send_letters
from states.tracks.letter import LetterState

DAY = date(2025, 12, 8)
ADA = {"by": "Ada Quill", "role": "Adviser"}
BEN = {"by": "Ben Marsh", "role": "Senior Adviser"}
REQUESTS = "progress_request-2025-26-1"
TEXT = "So that help comes early.\n\nIt is\nfor every school.\n \nThank you."
CIRCULAR: dict[str, Any] = {
    "number": "31/25",
    "heading": "Half-termly returns",
    "sections": [{"heading": "Why we ask", "text": TEXT}],
    "contact_name": "Ada Quill",
    "on": DAY,
}
Rows = Callable[[Path], dict[str, list[Any]]]

pytestmark = pytest.mark.usefixtures("home")


def run(form: Any, **said: Any) -> Any:
    """What a run ends in: its result, or the state that says why there is none."""
    return asyncio.run(form(**said))


def refused(form: Any, **said: Any) -> str:
    state = asyncio.run(form(**said, return_state=True))
    assert (state.type.value, state.name) == ("FAILED", "Refused")
    return str(state.message)


def letters(*conditions: Any) -> list[Letter]:
    with Office().engine.connect() as connection:
        return list(connection.execute(select(Letter.__table__).where(*conditions).order_by(Letter.reference)))  # type: ignore[arg-type]


def set_states(engine: Engine, references: list[str], state: LetterState) -> None:
    """As a channel that broke off would have left them."""
    with engine.begin() as connection:
        changed = update(Letter).where(Letter.reference.in_(references))
        connection.execute(changed.values(state=state, channel="smtp", attempt=1, begun_at=Office().now))


async def page(key: str) -> str:
    async with get_client() as client:
        found = [artifact for artifact in await client.read_artifacts() if artifact.key == key]
    return str(max(found, key=lambda artifact: artifact.created).data)


def test_circular_goes_to_every_school_with_its_paragraphs(home: Path, rows: Rows) -> None:
    made = run(publish_a_circular, **CIRCULAR, **ADA)
    [batch] = {one.batch for one in letters(Letter.kind == "circular")}
    written = letters(Letter.batch == batch)
    assert made["schools"] == len({one.urn for one in written}) == 54
    assert {one.facts["fields"]["sections_of_text"][0]["paragraphs"][1] for one in written} == {
        "It is for every school."
    }
    again = run(publish_a_circular, **CIRCULAR, **ADA)
    assert (again["schools"], again["before"]) == (0, 54)
    other = run(publish_a_circular, **CIRCULAR | {"number": "32/25"}, **ADA)
    assert other["schools"] == 54


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"heading": " "}, "heading"),
        ({"sections": []}, "sections_of_text"),
        ({"number": "No. 31!"}, "occasion"),
    ],
    ids=["no heading", "no text", "a number that is none"],
)
def test_circular_with_a_fault_is_drafted_to_nobody(home: Path, rows: Rows, changed: dict[str, Any], told: str) -> None:
    before = rows(home)
    with pytest.raises(FormRefused, match=told):
        run(publish_a_circular, **CIRCULAR | changed, **ADA)
    assert rows(home) == before


def test_form_is_prepared_completed_and_drafted(home: Path) -> None:
    form = Path(run(prepare_a_letter, kind="meeting_invitation", school="990022", on=DAY))
    assert form.parent == home / "inbox" / "letters"
    with pytest.raises(NothingUsable, match="line 1"):
        run(draft_prepared_letters, **ADA)
    assert form.exists()
    assert "# Forms with faults" in asyncio.run(page("forms-with-faults"))
    given = {
        "purpose": '"reading"', "held_on": "2025-12-18", "starts_at": '"10am"', "place": '"County Hall"',
        "attending": '["Ada Quill, Adviser"]', "agenda": '["the figures"]', "bring": "[]", "reply_by": "2025-12-15",
    }  # fmt: skip
    text = form.read_text(encoding="utf-8")
    for name, value in given.items():
        text, found = re.subn(rf"^#? ?{name} = .*$", f"{name} = {value}", text, count=1, flags=re.MULTILINE)
        assert found, name
    # Names of files need not be text, and a faulty form keeps no other back.
    form = form.replace(form.with_name(os.fsdecode(b"z\xe9l\xe9.toml")))
    faulty = form.with_name(os.fsdecode(b"caf\xe9\n.toml"))
    faulty.write_text("letter = 1", encoding="utf-8")
    form.write_text(text, encoding="utf-8")
    with pytest.raises(NothingUsable, match="letter"):
        run(draft_prepared_letters, **ADA)
    assert (form.exists(), faulty.exists()) == (False, True)
    faulty.unlink()
    form.write_text(text.replace("urn = 990022", "urn = 990013"), encoding="utf-8")
    [done] = run(draft_prepared_letters, **ADA).values()
    assert done["letters"] == len(letters(Letter.batch == done["batch"], Letter.urn == 990013)) > 0
    assert not form.exists()


def test_author_does_not_check_their_own_letters_and_another_officer_does(home: Path) -> None:
    run(publish_a_circular, **CIRCULAR, **ADA)
    [batch] = {one.batch for one in letters(Letter.kind == "circular")}
    assert "Ask another officer" in refused(check_drafts, batch=batch, **ADA)
    assert len(run(check_drafts, batch=batch, **BEN)["done"]) == 108


def test_stopped_batch_stays_until_it_is_let_go(home: Path) -> None:
    office = Office()
    signed = office.stamp("Amara Stone", "Director", None)
    approve_letters(office.engine, Selection(batch=REQUESTS), signed, office.wording)
    stopped = run(stop_or_resume, batch=REQUESTS, what="Stop it", reason="The figures are wrong", **ADA)["stopped"]
    assert stopped == [one.reference for one in letters(Letter.batch == REQUESTS)]
    run(send_letters)
    assert {one.state for one in letters(Letter.batch == REQUESTS)} == {"approved"}
    assert (
        run(stop_or_resume, batch=REQUESTS, what="Let it go on", reason="They are right", **BEN)["resumed"] == stopped
    )
    run(send_letters)
    assert {one.state for one in letters(Letter.batch == REQUESTS)} == {"sent"}
    with office.engine.connect() as connection:
        by = connection.scalars(select(Event.actor).where(Event.trigger.in_(("stop", "resume"))).distinct())
        assert set(by) == {"Ada Quill", "Ben Marsh"}


def test_batch_that_is_none_is_named() -> None:
    with pytest.raises(NotFound, match="no letter to stop"):
        run(stop_or_resume, batch="progress_request-1999", what="Stop it", reason="Why", **ADA)


def test_letter_in_doubt_is_listed_and_settled(home: Path) -> None:
    office = Office()
    approve_letters(
        office.engine, Selection(batch=REQUESTS), office.stamp("Amara Stone", "Director", None), office.wording
    )
    first, second, third = (one.reference for one in letters(Letter.batch == REQUESTS)[:3])
    set_states(office.engine, [first, second], LetterState.UNKNOWN)
    assert [one["reference"] for one in run(list_letters_in_doubt)] == [first, second]
    assert f"| {first} | unknown |" in asyncio.run(page("letters-in-doubt"))
    assert run(settle_a_letter, reference=first, what="It had left", reason="The log has it", **ADA)["state"] == "sent"
    again = run(settle_a_letter, reference=second, what="Send it again", reason="The log has nothing of it", **ADA)
    assert again["state"] == "queued"
    assert "cannot be done while the letter" in refused(
        settle_a_letter, reference=third, what="It had left", reason="So I think", **ADA
    )
    assert run(list_letters_in_doubt) == []
    assert "None." in asyncio.run(page("letters-in-doubt"))


def test_service_is_proved_once_the_letter_has_left(home: Path) -> None:
    office = Office()
    reference = letters(Letter.batch == REQUESTS)[0].reference
    said = {"reference": reference, "served_on": date(2025, 10, 21), "how": "By hand, receipt signed"}
    assert refused(record_proof_of_service, **said, **ADA)
    approve_letters(
        office.engine, Selection(batch=REQUESTS), office.stamp("Amara Stone", "Director", None), office.wording
    )
    run(send_letters)
    assert run(record_proof_of_service, **said, **ADA)["served_on"] == "2025-10-21"
    [letter] = letters(Letter.reference == reference)
    assert (letter.state, letter.served_on) == ("delivered", date(2025, 10, 21))
