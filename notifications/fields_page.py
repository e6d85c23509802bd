"""templates/FIELDS.md, for officers: every letter with its file, its readers and its merge fields, made from the code.

Run `python -m notifications.fields_page > templates/FIELDS.md` after a change to the catalogue.
"""

import types
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from notifications.catalogue import CATALOGUE, LetterFields
from notifications.letter import field_names
from notifications.render import template_of

_HEAD = """# The letters and their fields

For officers. How to change a letter: [README.md](README.md). This page is made from the code: run `make docs`, and do
not edit it. "Can be empty" means: put the words that depend on it between `{% if … %}` and `{% endif %}`.

| Letter | File | May go to | Under |
|---|---|---|---|"""

_PLAIN = {str: "text", int: "number", bool: "yes or no, for `{% if %}`", date: "date"}


def document() -> str:
    """The whole page."""
    return "\n".join(
        [_HEAD, *map(_row, CATALOGUE.values()), *(line for one in CATALOGUE.values() for line in _part(one))]
    )


def _row(letter: type[LetterFields]) -> str:
    readers = ", ".join(role.label.lower() for role in letter.audience)
    return f"| {letter.title} | `{template_of(letter.folder)}` | {readers} | {letter.statutory or 'no Act'} |"


def _part(letter: type[LetterFields]) -> Iterator[str]:
    yield f"\n## {letter.folder}\n"
    yield " ".join((letter.__doc__ or "").split())
    yield f"\nBy {' and '.join(letter.channels())}; {letter.pages} pages at most.\n"
    yield "| Field | What it is |\n|---|---|"
    for name, hint in _hints(letter).items():
        yield from _field(name, hint)


def _hints(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {name: hints[name] for name in field_names(cls)}


def _field(name: str, hint: Any) -> Iterator[str]:
    if is_dataclass(hint) and isinstance(hint, type):
        for inner, one in _hints(hint).items():
            yield from _field(f"{name}.{inner}", one)
        return
    yield f"| `{name}` | {_meaning(hint)} |"


def _meaning(hint: Any) -> str:
    if get_origin(hint) is types.UnionType:
        return f"{_meaning(get_args(hint)[0])}; can be empty"
    if get_origin(hint) is tuple:
        return _listing(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return f"{', '.join(f'`{word}`' for word in hint)}; for `{{% if %}}`"
    if is_dataclass(hint) and isinstance(hint, type):
        return f"has {_parts(hint)}"
    return _PLAIN[hint]


def _listing(item: Any) -> str:
    if is_dataclass(item):
        return f"list; each has {_parts(item)}"
    return f"list of {_PLAIN[item]}s"


def _parts(cls: Any) -> str:
    """What of a part a template may print: its fields, and the words that it has from the law."""
    derived = [name for name, value in vars(cls).items() if isinstance(value, property)]
    return ", ".join(f"`{name}`" for name in (*field_names(cls), *derived))


if __name__ == "__main__":
    print(document())  # noqa: T201  # the page is this module's output
