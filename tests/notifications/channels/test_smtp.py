"""A real mail relay on loopback: what it gets, what it answers, and what that means."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.channels import Answer, ChannelDown, Later, Outgoing, Taken, TurnedDown, Unclear
from notifications.channels.smtp import Relay, Security, SmtpChannel
from notifications.channels.throttle import Throttle
from notifications.email import key_of
from notifications.errors import LetterError
from notifications.examples import example_letter
from tests.servers.relay import MailRelay, mail_relay

SetLetter = Callable[..., Outgoing]
LOOPBACK = "127.0.0.1"


def channel(port: int, throttle: Throttle, **changes: object) -> SmtpChannel:
    known = {"security": Security.NONE, "bounce": "bounce@example.org", "timeout": 2.0} | changes
    return SmtpChannel(Relay(LOOPBACK, port, **known), throttle)  # type: ignore[arg-type]


@pytest.fixture
def send(relay: MailRelay, outgoing: SetLetter, throttle: Throttle) -> Callable[..., list[Answer]]:
    def through(*kinds: str) -> list[Answer]:
        smtp = channel(relay.port, throttle)
        with smtp.opened():
            return [smtp.carry(outgoing(kind)) for kind in kinds or ("progress_request",)]

    return through


def test_relay_gets_the_letter_whole(relay: MailRelay, send: Callable[..., list[Answer]]) -> None:
    assert send() == [Taken()]
    [message] = [taken.message for taken in relay.taken]
    letter = example_letter("progress_request")
    assert (message["To"].addresses[0].addr_spec, message["Auto-Submitted"]) == (
        letter.recipient.email,
        "auto-generated",
    )
    assert letter.reference in message["Subject"]
    assert "Dear " in message.get_body(("plain",)).get_content()


def test_attachment_opens_as_the_letter(relay: MailRelay, send: Callable[..., list[Answer]]) -> None:
    send()
    [attachment] = relay.taken[0].message.iter_attachments()
    with pikepdf.open(BytesIO(attachment.get_content())) as pdf:
        assert len(pdf.pages) == 2
    assert attachment.get_filename() == f"{example_letter('progress_request').reference}.pdf"


def test_message_and_return_path_carry_the_key(relay: MailRelay, send: Callable[..., list[Answer]]) -> None:
    send()
    key = key_of(example_letter("progress_request").reference)
    assert relay.taken[0].sender == f"bounce+{key}@example.org"
    assert relay.taken[0].message["Message-ID"].startswith(f"<{key}@")
    assert relay.asked == [f"ENVID={key}", "RET=HDRS", "NOTIFY=SUCCESS,FAILURE"]


def test_each_message_has_one_recipient(relay: MailRelay, send: Callable[..., list[Answer]]) -> None:
    send("progress_request", "category_notice")
    assert [len(taken.recipients) for taken in relay.taken] == [1, 1]
    assert relay.lines == 1


@pytest.mark.parametrize(
    ("command", "said", "answer"),
    [
        ("MAIL", "450 busy", Later("450 busy", stop=True)),
        ("MAIL", "550 not from you", Later("550 not from you", stop=True)),
        ("RCPT", "450 mailbox busy", Later("450 mailbox busy")),
        ("RCPT", "550 no such person", TurnedDown("550 no such person")),
        ("DATA", "452 full", Later("452 full")),
        ("DATA", "421 closing", Later("421 closing", stop=True)),
        ("DATA", "554 not wanted", TurnedDown("554 not wanted")),
    ],
)
def test_refusal_says_whether_to_try_again(
    relay: MailRelay, send: Callable[..., list[Answer]], command: str, said: str, answer: Answer
) -> None:
    relay.says[command] = [said] * 2
    assert send() == [answer]
    assert relay.taken == []


def test_refused_recipient_stops_no_other(relay: MailRelay, send: Callable[..., list[Answer]]) -> None:
    relay.says["RCPT"] = ["550 no such person"]
    assert send("progress_request", "category_notice") == [TurnedDown("550 no such person"), Taken()]


def test_line_lost_after_the_message_is_unclear(relay: MailRelay, send: Callable[..., list[Answer]]) -> None:
    relay.says["DATA"] = ["break"]
    [answer] = send()
    assert isinstance(answer, Unclear)
    assert len(relay.taken) == 1


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_line_lost_before_the_message_is_tried_again(
    relay: MailRelay, send: Callable[..., list[Answer]], command: str
) -> None:
    relay.says[command] = ["break"]
    assert send() == [Taken()]
    assert (len(relay.taken), relay.lines) == (1, 2)


def test_line_lost_twice_waits(relay: MailRelay, send: Callable[..., list[Answer]]) -> None:
    relay.says["RCPT"] = ["break", "break"]
    [answer] = send()
    assert isinstance(answer, Later)
    assert answer.stop


def test_relay_that_is_away_is_told_before_any_letter(throttle: Throttle) -> None:
    with (
        pytest.raises(ChannelDown, match=r"mail relay 127\.0\.0\.1:1 cannot be used: .*refused"),
        channel(1, throttle).opened(),
    ):
        pytest.fail("there is nobody")


def test_missing_address_is_objected_to(outgoing: SetLetter, throttle: Throttle) -> None:
    letter = example_letter("progress_request")
    nobody = replace(letter.recipient, email="")
    with pytest.raises(LetterError, match="cannot be used as the recipient's email address"):
        channel(1, throttle).objection(outgoing(recipient=nobody))


def test_password_is_not_in_what_is_printed() -> None:
    assert "s3cret" not in repr(Relay("mail", 25, Security.NONE, "us", "s3cret"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for loopback with its key, made here, that nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a relay of the tests")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("tls") / "relay.pem"
    file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem) + secret)
    return file


@pytest.fixture
def secure_relay(certificate: Path) -> Iterator[MailRelay]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with mail_relay("casework", "s3cret", tls_context=context, require_starttls=True) as running:
        yield running


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.mark.usefixtures("trusted")
def test_login_goes_over_a_private_line(secure_relay: MailRelay, outgoing: SetLetter, throttle: Throttle) -> None:
    known = {"security": Security.STARTTLS, "user": "casework", "password": "s3cret"}
    smtp = channel(secure_relay.port, throttle, **known)
    with smtp.opened():
        assert smtp.carry(outgoing()) == Taken()


@pytest.mark.usefixtures("trusted")
def test_wrong_password_is_told_in_words(secure_relay: MailRelay, throttle: Throttle) -> None:
    known = {"security": Security.STARTTLS, "user": "casework", "password": "wr0ng"}
    with pytest.raises(ChannelDown, match="535") as told, channel(secure_relay.port, throttle, **known).opened():
        pytest.fail("nobody is let in")
    assert "wr0ng" not in str(told.value)


def test_relay_that_nobody_vouches_for_is_not_used(secure_relay: MailRelay, throttle: Throttle) -> None:
    with (
        pytest.raises(ChannelDown, match="certificate verify failed"),
        channel(secure_relay.port, throttle, security=Security.STARTTLS).opened(),
    ):
        pytest.fail("it could be anybody")
