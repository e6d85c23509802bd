"""One operator on one machine needs no ceremony, and no page of another site profits from it."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework.gate import Gate, gate_for, must_have_officers, require_officers, service_token
from casework.gate.hosts import OfficersRequired
from casework.office import Office
from casework.officers import Person, add_officer, disable_officer
from casework.tables import May
from tests.conftest import NOW
from tests.servers.console import DEPLOYMENT, RUN, Browser, Console, raw, socket

pytestmark = [pytest.mark.only_on("sqlite"), pytest.mark.usefixtures("cheap_hashes")]

PASSWORD = "correct horse battery"


@pytest.mark.parametrize("base", ["http://127.0.0.1:4200", "http://localhost:4200", "http://[::1]:4200"])
def test_operator_is_let_in_without_ceremony(open_gate: Gate, console: Console, base: str) -> None:
    browser = Browser(open_gate, base=base)
    assert browser("GET", "/").status_code == 200
    assert browser("POST", f"{RUN}/resume", json={"run_input": {"by": "Somebody Else"}}).status_code == 200
    assert console.changes == [("POST", f"{RUN}/resume", {"run_input": {"by": "Root", "role": "Operator"}})]
    assert "closed to every other" in browser("GET", "/sign-out").text


REBOUND = ["evil.example", "evil.example:4200", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.5:4200",
           "0.0.0.0", "127.0.0.1.", "2130706433"]  # fmt: skip


@pytest.mark.parametrize("host", REBOUND)
def test_name_that_somebody_points_at_this_machine_is_refused(open_gate: Gate, console: Console, host: str) -> None:
    """DNS rebinding: the browser believes that it talks to the attacker's own site."""
    headers = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}
    assert raw(open_gate, "GET", "/api/health", headers) == 403
    assert raw(open_gate, "POST", f"{DEPLOYMENT}/create_flow_run", headers) == 403
    assert socket(open_gate, "/api/events/out", headers)[0]["type"] == "websocket.close"
    assert (console.reached, console.sockets) == ([], [])


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:8000", "http://localhost:4200", "null"])
def test_page_of_another_site_does_nothing_on_this_machine(open_gate: Gate, console: Console, origin: str) -> None:
    headers = {"origin": origin}
    for method, path in (("POST", f"{DEPLOYMENT}/create_flow_run"), ("GET", "/api/health"), ("OPTIONS", "/api/health")):
        assert raw(open_gate, method, path, headers) == 403
    assert socket(open_gate, "/api/logs/out", headers)[0]["type"] == "websocket.close"
    assert (console.reached, console.sockets) == ([], [])


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host"])
def test_proxy_on_this_machine_is_no_operator(open_gate: Gate, name: str) -> None:
    assert raw(open_gate, "GET", "/api/health", {name: "127.0.0.1"}) == 403


def test_another_machine_is_no_operator(open_gate: Gate) -> None:
    answer = Browser(open_gate, address="10.0.0.5")("GET", "/")
    assert (answer.status_code, "No officer is on record yet" in answer.text) == (403, True)


def test_first_officer_begins_the_ceremony(open_gate: Gate, engine: Engine) -> None:
    browser = Browser(open_gate)
    assert browser("GET", "/").status_code == 200
    add_officer(engine, "ann", Person("Ann Pell", "Adviser", May.READER), PASSWORD, NOW)
    assert browser("GET", "/").status_code == 401
    disable_officer(engine, "ann", NOW)
    assert browser("GET", "/").status_code == 401, "disabling the last officer opens nothing"


def test_operator_sends_nothing_in_by_a_socket(open_gate: Gate, console: Console) -> None:
    assert socket(open_gate, "/api/events/in", {})[0]["type"] == "websocket.close"
    assert socket(open_gate, "/api/events/out", {}, "x")[-1]["text"] == "x"


OURS = ["127.0.0.1", "127.8.0.1", "::1", "[::1]", "localhost", "LOCALHOST"]
OTHERS = ["0.0.0.0", "::", "", "10.0.0.5", "console", "localhost.example"]
HOSTS = dict.fromkeys(OURS, False) | dict.fromkeys(OTHERS, True)


@pytest.mark.parametrize(("host", "must"), HOSTS.items())
def test_only_this_machine_needs_no_officers(host: str, must: bool, engine: Engine) -> None:
    assert must_have_officers(host) is must
    if must:
        with pytest.raises(OfficersRequired, match="casework officers add"):
            require_officers(host, engine)
    else:
        require_officers(host, engine)


def test_with_an_officer_it_may_listen_to_others(engine: Engine) -> None:
    add_officer(engine, "ann", Person("Ann Pell", "Adviser", May.READER), PASSWORD, NOW)
    require_officers("0.0.0.0", engine)


def test_gate_is_put_together_from_the_settings(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORK_OPERATOR", "Ann Pell")
    monkeypatch.setenv("CASEWORK_OPERATOR_ROLE", "Senior Adviser")
    console, office = Console(), Office()
    made = gate_for(console, office, "127.0.0.1")
    Browser(made)("POST", f"{RUN}/resume", json={})
    assert console.changes[0][2] == {"run_input": {"by": "Ann Pell", "role": "Senior Adviser"}}
    token = service_token(office.settings.home)
    answer = Browser(made, address="10.0.0.5")("GET", "/api/health", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    with pytest.raises(OfficersRequired):
        gate_for(console, office, "0.0.0.0")


def test_operator_without_a_name_has_that_of_the_account(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "apell")
    console, office = Console(), Office()
    Browser(gate_for(console, office, "127.0.0.1"))("POST", f"{RUN}/resume", json={})
    assert console.changes[0][2]["run_input"]["by"] == "apell"


def test_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "new"
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(service_token, [home] * 8))
    [file] = home.iterdir()
    assert made == {file.read_text().strip()}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(made.pop()) > 40


def test_secret_that_others_could_read_is_closed_again(tmp_path: Path) -> None:
    service_token(tmp_path)
    [file] = tmp_path.iterdir()
    file.chmod(0o644)
    service_token(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
