"""Contact data goes when its time is over and nobody holds it; what was decided stays, and the record proves itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.check import run_check
from casework.contacts import load_contacts
from casework.dispatch import PostRoom, send_letters
from casework.errors import NotAttributed, NotFound
from casework.letters import Selection, approve_letters, composed_letter, list_letters
from casework.moves import move_school
from casework.record import Stamp
from casework.register import load_register
from casework.retention import NotKept, RetentionReport, hold, redact, release, retention_list
from casework.seals import seal
from casework.tables import Contact, Letter, School
from casework.unit_of_work import reading
from casework.verify import verify
from notifications.channels.folder import FolderChannel
from notifications.pdf import Typesetter
from notifications.wording import Wording
from states.half_terms import SchoolCalendar
from states.policy import Policy

URN, OTHER = 990001, 990002
THEN, NOW = datetime(2018, 9, 3, 9, tzinfo=UTC), datetime(2026, 2, 2, 9, tzinfo=UTC)
CLOSED_ON = "2018-10-31"
SENT, DRAFT = "CN-990001-2-H", "CN-990001-2-C"
PERSONAL = ("Wilhelmina", "Okafor", "amara@example.org", "Penhallow", "idris@example.org")
HEAD = ("head", "Mrs Amara Okafor", "amara@example.org")
CHAIR = ("chair", "Dr Idris Penhallow", "idris@example.org")


class Office(NamedTuple):
    """Two schools loaded and written to in 2018; one has closed since, the other is open."""

    engine: Engine
    home: Path
    stamp: Stamp
    wording: Wording
    typesetter: Typesetter

    @property
    def folders(self) -> tuple[Path, ...]:
        return (self.home / "letters",)

    def look(self, on: str = "2026-02-02") -> RetentionReport:
        return retention_list(self.engine, self.stamp.policy, date.fromisoformat(on), self.folders)

    def redact(self, reason: str = "Six years are over") -> RetentionReport:
        return redact(self.engine, self.stamp, reason, self.folders)

    def hold(self) -> None:
        hold(self.engine, URN, "A complaint is open", self.stamp)

    def facts(self, reference: str) -> dict[str, Any]:
        with reading(self.engine) as session:
            return dict(session.get_one(Letter, reference).facts)

    def prove(self) -> list[Any]:
        seal(self.engine, self.home / "seals.jsonl", "retention", NOW)
        return verify(self.engine, self.home / "seals.jsonl").faults


@pytest.fixture
def office(  # noqa: PLR0917  # a fixture asks for all that it puts together
    engine: Engine,
    home: Path,
    emailing_policy: Policy,
    wording: Wording,
    typesetter: Typesetter,
    stamp: Callable[..., Stamp],
    register: Callable[..., Path],
    table_file: Callable[..., Path],
) -> Office:
    signed = stamp("2018-09-03", policy=emailing_policy, now=THEN)
    school = {"rating": "Requires improvement", "head": "Okafor"}
    load_register(engine, register(school, {"urn": str(OTHER), "head": "Quince"}), "999", signed)
    with Session(engine) as session, session.begin():
        head = session.get_one(School, URN)
        head.head_title, head.head_first_name, head.head_job_title = "Mrs", "Wilhelmina", "Executive headteacher"
    people = [f"{URN},{','.join(person)}" for person in (HEAD, CHAIR)]
    people.append(f"{OTHER},chair,Mr Ode Vale,vale@example.org")
    load_contacts(engine, table_file("urn,role,name,email", *people), signed)
    approve_letters(engine, Selection((SENT,)), replace(signed, actor="Cleo Fenn"), wording)
    folder = FolderChannel(home / "letters")
    send_letters(
        engine, Selection((SENT,)), PostRoom(folder, folder, wording, typesetter, clock=lambda: signed.now), signed
    )
    closed = stamp(CLOSED_ON, policy=emailing_policy, now=datetime(2018, 11, 1, tzinfo=UTC))
    move_school(engine, URN, "close", {"closed_on": CLOSED_ON}, "Closed", "", closed)
    return Office(engine, home, stamp("2026-02-02", policy=emailing_policy, now=NOW), wording, typesetter)


def told(report: RetentionReport) -> dict[int, tuple[list[str], bool, list[str]]]:
    return {one.urn: (one.contacts, one.register, one.letters) for one in report.schools}


def test_list_says_what_may_go_and_why(office: Office) -> None:
    going, other = office.look().schools
    assert told(office.look())[URN] == (["chair", "head"], True, [DRAFT, SENT])
    assert going.why == [
        "Closed since 31 October 2018, and kept for 6 years (policy key retention.contacts_years_after_end).",
        "Letters sent by 2 February 2020, and kept for 6 years (policy key retention.letters_years_after_sent).",
    ]
    assert (other.urn, other.contacts, other.register) == (OTHER, [], False)


@pytest.mark.parametrize(
    ("on", "contacts"), [("2024-10-30", []), ("2024-10-31", ["chair", "head"])], ids=["day before", "the day"]
)
def test_contacts_go_six_years_after_the_end(office: Office, on: str, contacts: list[str]) -> None:
    assert told(office.look(on))[URN][0] == contacts


@pytest.mark.parametrize(
    ("on", "schools"), [("2024-09-02", []), ("2024-09-03", [URN, OTHER])], ids=["before", "the day"]
)
def test_letters_go_six_years_after_they_were_sent(office: Office, on: str, schools: list[int]) -> None:
    assert list(told(office.look(on))) == schools


def test_nothing_listed_is_the_data_itself(office: Office) -> None:
    report = office.look()
    printed = report.as_text() + json.dumps(report.as_dict(), default=str)
    assert [word for word in PERSONAL if word in printed] == []


def test_redacted_school_knows_nobody(office: Office) -> None:
    office.redact()
    with reading(office.engine) as session:
        rows = session.execute(select(Contact.role, Contact.name, Contact.email).where(Contact.urn == URN))
        school = session.get_one(School, URN)
        assert sorted(rows) == [("chair", "", ""), ("head", "", "")]
        assert {school.head_title, school.head_first_name, school.head_last_name, school.head_job_title} == {""}


def test_open_school_keeps_its_contacts(office: Office) -> None:
    office.redact()
    with reading(office.engine) as session:
        assert session.scalar(select(Contact.email).where(Contact.urn == OTHER)) == "vale@example.org"
        assert session.get_one(School, OTHER).head_last_name == "Quince"


def test_redacted_letter_says_all_but_to_whom(office: Office) -> None:
    before = office.facts(SENT)
    office.redact()
    marked = {"role": "head", "name": "[redacted]", "email": "[redacted]"}
    assert office.facts(SENT) == before | {"recipient": marked}


def test_name_in_a_letters_words_goes_and_in_an_event_is_told(office: Office, stamp: Callable[..., Stamp]) -> None:
    signed = stamp("2018-09-04", policy=office.stamp.policy, now=THEN)
    reason = "MR ODE VALE wrote to us of weak results"
    _, [letter, _] = move_school(office.engine, OTHER, "raise_concern", {}, reason, "Visit", signed)
    [going] = [one for one in office.redact().schools if one.urn == OTHER]
    assert office.facts(letter)["fields"]["basis"] == "[redacted] wrote to us of weak results."
    assert going.still_named_in == [f"school {OTHER}, event 4"]


def test_verify_is_clean_and_says_nothing_of_it(office: Office) -> None:
    assert office.prove() == []
    office.redact()
    assert office.prove() == []


def test_event_names_what_went(office: Office, events_of: Callable[..., Any]) -> None:
    office.redact()
    event = events_of(office.engine, URN)[-1]
    assert (event.kind, event.actor, event.reason) == ("redacted", "Ada Quill", "Six years are over")
    assert (event.evidence["contacts"], sorted(event.evidence["letters"])) == (["chair", "head"], [DRAFT, SENT])
    assert "head_last_name" in event.evidence["register"]


def test_second_redaction_changes_nothing(office: Office, contents: Callable[..., Any]) -> None:
    office.redact()
    before = contents(office.engine)
    assert office.redact().schools == []
    assert contents(office.engine) == before


def test_nothing_is_deleted(office: Office, contents: Callable[..., Any]) -> None:
    before = contents(office.engine)
    office.redact()
    more = {name: len(rows) - len(before[name]) for name, rows in contents(office.engine).items()}
    assert more == dict.fromkeys(before, 0) | {"event": 2}


def words_in_files(home: Path) -> set[str]:
    """The personal data that stand in any byte of the record, the seals or the reports."""
    files = [file for file in home.rglob("*") if file.is_file() and "letters" not in file.parts]
    held = b"".join(file.read_bytes().lower() for file in files)
    return {word for word in PERSONAL if word.lower().encode() in held}


@pytest.mark.only_on("sqlite")  # on PostgreSQL its owner runs VACUUM FULL: docs/runbooks/retention.md
def test_no_personal_data_is_left_in_any_file(office: Office, calendar: SchoolCalendar) -> None:
    run_check(office.engine, calendar, calendar.half_term("2025-26/2"), office.stamp).save(office.home / "reports")
    assert office.prove() == []
    assert words_in_files(office.home) == set(PERSONAL)
    office.redact()
    assert office.prove() == []
    assert words_in_files(office.home) == set()


def test_letters_in_files_are_named_until_they_are_gone(office: Office) -> None:
    folder = office.home / "letters" / "category_notice-2018-09-03"
    files = [str(folder / f"{SENT}.{kind}") for kind in ("eml", "pdf")]
    assert (office.look().files, office.redact().files, office.look().files) == (files, files, files)
    for file in files:
        Path(file).unlink()
    assert office.look().files == []


def test_redacted_letter_can_be_read(office: Office) -> None:
    office.redact()
    with reading(office.engine) as session:
        letter, composed = composed_letter(session, SENT, office.wording)
        assert "[redacted]" in composed.text
        assert letter.state == "sent"
        assert list_letters(session, Selection(), None) != []


def test_redacted_draft_is_never_signed(office: Office) -> None:
    office.redact()
    [held] = approve_letters(office.engine, Selection((DRAFT,)), office.stamp, office.wording).held_back
    assert held["why"].startswith("The person it was for has been redacted from it.")


def test_redacted_letter_is_never_sent(office: Office) -> None:
    signed = replace(office.stamp, actor="Cleo Fenn")
    approve_letters(office.engine, Selection((DRAFT,)), signed, office.wording)
    office.redact()
    folder = FolderChannel(office.home / "letters")
    room = PostRoom(folder, folder, office.wording, office.typesetter)
    sent = send_letters(office.engine, Selection((DRAFT,)), room, office.stamp)
    assert sent.done == []
    assert sent.held_back[0]["why"].startswith("The person it was for has been redacted from it.")


def test_held_school_is_not_redacted(office: Office, contents: Callable[..., Any]) -> None:
    office.hold()
    before = contents(office.engine)["contact"]
    report = office.redact()
    assert [one.urn for one in report.schools] == [OTHER]
    assert report.held[0].hold == "Held since 2 February 2026 by Ada Quill, Senior Adviser: A complaint is open"
    assert contents(office.engine)["contact"] == before


def test_list_shows_every_hold(office: Office) -> None:
    hold(office.engine, OTHER, "Case in court", office.stamp)
    [held] = office.look("2020-01-01").held
    assert "Case in court" in held.as_text()
    assert "nothing whose time is over" in held.as_text()


def test_released_school_may_go_again(office: Office) -> None:
    office.hold()
    release(office.engine, URN, "Complaint closed", office.stamp)
    assert URN in told(office.redact())


@pytest.mark.parametrize("act", [hold, release])
def test_hold_and_release_are_events(office: Office, events_of: Callable[..., Any], act: Callable[..., None]) -> None:
    if act is release:
        office.hold()
    act(office.engine, URN, "Because", office.stamp)
    event = events_of(office.engine, URN)[-1]
    assert (event.kind, event.reason) == ({hold: "held", release: "released"}[act], "Because")
    assert office.prove() == []


def test_hold_stands_once(office: Office) -> None:
    office.hold()
    with pytest.raises(NotKept, match=r"needs no second hold. Held since 2 February 2026 by Ada Quill"):
        office.hold()


def test_release_needs_a_hold(office: Office) -> None:
    with pytest.raises(NotKept, match="is not held"):
        release(office.engine, URN, "Because", office.stamp)


def test_hold_needs_a_school_on_record(office: Office) -> None:
    with pytest.raises(NotFound):
        hold(office.engine, 999999, "Because", office.stamp)


@pytest.mark.parametrize("act", [hold, release])
def test_hold_and_release_need_a_reason(office: Office, act: Callable[..., None]) -> None:
    with pytest.raises(NotAttributed):
        act(office.engine, URN, " ", office.stamp)


def test_day_that_has_not_come_redacts_nothing(
    office: Office, stamp: Callable[..., Stamp], contents: Callable[..., Any]
) -> None:
    before = contents(office.engine)
    with pytest.raises(NotKept, match="3 February 2026 has not come"):
        redact(office.engine, stamp("2026-02-03", policy=office.stamp.policy, now=NOW), "Early", ())
    assert contents(office.engine) == before


def test_reason_may_not_name_who_goes(office: Office, contents: Callable[..., Any]) -> None:
    before = contents(office.engine)
    with pytest.raises(NotKept, match="The reason names a person"):
        office.redact("Mrs Okafor asked for it")
    assert contents(office.engine) == before


def test_register_that_brings_a_head_back_is_listed_again(office: Office, register: Callable[..., Path]) -> None:
    office.redact()
    closed = {"status": "Closed", "closed": "31-10-2018", "rating": "Requires improvement"}
    load_register(office.engine, register(closed), "999", office.stamp)
    assert told(office.look())[URN] == ([], True, [])


def test_commands_list_hold_release_and_redact(office: Office, casework: Callable[..., Any]) -> None:
    signed = ("--by", "Ada Quill", "--role", "Data officer", "--reason", "Six years are over")
    office.engine.dispose()
    assert casework("hold", URN, *signed).code == 0
    assert json.loads(casework("retention", "list", "--json").out)["held"][0]["urn"] == URN
    assert casework("release", URN, *signed).code == 0
    ran = casework("retention", "redact", *signed)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Redacted: 2 schools.")
    assert "0 faults" in casework("verify").out


def test_pictures_of_pages_are_named_too(office: Office) -> None:
    page = office.home / "letters" / f"{SENT}.2.png"
    page.write_bytes(b"a page")
    (office.home / "letters" / f"{SENT}X.2.png").write_bytes(b"of another letter")
    assert str(page) in office.look().files
    assert not [file for file in office.look().files if f"{SENT}X" in file]
