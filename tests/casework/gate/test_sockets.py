"""Websockets are held to the same rules, before they open and while they last; once more over a real server."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import Engine
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from casework.gate import Gate
from casework.gate import sockets as watching
from casework.officers import disable_officer
from tests.casework.gate.conftest import PASSWORD, TOKEN, Clock
from tests.conftest import NOW
from tests.servers.console import HERE, Browser, Console, scope_of, socket

SignedIn = Callable[[str], Browser]
pytestmark = pytest.mark.only_on("sqlite")

OUT = "/api/events/out"
SOCKETS = [OUT, "/api/events/in", "/api/logs/out", "/api/task_runs/subscriptions/scheduled",
           "/api/work_pools/x/workers/connect", "/anything"]  # fmt: skip
PREFECT = {"sec-websocket-protocol": "prefect"}
SPOKEN: dict[str, Any] = {"subprotocols": ["prefect"]}
AUTH = json.dumps({"type": "auth", "token": TOKEN})


def headers_of(browser: Browser) -> dict[str, str]:
    return {"cookie": f"casework={browser.cookies['casework']}", "origin": HERE}


@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize("headers", [{}, {"origin": HERE}, PREFECT | {"origin": HERE}, {"cookie": "casework=x"}])
def test_no_socket_opens_without_signing_in(gate: Gate, console: Console, path: str, headers: dict[str, str]) -> None:
    assert socket(gate, path, headers) == [{"type": "websocket.close", "code": 4401, "reason": ""}]
    assert console.sockets == []


@pytest.mark.parametrize("path", SOCKETS)
def test_person_may_watch_and_send_nothing_in(signed_in: SignedIn, gate: Gate, console: Console, path: str) -> None:
    came = socket(gate, path, PREFECT | headers_of(signed_in("ann")), "hello")
    opened = path in ("/api/events/out", "/api/logs/out")
    assert bool(console.sockets) is opened
    assert (came[-1].get("text") == "hello") is opened


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:8000", "null"])
def test_page_of_another_site_opens_no_socket(signed_in: SignedIn, gate: Gate, console: Console, origin: str) -> None:
    assert socket(gate, OUT, headers_of(signed_in("ann")) | {"origin": origin})[0]["type"] == "websocket.close"
    assert console.sockets == []


@pytest.mark.parametrize("path", SOCKETS)
def test_service_passes_with_its_header(gate: Gate, console: Console, path: str) -> None:
    came = socket(gate, path, PREFECT | {"authorization": f"Bearer {TOKEN}"}, "hello")
    assert (console.sockets, came[-1]["text"]) == ([path], "hello")


@pytest.mark.parametrize("path", SOCKETS)
def test_service_passes_with_its_first_message(gate: Gate, console: Console, path: str) -> None:
    """As Prefect's subscribers do, and the inner server hears the message too, for it waits for one."""
    came = socket(gate, path, PREFECT, AUTH, "hello")
    assert console.sockets == [path]
    assert [one["type"] for one in came] == ["websocket.accept", "websocket.send", "websocket.send"]
    assert [one["text"] for one in came[1:]] == [AUTH, "hello"]


@pytest.mark.parametrize(
    "first",
    ["", "null", "[]", "{", json.dumps({"type": "auth"}), json.dumps({"type": "auth", "token": None}),
     json.dumps({"type": "auth", "token": "casework:"}), json.dumps({"type": "auth", "token": [TOKEN]}),
     json.dumps({"type": "subscribe", "token": TOKEN}), AUTH + " " * 5000, "[" * 4000],
)  # fmt: skip
def test_wrong_first_message_reaches_nobody(gate: Gate, console: Console, first: str) -> None:
    came = socket(gate, "/api/events/in", PREFECT, first, "hello")
    assert [one.get("code") for one in came] == [None, 1008]
    assert console.sockets == []


def test_silence_is_not_waited_for_without_end(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PATIENCE", 0.01)
    assert asyncio.run(silent(gate)) == ["websocket.accept", "websocket.close"]


async def silent(gate: Gate) -> list[str]:
    came: list[str] = []
    coming = iter([{"type": "websocket.connect"}])

    async def receive() -> dict[str, str]:
        if found := next(coming, None):
            return found
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, str]) -> None:
        came.append(message["type"])

    await gate(scope_of("websocket", OUT, PREFECT), receive, send)
    return came


def test_wrong_header_is_worth_less_than_a_session(signed_in: SignedIn, gate: Gate, console: Console) -> None:
    came = socket(gate, OUT, headers_of(signed_in("ann")) | {"authorization": "Bearer x"})
    assert (came[0]["type"], console.sockets) == ("websocket.close", [])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOKED_AT", 0)


ENDS: dict[str, Callable[[Gate, Engine, Clock, Browser], None]] = {
    "disabled": lambda _gate, engine, _clock, _browser: disable_officer(engine, "ann", NOW),
    "time is up": lambda _gate, _engine, clock, _browser: clock.move(hours=10),
    "signed out elsewhere": lambda gate, _engine, _clock, browser: gate.sessions.end(browser.cookies["casework"]),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.usefixtures("impatient")
def test_open_socket_falls_silent_when_the_session_ends(
    signed_in: SignedIn, gate: Gate, engine: Engine, clock: Clock, end: Callable[..., None]
) -> None:
    browser = signed_in("ann")
    came = socket(gate, OUT, headers_of(browser), "one", "two", between=lambda: end(gate, engine, clock, browser))
    assert [(one["type"], one.get("text", one.get("code"))) for one in came] == [
        ("websocket.accept", None),
        ("websocket.send", "one"),
        ("websocket.close", 4401),
    ]


@pytest.fixture
def served(gate: Gate) -> Iterator[str]:
    """The gate on a real server, at a port of its own."""
    server = uvicorn.Server(uvicorn.Config(gate, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_real_browser_s_socket_is_refused_with_401(served: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        asyncio.run(say(served, "hello"))
    assert refused.value.response.status_code == 401


def test_real_socket_of_an_officer_opens(served: str, console: Console) -> None:
    base = f"http://{served}"
    with httpx.Client(base_url=base, headers={"origin": base}) as client:
        assert client.get("/").status_code == 401
        signed = client.post("/sign-in", data={"sign_in": "ann", "password": PASSWORD, "next": "/"})
        assert signed.status_code == 303
        headers = {"cookie": f"casework={client.cookies['casework']}"}
    assert asyncio.run(say(served, "hello", additional_headers=headers, origin=base, **SPOKEN)) == "hello"
    assert console.sockets == [OUT]


def test_real_socket_of_the_service_opens_by_its_first_message(served: str) -> None:
    assert asyncio.run(say(served, AUTH, **SPOKEN)) == AUTH
    with pytest.raises(ConnectionClosed) as closed:
        asyncio.run(say(served, "{}", **SPOKEN))
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def say(served: str, text: str, **more: Any) -> str:
    async with connect(f"ws://{served}{OUT}", proxy=None, **more) as opened:
        await opened.send(text)
        return str(await opened.recv())


@pytest.mark.parametrize(
    "path", ["/letters/..%2f..%2fetc%2fpasswd", "/letters/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/../etc/passwd",
             "/letters/letter/%2fetc%2fpasswd/pdf", "/assets/..%5c..%5cetc", "/api/%2e%2e/letters"],
)  # fmt: skip
def test_path_that_leads_upwards_is_not_there(served: str, path: str) -> None:
    """As bytes on the line: no client tidies it up on the way."""
    assert asyncio.run(status_of(served, path)) == 404


async def status_of(served: str, path: str) -> int:
    host, _, port = served.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {served}\r\nConnection: close\r\n\r\n".encode())
    status = int((await reader.readline()).split()[1])
    writer.close()
    await writer.wait_closed()
    return status
