"""What follows a request for figures by itself: reminded once, chased once, told once, whatever runs again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.check import run_check
from casework.contacts import load_contacts
from casework.dispatch import PostRoom, send_letters
from casework.follow_ups import FollowUps, draft_follow_ups
from casework.letters import Selection, approve_letters, composed_letter, list_letters
from casework.moves import move_school
from casework.record import Stamp
from casework.register import load_register
from casework.returns import load_returns
from casework.unit_of_work import reading
from casework.verify import verify
from notifications.channels.folder import FolderChannel
from notifications.pdf import Typesetter
from notifications.wording import Wording
from states.clocks import Calendars
from states.half_terms import SchoolCalendar, load_calendar
from states.policy import Policy
from states.working_days import load_working_days

URN = 990001
CALENDARS = Calendars(load_working_days(), load_calendar())
# The check of 1 December 2025 asks for the figures by 15 December: reminder on the 18th, and the chaser, ten days
# after they were due, in the holidays: on the first school day of January.
REMINDER_DUE, CHASER_DUE = "2025-12-18", "2026-01-06"
REMINDER = ["RM-990001-2025-26-2-H"]
CHASER = ["PC-990001-2025-26-2-C", "PC-990001-2025-26-2-H"]
OUTCOME = ["PO-990001-2025-26-2-C", "PO-990001-2025-26-2-H"]


class Term:
    """One school that was asked for its figures in December 2025."""

    def __init__(  # it needs all that it puts together
        self,
        engine: Engine,
        policy: Policy,
        wording: Wording,
        typesetter: Typesetter,
        table_file: Callable[..., Path],
        folder: Path,
        stamp: Callable[..., Stamp],
    ) -> None:
        self.engine, self.wording, self.table_file, self.stamp = engine, wording, table_file, stamp
        channel = FolderChannel(folder)
        self.policy, self.room = policy, PostRoom(channel, channel, wording, typesetter)

    def on(self, day: str, **changes: Any) -> Stamp:
        return self.stamp(day, policy=self.policy, **changes)

    def follow_up(self, day: str) -> FollowUps:
        return draft_follow_ups(self.engine, CALENDARS, self.on(day, actor="Follow-up"))

    def send(self, *references: str) -> None:
        approve_letters(self.engine, Selection(references), self.on("2025-12-18", actor="Cleo Fenn"), self.wording)
        assert send_letters(self.engine, Selection(references), self.room, self.on("2025-12-18")).done == [*references]

    def receive(self, *figures: int, received: str = "2025-12-12", checked: str = "2026-01-19") -> None:
        """A return comes, and the check of the next half-term judges it."""
        measures = ("reading", "writing", "mathematics")
        rows = (f"{URN},2025-26/2,{key},58,{on},{received}" for key, on in zip(measures, figures, strict=True))
        file = self.table_file("urn,half_term,measure,pupils,on_track,received", *rows)
        load_returns(self.engine, file, CALENDARS.school, self.on(checked))
        self.check("2025-26/2", checked)

    def check(self, key: str, day: str) -> None:
        run_check(self.engine, CALENDARS.school, CALENDARS.school.half_term(key), self.on(day))

    def text(self, reference: str) -> str:
        with reading(self.engine) as session:
            return " ".join(composed_letter(session, reference, self.wording)[1].text.split())


@pytest.fixture
def term(  # noqa: PLR0917  # a fixture asks for all that it puts together
    engine: Engine,
    emailing_policy: Policy,
    wording: Wording,
    typesetter: Typesetter,
    calendar: SchoolCalendar,
    stamp: Callable[..., Stamp],
    register: Callable[..., Path],
    table_file: Callable[..., Path],
    home: Path,
) -> Term:
    signed = stamp("2025-12-01", policy=emailing_policy)
    load_register(engine, register({"rating": "Requires improvement"}), "999", replace(signed, actor="Register load"))
    load_contacts(engine, table_file("urn,role,name,email", f"{URN},head,Mrs Okafor,head@example.org"), signed)
    run_check(engine, calendar, calendar.half_term("2025-26/2"), signed)
    return Term(engine, emailing_policy, wording, typesetter, table_file, home / "letters", stamp)


def test_nothing_is_said_before_its_day(term: Term) -> None:
    assert term.follow_up("2025-12-17").letters == []


def test_head_is_reminded_once(term: Term) -> None:
    assert term.follow_up(REMINDER_DUE).letters == REMINDER
    assert [term.follow_up(day).letters for day in (REMINDER_DUE, "2025-12-19")] == [[], []]
    text = term.text(*REMINDER)
    assert "We asked for them on 1 December 2025. They were due on 15 December 2025" in text
    assert "Please send them by 6 January 2026" in text


def test_chair_is_chased_once_after_a_reminder_that_went_out(term: Term) -> None:
    term.follow_up(REMINDER_DUE)
    term.send(*REMINDER)
    assert term.follow_up("2026-01-05").letters == []
    assert sorted(term.follow_up(CHASER_DUE).letters) == CHASER
    assert term.follow_up("2026-01-07").letters == []
    assert "we sent a reminder on 18 December 2025" in term.text(CHASER[0])


def test_chaser_waits_for_a_reminder_that_did_not_go_out(term: Term) -> None:
    term.follow_up(REMINDER_DUE)
    report = term.follow_up(CHASER_DUE)
    assert report.letters == []
    assert [one["why"] for one in report.held_back] == [
        "The chaser is due, but its reminder RM-990001-2025-26-2-H is drafted. Sign and send that first."
    ]


def test_reminder_that_is_late_leaves_as_much_time_as_one_that_is_not(term: Term) -> None:
    assert term.follow_up("2026-01-08").letters == REMINDER
    assert "Please send them by 15 January 2026" in term.text(*REMINDER)


@pytest.mark.parametrize(
    ("figures", "said"),
    [((50, 50, 50), "pupils on track"), ((20, 50, 50), "pupils off track"), ((3, 3, 3), "pupils off track")],
)
def test_outcome_is_told_once_it_is_judged(term: Term, figures: tuple[int, ...], said: str) -> None:
    term.receive(*figures)
    assert sorted(term.follow_up("2026-01-19").letters) == OUTCOME
    assert term.follow_up("2026-01-20").letters == []
    text = term.text(OUTCOME[0])
    assert said in text
    assert f"Reading: {figures[0]} of 58 pupils" in text


def test_outcome_that_policy_acts_upon_names_the_step_that_is_considered(term: Term) -> None:
    term.receive(20, 50, 50)
    term.follow_up("2026-01-19")
    assert "We will consider this step: raise a concern." in term.text(OUTCOME[0])


def test_corrected_figures_are_told_again(term: Term) -> None:
    term.receive(20, 50, 50)
    term.follow_up("2026-01-19")
    term.receive(50, 50, 50, checked="2026-01-20")
    assert sorted(term.follow_up("2026-01-20").letters) == [f"PO-990001-2025-26-2-r2-{role}" for role in "CH"]


def test_figures_that_came_or_are_missing_are_not_reminded_of(term: Term) -> None:
    term.check("2025-26/3", "2026-01-19")
    assert term.follow_up("2026-01-20").letters == []


def test_school_that_is_monitored_no_longer_is_left_alone(term: Term) -> None:
    facts = {"inspected_on": "2025-12-10"}
    move_school(term.engine, URN, "judged_good_or_better", facts, "Ofsted", "Report", term.on("2025-12-16"))
    assert term.follow_up(REMINDER_DUE).letters == []


def test_record_holds_and_tells_why(term: Term, events_of: Callable[[Engine, int], list[Any]], tmp_path: Path) -> None:
    term.follow_up(REMINDER_DUE)
    assert events_of(term.engine, URN)[-1].reason == "Reminder of half-termly progress figures: due by policy"
    assert verify(term.engine, tmp_path / "seals.jsonl").faults == []


def test_whole_authority_is_followed_up_and_every_letter_can_be_read(
    fenshire: Engine, calendar: SchoolCalendar, stamp: Callable[..., Stamp], wording: Wording
) -> None:
    run_check(fenshire, calendar, calendar.half_term("2025-26/2"), stamp())
    report = draft_follow_ups(fenshire, CALENDARS, stamp(REMINDER_DUE))
    with reading(fenshire) as session:
        reminders = [one for one in list_letters(session, Selection(), None) if one["kind"] == "progress_reminder"]
        assert [composed_letter(session, one["reference"], wording)[1].subject for one in reminders]
    assert len(reminders) == report.reminded == len(report.letters) > 20


def test_command_follows_up(term: Term, casework: Callable[..., Any]) -> None:
    ran = casework("letters", "follow-up", "--on", REMINDER_DUE)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("1 school(s) reminded, 0 chased with the chair, 0 told what their figures show: 1 letter")
