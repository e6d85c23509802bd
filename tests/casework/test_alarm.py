"""An officer is told in plain words what failed and what to do, by the relay or in a folder, whatever its name is."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from casework.alarm import alarm
from casework.office import Office
from notifications.channels import ChannelDown
from tests.conftest import DEMO, NOW
from tests.servers.relay import MailRelay, mail_relay

WORK, WHY, URL = "back-up-the-record (nightly)", "The disk is full.", "http://127.0.0.1:4200/v2/runs/flow-run/1"
HOSTILE = (
    "Weybourne\r\nBcc: all@example.org",
    "x\n\n.\r\nMAIL FROM:<a@example.org>",
    "{{ 7 * 7 }} {% for x in range(9) %}x{% endfor %}",
    "<script>alert(1)</script>",
    "St Peter\u202egnp.exe",
    "half a \udcff character",
    "École “Ωmega” 学校",
    "a" * 5000,
    "\x00\x1b[31m",
)
Office_ = Callable[..., Office]


@pytest.fixture
def office(home: Path, monkeypatch: pytest.MonkeyPatch) -> Office_:
    """`office(EMAIL_BY="smtp")`: the invented authority, with these settings besides."""

    def made(**settings: str) -> Office:
        monkeypatch.setattr(Office, "now", NOW)
        for name, value in ({"POLICY": str(DEMO / "fenshire.toml")} | settings).items():
            monkeypatch.setenv(f"CASEWORK_{name}", value)
        return Office()

    return made


def by_relay(relay: MailRelay) -> dict[str, str]:
    return {
        "EMAIL_BY": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(relay.port), "SMTP_SECURITY": "none",
    }  # fmt: skip


def laid_down(home: Path) -> EmailMessage:
    [file] = (home / "alarms").iterdir()
    found = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_without_a_relay_it_lies_in_the_folder(office: Office_, home: Path) -> None:
    assert Path(alarm(office(), WORK, WHY, URL, safe=True)) == home / "alarms" / "2026-02-02T093000000000.eml"
    found = laid_down(home)
    assert (found["To"], found["From"]) == ("schools@fenshire.example.org", "schools@fenshire.example.org")
    assert found["Subject"] == f"Not done: {WORK}"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Date"].datetime == NOW


@pytest.mark.parametrize(
    ("safe", "to_do", "not_said"),
    [
        (True, "it may be started again as it is", "school's history"),
        (False, "Look at the school's history before you do it again", "started again as it is"),
    ],
)
def test_words_say_what_happened_and_what_to_do(
    office: Office_, home: Path, safe: bool, to_do: str, not_said: str
) -> None:
    alarm(office(), WORK, WHY, URL, safe=safe)
    words = laid_down(home).get_content()
    assert words.startswith(f"{WORK} did not come to its end.")
    assert all(one in words for one in (f"What happened: {WHY}", to_do, URL, "casework doctor"))
    assert not_said not in words


@pytest.mark.parametrize(
    ("alarm_to", "to"), [("", "schools@fenshire.example.org"), ("it@example.org", "it@example.org")]
)
def test_relay_takes_it_to_who_is_named(office: Office_, home: Path, alarm_to: str, to: str) -> None:
    with mail_relay() as relay:
        assert alarm(office(**by_relay(relay), ALARM_TO=alarm_to), WORK, WHY, URL, safe=True) == to
    [taken] = relay.taken
    assert taken.recipients == [to]
    assert "What happened: The disk is full." in taken.message.get_content()
    assert not (home / "alarms").exists()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_becomes_a_header_a_command_or_code(office: Office_, text: str) -> None:
    with mail_relay() as relay:
        alarm(office(**by_relay(relay)), text, text, URL, safe=False)
    [taken] = relay.taken
    assert taken.recipients == ["schools@fenshire.example.org"]
    assert "Bcc" not in taken.message
    words, shown = taken.message.get_content(), " ".join(text.split())
    assert "49" not in words
    if shown.isprintable() and shown.isascii():
        assert f"What happened: {shown}" in words


def test_own_wording_is_used(office: Office_, home: Path, tmp_path: Path) -> None:
    (tmp_path / "alarm.txt").write_text("{{ work }}: ring 01632 960001.", encoding="utf-8")
    alarm(office(TEMPLATES_DIR=str(tmp_path)), WORK, WHY, URL, safe=True)
    assert laid_down(home).get_content().strip() == f"{WORK}: ring 01632 960001."


def test_what_no_relay_takes_lies_in_the_folder(office: Office_, home: Path) -> None:
    """The relay may be what failed."""
    with mail_relay() as relay:
        settings = by_relay(relay)
    with pytest.raises(ChannelDown, match="cannot be used"):
        alarm(office(**settings), WORK, WHY, URL, safe=True)
    assert laid_down(home)["Subject"] == f"Not done: {WORK}"
