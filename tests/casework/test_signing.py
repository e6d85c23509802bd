"""Signing: what an Act asks for is checked first, nobody signs their own, and what is signed is what was seen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casework.batch_review import BatchReview, batch_review
from casework.contacts import load_contacts
from casework.errors import NotFound
from casework.letter_steps import signature_of
from casework.letters import (
    CHANGED_MEANWHILE,
    BatchChanged,
    LettersReport,
    Selection,
    approve_letters,
    check_letters,
    reject_letters,
)
from casework.moves import Ask, make_move
from casework.outliers import Reviewed, changes, outliers
from casework.record import Stamp
from casework.tables import Letter
from casework.unit_of_work import reading
from casework.verify import verify
from notifications.examples import example_letter
from notifications.letter import to_json
from notifications.wording import TEMPLATES, Wording
from states.tracks import TRACKS
from tests.casework import test_letter_forms as forms
from tests.casework.post_office import BATCH, HEAD, URN, PostOffice
from tests.casework.test_letter_forms import Desk, completed

desk = forms.desk  # a fixture of theirs

NOTICE, COPY = "WN-990001-notice-1-G", "WC-990001-notice-1-H"
NOTICES = "warning_notice-2013-11-18"


class Signing:
    """A notice that Ada Quill drafted, and three officers who may check and sign it."""

    def __init__(self, here: Desk) -> None:
        self.engine, self.wording, self.here = here.engine, here.wording, here
        here.draft(completed(here.form("warning_notice", "2013-11-18")))

    def check(self, by: str, *references: str) -> LettersReport:
        return check_letters(self.engine, Selection(references, batch=NOTICES), self._stamp(by), self.wording)

    def approve(self, by: str, *references: str, **more: Any) -> LettersReport:
        chosen = Selection(references, batch=NOTICES)
        return approve_letters(self.engine, chosen, self._stamp(by), self.wording, **more)

    def reject(self, by: str, why: str) -> LettersReport:
        return reject_letters(self.engine, Selection(batch=NOTICES), why, self._stamp(by))

    def _stamp(self, by: str) -> Stamp:
        return self.here.stamp("2013-11-18", actor=by)

    def letter(self, reference: str) -> Letter:
        with reading(self.engine) as session:
            found = session.get_one(Letter, reference)
            session.expunge(found)
        return found


@pytest.fixture
def signing(desk: Callable[..., Desk]) -> Signing:
    return Signing(desk("2013-11-18"))


def test_letter_under_an_act_is_not_signed_before_it_is_checked(signing: Signing) -> None:
    [held] = signing.approve("Cleo Fenn", NOTICE).held_back
    assert held["why"] == (
        "It is given under the Education and Inspections Act 2006, s60. Ask a second officer to check it first."
    )
    assert signing.check("Ben Marsh", NOTICE).done == [NOTICE]
    assert signing.approve("Cleo Fenn", NOTICE).done == [NOTICE]


def test_nobody_checks_or_signs_their_own_notice(signing: Signing) -> None:
    [held] = signing.check(" ada QUILL", NOTICE).held_back
    assert held["why"].startswith("Ada Quill drafted this letter")
    signing.check("Ben Marsh", NOTICE)
    [held] = signing.approve("Ada Quill", NOTICE).held_back
    assert "a second officer signs it" in held["why"]
    assert signing.letter(NOTICE).state == "checked"


def test_policy_cannot_do_without_the_second_officer_of_a_statutory_letter(signing: Signing) -> None:
    policy = signing.here.stamp().policy
    rules = policy.letters["warning_notice"].model_copy(update={"second_officer": False})
    lax = policy.model_copy(update={"letters": policy.letters | {"warning_notice": rules}})
    signing.check("Ben Marsh", NOTICE)
    stamp = signing.here.stamp("2013-11-18", actor="Ada Quill", policy=lax)
    [held] = approve_letters(signing.engine, Selection((NOTICE,)), stamp, signing.wording).held_back
    assert "a second officer signs it" in held["why"]


def test_whole_batch_is_checked_and_signed_together(signing: Signing) -> None:
    assert len(signing.check("Ben Marsh").done) == len(signing.approve("Ben Marsh").done) == 3
    assert signing.letter(COPY).approved_by == "Ben Marsh"


def test_what_changed_since_the_check_is_checked_again(
    signing: Signing, table_file: Callable[..., Path], tmp_path: Path
) -> None:
    signing.check("Ben Marsh", NOTICE)
    contacts = table_file("urn,role,name,email", "990001,chair,Mrs Dowe,", name="new.csv")
    load_contacts(signing.engine, contacts, signing._stamp("Contact list"))
    assert signing.letter(NOTICE).facts["recipient"]["name"] == "Mrs Dowe"
    [held] = signing.approve("Cleo Fenn", NOTICE).held_back
    assert held["why"].startswith("It has changed since it was checked.")
    assert signing.check("Ben Marsh", NOTICE).done == signing.approve("Cleo Fenn", NOTICE).done == [NOTICE]
    assert verify(signing.engine, tmp_path / "seals.jsonl").faults == []


def test_rejected_draft_stays_with_its_reason_and_is_drafted_anew(signing: Signing, tmp_path: Path) -> None:
    assert len(signing.reject("Cleo Fenn", "The figures of 2012 are wrong").done) == 3
    assert signing.letter(NOTICE).state == "rejected"
    again = signing.here.draft(completed(signing.here.form("warning_notice", "2013-11-18")))
    assert again.letters[0] == "WN-990001-notice-1b-G"
    assert verify(signing.engine, tmp_path / "seals.jsonl").faults == []


def test_rejected_letter_is_not_signed(signing: Signing) -> None:
    signing.check("Ben Marsh", NOTICE)
    signing.reject("Cleo Fenn", "Too soon")
    assert signing.approve("Cleo Fenn", NOTICE).held_back == [
        {"reference": NOTICE, "why": "It is rejected, not drafted or checked."}
    ]


def review_of(office: PostOffice, wording: Wording | None = None, **but: Any) -> BatchReview:
    with reading(office.engine) as session:
        return batch_review(session, wording or office.room.wording, "category_notice-2025-12-01", **but)


NOTICE_OF_CATEGORY = {"batch": "category_notice-2025-12-01"}


def test_review_gives_the_digest_that_signing_keeps(office: PostOffice) -> None:
    digest = review_of(office).digest
    signed = replace(office.stamp, actor="Cleo Fenn")
    chosen = Selection(**NOTICE_OF_CATEGORY)
    report = approve_letters(office.engine, chosen, signed, office.room.wording, digest=digest)
    assert (len(report.done), report.digest) == (2, digest)
    with reading(office.engine) as session:
        for reference in report.done:
            event = signature_of(session, session.get_one(Letter, reference))
            assert event
            assert event.evidence["batch_digest"] == digest
            assert event.evidence["templates"].keys() >= {"category_notice/letter.md", "frame.md", "letterhead.typ"}


CHANGED = {
    "another wording": ("category_notice/letter.md", "Subject:", "Subject: On"),
    "another letterhead": ("letterhead.typ", "\n", "\n// moved\n"),
}


def _worded(folder: Path, name: str, old: str, new: str) -> Wording:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return Wording(folder)


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_batch_that_changed_since_its_review_is_not_signed(
    office: PostOffice, change: tuple[str, str, str], tmp_path: Path
) -> None:
    digest, wording = review_of(office).digest, _worded(tmp_path, *change)
    with pytest.raises(BatchChanged, match="Nothing was signed"):
        approve_letters(office.engine, Selection(**NOTICE_OF_CATEGORY), office.stamp, wording, digest=digest)
    assert office.states()["CN-990001-2-H"] == "drafted"


def test_batch_without_a_letter_has_another_digest(office: PostOffice) -> None:
    left_out = frozenset({"CN-990001-2-H"})
    digest = review_of(office, but=left_out).digest
    assert digest != review_of(office).digest
    signed = replace(office.stamp, actor="Cleo Fenn")
    with pytest.raises(BatchChanged):
        approve_letters(office.engine, Selection(**NOTICE_OF_CATEGORY), signed, office.room.wording, digest=digest)
    chosen = Selection(**NOTICE_OF_CATEGORY, but=left_out)
    report = approve_letters(office.engine, chosen, signed, office.room.wording, digest=digest)
    assert report.done == ["CN-990001-2-C"]


def test_digest_may_be_given_by_its_beginning_but_not_by_too_little(office: PostOffice) -> None:
    digest, chosen = review_of(office).digest, Selection(**NOTICE_OF_CATEGORY)
    signed, wording = replace(office.stamp, actor="Cleo Fenn"), office.room.wording
    for wrong in (digest[:11], "0" * 64):
        with pytest.raises(BatchChanged):
            approve_letters(office.engine, chosen, signed, wording, digest=wrong)
    assert len(approve_letters(office.engine, chosen, signed, wording, digest=digest[:12]).done) == 2


def test_letter_that_changes_while_the_others_are_signed_is_held_back(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest was made before; what is signed must be what it stands for."""
    monkeypatch.setattr("casework.letters.digest_of", lambda _text: "another")
    report = approve_letters(
        office.engine, Selection(**NOTICE_OF_CATEGORY), replace(office.stamp, actor="Cleo Fenn"), office.room.wording
    )
    assert report.done == []
    assert {one["why"] for one in report.held_back} == {CHANGED_MEANWHILE}


def test_review_tells_what_waits_and_that_nothing_else_does(office: PostOffice) -> None:
    found = review_of(office)
    assert [one.reference for one in found.letters] == ["CN-990001-2-C", "CN-990001-2-H"]
    assert found.as_dict()["letters"][0]["why"] == ("no name is known for the Chair of Governors",)
    text = found.as_markdown()
    assert "2 letter(s) wait for a signature; 1 to look at first." in text
    assert f"Digest of all that was seen: `{found.digest}`" in text
    with reading(office.engine) as session, pytest.raises(NotFound, match="No letter of the batch"):
        batch_review(session, office.room.wording, BATCH)


def test_review_names_the_template_that_changed_since_the_last_batch(office: PostOffice, tmp_path: Path) -> None:
    office.approve(**NOTICE_OF_CATEGORY)
    later = replace(office.stamp, on=date(2025, 12, 9))
    ask = Ask("raise_concern", {}, "Weak visits", "Visit")
    made = make_move(office.engine, URN, TRACKS["school"], ask, later)
    wording = _worded(tmp_path, "category_notice/letter.md", "Subject:", "Subject: On")
    with reading(office.engine) as session:
        found = batch_review(session, wording, session.get_one(Letter, made.letters[0]).batch)
    changed = "Changed since category_notice-2025-12-01 was signed on 1 December 2025: category_notice/letter.md."
    assert changed in found.notes


def test_what_reads_otherwise_than_last_time_is_told_but_for_days() -> None:
    before = to_json(example_letter("category_notice"))
    now = before | {"fields": before["fields"] | {"category_letter": "C", "effective_from": "2026-01-19"}}
    assert list(changes(now, before)) == [("category_letter", "category_letter is “C”, and was “B” on 3 July 2015")]


def _batch(**unlike: Any) -> list[Reviewed]:
    """Ten letters alike, and a last one that differs in what is named."""
    facts = to_json(example_letter("progress_outcome"))
    words = unlike.pop("words", 200)
    recipient = facts["recipient"] | unlike.pop("recipient", {})
    odd = facts | {"recipient": recipient, "fields": facts["fields"] | unlike}
    alike = [Reviewed(f"PO-{number}", 200, facts) for number in range(10)]
    return [*alike, Reviewed("PO-odd", words, odd)]


UNLIKE = {
    "long": ({"words": 400}, "long: 400 words, where the middle one has 200"),
    "nobody": ({"recipient": {"name": ""}}, "no name is known for the Headteacher"),
    "empty": ({"next_steps": []}, "next_steps is empty"),
    "over 100%": ({"findings": ["Reading: 58 of 46 pupils (126%) on track."]}, "findings has 126%"),
    "far day": ({"received_on": "2003-12-09"}, "received_on is 9 December 2003, far from the day of the letter"),
    "far number": ({"next_steps": ["Repay £8,400,000."]}, "next_steps has £8,400,000"),
}


@pytest.mark.parametrize("name", [name for name in UNLIKE if name != "far number"])
def test_what_is_unlike_the_others_is_said(name: str) -> None:
    unlike, sentence = UNLIKE[name]
    assert outliers(_batch(**dict(unlike))) == {"PO-odd": [sentence]}


def test_number_far_from_the_others_is_unusual() -> None:
    batch = [
        replace(one, facts=one.facts | {"fields": one.facts["fields"] | {"next_steps": [f"Repay £{8_000 + number}."]}})
        for number, one in enumerate(_batch())
    ]
    odd = replace(batch[0], facts=_batch(**UNLIKE["far number"][0])[-1].facts)
    assert outliers([odd, *batch[1:]]) == {batch[0].reference: ["next_steps has £8,400,000"]}


def test_what_most_letters_share_is_no_outlier() -> None:
    alike = [replace(one, facts=one.facts | {"recipient": one.facts["recipient"] | {"name": ""}}) for one in _batch()]
    assert outliers(alike) == {}


def test_signing_by_the_command(office: PostOffice, casework: Callable[..., Any]) -> None:
    who = ("--by", "Cleo Fenn", "--role", "Director")
    reviewed = casework("letters", "review", "--batch", "category_notice-2025-12-01")
    digest = reviewed.out.strip().rpartition("`")[0].rpartition("`")[2]
    assert casework("letters", "approve", "--all", "--digest", digest[::-1], *who).code == 1
    assert casework("letters", "check", "--batch", "category_notice-2025-12-01", *who).code == 0
    ran = casework("letters", "approve", "--batch", "category_notice-2025-12-01", "--digest", digest, *who)
    assert (ran.code, ran.out) == (0, f"2 letter(s) approved by Cleo Fenn, Director. Digest: {digest}\n")
    ran = casework("letters", "reject", HEAD, "--reason", "Too late", *who)
    assert (ran.code, f"{HEAD}: It is approved" in ran.err) == (1, True)
