"""A letter is rendered again from what was kept: the same byte for byte, or with what is not."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from casework.errors import NotFound
from casework.record import Decisions
from casework.reproduction import Reproduction, reproduce
from casework.tables import Letter
from casework.unit_of_work import reading, transact
from casework.whereabouts import with_cases
from notifications.letter import REDACTED
from notifications.pdf import Typesetter
from notifications.wording import TEMPLATES, Wording
from tests.casework.post_office import CHAIR, HEAD, PostOffice

UNSIGNED = "CN-990001-2-H"


def again(office: PostOffice, reference: str = HEAD, overrides: Path | None = None) -> Reproduction:
    wording, typesetter = Wording(overrides), Typesetter(overrides)
    with reading(office.engine) as session:
        return reproduce(session, reference, wording, typesetter)


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_letter_that_was_sent_comes_out_the_same_byte_for_byte(office: PostOffice, home: Path) -> None:
    office.send(HEAD)
    found = again(office)
    [sent] = home.rglob(f"{HEAD}.pdf")
    assert found.same
    assert found.page == sent.read_bytes()
    assert [one.pdf for one in found.attempts] == [found.pdf] == [sha256(sent.read_bytes()).hexdigest()]


def test_evidence_says_who_signed_what_under_which_rules(office: PostOffice) -> None:
    found = again(office)
    policy = office.stamp.policy
    assert (found.signed_by, found.signed_role) == ("Cleo Fenn", "Assistant Director")
    assert (found.policy, found.policy_hash) == (policy.name, policy.hash)
    template = (TEMPLATES / "progress_request" / "letter.md").read_bytes()
    assert found.templates["progress_request/letter.md"] == sha256(template).hexdigest()
    assert (found.attempts, found.words) == ((), office.letter().digest)


DIFFERENT = {
    "words": (("progress_request/letter.md", "Subject:", "Subject: On"), "its words are not those that were signed"),
    "page": (("letterhead.typ", "#set text(", "#set text(tracking: 0.1pt, "), "its page is not the one"),
}


@pytest.mark.parametrize(("change", "said"), DIFFERENT.values(), ids=DIFFERENT)
def test_letter_that_comes_out_otherwise_names_the_template_that_changed(
    office: PostOffice, change: tuple[str, str, str], said: str, tmp_path: Path
) -> None:
    office.send(HEAD)
    found = again(office, overrides=changed(tmp_path, *change))
    assert not found.same
    assert any(one.startswith(said) for one in found.differences)
    assert any(one.startswith(f"the template {change[0]} has changed since") for one in found.differences)


def test_wording_that_cannot_be_read_any_more_is_a_difference(office: PostOffice, tmp_path: Path) -> None:
    found = again(office, overrides=changed(tmp_path, "progress_request/letter.md", "Subject:", "Subject: {{ mood }}"))
    assert "mood" in found.differences[0]
    assert found.page == b""


def test_facts_that_were_changed_behind_the_records_back_come_out_otherwise(office: PostOffice) -> None:
    facts = office.letter().facts
    forged = facts | {"fields": facts["fields"] | {"minimum_pupils": 60}}
    with office.engine.begin() as connection:
        connection.execute(update(Letter.__table__).where(Letter.reference == HEAD).values(facts=forged))
    assert again(office).differences[0].startswith("its words are not those that were signed")


def test_redacted_letter_says_that_it_cannot_come_out_the_same(office: PostOffice) -> None:
    def redact(session: Any) -> None:
        [(letter, case)] = with_cases(session, [HEAD])
        decisions = Decisions(office.stamp)
        recipient = letter.facts["recipient"] | {"name": REDACTED, "email": REDACTED}
        decisions.rewrite_letter(case, letter, letter.facts | {"recipient": recipient}, "Its time is over")
        decisions.write(session)

    transact(office.engine, redact)
    [said] = again(office).differences
    assert said.startswith("the person it was for has been redacted")


@pytest.mark.parametrize("reference", [UNSIGNED, "PR-1-H"])
def test_what_nobody_signed_cannot_be_compared(office: PostOffice, reference: str) -> None:
    with pytest.raises(NotFound, match="there is nothing to compare it with"):
        again(office, reference)


def test_reproducing_by_the_command(
    office: PostOffice, casework: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.send(HEAD, CHAIR)
    ran = casework("letters", "reproduce", HEAD, "--to", tmp_path / "again.pdf")
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"{HEAD}: the same, byte for byte.")
    assert (tmp_path / "again.pdf").read_bytes().startswith(b"%PDF")
    folder = changed(tmp_path, "frame.md", "Dear", "Hello")
    monkeypatch.setenv("CASEWORK_TEMPLATES_DIR", str(folder))
    ran = casework("letters", "reproduce", HEAD)
    assert (ran.code, ran.out.splitlines()[0]) == (1, f"{HEAD}: NOT the same.")
    assert "Differs: the template frame.md has changed since" in ran.out
