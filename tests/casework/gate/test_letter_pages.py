"""Letters are read beside the console, from the record and from nowhere else."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casework.gate import Gate, LetterPages
from casework.officers import Person
from casework.retention import redact
from casework.tables import May
from notifications.pdf import Typesetter
from notifications.wording import Wording
from tests.casework.post_office import BATCH, HEAD, PostOffice
from tests.servers.console import Browser, Console, raw

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def reader(office: PostOffice, wording: Wording, typesetter: Typesetter) -> Browser:
    """A reader's browser; one school has two signed letters."""
    pages = LetterPages(office.engine, wording, lambda: typesetter)
    person = Person("Rhea Dunn", "Business Support", May.READER)
    return Browser(Gate(Console(), office.engine, token="x", operator=person, letters=pages))


def test_every_batch_is_listed_with_where_it_stands(reader: Browser) -> None:
    text = reader("GET", "/letters").text
    assert f'<a href="/letters/batch/{BATCH}">{BATCH}</a>' in text
    assert "2 approved" in text


def test_batch_lists_its_letters(reader: Browser) -> None:
    text = reader("GET", f"/letters/batch/{BATCH}").text
    assert f'<a href="/letters/letter/{HEAD}">{HEAD}</a>' in text
    assert "Aldermere Primary School" in text


def test_letter_leads_to_each_form(reader: Browser) -> None:
    text = reader("GET", f"/letters/letter/{HEAD}").text
    links = re.findall(rf'href="(/letters/letter/{HEAD}/\w+)"', text)
    kinds = {link.rpartition("/")[2]: reader("GET", link).headers["content-type"] for link in links}
    assert kinds == {
        "email": "text/html; charset=utf-8",
        "text": "text/plain; charset=utf-8",
        "pdf": "application/pdf",
    }


def test_forms_are_the_letter_itself(reader: Browser) -> None:
    email, text, pdf = (reader("GET", f"/letters/letter/{HEAD}/{form}") for form in ("email", "text", "pdf"))
    assert "Mrs Okafor" in email.text
    assert "Mrs Okafor" in text.text
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"] == f'inline; filename="{HEAD}.pdf"'


@pytest.mark.parametrize("form", ["email", "text"])
def test_letter_can_run_nothing_in_the_browser(reader: Browser, form: str) -> None:
    policy = reader("GET", f"/letters/letter/{HEAD}/{form}").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")


ELSEWHERE = [
    "/letters/batch/none",
    "/letters/batch/",
    "/letters/batch",
    "/letters/letter/none",
    "/letters/letter/",
    f"/letters/letter/{HEAD}/html",
    f"/letters/letter/{HEAD}/pdf/",
    f"/letters/letter/{HEAD}/pdf/more",
    f"/letters/letter/{HEAD.lower()}",
    f"/letters/letter/{HEAD}.pdf",
    "/letters/letter/' OR 1=1 --",
    "/letters/letter/*",
    "/letters/letter/%",
    "/letters/../letters",
    "/letters/letter/../../../../etc/passwd",
    "/letters//etc/passwd",
    "/letters/letter//etc/passwd/pdf",
    "/letters/letter/..\\..\\casework.db",
    "/letters/casework.db",
    "/letters/seals.jsonl",
]


def test_there_is_nothing_else_to_read(reader: Browser) -> None:
    assert {path: raw(reader.app, "GET", path, {}) for path in ELSEWHERE} == dict.fromkeys(ELSEWHERE, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_letters_are_only_to_be_read(reader: Browser, method: str) -> None:
    assert reader(method, f"/letters/letter/{HEAD}").status_code == 404


def test_files_beside_the_record_are_out_of_reach(reader: Browser, home: Path) -> None:
    secret = home / "letters" / "secret.pdf"
    secret.parent.mkdir(exist_ok=True)
    secret.write_bytes(b"%PDF-secret")
    for path in ("/letters/secret.pdf", "/letters/letter/secret", "/letters/letter/secret/pdf", str(secret)):
        assert b"secret" not in reader("GET", path).content.replace(path.encode(), b"")


def test_redacted_letter_says_so(reader: Browser, office: PostOffice) -> None:
    later = replace(office.stamp, on=date(2040, 1, 1), now=datetime(2040, 1, 2, tzinfo=UTC))
    redact(office.engine, later, "Its time is over", ())
    text = reader("GET", f"/letters/letter/{HEAD}/text").text
    assert ("Okafor" in text, "[redacted]" in text) == (False, True)


def test_record_without_letters_says_so(open_gate: Gate, wording: Wording, typesetter: Typesetter) -> None:
    open_gate.letters = LetterPages(open_gate.engine, wording, lambda: typesetter)
    assert "No letter has been drafted yet." in Browser(open_gate)("GET", "/letters").text


def test_names_are_never_markup(open_gate: Gate, office: PostOffice, wording: Wording, typesetter: Typesetter) -> None:
    open_gate.letters = LetterPages(office.engine, wording, lambda: typesetter)
    open_gate.operator = Person("<script>alert(1)</script>", "&", May.READER)
    assert "<script>" not in Browser(open_gate)("GET", "/letters").text
