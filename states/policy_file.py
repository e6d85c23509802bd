"""Finding, reading and merging policy files.

Here: the packaged policies by name, a council's own file by path, and `extends`, which lets that file be
short. Not here: what a policy may say (states.policy).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from states.errors import CaseworkError
from states.toml_file import Problem, TomlFile, nearest, problem_at, read_toml

_FOLDER = Path(__file__).parent / "policies"


class PolicyError(CaseworkError):
    """A policy file cannot be used; the text has one line for each thing to put right."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class PolicySource:
    """The files that make up one policy, the most particular first, and what they say together."""

    files: tuple[TomlFile, ...]
    content: dict[str, Any]


def policy_names() -> tuple[str, ...]:
    """The names of the policies that come with the system."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def read_policy(name_or_path: str | Path) -> PolicySource:
    """The policy of that name or in that file, with all that it extends.

    Tables are merged key by key; anything else, arrays included, is replaced whole by the more particular
    file. PolicyError when a file is not there, cannot be read or is not TOML.
    """
    chain = _chain(_locate(name_or_path, Path()), ())
    content: dict[str, Any] = {}
    for file in reversed(chain):
        content = _merged(content, file.content)
    return PolicySource(chain, content)


def _chain(path: Path, above: tuple[TomlFile, ...]) -> tuple[TomlFile, ...]:
    """`above`, the file at `path`, and each that it extends in turn."""
    file = read_toml(path)
    if isinstance(file, Problem):
        raise PolicyError([file])
    chain = (*above, file)
    about = file.content.get("policy")
    base = about.get("extends") if isinstance(about, dict) else None
    if base is None:
        return chain
    place = ("policy", "extends")
    if not isinstance(base, str):
        raise PolicyError([problem_at([file], place, "this is no name or path", _advice(""))])
    found = _locate(base, path.parent)
    if any(found.samefile(earlier.name) for earlier in chain if found.exists()):
        raise PolicyError([problem_at([file], place, "this policy extends itself", "Extend another one.")])
    return _chain(found, chain)


def _locate(name_or_path: str | Path, beside: Path) -> Path:
    """A packaged policy when the name is one; otherwise a path, relative to the folder `beside`."""
    if str(name_or_path) in policy_names():
        return _FOLDER / f"{name_or_path}.toml"
    path = beside / name_or_path
    if path.suffix == ".toml":
        return path
    name = str(name_or_path)
    raise PolicyError([Problem(name, None, "", "", "there is no such policy", _advice(name))])


def _advice(name: str) -> str:
    return f"{nearest(name, policy_names())} Or give the path of a .toml file."


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    tables = {
        key: _merged(base[key], value)
        for key, value in own.items()
        if isinstance(value, dict) and isinstance(base.get(key), dict)
    }
    return base | own | tables
