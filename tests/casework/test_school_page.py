"""One school on a page: where it stands is marked, letters are links, and no name becomes markup."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from sqlalchemy import Engine

from casework.check import run_check
from casework.check_report import table_cell
from casework.errors import NotFound
from casework.moves import Ask, make_move, move_school, open_case
from casework.register import load_register
from casework.school_page import school_page
from casework.track_table import MARK
from casework.unit_of_work import reading
from notifications.values import printable
from states.clocks import Calendars
from states.half_terms import SchoolCalendar, load_calendar
from states.policy import Policy
from states.tracks.notice import NOTICE
from states.working_days import load_working_days
from tests.notifications.test_hostile import CORPUS

URN, DAY = 990001, date(2026, 2, 2)
CALENDARS = Calendars(load_working_days(), load_calendar())
NAME = "Aldermere | <script>alert(1)</script> [x](http://evil.example) `*School*` ![y](z) & ~~Co~~"
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
Page = Callable[..., str]
Stamped = Callable[..., Any]


@pytest.fixture
def page(
    engine: Engine, register: Callable[..., Path], stamp: Stamped, calendar: SchoolCalendar, policy: Policy
) -> Page:
    """A school that needs improvement, asked for its return: `page(letters_at="/letters")`."""
    load_register(engine, register({"name": NAME, "rating": "Requires improvement"}), "999", stamp("2025-09-08"))
    run_check(engine, calendar, calendar.half_term("2025-26/2"), stamp("2025-12-01"))

    def made(urn: int = URN, letters_at: str = "", on: date = DAY) -> str:
        with reading(engine) as session:
            return school_page(session, urn, policy, CALENDARS, on, letters_at)

    return made


def tokens(page: str) -> list[Token]:
    """Every token of a page as a browser would be given it, those within a line too."""
    return [one for block in READER.parse(page) for one in (block, *(block.children or []))]


def headings(page: str) -> list[str]:
    found = READER.parse(page)
    return [found[at + 1].content for at, one in enumerate(found) if one.type == "heading_open"]


def test_name_is_read_letter_by_letter(page: Page) -> None:
    found = READER.parse(page())
    title = found[1]
    assert found[0].tag == "h1"
    assert {one.type for one in title.children or []} <= {"text", "text_special"}
    assert "".join(one.content for one in title.children or []) == f"{NAME} ({URN})"


def test_nothing_on_the_page_is_markup_of_theirs(page: Page) -> None:
    kinds = {one.type for one in tokens(page(letters_at="/letters/letter"))}
    assert kinds.isdisjoint({"html_block", "html_inline", "image", "s_open"})
    links = [one.attrs["href"] for one in tokens(page(letters_at="/letters/letter")) if one.type == "link_open"]
    letters = ("CN-990001-2-C", "CN-990001-2-H", "PR-990001-2025-26-2-C", "PR-990001-2025-26-2-H")
    assert sorted(links) == [f"/letters/letter/{reference}" for reference in letters]


@pytest.mark.parametrize("written", CORPUS, ids=range(len(CORPUS)))
def test_text_of_a_table_is_literal(written: str) -> None:
    text = printable(written)
    row = READER.parse(f"| a | b |\n|---|---|\n| {table_cell(text)} | end |")
    cells = [one for one in row if one.type == "inline"][2:]
    assert len(cells) == 2
    assert {one.type for one in cells[0].children or []} <= {"text", "text_special"}
    assert "".join(one.content for one in cells[0].children or []) == text


def test_letters_are_no_links_where_nothing_shows_them(page: Page) -> None:
    assert f"| PR-{URN}-2025-26-2-H | head | Drafted |" in page().splitlines()


def test_page_says_where_it_stands_and_what_may_come(page: Page, policy: Policy) -> None:
    said = page()
    assert "**Requires improvement** since 8 September 2025." in said
    assert f"Category: {policy.category_of('requires_improvement').letter}, " in said
    assert ", monitored each half-term." in said
    assert "- Raise a concern (`raise_concern`)" in said
    assert headings(said)[1:] == ["Moves open to it", "Where it stands", "Letters", "Its story"]


def test_place_is_marked_on_its_own_track_and_on_each_that_is_open(page: Page, engine: Engine, stamp: Stamped) -> None:
    for trigger in ("raise_concern", "begin_audit"):
        move_school(engine, URN, trigger, {}, "Results fell", "Visit", stamp("2025-12-02"))
    for _ in range(2):
        open_case(engine, URN, NOTICE, Ask("draft", {}, "The audit found it inadequate"), stamp("2025-12-03"))
        drafted = page()
        make_move(engine, URN, NOTICE, Ask("withdraw", {}, "Drawn up in error", "Seen"), stamp("2025-12-03"))
    diagrams = [one.content for one in tokens(drafted) if one.info == "mermaid"]
    assert [one.split("class ")[-1].split()[0] for one in diagrams] == ["under_audit", "drafted"]
    assert all(one.count(MARK) == 1 for one in diagrams)
    assert f"Notice {URN}/2" in headings(drafted)
    assert f"Notice {URN}/1" not in headings(drafted)
    assert not any(heading.startswith("Notice") for heading in headings(page()))


@pytest.mark.parametrize("reason", ["```", "~~~\n```\n# Forged", "    ```\n</pre><script>", "`````text"])
def test_reason_of_a_move_cannot_end_the_story(page: Page, engine: Engine, stamp: Stamped, reason: str) -> None:
    move_school(engine, URN, "raise_concern", {}, f"{reason}\nand more", reason, stamp("2026-01-12"))
    found = READER.parse(page())
    assert (found[-1].type, found[-1].info) == ("fence", "text")
    assert "12 January 2026" in found[-1].content
    assert "Forged" not in headings(page())
    assert not any(one.type in ("html_block", "html_inline") for one in tokens(page()))


def test_proposal_waits_on_the_page(page: Page, engine: Engine, register: Callable[..., Path], stamp: Stamped) -> None:
    newer = {"name": NAME, "rating": "Inadequate", "inspected": "14-01-2026"}
    load_register(engine, register(newer), "999", stamp("2026-01-20"))
    assert "- `judged_inadequate`: Ofsted judged the school Inadequate on 14 January 2026" in page()


def test_unknown_school_has_no_page(page: Page) -> None:
    with pytest.raises(NotFound):
        page(123456)
