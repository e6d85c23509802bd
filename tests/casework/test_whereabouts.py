"""What becomes of letters after they left: Notify asked by reference and by id, reports of mail systems read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.whereabouts import poll, receive
from notifications.channels import ChannelName, Later, Unclear
from notifications.channels.notify import NotifyApi, NotifyEmail, NotifyLetter
from notifications.channels.throttle import Throttle
from notifications.email import key_of
from tests.casework.post_office import CHAIR, HEAD, Carrier, Died, PostOffice
from tests.notifications.channels.test_dsn import report as a_report
from tests.servers.notify import KEY, TEMPLATE, NotifyStub, notify_stub


@pytest.fixture
def stub() -> Iterator[NotifyStub]:
    with notify_stub() as running:
        yield running


@pytest.fixture
def notified(office: PostOffice, stub: NotifyStub) -> PostOffice:
    """The office with both ways out by GOV.UK Notify."""
    api, throttle = NotifyApi(KEY, stub.url, timeout=0.15), Throttle(10**9, sleep=lambda _: None)
    office.use(NotifyEmail(api, throttle, TEMPLATE), NotifyLetter(api, throttle), notify=api)
    return office


def test_notify_takes_a_batch(notified: PostOffice, stub: NotifyStub, home: Path) -> None:
    assert sorted(notified.send().done) == [CHAIR, HEAD]
    assert sorted(stub.references) == [f"{CHAIR}/1", f"{HEAD}/1"]
    assert notified.letter().provider_id == next(one["id"] for one in stub.posted if one["reference"] == f"{HEAD}/1")
    assert notified.faults(home / "seals.jsonl") == []


@pytest.mark.parametrize("act", ["hang", "break"])
def test_letter_that_notify_has_is_not_sent_again(notified: PostOffice, stub: NotifyStub, act: str) -> None:
    stub.script.append(act)
    assert [one["reference"] for one in notified.send(HEAD).unknown] == [HEAD]
    assert notified.send(HEAD).done == [HEAD]
    assert stub.references == [f"{HEAD}/1"]
    assert notified.story() == ["approve", "begin_sending", "lose_sight", "send"]


@pytest.mark.parametrize("act", ["lost", (500, "Exception")])
def test_letter_that_notify_never_had_is_sent_again_later(notified: PostOffice, stub: NotifyStub, act: Any) -> None:
    stub.script.append(act)
    notified.send(HEAD)
    notified.wait(minutes=9)
    assert notified.send(HEAD).done == []
    notified.wait(minutes=2)
    assert notified.send(HEAD).done == [HEAD]
    assert stub.references == [f"{HEAD}/2"]


@pytest.mark.parametrize("taken", [True, False])
def test_kill_on_notify_loses_and_doubles_nothing(
    notified: PostOffice, stub: NotifyStub, monkeypatch: pytest.MonkeyPatch, *, taken: bool
) -> None:
    carry = NotifyEmail.carry

    def dies(channel: NotifyEmail, outgoing: Any) -> Any:
        if taken:
            carry(channel, outgoing)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(NotifyEmail, "carry", dies)
        with pytest.raises(Died):
            notified.send(HEAD)
    for _ in range(3):
        notified.send(HEAD)
        notified.wait(minutes=11)
    assert (notified.letter().state, len(stub.posted)) == ("sent", 1)


def test_daily_limit_leaves_the_rest_for_tomorrow(notified: PostOffice, stub: NotifyStub) -> None:
    notified.approve()
    stub.script += ["take", (429, "TooManyRequestsError")]
    report = notified.send()
    assert (len(report.done), {one["why"][:31] for one in report.held_back}) == (3, {"The day's limit of GOV.UK Notif"})
    assert len(notified.send().done) == 1
    assert len(stub.posted) == len(set(stub.references)) == 4


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("created", "sent"), ("sending", "sent"), ("delivered", "delivered"), ("permanent-failure", "returned"),
        ("temporary-failure", "returned"), ("technical-failure", "failed"),
    ],
)  # fmt: skip
def test_poll_takes_each_letter_on(notified: PostOffice, stub: NotifyStub, home: Path, status: str, state: str) -> None:
    notified.send(HEAD)
    stub.becomes(f"{HEAD}/1", status)
    for _ in range(2):
        poll(notified.engine, notified.room.notify, notified.stamp)
    assert notified.letter().state == state
    assert notified.faults(home / "seals.jsonl") == []


def test_poll_reports_by_fate(notified: PostOffice, stub: NotifyStub) -> None:
    notified.send()
    stub.becomes(f"{HEAD}/1", "delivered")
    report = poll(notified.engine, notified.room.notify, notified.stamp)
    assert report.sentence == "1 delivered, 0 returned, 0 failed, 1 on the way."


@pytest.mark.parametrize(
    ("action", "state"), [("delivered", "delivered"), ("failed", "returned"), ("delayed", "sent"), ("relayed", "sent")]
)
def test_report_takes_the_letter_on_once(
    by_smtp: PostOffice, home: Path, tmp_path: Path, action: str, state: str
) -> None:
    by_smtp.send(HEAD)
    (tmp_path / "1.eml").write_bytes(a_report(action=action, to=f"bounce+{key_of(HEAD)}@example.org"))
    for _ in range(2):
        receive(by_smtp.engine, tmp_path / "1.eml", by_smtp.stamp)
    assert by_smtp.letter().state == state
    assert by_smtp.faults(home / "seals.jsonl") == []


@pytest.fixture
def by_smtp(office: PostOffice) -> PostOffice:
    class Relay(Carrier):
        def trace(self, letter: Any) -> str:
            return f"<{key_of(letter.reference)}@example.org>"

    office.use(Relay())
    return office


def test_report_of_an_unknown_letter_says_that_it_left(by_smtp: PostOffice, tmp_path: Path) -> None:
    by_smtp.room.email.says = [Unclear("silence")]
    by_smtp.send(HEAD)
    (tmp_path / "1.eml").write_bytes(a_report(action="delivered", envelope=key_of(HEAD)))
    receive(by_smtp.engine, tmp_path, by_smtp.stamp)
    assert by_smtp.story()[-2:] == ["send", "deliver"]


def test_reports_of_others_are_left_out_by_name(by_smtp: PostOffice, tmp_path: Path) -> None:
    by_smtp.send(HEAD)
    folder = tmp_path / "mailbox"
    folder.mkdir()
    (folder / "a.eml").write_bytes(b"Subject: I am away\n\nUntil Monday")
    (folder / "b.eml").write_bytes(a_report(envelope=key_of("another")))
    report = receive(by_smtp.engine, folder, by_smtp.stamp)
    assert [line.partition(":")[0] for line in report.left_out] == ["a.eml", "b.eml"]
    assert by_smtp.letter().state == "sent"


def test_letter_in_the_queue_is_not_asked_for(notified: PostOffice, stub: NotifyStub) -> None:
    email, notify = notified.room.email, notified.room.notify
    notified.use(Carrier(ChannelName.NOTIFY_EMAIL, says=[Later("tomorrow")]), notify=notify)
    notified.send(HEAD)
    notified.use(email, notify=notify)
    assert poll(notified.engine, notify, notified.stamp).sentence.startswith("0 delivered")
    assert stub.requests == []
