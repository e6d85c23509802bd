"""The commands for letters that leave, as officers type them: the demo's letters by a relay, stop, print, settle."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.conftest import DEMO
from tests.servers.notify import KEY, TEMPLATE, NotifyStub, notify_stub
from tests.servers.relay import MailRelay, mail_relay

Casework = Callable[..., Any]
SIGNED = ("--by", "Ada Quill", "--role", "Director")
WHY = ("--reason", "A figure is wrong")


def test_commands_are_listed(casework: Casework) -> None:
    listed = casework("letters", "--help").out
    assert [name for name in ("send", "poll", "receive", "unknown", "settle", "served", "stop", "resume", "print")
            if f"\n  {name} " not in listed] == []  # fmt: skip


@pytest.fixture
def checked(casework: Casework, monkeypatch: pytest.MonkeyPatch, home: Path) -> Casework:
    """The demo up to its first check, in an authority that has an address to send from, with every letter signed."""
    monkeypatch.setenv("CASEWORK_POLICY", str(DEMO / "fenshire.toml"))
    casework("init")
    casework("register", "load", DEMO / "register.csv", "--la", "999", "--on", "2025-09-08")
    casework("contacts", "load", DEMO / "contacts.csv")
    casework("check", "2025-26/1", "--on", "2025-10-20")
    assert casework("letters", "approve", "--all", *SIGNED).code == 0
    return casework


def test_relay_receives_the_emails_of_the_demo(checked: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_relay() as relay:
        use_relay(relay, monkeypatch)
        report = json.loads(checked("letters", "send", "--all", "--json").out)
    listed = json.loads(checked("letters", "list", "--json").out)
    emailed = {one["reference"] for one in listed if not one["not_emailed"]}
    assert (report["emailed"], len(relay.taken)) == (len(emailed), len(emailed)) > (20, 20)
    assert {one["state"] for one in listed} == {"sent"}
    assert {subject_of(taken) for taken in relay.taken} == emailed
    assert all(pages_of(taken) for taken in relay.taken)
    assert checked("verify").code == 0


def use_relay(relay: MailRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"EMAIL_BY": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(relay.port), "SMTP_SECURITY": "none"}
    for name, value in (said | {"SMTP_PER_MINUTE": "1000000"}).items():
        monkeypatch.setenv(f"CASEWORK_{name}", value)


def subject_of(taken: Any) -> str:
    """The reference at the end of the subject."""
    return str(taken.message["Subject"]).rpartition("(")[2].removesuffix(")")


def pages_of(taken: Any) -> int:
    [attachment] = taken.message.iter_attachments()
    with pikepdf.open(BytesIO(attachment.get_content())) as pdf:
        return len(pdf.pages)


def test_stub_of_notify_takes_the_batch(checked: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    with notify_stub() as stub:
        use_notify(stub, monkeypatch)
        stub.script += [(429, "TooManyRequestsError"), (429, "TooManyRequestsError")]
        assert checked("letters", "send", "--all").code == 1
        assert checked("letters", "send", "--all").code == 0
        assert (
            len(stub.references)
            == len(set(stub.references))
            == len(json.loads(checked("letters", "list", "--json").out))
        )
        stub.becomes(stub.references[0], "delivered")
        assert checked("letters", "poll").out.startswith("1 delivered, 0 returned, 0 failed, ")
    assert checked("verify").code == 0


def use_notify(stub: NotifyStub, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"EMAIL_BY": "notify", "POST_BY": "notify", "NOTIFY_KEY": KEY, "NOTIFY_TEMPLATE": TEMPLATE}
    for name, value in (said | {"NOTIFY_URL": stub.url, "NOTIFY_PER_MINUTE": "1000000"}).items():
        monkeypatch.setenv(f"CASEWORK_{name}", value)


def test_relay_that_is_away_changes_nothing(checked: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    use_relay(MailRelay(port=1), monkeypatch)
    ran = checked("letters", "send", emailed(checked))
    assert (ran.code, "mail relay 127.0.0.1:1 cannot be used" in ran.err) == (1, True)
    assert json.loads(checked("letters", "unknown", "--json").out) == []


def test_unknown_letter_is_listed_and_settled(checked: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_relay() as relay:
        use_relay(relay, monkeypatch)
        relay.says["DATA"] = ["break"]
        ran = checked("letters", "send", emailed(checked))
    assert (ran.code, len(relay.taken)) == (1, 1)
    shown = checked("letters", "unknown").out
    assert relay.taken[0].message["Message-ID"] in shown
    ran = checked("letters", "settle", emailed(checked), "sent", *SIGNED, "--reason", "In the log")
    assert ran.out == f"{emailed(checked)}: sent.\n"
    assert checked("letters", "unknown").out == "There are none.\n"


def emailed(casework: Casework) -> str:
    """The first letter that goes by email."""
    listed = json.loads(casework("letters", "list", "--json").out)
    return str(next(one["reference"] for one in listed if not one["not_emailed"]))


def test_batch_is_stopped_and_resumed(checked: Casework) -> None:
    batch = ("--batch", "progress_request-2025-26-1")
    assert checked("letters", "stop", *batch, *SIGNED, *WHY).code == 0
    ran = checked("letters", "send", *batch)
    assert (ran.code, "Its batch is stopped: A figure is wrong" in ran.err) == (1, True)
    assert checked("letters", "resume", *batch, *SIGNED, *WHY).code == 0
    assert checked("letters", "send", *batch).code == 0


def test_print_room_gets_one_file_by_postcode(checked: Casework, home: Path) -> None:
    checked("letters", "send", "--all")
    batch = "progress_request-2025-26-1"
    made = json.loads(checked("letters", "print", "--batch", batch, "--all", "--json").out)
    files = [home / "letters" / batch / f"{reference}.pdf" for reference in made["letters"]]
    assert pages(Path(made["file"])) == made["pages"] == sum(map(pages, files))
    shown = [
        json.loads(checked("letters", "show", one, "--json").out)["facts"]["school"] for one in made["letters"][::9]
    ]
    assert [one["address"][-1] for one in shown] == sorted(one["address"][-1] for one in shown)


def test_print_room_leaves_out_what_was_emailed(checked: Casework) -> None:
    checked("letters", "send", "--all")
    batch = "progress_request-2025-26-1"
    printed = json.loads(checked("letters", "print", "--batch", batch, "--json").out)["letters"]
    listed = json.loads(checked("letters", "list", "--batch", batch, "--json").out)
    assert sorted(printed) == sorted(one["reference"] for one in listed if one["not_emailed"])


def pages(file: Path) -> int:
    with pikepdf.open(file) as pdf:
        return len(pdf.pages)


def test_batch_that_is_not_in_the_folder_is_told(checked: Casework) -> None:
    ran = checked("letters", "print", "--batch", "progress_request-2025-26-1")
    assert (ran.code, "has no letter in the folder to print" in ran.err) == (1, True)


def test_service_is_recorded_with_its_day(checked: Casework) -> None:
    reference = emailed(checked)
    ran = checked("letters", "served", reference, "--on", "2025-10-21", "--how", "By hand", *SIGNED)
    assert ran.out == f"{reference}: delivered.\n"
    ran = checked("letters", "served", reference, "--on", "2020-01-01", "--how", "By hand", *SIGNED)
    assert (ran.code, ran.err.startswith("Refused: ")) == (1, True)


def test_poll_without_notify_says_so(checked: Casework) -> None:
    assert "Nothing leaves by GOV.UK Notify here" in checked("letters", "poll").err
