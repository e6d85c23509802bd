"""Letters on their way: drafted, signed by a named person, handed over once, or held back with the reason."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.check import run_check
from casework.contacts import load_contacts
from casework.dispatch import PostRoom as Room
from casework.dispatch import send_letters
from casework.errors import NotAttributed, NotFound
from casework.letters import (
    LettersReport,
    Selection,
    approve_letters,
    composed_letter,
    list_letters,
)
from casework.moves import move_school
from casework.record import Stamp
from casework.register import load_register
from casework.unit_of_work import reading
from notifications.channels.folder import FolderChannel
from notifications.pdf import Typesetter
from notifications.wording import TEMPLATES, Wording
from states.half_terms import SchoolCalendar
from states.policy import Policy
from states.tracks.letter import LetterState

URN = 990001
PROGRESS = "progress_request-2025-26-2"
HEAD, CHAIR = "PR-990001-2025-26-2-H", "PR-990001-2025-26-2-C"
NOTICE = "CN-990001-2-H"


class PostRoom:
    """The letters of one school: two about its category, two that ask for its return; the head has an address."""

    def __init__(
        self, engine: Engine, policy: Policy, wording: Wording, typesetter: Typesetter, stamp: Stamp, folder: Path
    ) -> None:
        self.engine, self.policy, self.wording, self.typesetter = engine, policy, wording, typesetter
        self.stamp, self.folder = stamp, folder

    def approve(self, *references: str, by: str = "Cleo Fenn", **selected: Any) -> LettersReport:
        chosen = Selection(references, **selected)
        signed = replace(self.stamp, actor=by, role="Assistant Director", policy=self.policy)
        return approve_letters(self.engine, chosen, signed, self.wording)

    def send(self, *references: str, wording: Wording | None = None, **selected: Any) -> LettersReport:
        folder = FolderChannel(self.folder)
        room = Room(folder, folder, wording or self.wording, self.typesetter)
        return send_letters(self.engine, Selection(references, **selected), room, self.stamp)

    def states(self) -> dict[str, str]:
        with reading(self.engine) as session:
            return {one["reference"]: one["state"] for one in list_letters(session, Selection(), None)}

    def files(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*.*")}

    def text(self, reference: str) -> str:
        with reading(self.engine) as session:
            return composed_letter(session, reference, self.wording)[1].text


@pytest.fixture
def opened(  # noqa: PLR0917  # a fixture asks for all that it puts together
    engine: Engine,
    emailing_policy: Policy,
    wording: Wording,
    typesetter: Typesetter,
    calendar: SchoolCalendar,
    stamp: Callable[..., Stamp],
    register: Callable[..., Path],
    table_file: Callable[..., Path],
    tmp_path: Path,
) -> Callable[..., PostRoom]:
    def with_schools(*schools: dict[str, str]) -> PostRoom:
        signed = stamp("2025-12-01", policy=emailing_policy)
        rows = [{"rating": "Requires improvement"} | school for school in schools]
        load_register(engine, register(*rows), "999", replace(signed, actor="Register load"))
        load_contacts(engine, table_file("urn,role,name,email", f"{URN},head,Mrs Okafor,head@example.org"), signed)
        run_check(engine, calendar, calendar.half_term("2025-26/2"), signed)
        return PostRoom(engine, emailing_policy, wording, typesetter, signed, tmp_path / "letters")

    return with_schools


@pytest.fixture
def post(opened: Callable[..., PostRoom]) -> PostRoom:
    return opened({})


def test_check_and_register_leave_drafts(post: PostRoom) -> None:
    assert post.states() == dict.fromkeys((NOTICE, "CN-990001-2-C", HEAD, CHAIR), "drafted")


def test_move_leaves_drafts_that_give_its_reason(post: PostRoom) -> None:
    _, drafted = move_school(post.engine, URN, "raise_concern", {}, "Two weak visits", "Visit of May", post.stamp)
    assert len(set(drafted)) == 2
    assert "Two weak visits" in post.text(drafted[0])


def test_references_are_unique_and_safe(
    fenshire: Engine, calendar: SchoolCalendar, stamp: Callable[..., Stamp]
) -> None:
    run_check(fenshire, calendar, calendar.half_term("2025-26/2"), stamp())
    with reading(fenshire) as session:
        found = [one["reference"] for one in list_letters(session, Selection(), None)]
    assert len(found) == len(set(found)) == 150
    assert [one for one in found if not one.replace("-", "").isalnum() or not one.isascii()] == []


def test_unsigned_letter_is_not_sent(post: PostRoom) -> None:
    report = post.send(HEAD)
    assert report.held_back == [{"reference": HEAD, "why": "It is drafted, not approved or queued."}]
    assert (report.done, post.files()) == ([], {})


def test_batch_sends_only_what_is_signed(post: PostRoom) -> None:
    post.approve(HEAD)
    assert post.send(batch=PROGRESS).done == [HEAD]


def test_letter_is_signed_by_a_named_person(post: PostRoom) -> None:
    with pytest.raises(NotAttributed, match="Nobody is named"):
        post.approve(HEAD, by="  ")
    assert post.states()[HEAD] == "drafted"


def test_signature_is_kept_with_the_letter(post: PostRoom) -> None:
    post.approve(HEAD)
    with reading(post.engine) as session:
        letter, composed = composed_letter(session, HEAD, post.wording)
        assert (letter.approved_by, letter.approved_role) == ("Cleo Fenn", "Assistant Director")
        assert (letter.approved_at, letter.digest) == (post.stamp.now, composed.digest)


def test_officer_cannot_sign_the_notice_of_their_own_decision(post: PostRoom) -> None:
    _, [notice, _] = move_school(post.engine, URN, "raise_concern", {}, "Weak visits", "Visit", post.stamp)
    [refused] = post.approve(notice, by=" ADA quill ").held_back
    assert refused["why"].startswith("Ada Quill made the decision that this letter tells of; by policy a second")
    assert post.approve(notice, by="Ben Marsh").done == [notice]


def test_policy_lets_one_officer_ask_for_a_return(post: PostRoom) -> None:
    assert post.approve(HEAD, by="Ada Quill").done == [HEAD]


def test_batch_is_approved_but_for_one(post: PostRoom) -> None:
    assert post.approve(batch=PROGRESS, but=frozenset({CHAIR})).done == [HEAD]
    assert post.states()[CHAIR] == "drafted"


def test_reference_left_out_is_not_held_against(post: PostRoom) -> None:
    report = post.approve(HEAD, CHAIR, but=frozenset({CHAIR}))
    assert (report.done, report.held_back) == ([HEAD], [])


@pytest.mark.parametrize(
    ("reference", "why"),
    [(HEAD, "It is approved, not drafted or checked."), ("PR-1", "There is no such letter.")],
    ids=["twice", "unknown"],
)
def test_letter_that_cannot_be_approved_says_why(post: PostRoom, reference: str, why: str) -> None:
    post.approve(HEAD)
    assert post.approve(reference).held_back == [{"reference": reference, "why": why}]


def test_sent_letter_lies_in_the_folder_of_its_batch(post: PostRoom) -> None:
    post.approve()
    report = post.send()
    assert (len(report.done), report.emailed, report.held_back) == (4, 2, [])
    assert {name for name in post.files() if name.startswith("progress")} == {
        f"{PROGRESS}/{HEAD}.pdf",
        f"{PROGRESS}/{HEAD}.eml",
        f"{PROGRESS}/{CHAIR}.pdf",
    }


def test_email_goes_only_where_there_is_an_address(post: PostRoom) -> None:
    with reading(post.engine) as session:
        reasons = {
            one["reference"]: one["not_emailed"] for one in list_letters(session, Selection(batch=PROGRESS), None)
        }
    assert reasons == {HEAD: "", CHAIR: "No email address is recorded for the chair of governors."}


def test_second_send_sends_nothing(post: PostRoom) -> None:
    post.approve()
    post.send()
    before = post.files()
    report = post.send()
    assert (report.done, report.held_back, post.files()) == ([], [], before)


def test_letter_named_again_says_it_was_sent(post: PostRoom) -> None:
    post.approve(HEAD)
    post.send(HEAD)
    assert post.send(HEAD).held_back == [{"reference": HEAD, "why": "It is sent, not approved or queued."}]


def test_lost_folder_is_written_the_same_again(post: PostRoom, state_back: Callable[[Engine], None]) -> None:
    post.approve(batch=PROGRESS)
    post.send(batch=PROGRESS)
    before = post.files()
    shutil.rmtree(post.folder)
    state_back(post.engine)
    post.send(batch=PROGRESS)
    assert post.files() == before


@pytest.fixture
def state_back() -> Callable[[Engine], None]:
    """Takes sent letters back to approved, as a crash between writing the file and the commit would."""

    def undo(engine: Engine) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE letter SET state = 'approved', sent_at = NULL WHERE state = 'sent'")

    return undo


def test_wording_changed_after_approval_holds_back(post: PostRoom, tmp_path: Path) -> None:
    post.approve(HEAD)
    own = shutil.copytree(TEMPLATES / "progress_request", tmp_path / "own" / "progress_request").parent
    letter = own / "progress_request" / "letter.md"
    letter.write_text(letter.read_text(encoding="utf-8").replace("Please send us", "Send us"), encoding="utf-8")
    [held_back] = post.send(HEAD, wording=Wording(own)).held_back
    assert held_back["why"].startswith("The wording has changed since it was approved.")
    assert (post.files(), post.states()[HEAD]) == ({}, "approved")
    assert post.send(HEAD).done == [HEAD]


def test_letter_that_cannot_be_set_holds_back_no_other(
    opened: Callable[..., PostRoom], table_file: Callable[..., Path]
) -> None:
    post = opened({}, {"urn": "990002"})
    emoji = "\N{SMILING FACE WITH SUNGLASSES}"
    load_contacts(post.engine, table_file("urn,role,name,email", f"990002,head,Mx Vale {emoji},"), post.stamp)
    post.approve(batch=PROGRESS)
    report = post.send(batch=PROGRESS)
    [held_back] = report.held_back
    assert (held_back["reference"], len(report.done)) == ("PR-990002-2025-26-2-H", 3)
    assert f"the character '{emoji}' cannot be printed" in held_back["why"]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "{{7*7}} School", "# Head School", "Up | Down", "*St* _J_"]
)
def test_hostile_name_of_a_school_prints_literally(opened: Callable[..., PostRoom], name: str) -> None:
    post = opened({"name": name})
    assert name in post.text(HEAD)
    assert name in post.text(NOTICE)


def test_letters_are_listed_by_batch_and_state(post: PostRoom) -> None:
    post.approve(HEAD)
    with reading(post.engine) as session:
        [found] = list_letters(session, Selection(batch=PROGRESS), LetterState.APPROVED)
    assert (found["reference"], found["school"], found["approved_by"]) == (
        HEAD,
        "Aldermere Primary School",
        "Cleo Fenn",
    )


def test_unknown_letter_is_told_in_words(post: PostRoom) -> None:
    with pytest.raises(NotFound, match=r"no letter PR-1\. `casework letters list` shows them all"):
        post.text("PR-1")


def test_new_contact_readdresses_drafts_only(post: PostRoom, table_file: Callable[..., Path]) -> None:
    post.approve(HEAD)
    people = [f"{URN},head,Dr Vale,vale@example.org", f"{URN},chair,Mr Moor,moor@example.org"]
    load_contacts(post.engine, table_file("urn,role,name,email", *people), post.stamp)
    assert "Mrs Okafor" in post.text(HEAD)
    assert "Mr Moor" in post.text(CHAIR)
    assert post.send(HEAD).done == [HEAD]
