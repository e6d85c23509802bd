"""The email: its parts open, its bytes repeat, and nothing typed anywhere becomes a header."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from notifications.email import email_message
from notifications.errors import LetterError
from notifications.examples import example_letter
from notifications.letter import Letter
from notifications.render import compose
from notifications.wording import Wording

PDF = b"%PDF-1.7 stands in for a letter"
CRLF = "x\r\nBcc: all@evil.example\r\n\r\nforged"
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
]

UNUSABLE = [
    "",
    "head",
    "head@",
    "@x.example",
    "a b@x.example",
    "a@x.example ",
    "a@x.example\n",
    "a@x.example\r\nBcc: b@x.example",
    "a@x.example, b@x.example",
    "<a@x.example>",
    "tête@x.example",
]

Make = Callable[[Letter], bytes]


@pytest.fixture
def made(wording: Wording) -> Make:
    return lambda letter: email_message(letter, compose(letter, wording), PDF).as_bytes()


def _read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def test_parts_are_text_html_and_pdf(made: Make) -> None:
    types = [part.get_content_type() for part in _read(made(example_letter("category_notice"))).walk()]
    assert types == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"]


def test_attachment_opens_under_the_reference(made: Make) -> None:
    (attachment,) = _read(made(example_letter("category_notice"))).iter_attachments()
    assert attachment.get_filename() == "CN-199999-4-H.pdf"
    assert attachment.get_content() == PDF


def test_text_arrives_as_it_was_composed(made: Make, wording: Wording) -> None:
    letter = example_letter("category_notice")
    body = _read(made(letter)).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == compose(letter, wording).text


def test_headers_say_who_what_and_when(made: Make) -> None:
    message = _read(made(example_letter("category_notice")))
    assert message["From"] == "Wensum County Council <schools@wensum.example>"
    assert message["To"] == "Mrs Adaeze Okafor <head@highheath.example>"
    assert message["Subject"].endswith("category B from 1 September 2015 (CN-199999-4-H)")
    assert message["Date"] == "Fri, 03 Jul 2015 09:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"


def test_same_letter_is_the_same_email(made: Make) -> None:
    assert made(example_letter("category_notice")) == made(example_letter("category_notice"))


def test_two_references_have_two_message_ids(made: Make) -> None:
    letter = example_letter("category_notice")
    both = {_read(made(each))["Message-ID"] for each in (letter, replace(letter, reference="CN-2"))}
    assert len(both) == 2


@pytest.mark.parametrize("field", ["authority", "signatory_name", "website"])
def test_sender_cannot_inject_a_header(field: str, made: Make) -> None:
    letter = example_letter("category_notice")
    message = _read(made(replace(letter, sender=replace(letter.sender, **{field: CRLF}))))
    assert message.keys() == HEADERS


def test_names_and_reference_cannot_inject_a_header(made: Make) -> None:
    letter = example_letter("category_notice")
    letter = replace(
        letter,
        reference=CRLF,
        school=replace(letter.school, name=CRLF),
        recipient=replace(letter.recipient, name=CRLF),
    )
    assert _read(made(letter)).keys() == HEADERS


@pytest.mark.parametrize("email", UNUSABLE, ids=repr)
@pytest.mark.parametrize("whose", ["sender", "recipient"])
def test_unusable_address_is_refused_with_advice(whose: str, email: str, made: Make) -> None:
    letter = example_letter("category_notice")
    letter = replace(letter, **{whose: replace(getattr(letter, whose), email=email)})
    with pytest.raises(LetterError, match=f"CN-199999-4-H: .* cannot be used as the {whose}'s email address"):
        made(letter)


def test_name_beyond_ascii_survives(made: Make) -> None:
    letter = example_letter("category_notice")
    letter = replace(letter, recipient=replace(letter.recipient, name="Zoë Ŵyn, “Head”"))
    assert _read(made(letter))["To"].addresses[0].display_name == "Zoë Ŵyn, “Head”"
