"""The body of a request read whole, up to a limit, and put back for whoever comes next."""

import asyncio
import json
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope

# More than any form of ours or question of the UI; a person sends no more.
LARGEST = 1_000_000


class TooLarge(Exception):
    """More than a person sends."""


class Gone(Exception):
    """Whoever asked has gone away before the question was whole."""


async def read_body(scope: Scope, receive: Receive, largest: int = LARGEST) -> bytes:
    """Chunked or not, the bytes are counted as they come. Raises TooLarge or Gone."""
    declared = MutableHeaders(scope=scope).get("content-length", "0")
    if not declared.isascii() or not declared.isdigit() or int(declared) > largest:
        raise TooLarge
    whole = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        whole += message.get("body", b"")
        if len(whole) > largest:
            raise TooLarge
        if not message.get("more_body", False):
            return bytes(whole)


def put_back(body: bytes, receive: Receive) -> Receive:
    """The body in one piece, and then whatever else comes."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def with_body(scope: Scope, content: dict[str, Any]) -> tuple[Scope, bytes]:
    """The same request with another content, whose length and kind its headers say."""
    body = json.dumps(content).encode()
    headers = MutableHeaders(raw=list(scope["headers"]))
    for name in ("transfer-encoding", "content-encoding"):
        del headers[name]
    headers["content-length"] = str(len(body))
    headers["content-type"] = "application/json"
    return {**scope, "headers": headers.raw}, body


async def ask(inner: ASGIApp, scope: Scope, path: str) -> Any:
    """What the inner application answers to a GET of ours, as JSON; None where it has nothing."""
    got: dict[str, Any] = {"status": 500, "body": bytearray()}

    whole = asyncio.Event()

    async def receive() -> Message:
        await whole.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            got["status"] = message["status"]
        elif message["type"] == "http.response.body":
            got["body"] += message.get("body", b"")
            if not message.get("more_body", False):
                whole.set()

    headers = [(b"host", b"gate"), (b"accept", b"application/json")]
    ours = {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}
    state = {"state": dict(scope["state"])} if "state" in scope else {}
    await inner({**scope, **ours, **state}, put_back(b"", receive), send)
    return json.loads(bytes(got["body"])) if got["status"] == 200 else None
