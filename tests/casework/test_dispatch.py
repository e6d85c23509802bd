"""Letters leave once: marked and committed first, then handed over, then recorded; a kill in between is not lost."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework import dispatch
from casework.dispatch import CRASHED
from casework.interventions import record_service
from casework.turns import AnotherTurn, turn
from notifications.channels import Answer, ChannelDown, ChannelName, Later, Taken, TurnedDown, Unclear
from notifications.channels.folder import FolderChannel
from tests.casework.post_office import BATCH, CHAIR, HEAD, Carrier, Died, PostOffice

ANSWERS: dict[str, tuple[Answer, str, list[str]]] = {
    "taken": (Taken("id-1"), "sent", ["approve", "begin_sending", "send"]),
    "later": (Later("busy"), "queued", ["approve", "begin_sending", "wait"]),
    "turned down": (TurnedDown("no such person"), "failed", ["approve", "begin_sending", "fail"]),
    "unclear": (Unclear("silence"), "unknown", ["approve", "begin_sending", "lose_sight"]),
}


@pytest.mark.parametrize(("answer", "state", "story"), ANSWERS.values(), ids=ANSWERS)
def test_answer_of_the_channel_is_the_state(
    office: PostOffice, home: Path, answer: Answer, state: str, story: list[str]
) -> None:
    office.use(Carrier(says=[answer]))
    office.send(HEAD)
    assert (office.letter().state, office.story()) == (state, story)
    assert office.faults(home / "seals.jsonl") == []


def test_report_tells_what_did_not_go(office: PostOffice) -> None:
    office.use(Carrier(says=[Unclear("silence")]), Carrier(ChannelName.NOTIFY_LETTER, says=[TurnedDown("no address")]))
    report = office.send()
    assert report.unknown == [{"reference": HEAD, "why": "silence"}]
    assert report.failed == [{"reference": CHAIR, "why": "no address"}]
    assert sorted(report.not_done) == [f"failed {CHAIR}: no address", f"not known {HEAD}: silence"]


def test_email_and_paper_go_their_own_ways(office: PostOffice) -> None:
    email, post = Carrier(), Carrier(ChannelName.NOTIFY_LETTER)
    office.use(email, post)
    report = office.send()
    assert (email.references, post.references) == ([HEAD], [CHAIR])
    assert (sorted(report.done), report.emailed) == ([CHAIR, HEAD], 1)


def test_letter_is_marked_before_it_is_handed_over(office: PostOffice) -> None:
    seen: list[Any] = []
    office.use(Carrier(meanwhile=lambda: seen.append(office.letter())))
    office.send(HEAD)
    [letter] = seen
    assert (letter.state, letter.channel, letter.attempt) == ("sending", "smtp", 1)
    assert (letter.begun_at, letter.provider_id) == (office.now, f"<{HEAD}@example.org>")


def test_unsigned_letter_never_reaches_a_channel(office: PostOffice) -> None:
    carrier = Carrier()
    office.use(carrier, carrier)
    office.send()
    assert sorted(carrier.references) == [CHAIR, HEAD]
    assert office.states()["CN-990001-2-H"] == "drafted"


def test_kill_after_handing_over_leaves_it_unknown(office: PostOffice, home: Path) -> None:
    carrier = Carrier(says=[Died])
    office.use(carrier)
    with pytest.raises(Died):
        office.send(HEAD)
    report = office.send(HEAD)
    assert (carrier.references, report.unknown) == ([HEAD], [{"reference": HEAD, "why": CRASHED}])
    assert (office.letter().state, office.send(HEAD).done) == ("unknown", [])
    assert office.faults(home / "seals.jsonl") == []


def test_kill_leaves_one_in_doubt_on_smtp(office: PostOffice) -> None:
    office.approve()
    office.use(Carrier(says=[Taken(), Died]))
    with pytest.raises(Died):
        office.send()
    office.use(Carrier())
    assert len(office.send().unknown) == 1


def test_folder_does_it_again_after_a_kill(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(FolderChannel, "deliver", dies)
        with pytest.raises(Died):
            office.send()
    assert set(office.states().values()) == {"drafted", "sending"}
    assert sorted(office.send().done) == [CHAIR, HEAD]
    assert office.story() == ["approve", "begin_sending", "send"]


def test_folder_no_longer_in_use_makes_it_unknown(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FolderChannel, "carry", lambda *_: (_ for _ in ()).throw(Died))
    with pytest.raises(Died):
        office.send(HEAD)
    office.use(Carrier(), Carrier(ChannelName.NOTIFY_LETTER))
    assert [one["reference"] for one in office.send(HEAD).unknown] == [HEAD]


def test_channel_that_stops_takes_nothing_more(office: PostOffice) -> None:
    office.approve()
    carrier = Carrier(ChannelName.NOTIFY_EMAIL, together=50, says=[Later("tomorrow", stop=True)])
    office.use(carrier, carrier)
    report = office.send()
    assert (len(carrier.carried), len(report.held_back)) == (1, 4)
    assert set(office.states().values()) == {"queued"}


def test_queued_letter_goes_the_next_time(office: PostOffice) -> None:
    office.use(Carrier(says=[Later("busy")]))
    office.send(HEAD)
    assert office.send(HEAD).done == [HEAD]
    assert office.letter().attempt == 2


def test_channel_that_is_down_stops_no_other(office: PostOffice) -> None:
    class Away(Carrier):
        def opened(self) -> Any:
            raise ChannelDown("The relay is away.")

    office.use(Away())
    report = office.send()
    assert (report.done, report.down) == ([CHAIR], ["The relay is away."])
    assert office.letter().state == "approved"


def test_second_dispatch_is_sent_away(office: PostOffice) -> None:
    with turn(office.engine, "dispatch"), pytest.raises(AnotherTurn, match="Another dispatch is under way"):
        office.send()
    assert sorted(office.send().done) == [CHAIR, HEAD]


def test_letter_that_moved_on_meanwhile_is_left_alone(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = dispatch._ready

    def moves_on(engine: Engine, *rest: Any) -> Any:
        found = ready(engine, *rest)
        record_service(engine, HEAD, office.now.date(), "By hand", office.stamp, office.now.date())
        return found

    monkeypatch.setattr(dispatch, "_ready", moves_on)
    carrier = Carrier()
    office.use(carrier)
    assert (office.send(HEAD).done, carrier.carried) == ([], [])


def test_objection_holds_back_before_the_mark(office: PostOffice) -> None:
    class Particular(Carrier):
        def objection(self, _outgoing: object) -> str:
            return "Notify takes 10 pages."

    office.use(Particular())
    assert office.send(batch=BATCH).held_back == [{"reference": HEAD, "why": "Notify takes 10 pages."}]
    assert office.letter().state == "approved"
