"""The command starts fast and says what it can do: its table of commands is bound to the commands themselves."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest

from casework.cli import COMMANDS, cli
from casework.settings import VARIABLES

HEAVY = ("prefect", "sqlalchemy", "alembic", "pydantic", "typst", "jinja2", "transitions")


def every_command(
    group: click.Group = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


ALL = [pytest.param(path, command, id=" ".join(path)) for path, command in every_command()]


@pytest.mark.parametrize("typed", [["--help"], ["--version"], []], ids=["help", "version", "nothing"])
def test_help_imports_nothing_heavy(typed: list[str]) -> None:
    code = (
        "import sys\nfrom casework.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code, *typed], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_no_command_imports_prefect() -> None:
    names = [where.partition(":")[0] for where, _ in COMMANDS.values()]
    code = f"import sys, importlib\nfor name in {names}: importlib.import_module(name)\nprint('prefect' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize("name", COMMANDS)
def test_listed_line_is_the_command_s_own(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert (command.help or "").strip().splitlines()[0] == COMMANDS[name][1]


@pytest.mark.parametrize(("path", "command"), ALL)
def test_every_command_has_help(path: tuple[str, ...], command: click.Command, casework: Callable[..., Any]) -> None:
    ran = casework(*path, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert (command.help or "").strip().splitlines()[0].rstrip(".") in " ".join(ran.out.split())


@pytest.mark.parametrize(("path", "command"), ALL)
def test_every_option_says_what_it_is_for(path: tuple[str, ...], command: click.Command) -> None:
    options = [one for one in command.params if isinstance(one, click.Option) and one.name != "form"]
    assert [one.name for one in options if not one.help] == []


def test_general_help_lists_every_command(casework: Callable[..., Any]) -> None:
    out = casework("--help").out
    assert [name for name, (_, line) in COMMANDS.items() if f"  {name} " not in out or line not in out] == []


def test_module_is_the_same_command() -> None:
    ran = subprocess.run([sys.executable, "-m", "casework", "--help"], capture_output=True, text=True, check=True)
    assert "Run a local authority's school-improvement policy." in ran.stdout


def test_every_setting_is_explained(casework: Callable[..., Any]) -> None:
    out = casework("settings").out
    assert [name for name, words in VARIABLES.items() if f"{name}=" not in out or words not in out] == []
