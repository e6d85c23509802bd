"""policy list, policy check and policy migrate."""

from datetime import date
from typing import Any

import click

from casework.cli.common import emit, json_option, on_option, said
from casework.office import Office, warn_of_base
from casework.policy_change import PolicyChange, preview
from casework.policy_change import migrate as migrate_caseload
from casework.record import Stamp
from states.policy import load_policy
from states.policy_file import policy_names


def said_if_given(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    return None if value is None else said(context, option, value)


@click.group()
def policy() -> None:
    """List policies, check your own, or change to another."""


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
    warn_of_base(found)
    data = {"name": found.name, "title": found.policy.title, "hash": found.hash, "problems": []}
    emit(as_json, data, f"{found.name}: no problems. {found.policy.title}, hash {found.hash[:12]}.")


@policy.command("migrate")
@click.option("--to", "wanted", required=True, help="The new policy: a name, or a TOML file of your own.")
@click.option("--dry-run", is_flag=True, help="Only list what changes, school by school.")
@click.option("--by", callback=said_if_given, help="Name of the person who decides.")
@click.option("--role", callback=said_if_given, help="That person's role.")
@click.option("--reason", callback=said_if_given, help="Why, for each school's history and for the letters.")
@click.option("--no-letters", is_flag=True, help="Draft no letter to the schools whose category changes.")
@on_option
@json_option
def migrate(
    wanted: str,
    dry_run: bool,
    by: str | None,
    role: str | None,
    reason: str | None,
    no_letters: bool,
    on: date | None,
    as_json: bool,
) -> None:
    """Bring the whole caseload under another policy.

    Every school that changes is listed: state, category and its label, monitoring, the return that is due, the clocks
    that run to another day, and whether a letter is due. Schools in a state that the new policy neither uses nor maps
    are named, and nothing is done. Every open case gets one event. To undo it, migrate back: a school that has not
    moved since returns to its old state.
    """
    office = Office()
    new, day = load_policy(wanted), on or office.today
    if new.hash != office.policy.hash:
        warn_of_base(new)
    if dry_run:
        change = preview(office.engine, office.policy, new, day)
    elif by and role and reason:
        stamp = Stamp(actor=by, role=role, on=day, now=office.now, policy=new)
        with office.sealed(f"policy migrate --to {wanted}"):
            change = migrate_caseload(office.engine, office.policy, reason, stamp, notices=not no_letters)
    else:
        raise click.UsageError("A migration needs --by, --role and --reason. To see what it would do: --dry-run.")
    emit(as_json, _as_data(change, dry_run), _as_text(change, dry_run, wanted))


def _as_data(change: PolicyChange, dry_run: bool) -> dict[str, Any]:
    return {
        "from": change.old.name,
        "to": change.new.name,
        "dry_run": dry_run,
        "cases": len(change.cases),
        "changed": len(change.changed),
        "counts": change.counts,
        "changes": [case.as_dict() for case in change.changed],
        "letters": list(change.letters),
    }


def _as_text(change: PolicyChange, dry_run: bool, wanted: str) -> str:
    counts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in change.counts.items() if count)
    head = f"{change.old.name} → {change.new.name}: {len(change.changed):,} of {len(change.cases):,} cases change"
    ending = (
        "Nothing was written."
        if dry_run
        else f"Done, with {len(change.letters):,} letters drafted. From now on set CASEWORK_POLICY={wanted}."
    )
    listed = [_case_text(case.as_dict()) for case in change.changed]
    return "\n".join([f"{head}{f' ({counts})' if counts else ''}.", *listed, ending])


def _case_text(case: dict[str, Any]) -> str:
    steps = {name.replace("_", " "): (step["from"], step["to"]) for name, step in case["changes"].items()}
    before, after = steps.pop("deadlines", ({}, {}))
    steps |= {name.replace("_", " "): (was, after.get(name)) for name, was in before.items()}
    differs = [f"{name} {_shown(was)} → {_shown(becomes)}" for name, (was, becomes) in steps.items()]
    return f"{case['urn']} {case['name']}: {'; '.join([*differs, *['letter due'] * case['letter_due']])}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return f"{value['date'] or 'no day'} ({value['state']})"
    return str(value or "none")
