"""What GOV.UK Notify asks of a letter that comes to it as a PDF, looked at before it is uploaded.

Notify itself refuses such a letter only minutes later, when the whole batch is on its way. The areas are those of its
template for letters (docs: "Upload your own letters"); templates/letterhead.typ is drawn to them, a council's own
letterhead may not be. Looked at is where each piece of text and each line begins, not where it ends.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

import pikepdf

from notifications.values import is_postcode

LONGEST = 10  # pages
LARGEST = 2_000_000  # bytes
A4 = (210.0, 297.0)
MM = 72 / 25.4


class Area(NamedTuple):
    """A part of the page in millimetres from its top left corner."""

    name: str
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Notify lets 1 mm pass."""
        return self.left - 1 <= x <= self.right + 1 and self.top - 1 <= y <= self.bottom + 1


FIRST_PAGE = (
    Area("logo", 15, 5, 125, 30),
    Area("address", 24.6, 39.5, 120, 66.3),
    Area("contact details", 125, 5, 195, 95),
    Area("body", 15, 95, 195, 292),
)
OTHER_PAGES = (Area("page", 15, 5, 195, 292),)

_NO_BEGINNING = tuple('@()=[]"\\/,<>')

Matrix = tuple[float, float, float, float, float, float]


def objections(pdf: bytes, address: tuple[str, ...]) -> Iterator[str]:
    """A sentence for each rule of Notify's that the letter does not meet; `address` is as it stands in the window."""
    yield from objections_to_address(address)
    if len(pdf) > LARGEST:
        yield f"The file has {len(pdf):,} bytes; Notify takes {LARGEST:,}."
    with pikepdf.open(BytesIO(pdf)) as opened:
        if len(opened.pages) > LONGEST:
            yield f"It has {len(opened.pages)} pages; Notify takes {LONGEST}."
        for number, page in enumerate(opened.pages, start=1):
            yield from _objections_to_page(page, number)


def objections_to_address(address: tuple[str, ...]) -> Iterator[str]:
    """A sentence for each rule of Notify's that the lines in the window do not meet."""
    if not 3 <= len(address) <= 7:
        yield f"The address has {len(address)} lines; Notify takes 3 to 7."
    if not address or not is_postcode(address[-1]):
        yield "The address does not end with a postcode."
    for line in address[:2]:
        if not any(map(str.isalnum, line)):
            yield f"The line of the address {line!r} has neither a letter nor a figure."
    for line in address:
        if line.startswith(_NO_BEGINNING) or "no fixed abode" in line.casefold():
            yield f"Notify takes no line of an address that reads {line!r}."


def _objections_to_page(page: pikepdf.Page, number: int) -> Iterator[str]:
    width, height = (float(length) / MM for length in page.mediabox[2:4])
    if abs(width - A4[0]) > 2 or abs(height - A4[1]) > 2:
        yield f"Page {number} is {width:.0f} by {height:.0f} mm; Notify takes A4."
    areas = FIRST_PAGE if number == 1 else OTHER_PAGES
    for x, y in _beginnings(page):
        if not any(area.holds(x / MM, height - y / MM) for area in areas):
            at = f"{x / MM:.0f} mm from the left and {height - y / MM:.0f} mm from the top"
            yield f"Page {number}: something stands {at}, outside of where Notify prints. Correct the letterhead."
            return


def _beginnings(page: pikepdf.Page) -> Iterator[tuple[float, float]]:
    """Where each piece of text and each line or box begins, in points from the bottom left."""
    stack: list[Matrix] = []
    now = text = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    for one in pikepdf.parse_content_stream(page):
        operands = one.operands
        match str(one.operator):
            case "q":
                stack.append(now)
            case "Q":
                now = stack.pop()
            case "cm":
                now = _times(_matrix(operands), now)
            case "Tm":
                text = _matrix(operands)
            case "Tj" | "TJ":
                yield _times(text, now)[4:]
            case "m" | "l" | "re":
                point = (1.0, 0.0, 0.0, 1.0, float(operands[0]), float(operands[1]))
                yield _times(point, now)[4:]


def _matrix(operands: object) -> Matrix:
    a, b, c, d, e, f = map(float, operands)  # type: ignore[call-overload]
    return a, b, c, d, e, f


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
