"""Reports of mail systems (RFC 3464), read as they lie in a mailbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels import Fate
from notifications.channels.dsn import DeliveryReport, read_report
from notifications.email import key_of

KEY = key_of("PR-120777-2025-26-2-H")
REPORT = """From: MAILER-DAEMON@mail.example.org
To: {to}
Subject: Delivery status
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

What follows is for programs.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
{envelope}
Final-Recipient: rfc822; head@school.example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1
 no such user

--b
Content-Type: {kind}

{returned}

--b--
"""


def report(
    action: str = "failed",
    status: str = "5.1.1",
    to: str = "bounce@example.org",
    envelope: str = "",
    kind: str = "text/rfc822-headers",
    returned: str = "Subject: x",
) -> bytes:
    lines = {"action": action, "status": status, "to": to, "kind": kind, "returned": returned}
    return REPORT.format(envelope=f"Original-Envelope-Id: {envelope}\n" if envelope else "", **lines).encode()


@pytest.mark.parametrize(
    "told",
    [
        {"to": f"bounce+{KEY}@example.org"},
        {"to": f"<BOUNCE+{KEY.upper()}@EXAMPLE.ORG>"},
        {"envelope": KEY},
        {"returned": f"Message-ID: <{KEY}@example.org>"},
        {"kind": "message/rfc822", "returned": f"Message-ID: <{KEY}@example.org>\n\nDear"},
    ],
    ids=["return path", "capitals", "envelope", "headers", "message"],
)
def test_letter_is_known_wherever_its_key_stands(told: dict[str, str]) -> None:
    assert read_report(report(**told)) == DeliveryReport(KEY, Fate.RETURNED, "5.1.1 smtp; 550 5.1.1 no such user")


@pytest.mark.parametrize(
    ("action", "fate"),
    [
        ("failed", Fate.RETURNED), ("delivered", Fate.DELIVERED), ("Delivered", Fate.DELIVERED),
        ("delayed", Fate.ON_ITS_WAY), ("relayed", Fate.ON_ITS_WAY), ("expanded", Fate.ON_ITS_WAY),
    ],
)  # fmt: skip
def test_action_is_the_fate(action: str, fate: Fate) -> None:
    found = read_report(report(action=action, envelope=KEY))
    assert found is not None
    assert found.fate is fate


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"Subject: I am away\n\nUntil Monday", report(action="maybe", envelope=KEY), report(envelope="of another"),
        report(envelope=f"a{KEY}"), b"Content-Type: multipart/report; boundary=b\n\n--b\n\n--b--",
    ],
    ids=["nothing", "absence", "unknown action", "no key", "longer than a key", "empty report"],
)  # fmt: skip
def test_anything_else_is_no_report(raw: bytes) -> None:
    assert read_report(raw) is None


@given(st.binary(max_size=300), st.integers(0, 900), st.integers(0, 900))
def test_damaged_report_is_no_crash(noise: bytes, start: int, length: int) -> None:
    whole = report(to=f"bounce+{KEY}@example.org")
    found = read_report(whole[:start] + noise + whole[start + length :])
    assert found is None or found.key == KEY
