"""Letters that cannot be true are not made: a notice is complete by the law of its day, or it is no notice."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from notifications.catalogue import CATALOGUE, LetterFields
from notifications.catalogue.conversion import AcademyOrder, ConversionStep
from notifications.catalogue.fields import Channel
from notifications.catalogue.monitoring import ProgressOutcome
from notifications.catalogue.notice_ends import NoticeEnded, RepresentationsOutcome
from notifications.catalogue.notices import HEADINGS, WarningNotice, WarningNoticeCopy
from notifications.catalogue.other import CaseClosed
from notifications.catalogue.parts import copied_to
from notifications.errors import LetterError
from notifications.examples import example_letters
from notifications.letter import Letter
from notifications.markdown import Heading
from notifications.pdf import address_lines
from notifications.render import compose
from notifications.text import plain
from notifications.wording import TEMPLATES, Wording
from states.law.notices import Content, Copy
from states.progress import Outcome
from states.tracks.conversion import ConversionState

OF_2013, OF_2017, OF_2026 = (fields for _, fields in WarningNotice.examples())
SECRETARY = copied_to(Copy.SECRETARY_OF_STATE, date(2013, 11, 18))
RIGHT = HEADINGS[Content.RIGHT_OF_REPRESENTATIONS]
OF_2014 = RepresentationsOutcome.examples()[0][1]

REFUSED: dict[str, tuple[LetterFields, dict[str, Any], str]] = {
    "no grounds": (OF_2013, {"grounds": ()}, "it has no grounds"),
    "no matters": (OF_2026, {"matters": ()}, "it has no matters"),
    "no actions": (OF_2013, {"actions": ()}, "it has no actions"),
    "no powers in mind": (OF_2026, {"powers": ()}, "it has no powers"),
    "2013 without representations": (OF_2013, {"representations": None}, "must say how to make representations"),
    "2026 with representations": (OF_2026, {"representations": OF_2013.representations}, "no right of representations"),
    "period of no days": (OF_2017, {"period_ends": date(2017, 3, 6)}, "ends before it begins"),
    "no copy for the head": (OF_2013, {"copies": OF_2013.copies[:1]}, "no copy for head_teacher"),
    "2017 without the Secretary": (OF_2017, {"copies": OF_2017.copies[:2]}, "no copy for secretary_of_state"),
    "2013 with the Secretary": (OF_2013, {"copies": (*OF_2013.copies, SECRETARY)}, "a copy for secretary_of_state"),
    "copy of 2013 to the Secretary": (WarningNoticeCopy.example(), {"copied": SECRETARY}, "has no copy for"),
    "decision on a notice of 2017": (OF_2014, {"given_on": date(2017, 3, 6)}, "carries no right of representations"),
    "superseded by nobody": (NoticeEnded.examples()[-1][1], {"secretary_notice_on": None}, "just when the Secretary"),
    "superseded in 2013": (
        NoticeEnded.examples()[-1][1],
        {"secretary_notice_on": date(2013, 11, 18)},
        "no such notice ended one of an authority",
    ),
    "duty of 2026": (AcademyOrder.example(), {"under_duty": True}, "the Secretary of State may make such an order"),
    "no duty in 2017": (AcademyOrder.examples()[1][1], {"under_duty": False}, "must make such an order"),
    "step that is the order": (ConversionStep.example(), {"step": ConversionState.ORDER_MADE}, "a letter of its own"),
    "step without a sponsor": (ConversionStep.example(), {"sponsor": ""}, "a step has a sponsor"),
    "missing figures": (ProgressOutcome.example(), {"outcome": Outcome.MISSING}, "figures that are missing"),
    "academy without a name": (CaseClosed.examples()[1][1], {"successor": ""}, "has a successor"),
}


def _headings(letter: Letter, wording: Wording) -> list[str]:
    return [plain(block.spans) for block in compose(letter, wording).blocks if isinstance(block, Heading)]


@pytest.mark.parametrize(("fields", "change", "problem"), REFUSED.values(), ids=REFUSED)
def test_letter_that_cannot_be_true_is_refused(fields: LetterFields, change: dict[str, Any], problem: str) -> None:
    with pytest.raises(LetterError, match=problem) as raised:
        replace(fields, **change)
    assert str(raised.value).startswith(f"Letter {fields.folder}: ")


@pytest.mark.parametrize("number", range(3), ids=["2013", "2017", "2026"])
def test_notice_has_the_contents_of_its_day_in_order(number: int, wording: Wording) -> None:
    letter = example_letters("warning_notice")[number]
    said = [heading for heading in _headings(letter, wording) if heading in HEADINGS.values()]
    before = [Content.INITIAL_PERIOD, Content.RIGHT_OF_REPRESENTATIONS] if number == 0 else [Content.COMPLIANCE_PERIOD]
    middle = {Content.MATTERS, Content.ACTION_REQUIRED, Content.ACTION_MINDED_TO_TAKE}
    assert set(said) == {HEADINGS[content] for content in (*before, *middle)}
    assert said[0] == HEADINGS[Content.MATTERS]
    assert said[-1] == HEADINGS[Content.ACTION_MINDED_TO_TAKE]


@pytest.mark.parametrize(
    ("number", "change", "problem"),
    [
        (0, (f"## {RIGHT}", "## Something else"), f"'## {RIGHT}' is missing"),
        (2, ("## The compliance period", f"## The compliance period\n\n## {RIGHT}"), "is not for that day"),
    ],
    ids=["right left out in 2013", "right put in in 2026"],
)
def test_councils_wording_cannot_change_the_law(
    number: int, change: tuple[str, str], problem: str, tmp_path: Path
) -> None:
    text = (TEMPLATES / "warning_notice" / "letter.md").read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "warning_notice").mkdir()
    (tmp_path / "warning_notice" / "letter.md").write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(LetterError, match=problem):
        compose(example_letters("warning_notice")[number], Wording(tmp_path))


def test_chief_inspector_is_named_as_on_the_day(wording: Wording) -> None:
    then, _, now = (compose(letter, wording).text for letter in example_letters("warning_notice"))
    assert "- Her Majesty's Chief Inspector" in then
    assert "- His Majesty's Chief Inspector" in now


@pytest.mark.parametrize("letter", CATALOGUE.values(), ids=CATALOGUE)
def test_letter_under_an_act_goes_on_paper_first(letter: type[LetterFields]) -> None:
    assert letter.channels()[0] is (Channel.POST if letter.statutory else Channel.EMAIL)
    assert set(letter.channels()) == set(Channel)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_example_keeps_to_the_readers_of_its_letter(kind: str) -> None:
    assert {letter.recipient.role for letter in example_letters(kind)} <= set(CATALOGUE[kind].audience)


def test_letter_to_an_outsider_bears_their_own_address() -> None:
    ofsted = next(one for one in example_letters("warning_notice_copy") if one.recipient.address)
    title, *address = address_lines(ofsted)
    assert title.startswith("His Majesty's Chief Inspector")
    assert tuple(address) == ofsted.recipient.address
