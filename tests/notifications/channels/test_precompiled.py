"""Notify's rules for letters that come as a PDF, before it is uploaded."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from notifications.catalogue import CATALOGUE
from notifications.channels import precompiled
from notifications.channels.precompiled import objections
from notifications.examples import example_letter
from notifications.pdf import Typesetter, address_lines
from notifications.render import compose
from notifications.wording import TEMPLATES, Wording

ADDRESS = ("Mrs Okafor", "High Heath School", "Mill Lane", "WX1 2AB")


def a_pdf(pages: int = 1, width: float = 210, height: float = 297) -> bytes:
    made, content = pikepdf.new(), BytesIO()
    for _ in range(pages):
        made.add_blank_page(page_size=(width * precompiled.MM, height * precompiled.MM))
    made.save(content)
    return content.getvalue()


@pytest.mark.parametrize("kind", CATALOGUE)
def test_our_letters_meet_every_rule(kind: str, wording: Wording, typesetter: Typesetter) -> None:
    letter = example_letter(kind)
    assert list(objections(typesetter.pdf(compose(letter, wording), letter), address_lines(letter))) == []


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (ADDRESS[2:], "has 2 lines"),
        ((*ADDRESS[:3], "a", "b", "c", "d", "WX1 2AB"), "has 8 lines"),
        (ADDRESS[:3], "does not end with a postcode"),
        (("--", *ADDRESS[1:]), "neither a letter nor a figure"),
        (("[Head]", *ADDRESS[1:]), "no line of an address that reads '[Head]'"),
        ((*ADDRESS[:2], "No fixed abode", "WX1 2AB"), "reads 'No fixed abode'"),
        ((), "does not end with a postcode"),
    ],
)
def test_address_that_notify_would_refuse_is_named(address: tuple[str, ...], why: str) -> None:
    assert any(why in sentence for sentence in objections(a_pdf(), address))


@pytest.mark.parametrize(
    ("pdf", "why"),
    [(a_pdf(pages=11), "It has 11 pages"), (a_pdf(width=216, height=279), "216 by 279 mm; Notify takes A4")],
    ids=["pages", "paper"],
)
def test_paper_that_notify_would_refuse_is_named(pdf: bytes, why: str) -> None:
    [sentence] = objections(pdf, ADDRESS)
    assert why in sentence


def test_large_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precompiled, "LARGEST", 10)
    [sentence] = objections(a_pdf(), ADDRESS)
    assert sentence.endswith("Notify takes 10.")


@pytest.mark.parametrize(
    ("ours", "moved"),
    [
        ("put(left, top, fitted", "put(left, 70mm, fitted"),
        ("put(128mm, 40.5mm", "put(2mm, 80mm"),
        ("#let body-top = 96mm", "#let body-top = 75mm"),
        ("margin: (left: page-left", "margin: (left: 5mm"),
    ],
    ids=["address too low", "contact too far left", "body too high", "margin"],
)
def test_letterhead_of_a_council_is_measured(ours: str, moved: str, tmp_path: Path, wording: Wording) -> None:
    page = (TEMPLATES / "letterhead.typ").read_text(encoding="utf-8")
    assert ours in page
    (tmp_path / "letterhead.typ").write_text(page.replace(ours, moved), encoding="utf-8")
    letter = example_letter("progress_request")
    [*found] = objections(Typesetter(tmp_path).pdf(compose(letter, wording), letter), address_lines(letter))
    assert found
    assert "outside of where Notify prints. Correct the letterhead." in found[0]
