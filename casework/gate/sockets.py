"""Websockets: refused before they open, proved by their first message, or ended when their person's session does."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from casework.gate.service import is_the_service

SIGN_IN_FIRST = 4401
POLICY_VIOLATION = 1008
PROTOCOL = "prefect"

# Seconds that a program has to say who it is, and that a message may go out after a session has ended.
PATIENCE = 10.0
LOOKED_AT = 1.0
_LONGEST_PROOF = 4096


async def refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    """Before it opens: with an answer of HTTP where the server can send one, which is 403 otherwise."""
    socket = WebSocket(scope, receive, send)
    if "websocket.http.response" in scope.get("extensions", {}):
        await socket.send_denial_response(response)
    else:
        await socket.close(SIGN_IN_FIRST)


def proves_itself_later(headers: Headers) -> bool:
    """Whether Prefect's clients would begin so: no browser, which always names its page, and no credentials yet."""
    protocols = [one.strip() for line in headers.getlist("sec-websocket-protocol") for one in line.split(",")]
    return PROTOCOL in protocols and "origin" not in headers and "cookie" not in headers


async def prove(inner: ASGIApp, scope: Scope, receive: Receive, send: Send, token: str) -> None:
    """Hear the first message before the inner application learns of the socket; it hears it again afterwards."""
    opening = await receive()
    await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
    try:
        first = await asyncio.wait_for(receive(), PATIENCE)
    except TimeoutError:
        first = {}
    if not is_the_service(token, _claimed(first)):
        if first.get("type") != "websocket.disconnect":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "Unauthorized"})
        return
    waiting = [opening, first]

    async def again() -> Message:
        return waiting.pop(0) if waiting else await receive()

    async def opened_already(message: Message) -> None:
        if message["type"] != "websocket.accept":
            await send(message)

    await inner(scope, again, opened_already)


def _claimed(first: Message) -> object:
    """The token of Prefect's own first message; nothing where it is another."""
    text = first.get("text") or ""
    try:
        said = json.loads(text) if len(text) <= _LONGEST_PROOF else None
    except (ValueError, RecursionError):
        return None
    return said.get("token") if isinstance(said, dict) and said.get("type") == "auth" else None


@dataclass(slots=True)
class Watched:
    """The two ends of a person's socket. Nothing more goes out once the session has ended."""

    receive: Receive
    send: Send
    lasts: Callable[[], Awaitable[bool]]
    _open: bool = True
    _looked: float = field(default=0.0)

    async def hear(self) -> Message:
        return await self.receive() if self._open else {"type": "websocket.disconnect", "code": SIGN_IN_FIRST}

    async def say(self, message: Message) -> None:
        if self._open and message["type"] == "websocket.send" and not await self._still():
            self._open = False
            await self.send({"type": "websocket.close", "code": SIGN_IN_FIRST, "reason": "Sign in again."})
        elif self._open:
            await self.send(message)

    async def _still(self) -> bool:
        if (now := time.monotonic()) - self._looked < LOOKED_AT:
            return True
        self._looked = now
        return await self.lasts()
