"""Whoever is signed in stands in the record, whatever the form claims, leaves out, or hides."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from casework.gate import Gate
from tests.servers.console import ASKS_NOBODY, DEPLOYMENT, RUN, Browser, Console, raw

SignedIn = Callable[[str], Browser]
pytestmark = pytest.mark.only_on("sqlite")

CREATE, RESUME, SET_STATE = f"{DEPLOYMENT}/create_flow_run", f"{RUN}/resume", f"{RUN}/set_state"
ANN = {"by": "Ann Pell", "role": "Senior Adviser"}

CLAIMS: dict[str, dict[str, Any]] = {
    "another's name": {"by": "Olga Utt", "role": "Director"},
    "no name": {},
    "an empty one": {"by": "", "role": None},
    "a list": {"by": ["Olga Utt"], "role": {"name": "Director"}},
    "the name alone": {"by": "Olga Utt"},
}


@pytest.mark.parametrize("claimed", CLAIMS.values(), ids=CLAIMS)
def test_run_is_started_in_the_name_of_who_is_signed_in(
    signed_in: SignedIn, console: Console, claimed: dict[str, Any]
) -> None:
    assert signed_in("ann")("POST", CREATE, json={"parameters": claimed | {"reason": "x"}}).status_code == 200
    [(_, _, sent)] = console.changes
    assert sent["parameters"] == ANN | {"reason": "x"}


@pytest.mark.parametrize("claimed", CLAIMS.values(), ids=CLAIMS)
def test_approval_is_answered_in_the_name_of_who_is_signed_in(
    signed_in: SignedIn, console: Console, claimed: dict[str, Any]
) -> None:
    assert signed_in("ann")("POST", RESUME, json={"run_input": claimed | {"reason": "x"}}).status_code == 200
    assert console.changes == [("POST", RESUME, {"run_input": ANN | {"reason": "x"}})]


@pytest.mark.parametrize("path", [CREATE, RESUME])
@pytest.mark.parametrize("body", [b"", b"{}", b'{"parameters": null, "run_input": null}', b" \n"])
def test_form_that_says_nothing_has_the_name_all_the_same(
    signed_in: SignedIn, console: Console, path: str, body: bytes
) -> None:
    assert signed_in("ann")("POST", path, content=body).status_code == 200
    [(_, _, sent)] = console.changes
    assert ANN in (sent.get("parameters"), sent.get("run_input"))


@pytest.mark.parametrize("path", [CREATE, RESUME])
def test_form_that_asks_for_no_name_gets_none(signed_in: SignedIn, console: Console, path: str) -> None:
    """What a flow does not know would make its run fail."""
    console.form = ASKS_NOBODY
    values = {"half_term": "2025-26/2", "by": "Olga Utt"}
    assert signed_in("ann")("POST", path, json={"parameters": values, "run_input": values}).status_code == 200
    [(_, _, sent)] = console.changes
    assert {"half_term": "2025-26/2"} in (sent.get("parameters"), sent.get("run_input"))


def test_run_can_be_found_by_the_name(signed_in: SignedIn, console: Console) -> None:
    signed_in("ann")("POST", CREATE, json={"tags": ["letters", "by Olga Utt", 7], "name": "mine"})
    [(_, _, sent)] = console.changes
    assert (sent["tags"], sent["name"]) == (["by Ann Pell", "letters"], "mine")


def test_nothing_but_the_form_goes_on(signed_in: SignedIn, console: Console) -> None:
    """Another environment, queue, parent, or key by which a later run would be taken for this one."""
    extra = {
        "job_variables": {"env": {"CASEWORK_OPERATOR": "Olga Utt"}, "command": "sh"},
        "idempotency_key": "check-2025-26/3",
        "enforce_parameter_schema": False,
        "work_queue_name": "mine",
        "infrastructure_document_id": "x",
        "parent_task_run_id": "x",
        "labels": {"by": "Olga Utt"},
        "context": {},
        "state": {"type": "SCHEDULED", "name": "Approved", "state_details": {"scheduled_time": "2026-02-03T09:00:00Z"}},
    }
    assert signed_in("ann")("POST", CREATE, json={"parameters": {}} | extra).status_code == 200
    [(_, _, sent)] = console.changes
    when = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2026-02-03T09:00:00Z"}}
    assert sent == {"parameters": ANN, "tags": ["by Ann Pell"], "state": when}


@pytest.mark.parametrize(
    ("stands", "becomes"), [("RUNNING", "CANCELLING"), ("PAUSED", "CANCELLED"), ("SCHEDULED", "CANCELLED")]
)
def test_cancelling_says_who(signed_in: SignedIn, console: Console, stands: str, becomes: str) -> None:
    console.stands = stands
    asked = {"state": {"type": "CANCELLING", "name": "Approved", "message": "by Ann", "data": 1}, "force": True}
    assert signed_in("olga")("POST", SET_STATE, json=asked).status_code == 200
    said = {"type": becomes, "name": becomes.capitalize(), "message": "Cancelled by Olga Utt, Adviser."}
    assert console.changes == [("POST", SET_STATE, {"state": said, "force": False})]


TWICE = b'{"run_input": {"by": "Ann Pell", "by": "Olga Utt"}, "parameters": {"by": "x", "by": "y"}}'
UNFIT = {
    "not JSON": (RESUME, b"by=Olga"),
    "a key twice": (RESUME, TWICE),
    "the whole twice": (RESUME, b'{"run_input": {}, "run_input": {"by": "Olga Utt"}}'),
    "a list": (RESUME, b"[]"),
    "a text": (CREATE, b'"by"'),
    "no number": (CREATE, b'{"parameters": {"n": NaN}}'),
    "no end": (CREATE, b'{"parameters": {"by": "Olga'),
    "half a character": (CREATE, b'{"parameters": "\xff"}'),
    "parameters of another kind": (CREATE, b'{"parameters": [["by", "Olga Utt"]]}'),
    "a depth that nobody types": (CREATE, b'{"parameters": ' + b'{"a":' * 60 + b"1" + b"}" * 61),
    "an abyss": (CREATE, b"[" * 100_000 + b"]" * 100_000),
    "a template for the name": (
        RESUME,
        b'{"run_input": {"by": {"__prefect_kind": "jinja", "template": "Olga"}, "x": 1}}',
    ),
    "a template for the whole": (
        CREATE,
        json.dumps({"parameters": {"__prefect_kind": "json", "value": '{"by": "Olga Utt"}'}}).encode(),
    ),
    "a template within": (
        CREATE,
        b'{"parameters": {"a": [{"b": {"__prefect_kind": "workspace_variable", "variable_name": "x"}}]}}',
    ),
    "a template's name escaped": (CREATE, b'{"parameters": {"__prefect\\u005fkind": "json", "value": "{}"}}'),
    "a run that is done already": (CREATE, b'{"state": {"type": "COMPLETED"}}'),
    "a state that says work was done": (SET_STATE, b'{"state": {"type": "COMPLETED"}}'),
    "a retry, without a name": (SET_STATE, b'{"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}}'),
    "no state": (SET_STATE, b"{}"),
}


@pytest.mark.parametrize(("path", "body"), UNFIT.values(), ids=UNFIT)
def test_what_could_hide_a_name_is_refused(signed_in: SignedIn, console: Console, path: str, body: bytes) -> None:
    answer = signed_in("ann")("POST", path, content=body)
    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(".")
    assert console.changes == []


def test_escaped_name_is_the_same_name(signed_in: SignedIn, console: Console) -> None:
    assert signed_in("ann")("POST", RESUME, content=rb'{"run_input": {"\u0062y": "Olga Utt"}}').status_code == 200
    assert console.changes == [("POST", RESUME, {"run_input": ANN})]


def test_form_in_pieces_is_put_together(signed_in: SignedIn, gate: Gate, console: Console) -> None:
    """As with HTTP/1.1 chunks, and with a length that is wrong."""
    cookie = {"cookie": f"casework={signed_in('ann').cookies['casework']}", "transfer-encoding": "chunked"}
    body = json.dumps({"run_input": {"reason": "x" * 250_000, "by": "Olga Utt"}}).encode()
    assert raw(gate, "POST", RESUME, cookie, body) == 200
    assert console.changes == [("POST", RESUME, {"run_input": ANN | {"reason": "x" * 250_000}})]
    sent = console.headers[-1]
    assert int(sent["content-length"]) == len(json.dumps(console.changes[0][2]))
    assert (sent["content-type"], "transfer-encoding" in sent) == ("application/json", False)


def test_packed_body_is_not_guessed_at(signed_in: SignedIn, console: Console) -> None:
    packed = gzip.compress(b'{"run_input": {}}')
    assert signed_in("ann")("POST", RESUME, content=packed, headers={"content-encoding": "gzip"}).status_code == 422
    assert console.changes == []
