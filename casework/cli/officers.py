"""officers: who may sign in at the console. A password is asked for without echo, or read from standard input."""

import sys
from typing import Any

import click

from casework.cli.common import emit, json_option, said
from casework.office import Office
from casework.officers import (
    DOES,
    LONGEST,
    SHORTEST,
    Person,
    add_officer,
    change_officer,
    disable_officer,
    enable_officer,
    list_officers,
    set_password,
)
from casework.tables import May

SIGN_IN = click.argument("sign_in")
MAY = click.Choice([may.value for may in May])
WHAT_MAY = "; ".join(f"{may.value} {does}" for may, does in DOES.items())


@click.group()
def officers() -> None:
    """Say who may sign in at the console."""


@officers.command("add")
@SIGN_IN
@click.option("--name", required=True, callback=said, help="Name, as events will say it.")
@click.option("--title", required=True, callback=said, help="Role in the authority, for example “Senior Adviser”.")
@click.option("--may", type=MAY, required=True, help=f"What that person does: {WHAT_MAY}.")
@json_option
def add(sign_in: str, name: str, title: str, may: str, as_json: bool) -> None:
    """Add an officer, who signs in as SIGN_IN.

    The password is asked for at a prompt; where standard input is no terminal, its first line is the password.
    """
    office = Office()
    kept = add_officer(office.engine, sign_in, Person(name, title, May(may)), _password(), office.now)
    emit(as_json, {"sign_in": kept, "name": name, "may": may}, f"{name} may sign in as {kept}: {may}.")


@officers.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List everybody who may or might sign in. Passwords are shown to nobody."""
    office = Office()
    found = list_officers(office.engine)
    emit(as_json, found, "\n".join(map(_line, found)) or "There are none: see `casework officers add --help`.")


def _line(one: dict[str, Any]) -> str:
    out = f"  disabled {one['disabled_at']:%Y-%m-%d}" if one["disabled_at"] else ""
    return f"{one['sign_in']:20}{one['may']:11}{one['name']}, {one['title']}{out}"


@officers.command("change")
@SIGN_IN
@click.option("--title", callback=lambda ctx, param, value: value and said(ctx, param, value), help="Another title.")
@click.option("--may", type=MAY, help=f"What that person does from now on: {WHAT_MAY}.")
@json_option
def change(sign_in: str, title: str | None, may: str | None, as_json: bool) -> None:
    """Change an officer's title or what that officer may do."""
    if title is None and may is None:
        raise click.UsageError("Say what changes: --title, --may or both.")
    office = Office()
    change_officer(office.engine, sign_in, title=title, may=May(may) if may else None)
    emit(as_json, {"sign_in": sign_in, "title": title, "may": may}, f"{sign_in} is changed, from the next click on.")


@officers.command("disable")
@SIGN_IN
@json_option
def disable(sign_in: str, as_json: bool) -> None:
    """Keep an officer out, at once. What that officer did stays on record."""
    office = Office()
    disable_officer(office.engine, sign_in, office.now)
    emit(as_json, {"sign_in": sign_in, "disabled": True}, f"{sign_in} is out, wherever that officer was signed in.")


@officers.command("enable")
@SIGN_IN
@json_option
def enable(sign_in: str, as_json: bool) -> None:
    """Let a disabled officer sign in again, with a new password."""
    office = Office()
    enable_officer(office.engine, sign_in, _password())
    emit(as_json, {"sign_in": sign_in, "disabled": False}, f"{sign_in} may sign in again, with the new password.")


@officers.command("password")
@SIGN_IN
@json_option
def password(sign_in: str, as_json: bool) -> None:
    """Give an officer a new password.

    Whoever was signed in with the old one must sign in again.
    """
    office = Office()
    set_password(office.engine, sign_in, _password())
    emit(as_json, {"sign_in": sign_in}, f"{sign_in} has a new password; every session with the old one has ended.")


def _password() -> str:
    if sys.stdin.isatty():
        asked = f"Password ({SHORTEST} to {LONGEST} characters)"
        return str(click.prompt(asked, hide_input=True, confirmation_prompt="The same again", err=True))
    return sys.stdin.readline().rstrip("\r\n")
