"""policy list and policy check."""

import click

from casework.cli.common import emit, json_option
from states.policy import load_policy
from states.policy_file import policy_names


@click.group()
def policy() -> None:
    """List policies, and check one of your own."""


@policy.command("list")
@json_option
def list_policies(as_json: bool) -> None:
    """List the policies that come with the program."""
    found = [load_policy(name) for name in policy_names()]
    data = [
        {"name": one.name, "title": one.policy.title, "valid_from": one.policy.valid_from, "hash": one.hash}
        for one in found
    ]
    emit(as_json, data, "\n".join(f"{one['name']:24}{one['title']} (from {one['valid_from']})" for one in data))


@policy.command("check")
@click.argument("file")
@json_option
def check(file: str, as_json: bool) -> None:
    """Check a policy: FILE is a name, or a TOML file of your own.

    Every problem is named with its file, key and value, and what to write instead; the exit code is then 1.
    """
    found = load_policy(file)
    data = {"name": found.name, "title": found.policy.title, "hash": found.hash, "problems": []}
    emit(as_json, data, f"{found.name}: no problems. {found.policy.title}, hash {found.hash[:12]}.")
