"""In whose name a run is started, cancelled or answered: that of the person at the console, whatever the form claims.

The body is read, understood once and written anew, so that nothing that can be read in two ways (a key twice, a number
that is none) goes further. Of what Prefect would take, only what a form needs is handed on: another environment, queue
or parent for a run is nothing that a person may choose here.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from casework.officers import Person

# What our flows and forms call the person and that person's role in the authority.
NAME, TITLE = "by", "role"
TAG = "by "

# A value that Prefect would put together itself, from a template or a variable, after we have looked at it.
_TEMPLATE = "__prefect_kind"
_DEEPEST = 40
_ASLEEP = ("SCHEDULED", "PAUSED")


class Unfit(Exception):
    """What was sent cannot be recorded in anybody's name; the sentence goes back to that person."""


Rewrite = Callable[[dict[str, Any], Person, Mapping[str, Any]], dict[str, Any]]


def understood(body: bytes) -> dict[str, Any]:
    """The JSON object that was sent; nothing at all is an empty one. Raises Unfit."""
    if not body.strip():
        return {}
    try:
        read = json.loads(body, object_pairs_hook=_once_each, parse_constant=_no_number)
        _require_plain(read)
    except (ValueError, RecursionError) as error:
        raise Unfit(f"What the form sent cannot be understood ({error}). Load the page again.") from error
    if not isinstance(read, dict):
        raise Unfit("What the form sent is no form. Load the page again.")
    return read


def started(sent: dict[str, Any], person: Person, schema: Mapping[str, Any]) -> dict[str, Any]:
    """What starts a run of a deployment whose parameters are described by `schema`."""
    made: dict[str, Any] = {"parameters": signed(_object(sent, "parameters"), person, schema)}
    made["tags"] = [f"{TAG}{person.name}", *(tag for tag in _texts(sent, "tags") if not tag.startswith(TAG))]
    if isinstance(sent.get("name"), str):
        made["name"] = sent["name"]
    if state := _object(sent, "state"):
        made["state"] = _scheduled(state)
    return made


def cancelled(sent: dict[str, Any], person: Person, run: Mapping[str, Any]) -> dict[str, Any]:
    """What cancels a run, in the person's name. Any other state would be a claim about work that nobody did.

    A run with no process has none to be stopped first, and Prefect would skip that step and lose the message.
    """
    wanted = _object(sent, "state").get("type")
    if wanted not in ("CANCELLING", "CANCELLED"):
        raise Unfit(
            "People set no state here but to cancel: start it again from its deployment, so that it has your name."
        )
    if (run.get("state") or {}).get("type") in _ASLEEP:
        wanted = "CANCELLED"
    message = f"Cancelled by {person.name}, {person.title}."
    return {"state": {"type": wanted, "name": wanted.capitalize(), "message": message}, "force": False}


def answered(sent: dict[str, Any], person: Person, schema: Mapping[str, Any]) -> dict[str, Any]:
    """What answers a form that is described by `schema`."""
    return {"run_input": signed(_object(sent, "run_input"), person, schema)}


def signed(values: dict[str, Any], person: Person, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the person's name and title where the form has room for them, and nowhere else."""
    asked = schema.get("properties") or {}
    true = {NAME: person.name, TITLE: person.title}
    kept = {name: value for name, value in values.items() if name not in true}
    return kept | {name: value for name, value in true.items() if name in asked}


def _scheduled(state: dict[str, Any]) -> dict[str, Any]:
    if state.get("type") != "SCHEDULED":
        raise Unfit("A run begins as scheduled, now or at a later time.")
    details = {"scheduled_time": _object(state, "state_details").get("scheduled_time")}
    return {"type": "SCHEDULED", "state_details": details if details["scheduled_time"] else {}}


def _object(sent: dict[str, Any], name: str) -> dict[str, Any]:
    found = sent.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Unfit(f"The form's {name} is no set of answers. Load the page again.")
    return found


def _texts(sent: dict[str, Any], name: str) -> list[str]:
    found = sent.get(name) or []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a name stands there twice")
    return read


def _no_number(written: str) -> NoReturn:
    raise ValueError(f"{written} is no number")


def _require_plain(value: Any, depth: int = 0) -> None:
    """No template anywhere, and nothing nested as no form is."""
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(value, dict) and _TEMPLATE in value:
        raise ValueError("templates and variables are for deployments; fill the form in plainly")
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inside:
        _require_plain(one, depth + 1)
