"""Who may ask what, as a table; and that no way of writing an address leads around it."""

from collections.abc import Callable

import pytest

from casework.gate import Gate
from casework.gate.bodies import LARGEST
from casework.gate.permissions import NOT_HERE, NOT_SHOWN, RULES, Act
from casework.tables import May
from tests.casework.gate.conftest import PEOPLE
from tests.servers.console import DEPLOYMENT, RUN, Browser, Console, raw

SignedIn = Callable[[str], Browser]
pytestmark = pytest.mark.only_on("sqlite")

ID = "33333333-3333-4333-8333-333333333333"
START = {"parameters": {}}
CANCEL = {"state": {"type": "CANCELLING"}}

# request → whose answers are 200: (method, path, body), then rhea the reader, olga the officer, ann the signatory
ALLOWED = {
    ("GET", "/"): "rhea olga ann",
    ("GET", "/v2/flow-runs/flow-run/x"): "rhea olga ann",
    ("HEAD", "/api/health"): "rhea olga ann",
    ("GET", "/api/flow_runs/" + ID): "rhea olga ann",
    ("GET", f"/api/flow_runs/{ID}/input/suspend-1-schema"): "rhea olga ann",
    ("POST", "/api/flow_runs/filter"): "rhea olga ann",
    ("POST", "/api/flow_runs/paginate"): "rhea olga ann",
    ("POST", "/api/artifacts/latest/filter"): "rhea olga ann",
    ("POST", "/api/logs/filter"): "rhea olga ann",
    ("POST", "/api/ui/schemas/validate"): "rhea olga ann",
    ("POST", f"{DEPLOYMENT}/create_flow_run"): "olga ann",
    ("POST", f"{RUN}/set_state"): "olga ann",
    ("POST", f"{RUN}/resume"): "ann",
}
BODIES = {"create_flow_run": START, "set_state": CANCEL}

# What nobody could be named for.
NOBODY = [
    ("POST", "/api/flow_runs/"),
    ("PATCH", RUN),
    ("PATCH", f"{RUN}/labels"),
    ("DELETE", RUN),
    ("POST", f"{RUN}/input"),
    ("DELETE", f"{RUN}/input/{ID}"),
    ("POST", "/api/flow_runs/bulk_set_state"),
    ("POST", "/api/flow_runs/bulk_delete"),
    ("POST", f"/api/task_runs/{ID}/set_state"),
    ("POST", "/api/deployments/"),
    ("PATCH", DEPLOYMENT),
    ("DELETE", DEPLOYMENT),
    ("POST", f"{DEPLOYMENT}/create_flow_run/bulk"),
    ("POST", f"{DEPLOYMENT}/schedule"),
    ("POST", f"{DEPLOYMENT}/schedules"),
    ("PATCH", f"{DEPLOYMENT}/schedules/{ID}"),
    ("DELETE", f"{DEPLOYMENT}/schedules/{ID}"),
    ("POST", f"{DEPLOYMENT}/pause_deployment"),
    ("POST", f"{DEPLOYMENT}/resume_deployment"),
    ("POST", "/api/automations/"),
    ("PUT", f"/api/automations/{ID}"),
    ("PATCH", f"/api/automations/{ID}"),
    ("POST", "/api/events"),
    ("POST", "/api/variables/"),
    ("PATCH", "/api/variables/name/x"),
    ("POST", "/api/block_documents/"),
    ("POST", "/api/block_documents/filter"),
    ("GET", f"/api/block_documents/{ID}"),
    ("GET", "/api/block_types/slug/secret/block_documents/name/mail"),
    ("GET", "/api/collections/views/aggregate-worker-metadata"),
    ("PUT", "/api/admin/storage"),
    ("POST", "/api/work_pools/x/get_scheduled_flow_runs"),
    ("POST", "/api/ui/anything/new"),
    ("PUT", "/"),
    ("POST", "/"),
    ("POST", "/docs"),
    ("TRACE", "/api/health"),
    ("CONNECT", "/api/health"),
    ("OPTIONS", f"{RUN}/resume"),
    ("PROPFIND", "/api/health"),
]


@pytest.mark.parametrize("who", PEOPLE)
def test_each_may_do_what_the_table_says(signed_in: SignedIn, console: Console, who: str) -> None:
    browser = signed_in(who)
    for (method, path), whose in ALLOWED.items():
        console.reached.clear()
        sent = BODIES.get(path.rpartition("/")[2], {}) if method == "POST" else None
        status = browser(method, path, json=sent).status_code
        reached = (method, path) in [one[:2] for one in console.reached]
        let_through = who in whose
        assert (status, reached) == (200 if let_through else 403, let_through), (method, path)


def test_what_has_no_name_is_refused_to_everybody(signed_in: SignedIn, console: Console) -> None:
    browser = signed_in("ann")
    for method, path in NOBODY:
        answer = browser(method, path, content=b"{}")
        said = NOT_SHOWN if method == "GET" else NOT_HERE
        assert (answer.status_code, answer.json()["detail"]) == (403, said), (method, path)
    assert console.reached == []


def test_refusal_names_the_person_and_who_may(signed_in: SignedIn) -> None:
    said = signed_in("olga")("POST", f"{RUN}/resume").json()["detail"]
    assert said == "Olga Utt may not answer an approval here: that is for a signatory."


AROUND = {
    "another case": RUN.upper() + "/RESUME",
    "api in capitals": f"/API{RUN[4:]}/resume",
    "doubled slash": f"/{RUN}/resume",
    "doubled slash inside": f"{RUN}//resume",
    "slash at the end": f"{RUN}/resume/",
    "escaped slash, once more": f"{RUN}%2fresume",
    "dots": f"/api/flow_runs/filter/../{RUN[15:]}/resume",
    "one dot": f"{RUN}/./resume",
    "backslash": f"{RUN}\\resume",
    "parameter": f"{RUN}/resume;x=1",
    "nothing before": f"{RUN}/resume"[1:],
    "new line": f"{RUN}/resume\n",
    "zero byte": f"{RUN}/resume\x00",
    "blank": f"{RUN}/resume ",
    "no id": "/api/flow_runs/mine/resume",
    "id of another form": "/api/flow_runs/{22222222-2222-4222-8222-222222222222}/resume",
    "figures of another script": f"/api/flow_runs/{'٢' * 8}-2222-4222-8222-222222222222/resume",
    "empty": "",
    "whole address": f"http://127.0.0.1:4200{RUN}/resume",
    "prefix of what may be read": f"/api/flow_runs/filter{RUN}/resume",
    "suffix of what may be read": f"{RUN}/resume/filter",
}


@pytest.mark.parametrize("who", ["rhea", "ann"])
def test_no_other_spelling_leads_around_the_table(signed_in: SignedIn, gate: Gate, console: Console, who: str) -> None:
    """Not even for a signatory, whose name would not be written into the answer."""
    cookie = {"cookie": f"casework={signed_in(who).cookies['casework']}", "origin": "http://127.0.0.1:4200"}
    claim = b'{"run_input": {"by": "Somebody Else"}}'
    for spelling, path in AROUND.items():
        assert raw(gate, "POST", path, cookie, claim) in (403, 404), spelling
    assert console.reached == []


@pytest.mark.parametrize(
    "headers", [{"x-http-method-override": "POST"}, {"x-method-override": "PATCH"}, {"x-original-url": f"{RUN}/resume"}]
)
def test_method_is_the_one_of_the_request(signed_in: SignedIn, console: Console, headers: dict[str, str]) -> None:
    signed_in("rhea")("GET", RUN, headers=headers)
    assert console.reached == [("GET", RUN, None)]
    assert signed_in("rhea")("GET", f"{RUN}/resume", headers=headers).status_code == 403


def test_mounting_it_elsewhere_opens_nothing(signed_in: SignedIn, gate: Gate) -> None:
    cookie = {"cookie": f"casework={signed_in('ann').cookies['casework']}"}
    assert raw(gate, "GET", "/api/health", cookie, root_path="/api") == 404


@pytest.mark.parametrize("host", ["", "a b", "evil.example/x", "x;script-src *", "[::1", "ä"])
def test_host_that_is_none_is_refused(gate: Gate, host: str) -> None:
    assert raw(gate, "GET", "/", {"host": host}) == 400


@pytest.mark.parametrize("declared", [{}, {"content-length": str(LARGEST + 1)}, {"content-length": "-1"}])
def test_nobody_sends_without_end(signed_in: SignedIn, gate: Gate, console: Console, declared: dict[str, str]) -> None:
    cookie = {"cookie": f"casework={signed_in('ann').cookies['casework']}"}
    assert raw(gate, "POST", "/api/flow_runs/filter", cookie | declared, b"x" * (LARGEST + 1)) == 413
    assert console.reached == []


def test_question_goes_on_as_it_was_asked(signed_in: SignedIn, console: Console) -> None:
    question = {"sort": "ID_DESC", "flow_runs": {"name": {"like_": "é" * 70_000}}}
    assert signed_in("rhea")("POST", "/api/flow_runs/filter", json=question).status_code == 200
    assert console.reached == [("POST", "/api/flow_runs/filter", question)]


def test_nobody_is_taken_for_an_automation(signed_in: SignedIn, console: Console) -> None:
    forged = {"prefect-automation-id": "33333333-3333-4333-8333-333333333333", "Prefect-Automation-Name": "Ann Pell"}
    signed_in("rhea")("POST", "/api/flow_runs/filter", headers=forged, json={})
    assert [name for name in console.headers[0] if "automation" in name] == []


def test_every_change_is_an_act_of_its_own() -> None:
    changing = [rule for rule in RULES if rule.may is not May.READER]
    assert {rule.act for rule in changing} == set(Act) - {Act.LET_THROUGH}
    assert all(rule.act is Act.LET_THROUGH for rule in RULES if rule.may is May.READER)
