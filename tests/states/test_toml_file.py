"""A mistake in a file is told on the line where it stands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import states
from states.toml_file import Place, TomlFile, nearest, parse_toml, read_toml, spell

ROOM = Path(states.__file__).parent
FILES = [*sorted(ROOM.glob("policies/*.toml")), *sorted(ROOM.glob("calendars/*.toml"))]
TEXT = """\
title = "a"
"quoted key" = 1

[outer]
list = [
    { one = 1 },
    # a remark
    { one = 2 },
]

[[outer.items]]
name = "first"
[[outer.items.parts]]
size = 1
[[outer.items]]
name = "second"
[[outer.items.parts]]
size = 2
[[outer.items.parts]]
size = 3
"""


def leaves(content: Any, place: Place = ()) -> Iterator[Place]:
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for step, value in items:
        yield from leaves(value, (*place, step))
    if not items:
        yield place


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("title",), 1),
        (("quoted key",), 2),
        (("outer",), 4),
        (("outer", "list", 0, "one"), 6),
        (("outer", "list", 1, "one"), 8),
        (("outer", "items", 0, "parts", 0, "size"), 14),
        (("outer", "items", 1, "name"), 16),
        (("outer", "items", 1, "parts", 0, "size"), 18),
        (("outer", "items", 1, "parts", 1, "size"), 20),
        (("outer", "items", 1, "absent"), 15),
        (("absent",), None),
    ],
    ids=lambda value: spell(value) if isinstance(value, tuple) else str(value),
)
def test_place_has_its_line(place: Place, line: int | None) -> None:
    file = parse_toml(TEXT, "text.toml")
    assert isinstance(file, TomlFile)
    assert file.line_of(place) == line


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_value_of_a_packaged_file_has_a_line(path: Path) -> None:
    file = read_toml(path)
    assert isinstance(file, TomlFile)
    lines = file.text.split("\n")
    for place in leaves(file.content):
        key = next(step for step in reversed(place) if isinstance(step, str))
        assert key in lines[(file.line_of(place) or 0) - 1]


def test_place_is_spelt_as_people_write_it() -> None:
    assert spell(("categories", 2, "states", 0)) == "categories[2].states[0]"


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("hed", "Did you mean head?"),
        ("governor", "Known: chair, clerk, head."),
        ("", "Known: chair, clerk, head."),
    ],
)
def test_nearest_name_is_offered(word: str, advice: str) -> None:
    assert nearest(word, ["head", "chair", "clerk"]) == advice
