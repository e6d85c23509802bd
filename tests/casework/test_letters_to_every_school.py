"""Every letter can be written, set and posted to every school, of the made register and of the real ones beside it.

The real registers lie beside the checkout and are not part of it: without them those claims are skipped, and say so.
"""

import lzma
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pytest

from casework.register_file import read_register
from casework.samples import written_to
from casework.schools import SchoolRecord
from notifications.catalogue import CATALOGUE
from notifications.channels.precompiled import objections, objections_to_address
from notifications.examples import example_letter, example_letters
from notifications.letter import Letter
from notifications.letterhead import Window
from notifications.pdf import Typesetter, address_lines
from notifications.render import compose
from notifications.wording import Wording
from states.policy import Policy

ROOT = Path(__file__).parents[2]
MADE = ROOT / "demo" / "register.csv"
SHARED = ROOT.parent / "shared" / "data"
NORFOLK, ENGLAND = SHARED / "gias_norfolk_201911.csv", SHARED / "gias_england_201911.csv.xz"
needs_norfolk = pytest.mark.skipif(not NORFOLK.exists(), reason=f"{NORFOLK.name} is not beside the checkout")
needs_england = pytest.mark.skipif(not ENGLAND.exists(), reason=f"{ENGLAND.name} is not beside the checkout")

SMALLEST = 8.0  # points of the smallest print on the first page
PROBE = "category_notice"  # the address stands in the same place in every letter
NO_ADDRESS = {"The address does not end with a postcode.", "The address has 2 lines; Notify takes 3 to 7."}


class Press(NamedTuple):
    """Writes and sets a letter to a school."""

    policy: Policy
    wording: Wording
    typesetter: Typesetter

    def to(self, school: SchoolRecord, example: Letter) -> Letter:
        return written_to(school, {}, example, self.policy)

    def set(self, letter: Letter) -> bytes:
        return self.typesetter.pdf(compose(letter, self.wording), letter)

    def faults(self, letter: Letter) -> list[str]:
        """What is wrong with the printed letter: out of its window, in small print, or not for Notify."""
        pdf, window = self.set(letter), self.typesetter.letterhead.window
        found = [] if _smallest(pdf) >= SMALLEST else [f"print of {_smallest(pdf)} points"]
        if not window.shows.holds(self.typesetter.measured(compose(letter, self.wording), letter).address):
            found.append("out of its window")
        if window is Window.NOTIFY:
            found += objections(pdf, address_lines(letter))
        return [f"{letter.school.name}: {fault}" for fault in found if fault not in NO_ADDRESS]


@pytest.fixture
def press(emailing_policy: Policy, wording: Wording, typesetter: Typesetter) -> Press:
    return Press(emailing_policy, wording, typesetter)


@pytest.fixture
def press_for(emailing_policy: Policy, wording: Wording, tmp_path: Path) -> Callable[[Window], Press]:
    def made(window: Window) -> Press:
        (tmp_path / "letterhead.toml").write_text(f'window = "{window}"\n', encoding="utf-8")
        return Press(emailing_policy, wording, Typesetter(tmp_path))

    return made


@cache
def _schools(register: Path) -> tuple[SchoolRecord, ...]:
    return tuple(one for one in read_register(register) if isinstance(one, SchoolRecord))


@pytest.fixture(scope="module")
def england(tmp_path_factory: pytest.TempPathFactory) -> tuple[SchoolRecord, ...]:
    plain = tmp_path_factory.mktemp("england") / "register.csv"
    plain.write_bytes(lzma.decompress(ENGLAND.read_bytes()))
    return _schools(plain)


def _one_of_each_kind(schools: Iterable[SchoolRecord]) -> list[SchoolRecord]:
    return list({(one.type_code, one.phase, bool(one.religious_character)): one for one in schools}.values())


def _smallest(pdf: bytes) -> float:
    with pikepdf.open(BytesIO(pdf)) as opened:
        page = pikepdf.parse_content_stream(opened.pages[0])
        return min(float(one.operands[1]) for one in page if str(one.operator) == "Tf")  # type: ignore[arg-type]


def _hardest(schools: tuple[SchoolRecord, ...]) -> list[SchoolRecord]:
    """The longest names and addresses of all, and three hundred more by lot."""
    by_name = sorted(schools, key=lambda one: len(one.name))[-150:]
    by_address = sorted(schools, key=lambda one: len("".join(one.address)))[-100:]
    return list({one.urn: one for one in (*by_name, *by_address, *random.Random(5).sample(schools, 300))}.values())


@pytest.mark.parametrize("kind", CATALOGUE)
def test_each_letter_goes_to_a_school_of_the_made_register(kind: str, press: Press) -> None:
    schools = _one_of_each_kind(_schools(MADE))
    school = schools[list(CATALOGUE).index(kind) % len(schools)]
    for example in example_letters(kind):
        assert press.faults(press.to(school, example)) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", CATALOGUE)
def test_each_letter_goes_to_every_kind_of_school(kind: str, press: Press) -> None:
    schools = _one_of_each_kind(_schools(MADE))
    assert len(schools) > 20
    for example in example_letters(kind):
        assert [fault for school in schools for fault in press.faults(press.to(school, example))] == []


@pytest.mark.slow
@needs_norfolk
@pytest.mark.parametrize("kind", CATALOGUE)
def test_each_letter_is_written_to_every_school_of_norfolk(kind: str, press: Press) -> None:
    schools = _schools(NORFOLK)
    assert len(schools) == 516
    for school in schools:
        composed = compose(press.to(school, example_letter(kind)), press.wording)
        assert (
            " ".join(school.name.split()) in " ".join((composed.text + composed.subject).split()) or kind == "circular"
        )
    for school in _one_of_each_kind(schools):
        assert press.set(press.to(school, example_letter(kind)))


@pytest.mark.slow
@needs_norfolk
def test_address_of_every_school_of_norfolk_is_in_its_window(press: Press) -> None:
    letters = [press.to(school, example_letter(PROBE)) for school in _schools(NORFOLK)]
    assert [fault for letter in letters for fault in press.faults(letter)] == []


@pytest.mark.slow
@needs_england
@pytest.mark.parametrize("window", Window)
def test_longest_addresses_of_england_are_in_every_window(
    window: Window, england: tuple[SchoolRecord, ...], press_for: Callable[[Window], Press]
) -> None:
    press = press_for(window)
    letters = [press.to(school, example_letter(PROBE)) for school in _hardest(england)]
    assert [fault for letter in letters for fault in press.faults(letter)] == []


@pytest.mark.slow
@needs_england
def test_notify_takes_every_address_of_england_that_has_a_postcode(
    england: tuple[SchoolRecord, ...], press: Press
) -> None:
    example = example_letter(PROBE)
    letters = [press.to(school, example) for school in england if school.postcode]
    assert len(letters) > 26_000
    assert [fault for letter in letters for fault in objections_to_address(address_lines(letter))] == []


@pytest.mark.parametrize("line", ["(Second Site)", "(Annexe)"])
def test_line_in_brackets_goes_on_with_the_one_above(line: str) -> None:
    letter = example_letter(PROBE)
    letter = replace(letter, school=replace(letter.school, address=("1 Castle Road", line, "Wensum", "WX1 2AB")))
    lines = address_lines(letter)
    assert f"1 Castle Road {line}" in lines
    assert list(objections_to_address(lines)) == []
