"""The letterhead's settings: a council says only what differs, and each mistake has its line and what to do."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from notifications.errors import LetterError
from notifications.examples import example_letter
from notifications.letter import Letter
from notifications.letterhead import Area, Window, stationery
from notifications.pdf import Typesetter
from notifications.render import compose
from notifications.wording import TEMPLATES, Wording

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="40"><rect width="{width}" height="40"/></svg>'

WRONG = {
    "window": ('window = "dle"', "line 1: window = 'dle': this name is not known. Did you mean dl?"),
    "key": ('windows = "dl"', "line 1: windows = 'dl': this key is not known. Did you mean window?"),
    "small print": ("size = 8", "line 1: size = 8: it should be greater than or equal to 10"),
    "field": (
        'contact = ["{fax}", "{dated}", "{reference}"]',
        "line 1: contact: there is no field 'fax'. The fields are",
    ),
    "inside": ('contact = ["{dated.year}", "{reference}"]', "there is no field 'dated.year'"),
    "shape": ('contact = ["{dated!r:>9}", "{reference}"]', "there is no field 'datedr>9'"),
    "bracket": ('contact = ["{dated"]', "'{dated' cannot be read"),
    "no date": ('contact = ["{reference}"]', "a letter must have its date and its reference. Put {dated} into a line."),
    "address": ('contact = ["At {address}", "{dated}", "{reference}"]', "Give {address} a line of its own."),
    "logo away": ('logo = "arms.svg"', "line 1: logo = 'arms.svg': it is not there. Put it beside"),
    "logo kind": ('logo = "arms.doc"', "this is no picture for a logo. Give an .svg or a .png."),
    "fonts": ('fonts = "own"', "fonts = 'own': it is not there"),
    "not TOML": ("window = dl", "line 1: this is not TOML"),
}

Setting = Callable[[str], Typesetter]


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    """A typesetter for a council that says this in its letterhead.toml."""

    def typesetter(text: str) -> Typesetter:
        (tmp_path / "letterhead.toml").write_text(text, encoding="utf-8")
        return Typesetter(tmp_path)

    return typesetter


def _pdf(typesetter: Typesetter, wording: Wording, letter: Letter | None = None) -> bytes:
    letter = letter or example_letter("progress_request")
    return typesetter.pdf(compose(letter, wording), letter)


def _figures(pdf: bytes) -> list[str]:
    """What whoever listens to the letter hears of its pictures."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        items = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary)]
        return [str(one.Alt) for one in items if one.get("/S") == "/Figure"]


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_mistake_is_told_with_its_place(text: str, said: str, setting: Setting) -> None:
    with pytest.raises(LetterError) as told:
        setting(text)
    assert said in str(told.value)


def test_every_mistake_is_told_at_once(setting: Setting) -> None:
    with pytest.raises(LetterError) as told:
        setting('size = 8\nwindow = "x"\n')
    assert len(str(told.value).splitlines()) == 2


def test_council_says_only_what_differs(setting: Setting) -> None:
    ours, own = stationery(None).letterhead, setting("size = 14\n").letterhead
    assert own == ours.model_copy(update={"size": 14})


def test_without_a_file_of_its_own_a_council_has_ours(tmp_path: Path) -> None:
    assert stationery(tmp_path) == stationery(None)


def test_contact_block_is_in_the_order_that_is_asked_for(setting: Setting) -> None:
    letter = example_letter("progress_request")
    own = setting('contact = ["Our reference: {reference}", "", "Ask for {signatory_name}", "{address}", "{dated}"]')
    assert list(own.letterhead.contact_of(letter)) == [
        "Our reference: PR-199999-4-H",
        "",
        "Ask for Harriet Penhallow",
        *letter.sender.address,
        "8 December 2025",
    ]


def test_line_of_what_is_not_known_is_left_out(setting: Setting) -> None:
    letter = example_letter("progress_request")
    letter = replace(letter, sender=replace(letter.sender, telephone=""))
    own = setting('contact = ["Telephone: {telephone}", "{dated}", "{reference}"]')
    assert list(own.letterhead.contact_of(letter)) == ["8 December 2025", "PR-199999-4-H"]


def test_brackets_in_a_value_are_text(setting: Setting) -> None:
    letter = example_letter("progress_request")
    letter = replace(letter, sender=replace(letter.sender, telephone="{reference} {0.__class__}"))
    own = setting('contact = ["{telephone}", "{dated}", "{reference}"]')
    assert next(own.letterhead.contact_of(letter)) == "{reference} {0.__class__}"


@pytest.mark.parametrize(("says", "heard"), [("", "Wensum County Council"), ("A heron", "A heron")])
@pytest.mark.parametrize("width", [40, 4000], ids=["square", "very wide"])
def test_logo_takes_the_place_of_the_name(
    width: int, says: str, heard: str, setting: Setting, tmp_path: Path, wording: Wording
) -> None:
    (tmp_path / "arms.svg").write_text(LOGO.format(width=width), encoding="utf-8")
    own = setting(f'logo = "arms.svg"\nlogo_says = "{says}"\n')
    assert _figures(_pdf(own, wording)) == [heard]


def test_letter_without_a_logo_has_no_figure(typesetter: Typesetter, wording: Wording) -> None:
    assert _figures(_pdf(typesetter, wording)) == []


def test_logo_is_reached_from_a_letterhead_of_their_own_too(setting: Setting, tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "arms.svg").write_text(LOGO.format(width=40), encoding="utf-8")
    (tmp_path / "letterhead.typ").write_text((TEMPLATES / "letterhead.typ").read_text(encoding="utf-8"))
    assert len(_figures(_pdf(setting('logo = "arms.svg"\n'), wording))) == 1


def test_large_print_is_larger(setting: Setting, typesetter: Typesetter, wording: Wording) -> None:
    letter = example_letter("progress_request")
    composed = compose(letter, wording)
    large, usual = (one.measured(composed, letter).pages for one in (setting("size = 24\n"), typesetter))
    assert large > usual


@pytest.mark.parametrize("window", Window)
def test_window_is_where_the_address_is_measured(window: Window, setting: Setting, wording: Wording) -> None:
    letter = example_letter("progress_request")
    measured = setting(f'window = "{window}"\n').measured(compose(letter, wording), letter).address
    assert window.shows.holds(measured)
    assert (measured.left, measured.top) == pytest.approx(window.address[:2])


def test_area_that_leaves_another_on_any_side_is_not_held() -> None:
    whole = Area(10, 10, 20, 20)
    assert whole.holds(whole)
    moved = (Area(9, 10, 20, 20), Area(10, 9, 20, 20), Area(10, 10, 21, 20), Area(10, 10, 20, 21))
    assert not any(map(whole.holds, moved))
