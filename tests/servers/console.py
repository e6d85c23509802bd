"""A console to stand behind the gate, as far as the gate knows one, and a browser to stand in front of it."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HERE = "http://127.0.0.1:4200"
DEPLOYMENT = "/api/deployments/11111111-1111-4111-8111-111111111111"
RUN = "/api/flow_runs/22222222-2222-4222-8222-222222222222"
KEY = "suspend-1-schema"

# What Prefect's server says of a deployment and of a run that waits for an answer.
ASKS_WHO = {"properties": {"by": {"type": "string"}, "role": {"type": "string"}, "reason": {"type": "string"}}}
ASKS_NOBODY = {"properties": {"half_term": {"type": "string"}}}


@dataclass
class Console:
    """Answers as Prefect's server would where the gate asks it something, and keeps everything else that reaches it."""

    form: dict[str, Any] = field(default_factory=lambda: ASKS_WHO)
    stands: str = "PAUSED"
    reached: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = {
            ("GET", DEPLOYMENT): {"parameter_openapi_schema": self.form},
            ("GET", RUN): {"state": {"type": self.stands, "state_details": {"run_input_keyset": {"schema": KEY}}}},
            ("GET", f"{RUN}/input/{KEY}"): self.form,
        }
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.reached.append((scope["method"], scope["path"], json.loads(body) if body else None))
        self.headers.append({name.decode(): value.decode("latin-1") for name, value in scope["headers"]})
        answer = json.dumps(known.get((scope["method"], scope["path"]), {})).encode()
        headers = [(b"content-type", b"application/json"), (b"access-control-allow-origin", b"*")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accepts, waits for a message, and says it back until the other side goes."""
        self.sockets.append(scope["path"])
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "prefect"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})

    @property
    def changes(self) -> list[tuple[str, str, Any]]:
        """What reached it that was not a question of the gate's own, nor one for a page."""
        return [one for one in self.reached if one[0] != "GET"]


@dataclass
class Browser:
    """Somebody's browser on a page of the console: names the page's site, keeps cookies, follows nothing by itself."""

    app: ASGIApp
    base: str = HERE
    address: str = "127.0.0.1"
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._ask(method, path, **more))

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"accept": "text/html" if method == "GET" else "*/*"} | more.pop("headers", {})
        if method != "GET":
            headers = {"origin": self.base, "sec-fetch-site": "same-origin"} | headers
        transport = httpx.ASGITransport(self.app, client=(self.address, 50000))
        async with httpx.AsyncClient(transport=transport, base_url=self.base, cookies=self.cookies) as client:
            answer = await client.request(method, path, headers=headers, **more)
            self.cookies = client.cookies
        return answer

    def sign_in(self, sign_in: str, password: str, onward: str = "/", **more: Any) -> httpx.Response:
        data = {"sign_in": sign_in, "password": password, "next": onward}
        return self("POST", "/sign-in", data=data, **more)


def raw(app: ASGIApp, method: str, path: str, headers: dict[str, str], body: bytes = b"", **scope: Any) -> int:
    """The status of an answer to a request that no well-behaved client would send."""
    return asyncio.run(_raw(app, method, path, headers, body, **scope))


async def _raw(app: ASGIApp, method: str, path: str, headers: dict[str, str], body: bytes, **scope: Any) -> int:
    got: list[int] = []
    parts = [body[start : start + 100_000] for start in range(0, len(body), 100_000)] or [b""]

    async def receive() -> Message:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Message) -> None:
        got.extend([message["status"]] if message["type"] == "http.response.start" else [])

    await app(scope_of("http", path, headers) | {"method": method} | scope, receive, send)
    return got[0]


def scope_of(kind: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
    with_host = {"host": "127.0.0.1:4200"} | headers
    return {
        "type": kind,
        "scheme": "ws" if kind == "websocket" else "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 50000),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in with_host.items()],
    }


def socket(app: ASGIApp, path: str, headers: dict[str, str], *texts: str, between: Any = None) -> list[Message]:
    """Open a websocket, say these texts, and hand back whatever came; `between` is called before the last of them."""
    return asyncio.run(_socket(app, path, headers, list(texts), between))


async def _socket(app: ASGIApp, path: str, headers: dict[str, str], texts: list[str], between: Any) -> list[Message]:
    came: list[Message] = []
    coming: list[Message] = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "text": t} for t in texts)]

    async def receive() -> Message:
        if between and len(coming) == 1:
            between()
        return coming.pop(0) if coming else {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Message) -> None:
        came.append(message)

    await app(scope_of("websocket", path, headers), receive, send)
    return came
