"""GOV.UK Notify as far as we use it, over HTTP on loopback: it checks the token, keeps what it takes, and can be told
to answer with any error, to hang, or to take a letter and break off."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlparse
from uuid import UUID

import jwt

SERVICE, SECRET = str(UUID(int=1)), str(UUID(int=2))
KEY = f"tests-{SERVICE}-{SECRET}"
TEMPLATE = str(UUID(int=3))


@dataclass
class NotifyStub:
    """`script` has what happens to each letter posted: an (HTTP status, kind of error), or one of the words below.

    "hang": taken, never answered. "break": taken, and the line closed. "lost": the line closed, and nothing taken.
    """

    script: list[tuple[int, str] | str] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    body_of_template: str = "((body))"
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def references(self) -> list[str]:
        return [one["reference"] for one in self.posted]

    def take(self, letter: dict[str, Any]) -> dict[str, Any]:
        number = len(self.posted) + 1
        kept = letter | {
            "id": str(UUID(int=100 + number)),
            "status": "created",
            "created_at": f"2026-02-02T09:{number:04}",
        }
        self.posted.append(kept)
        return kept

    def becomes(self, reference: str, status: str) -> None:
        for one in self.posted:
            if one["reference"] == reference:
                one["status"] = status


class _Handler(BaseHTTPRequestHandler):
    stub: ClassVar[NotifyStub]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if not self._is_allowed():
            return
        asked = urlparse(self.path)
        self.stub.requests.append(asked.path)
        name = asked.path.rsplit("/", 1)[-1]
        if asked.path.startswith("/v2/template/"):
            found: Any = {"id": name, "body": self.stub.body_of_template} if name == TEMPLATE else None
        elif name == "notifications":
            wanted = parse_qs(asked.query)["reference"]
            found = {"notifications": [one for one in self.stub.posted if one["reference"] in wanted], "links": {}}
        else:
            found = next((one for one in self.stub.posted if one["id"] == name), None)
        self._say(200, found) if found else self._fail(404, "NoResultFound")

    def do_POST(self) -> None:
        letter = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._is_allowed():
            return
        act = self.stub.script.pop(0) if self.stub.script else "take"
        if isinstance(act, tuple):
            self._fail(*act)
            return
        taken = self.stub.take(letter) if act != "lost" else {}
        if act == "hang":
            self.stub.released.wait(5)
        if act == "take":
            self._say(201, {"id": taken["id"], "reference": taken["reference"]})
            return
        self.close_connection = True

    def _is_allowed(self) -> bool:
        token = self.headers["Authorization"].removeprefix("Bearer ")
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], issuer=SERVICE)
        except jwt.InvalidTokenError:
            self._fail(403, "AuthError")
            return False
        assert abs(claims["iat"] - time.time()) < 30
        return True

    def _fail(self, status: int, kind: str) -> None:
        self._say(status, {"status_code": status, "errors": [{"error": kind, "message": f"words of {kind}"}]})

    def _say(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests speak for themselves."""


@contextmanager
def notify_stub() -> Iterator[NotifyStub]:
    stub = NotifyStub()
    handler = type("Handler", (_Handler,), {"stub": stub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_port}"
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    running.start()
    try:
        yield stub
    finally:
        stub.released.set()
        server.shutdown()
        server.server_close()
