"""The letterhead's settings: logo, contact block, window of the envelope, type.

Here: what `letterhead.toml` may say, and where each window shows the paper. Not here: how it is drawn
(templates/letterhead.typ).
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from notifications.errors import LetterError
from notifications.letter import Letter
from notifications.values import printable
from notifications.wording import TEMPLATES
from states.dates import in_words
from states.toml_file import Problem, Table, TomlFile, problem_at, problems_in, read_toml

FILE = "letterhead.toml"

_OF_SENDER = (
    "telephone",
    "email",
    "website",
    "signatory_name",
    "signatory_title",
    "signatory_telephone",
    "signatory_email",
)
_NEEDED = ("dated", "reference")
_FIELDS = frozenset(("address", *_OF_SENDER, *_NEEDED))
_PICTURES = (".svg", ".png")


class Area(NamedTuple):
    """A part of the page, in millimetres from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: "Area") -> bool:
        """Whether the other lies in this one; a hundredth of a millimetre is nothing."""
        return (
            self.left <= other.left + 0.01
            and self.top <= other.top + 0.01
            and other.right <= self.right + 0.01
            and other.bottom <= self.bottom + 0.01
        )


class Window(StrEnum):
    """The envelopes that letters are put into."""

    NOTIFY = "notify"
    DL = "dl"
    C5 = "c5"

    @property
    def shows(self) -> Area:
        """What of the paper is seen through the window, however the sheet lies in the envelope."""
        return _SHOWN[self]

    @property
    def address(self) -> Area:
        """Where the address is printed: clear of the window's edges, its left edge that of the text."""
        return _ADDRESS[self]


# Notify: its rules for a letter of one's own. DL and C5 after BS 4264: a window of 93 by 39 mm, 20 mm from the left and
# 53 mm from the top; of 90 by 44 mm, 20 mm from the left and 60 mm from the bottom; less the play of a folded A4 sheet.
_SHOWN = {
    Window.NOTIFY: Area(24.6, 39.5, 120.0, 66.3),
    Window.DL: Area(20.0, 53.0, 103.0, 81.0),
    Window.C5: Area(20.0, 58.0, 91.0, 88.0),
}
_ADDRESS = {
    Window.NOTIFY: Area(24.6, 40.5, 118.6, 65.5),
    Window.DL: Area(24.6, 54.5, 102.0, 80.0),
    Window.C5: Area(24.6, 60.0, 90.0, 87.0),
}


class Letterhead(Table):
    """What a council says of its letterhead."""

    window: Window
    logo: str
    logo_says: str
    font: str = Field(min_length=1)
    fonts: str
    size: float = Field(ge=10, le=24)
    contact: tuple[str, ...]

    @field_validator("contact")
    @classmethod
    def _names_what_there_is(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        named = {name for line in lines for name in _fields(line)}
        if unknown := sorted(named - _FIELDS):
            raise _wrong(f"there is no field {unknown[0]!r}", f"The fields are: {', '.join(sorted(_FIELDS))}.")
        if missing := [name for name in _NEEDED if name not in named]:
            raise _wrong("a letter must have its date and its reference", f"Put {{{missing[0]}}} into a line.")
        if any("{address}" in line and line != "{address}" for line in lines):
            raise _wrong("an address has several lines", "Give {address} a line of its own.")
        return lines

    def contact_of(self, letter: Letter) -> Iterator[str]:
        """The lines on the right for one letter; "" is a gap."""
        sender = letter.sender
        known = {name: getattr(sender, name) for name in _OF_SENDER}
        known |= {"dated": in_words(letter.dated), "reference": letter.reference}
        for line in self.contact:
            if line == "{address}":
                yield from filter(None, map(printable, sender.address))
            elif all(printable(known[name]) for name in _fields(line)):
                yield printable(line.format_map(known))


def _wrong(problem: str, fix: str) -> PydanticCustomError:
    return PydanticCustomError("contact", "{problem}", {"problem": problem, "fix": fix})


def _fields(line: str) -> Iterable[str]:
    """The fields of a line, with all that a person may have put into the brackets."""
    try:
        parts = list(Formatter().parse(line))
    except ValueError as error:
        raise _wrong(f"{line!r} cannot be read: {error}", "Write a field as {email}.") from error
    return ["".join(filter(None, (name, how, spec))) for _, name, spec, how in parts if name is not None]


class Stationery(NamedTuple):
    """The settings, with the files that they name, found."""

    letterhead: Letterhead
    logo: Path | None
    fonts: Path | None


def stationery(overrides: Path | None) -> Stationery:
    """The settings of ours, and over them those of a council's own folder; LetterError lists everything wrong."""
    files = [_read(folder / FILE) for folder in (overrides, TEMPLATES) if folder and (folder / FILE).is_file()]
    content = files[-1].content | files[0].content
    try:
        letterhead = Letterhead.model_validate(content)
    except ValidationError as error:
        raise LetterError("\n".join(map(str, problems_in(error, Letterhead, files)))) from None
    return Stationery(letterhead, _beside(files, "logo", letterhead.logo), _beside(files, "fonts", letterhead.fonts))


def _read(path: Path) -> TomlFile:
    file = read_toml(path)
    if isinstance(file, Problem):
        raise LetterError(str(file))
    return file


def _beside(files: list[TomlFile], key: str, name: str) -> Path | None:
    """The picture or the folder that a setting names: it lies beside the file that says so."""
    if not name:
        return None
    path = Path(files[0].name).parent / name
    if key == "logo" and path.suffix.lower() not in _PICTURES:
        raise LetterError(str(problem_at(files, (key,), "this is no picture for a logo", "Give an .svg or a .png.")))
    if not (path.is_file() if key == "logo" else path.is_dir()):
        raise LetterError(str(problem_at(files, (key,), "it is not there", f"Put it beside {files[0].name}.")))
    return path.resolve()
