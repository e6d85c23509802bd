"""What officers decide of letters on their way, each decision in the history of the school."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from casework.errors import NotAttributed, NotFound
from casework.interventions import (
    Served,
    record_service,
    resume_batch,
    settle_as_sent,
    settle_by_resending,
    stop_batch,
    unsettled,
)
from casework.moves import Ask, make_move, open_case
from casework.tables import Letter
from notifications.channels import Answer, ChannelName, Taken, TurnedDown, Unclear
from states.machine import Moved, Refused
from states.tracks.notice import NOTICE
from tests.casework.post_office import BATCH, CHAIR, HEAD, URN, Carrier, PostOffice

WHY = "A figure in it is wrong."
COMPLETE = {
    "grounds": "low_standards",
    "contents": "matters,action_required,compliance_period,action_minded_to_take",
    "copies": "head_teacher,chief_inspector,secretary_of_state",
    "period_ends": "2026-03-31",
}
TODAY = date(2026, 2, 2)


def stopped(office: PostOffice) -> list[str]:
    return stop_batch(office.engine, BATCH, WHY, office.stamp)


def test_nothing_of_a_stopped_batch_leaves(office: PostOffice, home: Path) -> None:
    assert stopped(office) == [CHAIR, HEAD]
    report = office.send(batch=BATCH)
    assert (report.done, {one["why"] for one in report.held_back}) == (
        [],
        {f"Its batch is stopped: {WHY} Resume the batch to let it go on."},
    )
    assert office.faults(home / "seals.jsonl") == []


def test_resumed_batch_leaves(office: PostOffice) -> None:
    stopped(office)
    assert resume_batch(office.engine, BATCH, "Corrected", office.stamp) == [CHAIR, HEAD]
    assert sorted(office.send(batch=BATCH).done) == [CHAIR, HEAD]
    assert office.story() == ["approve", "stop", "resume", "begin_sending", "send"]


def test_stop_reaches_what_joins_the_batch_later(office: PostOffice) -> None:
    stopped(office)
    with office.engine.begin() as connection:
        connection.execute(update(Letter).where(Letter.reference == HEAD).values(stopped=""))
    assert office.send(HEAD).done == []


def test_other_batches_are_not_stopped(office: PostOffice) -> None:
    office.approve()
    stopped(office)
    assert sorted(office.send().done) == ["CN-990001-2-C", "CN-990001-2-H"]


def test_batch_that_has_left_cannot_be_stopped(office: PostOffice) -> None:
    office.send(batch=BATCH)
    with pytest.raises(NotFound, match=f"batch {BATCH} has no letter to stop"):
        stopped(office)


def test_stop_needs_a_reason(office: PostOffice) -> None:
    with pytest.raises(NotAttributed, match="No reason"):
        stop_batch(office.engine, BATCH, " ", office.stamp)


def sent_with(office: PostOffice, answer: Answer, name: ChannelName = ChannelName.SMTP) -> PostOffice:
    carrier = Carrier(name, says=[answer])
    office.use(carrier, carrier)
    office.send(HEAD)
    return office


@pytest.mark.parametrize(
    ("name", "look_for"),
    [
        (ChannelName.SMTP, f"Message-ID <{HEAD}@example.org>"),
        (ChannelName.NOTIFY_EMAIL, f"reference {HEAD}/1 in GOV.UK Notify"),
        (ChannelName.FOLDER, f"file of {HEAD} in the folder of {BATCH}"),
    ],
)
def test_unknown_letter_says_what_to_look_for(office: PostOffice, name: ChannelName, look_for: str) -> None:
    [one] = unsettled(sent_with(office, Unclear("silence"), name).engine)
    assert (one["reference"], one["state"], one["since"]) == (HEAD, "unknown", office.now)
    assert look_for in one["look_for"]


def test_officer_who_found_it_settles_it_as_sent(office: PostOffice, home: Path) -> None:
    sent_with(office, Unclear("silence"))
    outcome = settle_as_sent(office.engine, HEAD, "It is in the relay's log", office.stamp)
    assert isinstance(outcome, Moved)
    assert (office.letter().state, office.letter().sent_at, unsettled(office.engine)) == ("sent", office.now, [])
    assert office.faults(home / "seals.jsonl") == []


def test_officer_who_did_not_find_it_sends_it_again(office: PostOffice) -> None:
    sent_with(office, Unclear("silence"))
    settle_by_resending(office.engine, HEAD, "The relay's log has nothing", office.stamp)
    assert office.send(HEAD).done == [HEAD]
    assert (office.letter().attempt, office.letter().channel, office.letter().not_emailed) == (2, "smtp", "")


def test_failed_email_goes_by_post_then(office: PostOffice) -> None:
    post = office.room.post
    sent_with(office, TurnedDown("550 no such person"))
    settle_by_resending(office.engine, HEAD, "The address is dead", office.stamp)
    office.use(Carrier(), post)
    assert (office.send(HEAD).emailed, office.letter().channel) == (0, "folder")
    assert office.letter().not_emailed == "As an email it did not arrive: The address is dead"


@pytest.mark.parametrize("answer", [Taken(), TurnedDown("no")])
def test_letter_that_is_known_is_not_settled_as_sent(office: PostOffice, answer: Answer) -> None:
    sent_with(office, answer)
    assert isinstance(settle_as_sent(office.engine, HEAD, "So I think", office.stamp), Refused)


def test_unknown_reference_is_told(office: PostOffice) -> None:
    with pytest.raises(NotFound, match="no letter PR-1"):
        settle_as_sent(office.engine, "PR-1", "Why", office.stamp)


def serve(office: PostOffice, on: str = "2026-01-20") -> Served:
    return record_service(office.engine, HEAD, date.fromisoformat(on), "By hand, receipt signed", office.stamp, TODAY)


@pytest.mark.parametrize("answer", [Taken(), Unclear("silence"), TurnedDown("no")])
def test_service_is_proved_whatever_the_channel_said(office: PostOffice, home: Path, answer: Answer) -> None:
    assert isinstance(serve(sent_with(office, answer)).outcome, Moved)
    assert (office.letter().state, office.letter().served_on) == ("delivered", date(2026, 1, 20))
    assert office.faults(home / "seals.jsonl") == []


def test_letter_handed_over_is_not_sent_as_well(office: PostOffice) -> None:
    serve(office)
    assert office.send(HEAD).done == []


def test_delivered_letter_keeps_the_proof_too(office: PostOffice, home: Path) -> None:
    serve(office)
    assert serve(office, "2026-01-21").outcome is None
    assert (office.letter().served_on, office.story()[-2:]) == (date(2026, 1, 21), ["serve", "serve"])
    assert office.faults(home / "seals.jsonl") == []


@pytest.mark.parametrize(
    ("on", "why"),
    [("2025-11-30", "The letter is dated 1 December 2025"), ("2026-02-03", "The day 3 February 2026 is still to come")],
)
def test_impossible_day_of_service_is_refused(office: PostOffice, on: str, why: str) -> None:
    outcome = serve(office, on).outcome
    assert isinstance(outcome, Refused)
    assert outcome.sentence.startswith(why)


def test_draft_cannot_be_served(office: PostOffice) -> None:
    how = (date(2026, 1, 20), "By hand", office.stamp, TODAY)
    assert isinstance(record_service(office.engine, "CN-990001-2-H", *how).outcome, Refused)


def test_service_offers_the_day_to_a_checked_notice(office: PostOffice) -> None:
    assert serve(office).offers == ""
    open_case(office.engine, URN, NOTICE, Ask("draft", COMPLETE, "The audit", "Audit"), office.stamp)
    checking = Ask("check", {"given_on": "2026-01-20", "checked_by": "Ben Marsh"}, "Complete", "Read")
    checked = make_move(office.engine, URN, NOTICE, checking, replace(office.stamp, actor="Ben Marsh"))
    assert isinstance(checked.outcome, Moved), checked.outcome
    assert serve(office).offers == f"casework move {URN} give --track notice --on 2026-01-20 --fact given_on=2026-01-20"
