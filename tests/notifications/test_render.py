"""A composed letter: golden texts, every branch of every wording, greeting and ending, digest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from notifications.catalogue import CATALOGUE
from notifications.examples import example_letter, example_letters
from notifications.letter import Letter, Recipient, RecipientRole
from notifications.render import compose
from notifications.wording import Wording

GOLDEN = Path(__file__).with_name("golden")


def _words(text: str) -> str:
    return " ".join(text.split())


def _of(part: str) -> Callable[[Letter, dict[str, str]], Letter]:
    return lambda letter, changes: replace(letter, **{part: replace(getattr(letter, part), **changes)})


FIELDS, SENDER = _of("fields"), _of("sender")
UNREACHABLE = {"telephone": "", "email": ""}

BRANCHES: dict[str, tuple[str, Any, dict[str, Any], str]] = {
    "reply by a date": ("category_notice", FIELDS, {"reply_by": date(2015, 7, 9)}, "tell us by 9 July 2015."),
    "reply at any time": ("category_notice", FIELDS, {"reply_by": None}, "tell us as soon as you can."),
    "monitored": (
        "category_notice",
        FIELDS,
        {"monitored": True},
        "figures on pupils' progress each half-term.",
    ),
    "not monitored": ("category_notice", FIELDS, {"monitored": False}, "We will not ask the school for"),
    "activities": (
        "category_notice",
        FIELDS,
        {"activities": ("We visit.",)},
        "in this category: - We visit.",
    ),
    "no activity": ("category_notice", FIELDS, {"activities": ()}, "This category starts no new work"),
    "telephone only": ("category_notice", SENDER, {"email": ""}, "To do this, call 01632 960100 and quote"),
    "email only": ("category_notice", SENDER, {"telephone": ""}, "email schools@wensum.example and quote"),
    "post only": (
        "category_notice",
        SENDER,
        UNREACHABLE,
        "write to us at the address on this letter and quote",
    ),
    "no signatory details": (
        "category_notice",
        SENDER,
        {"signatory_title": "", "signatory_telephone": "", "signatory_email": ""},
        "Yours sincerely Harriet Penhallow Copy to: Chair of Governors",
    ),
    "first return": ("progress_request", FIELDS, {"previous_outcome": ""}, "Great'. What to send"),
    "on track": ("progress_request", FIELDS, {"previous_outcome": "on_track"}, "Thank you for sending it."),
    "off track": ("progress_request", FIELDS, {"previous_outcome": "off_track"}, "tell us what has changed"),
    "insufficient": ("progress_request", FIELDS, {"previous_outcome": "insufficient"}, "for every measure"),
    "missing": (
        "progress_request",
        FIELDS,
        {"previous_outcome": "missing"},
        "did not receive your last return",
    ),
    "return by post": ("progress_request", FIELDS, {"return_email": ""}, "Post the figures to us"),
    "no category": (
        "partner_allocation",
        FIELDS,
        {"category_label": ""},
        "'Good and Great'. What the partner",
    ),
}


def _golden(kind: str) -> dict[str, Letter]:
    """File → the example that it has the text of: the first under the letter's name, the others numbered."""
    numbered = enumerate(example_letters(kind), start=1)
    return {f"{kind}.txt" if number == 1 else f"{kind}-{number}.txt": letter for number, letter in numbered}


@pytest.mark.parametrize("kind", CATALOGUE)
def test_examples_read_as_the_golden_texts(kind: str, wording: Wording) -> None:
    for name, letter in _golden(kind).items():
        text = compose(letter, wording).text
        assert text == (GOLDEN / name).read_text(encoding="utf-8"), (
            f"the wording has changed: read it, and if you like it keep it in {name}"
        )


def test_every_golden_text_is_of_an_example() -> None:
    assert {file.name for file in GOLDEN.iterdir()} == {name for kind in CATALOGUE for name in _golden(kind)}


@pytest.mark.parametrize(("kind", "change", "values", "phrase"), BRANCHES.values(), ids=BRANCHES)
def test_every_branch_of_the_wording_reads_well(
    kind: str, change: Any, values: dict[str, Any], phrase: str, wording: Wording
) -> None:
    assert phrase in _words(compose(change(example_letter(kind), values), wording).text)


@pytest.mark.parametrize(
    ("name", "opening", "ending"),
    [
        ("Mrs Okafor", "Dear Mrs Okafor", "Yours sincerely"),
        ("", "Dear Chair of Governors", "Yours faithfully"),
    ],
    ids=["named", "unnamed"],
)
def test_ending_agrees_with_the_greeting(name: str, opening: str, ending: str, wording: Wording) -> None:
    recipient = Recipient(role=RecipientRole.chair, name=name, email="")
    text = compose(replace(example_letter("category_notice"), recipient=recipient), wording).text
    assert f"\n{opening}\n" in text
    assert f"\n{ending}\n" in text


@pytest.mark.parametrize(
    ("copies", "ending"),
    [
        ((), "harriet.penhallow@wensum.example"),
        (("Headteacher",), "\n\nCopy to: Headteacher"),
        (("Chair of Governors", "Clerk"), "\n\nCopy to: Chair of Governors, Clerk"),
    ],
    ids=["none", "one", "two"],
)
def test_copies_are_listed_at_the_end(copies: tuple[str, ...], ending: str, wording: Wording) -> None:
    text = compose(replace(example_letter("category_notice"), copies=copies), wording).text
    assert text.endswith(f"{ending}\n")


def test_subject_is_also_the_heading(wording: Wording) -> None:
    composed = compose(example_letter("category_notice"), wording)
    assert composed.subject == "High Heath Primary School is in category B from 1 September 2015"
    assert f"<title>{composed.subject}</title>" in composed.html
    assert f">{composed.subject}</h1>" in composed.html


def test_same_letter_has_the_same_digest(wording: Wording) -> None:
    letter = example_letter("category_notice")
    assert compose(letter, wording) == compose(letter, Wording())


def test_unprinted_fact_changes_the_digest(wording: Wording) -> None:
    letter = example_letter("category_notice")
    moved = replace(letter, school=replace(letter.school, address=("1 Elsewhere", "WX9 9ZZ")))
    assert compose(moved, wording).text == compose(letter, wording).text
    assert compose(moved, wording).digest != compose(letter, wording).digest


def test_table_keeps_its_columns_as_text(wording: Wording) -> None:
    text = compose(example_letter("progress_request"), wording).text
    assert "\nMathematics  75%\n" in text
