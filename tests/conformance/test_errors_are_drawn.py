"""The drawing of the error tree in states/errors.py is the tree.

The sources are read, not imported: flows would bring up Prefect, and a class need not be reached to be drawn.
"""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from states import errors
from states.errors import CaseworkError

ROOT = Path(__file__).parents[2]
PACKAGES = ("states", "notifications", "casework", "flows")
BRANCH = re.compile(
    r"^    (?P<stem>[│├└─ ]*)(?P<name>[A-Z]\w+) +(?P<words>\S.*\S) +\((?P<module>[\w.]+)\)$", re.MULTILINE
)


class Drawn(NamedTuple):
    """One class of the tree: its name, what it is a kind of, and where it stands."""

    name: str
    parent: str
    module: str


def drawn() -> list[Drawn]:
    """The branches of the drawing; each level is drawn four columns further in."""
    path, branches = [CaseworkError.__name__], []
    for branch in BRANCH.finditer(errors.__doc__ or ""):
        depth = len(branch["stem"]) // 4
        path[depth:] = [branch["name"]]
        branches.append(Drawn(branch["name"], path[depth - 1], branch["module"]))
    return branches


def classes() -> list[tuple[Drawn, ast.ClassDef]]:
    return [
        (Drawn(node.name, ast.unparse(base).rpartition(".")[2], module_of(file)), node)
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    ]


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def error_tree() -> list[tuple[Drawn, ast.ClassDef]]:
    """Every class that is, by whatever way, a kind of CaseworkError."""
    found, names = [], {CaseworkError.__name__}
    everything = classes()
    while new := [one for one in everything if one[0].parent in names and one not in found]:
        found += new
        names |= {branch.name for branch, _ in new}
    return found


TREE = error_tree()


def test_drawing_shows_every_error_in_its_place() -> None:
    assert sorted(drawn()) == sorted(branch for branch, _ in TREE), "draw it again in states/errors.py"


def test_drawing_is_straight() -> None:
    lines = [match[0] for match in BRANCH.finditer(errors.__doc__ or "")]
    assert len({line.index(match["words"]) for line in lines if (match := BRANCH.match(line))}) == 1
    assert len({line.rindex("(") for line in lines}) == 1


@pytest.mark.parametrize(("branch", "node"), TREE, ids=[branch.name for branch, _ in TREE])
def test_error_says_when_it_happens(branch: Drawn, node: ast.ClassDef) -> None:
    said = ast.get_docstring(node) or ""
    assert said.endswith("."), f"{branch.module}.{branch.name} needs a sentence"
