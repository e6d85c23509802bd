"""The gate in front of Prefect's real server: its own programs pass, people are named, and nobody else gets in."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.events import Event, Resource
from prefect.events.clients import PrefectEventsClient, PrefectEventSubscriber
from prefect.input import RunInput, keyset_from_base_key
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings
from prefect.states import Suspended
from prefect.utilities.callables import parameter_schema
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from casework.database import initialise
from casework.gate import service_token
from casework.office import Office
from casework.officers import Person, add_officer
from casework.tables import May

pytestmark = pytest.mark.slow

PASSWORD = "correct horse battery"
CLAIM = {"by": "Olga Utt", "role": "Director of everything"}
ROOT = Path(__file__).parents[2]


@flow
def give_notice(school: int, by: str = "Nobody", role: str = "", reason: str = "") -> None:
    """Stands for any flow of an officer: the person is `by`, with a role."""


class Approval(RunInput):
    """Stands for any form that waits for a signatory."""

    decision: str
    by: str = ""
    role: str = ""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Prefect's server behind the gate with three officers, and its address."""
    home = tmp_path_factory.mktemp("gated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEWORK_HOME", str(home))
        patch.setenv("PREFECT_HOME", str(home / "prefect"))
        initialise(f"sqlite:///{home / 'casework.db'}")
        office = Office()
        for sign_in, may in (("rhea", May.READER), ("olga", May.OFFICER), ("ann", May.SIGNATORY)):
            add_officer(office.engine, sign_in, Person(f"{sign_in} x".title(), "Adviser", may), PASSWORD, office.now)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        script = [sys.executable, str(Path(__file__).with_name("gated_server.py")), str(port)]
        with (home / "server.log").open("w") as log:
            server = subprocess.Popen(
                script, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
            )
            try:
                wait_for(f"http://127.0.0.1:{port}", server, home)
                with as_service(port, home):
                    yield f"http://127.0.0.1:{port}"
            finally:
                server.send_signal(signal.SIGINT)
                server.wait(30)


def wait_for(base: str, server: subprocess.Popen[bytes], home: Path) -> None:
    token = {"authorization": f"Bearer {service_token(home)}"}
    for _ in range(600):
        assert server.poll() is None, (home / "server.log").read_text()
        try:
            if httpx.get(f"{base}/api/health", headers=token).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError((home / "server.log").read_text())


def as_service(port: int, home: Path) -> Any:
    """Prefect's client in this process, as a worker on the same machine has it."""
    return temporary_settings(
        {PREFECT_API_URL: f"http://127.0.0.1:{port}/api", PREFECT_API_AUTH_STRING: service_token(home)}
    )


@pytest.fixture
def people(served: str) -> Iterator[dict[str, httpx.Client]]:
    """A browser for each officer, signed in."""
    clients = {name: httpx.Client(base_url=served, headers={"origin": served}) for name in ("rhea", "olga", "ann")}
    for name, client in clients.items():
        signed = client.post("/sign-in", data={"sign_in": name, "password": PASSWORD, "next": "/"})
        assert signed.status_code == 303
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture
def deployment(served: str) -> UUID:
    async def made() -> UUID:
        async with get_client() as client:
            return await client.create_deployment(
                await client.create_flow(give_notice),
                f"notice-{uuid4().hex[:8]}",
                parameter_openapi_schema=parameter_schema(give_notice.fn).model_dump_for_openapi(),
            )

    return asyncio.run(made())


@pytest.fixture
def waiting(deployment: UUID) -> UUID:
    """A run that waits for an answer, as suspend_flow_run leaves it."""

    async def made() -> UUID:
        keyset = keyset_from_base_key("approve")
        async with get_client() as client:
            run = await client.create_flow_run_from_deployment(deployment, parameters={"school": 1})
            await client.create_flow_run_input(run.id, keyset["schema"], json.dumps(Approval.model_json_schema()))
            state = Suspended(timeout_seconds=3600, pause_key="approve")
            state.state_details.run_input_keyset = keyset
            await client.set_flow_run_state(run.id, state, force=True)
        return run.id

    return asyncio.run(made())


def patient(client: httpx.Client, path: str, asked: dict[str, Any]) -> httpx.Response:
    """Asks again while Prefect's SQLite is busy, as Prefect's own client does."""
    for _ in range(20):
        if (answer := client.post(path, json=asked)).status_code != 503:
            break
        time.sleep(0.5)
    return answer


@pytest.mark.parametrize("path", ["/", "/v2/dashboard", "/ui-settings", "/api/health", "/docs", "/api/openapi.json"])
def test_nothing_without_signing_in(served: str, path: str) -> None:
    assert httpx.get(f"{served}{path}").status_code == 401


def test_no_socket_without_signing_in(served: str) -> None:
    async def opened() -> None:
        async with connect(f"{served.replace('http', 'ws')}/api/events/out", proxy=None, origin=served):
            pass

    with pytest.raises(InvalidStatus, match="401"):
        asyncio.run(opened())


def test_ui_is_served_to_a_reader_and_calls_nobody_else(people: dict[str, httpx.Client]) -> None:
    shown = people["rhea"].get("/v2/dashboard", headers={"accept": "text/html"})
    assert (shown.status_code, '<div id="root">' in shown.text or '<div id="app">' in shown.text) == (200, True)
    assert "connect-src 'self'" in shown.headers["content-security-policy"]
    [script] = re.findall(r'src="(/v2/assets/index-[^"]+\.js)"', shown.text)
    assert people["rhea"].get(script).status_code == 200


def test_reader_reads_and_starts_nothing(people: dict[str, httpx.Client], deployment: UUID) -> None:
    found = people["rhea"].post("/api/deployments/filter", json={})
    assert str(deployment) in [one["id"] for one in found.json()]
    refused = people["rhea"].post(f"/api/deployments/{deployment}/create_flow_run", json={"parameters": {"school": 1}})
    assert (refused.status_code, "Rhea X may not start a run here" in refused.json()["detail"]) == (403, True)


def test_form_that_claims_another_s_name_is_recorded_under_the_signed_in_one(
    people: dict[str, httpx.Client], deployment: UUID
) -> None:
    asked = {"parameters": {"school": 990001, **CLAIM}}
    made = patient(people["olga"], f"/api/deployments/{deployment}/create_flow_run", asked)
    assert made.status_code == 201, made.text
    run = people["olga"].get(f"/api/flow_runs/{made.json()['id']}").json()
    assert run["parameters"] == {"school": 990001, "by": "Olga X", "role": "Adviser"}
    assert "by Olga X" in run["tags"]


def test_answer_is_a_signatory_s_and_has_that_name(people: dict[str, httpx.Client], waiting: UUID) -> None:
    answer = {"run_input": {"decision": "sign", **CLAIM}}
    for name in ("rhea", "olga"):
        assert people[name].post(f"/api/flow_runs/{waiting}/resume", json=answer).status_code == 403
    answered = patient(people["ann"], f"/api/flow_runs/{waiting}/resume", answer)
    assert answered.json().get("status") == "ACCEPT", f"{answered.status_code} {answered.text}"

    async def kept() -> dict[str, Any]:
        async with get_client() as client:
            key = keyset_from_base_key("approve")["response"]
            return dict(json.loads(await client.read_flow_run_input(waiting, key)))

    assert asyncio.run(kept()) == {"decision": "sign", "by": "Ann X", "role": "Adviser"}


def test_run_is_cancelled_in_the_name_of_who_did(people: dict[str, httpx.Client], waiting: UUID) -> None:
    asked = {"state": {"type": "CANCELLING", "name": "Cancelling"}, "force": True}
    assert patient(people["olga"], f"/api/flow_runs/{waiting}/set_state", asked).status_code in (200, 201)
    state = people["olga"].get(f"/api/flow_runs/{waiting}").json()["state"]
    assert (state["type"], state["message"]) == ("CANCELLED", "Cancelled by Olga X, Adviser.")


def test_events_of_our_programs_come_through_and_are_watched(served: str) -> None:
    """In by a socket with a header, out by one that is proved by its first message: both are Prefect's own clients."""
    name = f"casework.{uuid4().hex}"

    async def told() -> str:
        async with PrefectEventSubscriber() as subscriber:
            async with PrefectEventsClient() as client:
                await client.emit(Event(event=name, resource=Resource({"prefect.resource.id": name})))
            async for event in subscriber:
                if event.event == name:
                    return event.event
        return ""

    assert asyncio.run(asyncio.wait_for(told(), 30)) == name


def test_our_programs_without_the_secret_stay_outside(served: str) -> None:
    async def asked() -> None:
        async with PrefectEventSubscriber(reconnection_attempts=0):
            pass

    with temporary_settings({PREFECT_API_AUTH_STRING: "casework:wrong"}):
        with pytest.raises(Exception, match=r"Unable to authenticate|401 Unauthorized"):
            asyncio.run(asked())
        with pytest.raises(httpx.HTTPStatusError, match="401"):
            asyncio.run(hello())


async def hello() -> None:
    async with get_client() as client:
        await client.read_flows()
