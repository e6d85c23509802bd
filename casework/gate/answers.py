"""How the gate answers: the headers that stand on every answer, refusals in a sentence, and our own pages."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Message, Send

PAGES = Path(__file__).with_name("pages")
STYLE = (PAGES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()

_JINJA = Environment(
    loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)

OWN_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# A letter is a document of its own, with styles in its elements; it can run nothing and fetch nothing.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; sandbox"


def ui_policy(host: str, *, secure: bool) -> str:
    """What Prefect's UI may load and call: this server, and nobody else.

    It styles its elements in place, draws graphs in workers made of blobs, and one of its libraries (pixi) compiles its
    shaders from text.
    """
    socket = f"{'wss' if secure else 'ws'}://{host}"
    return (
        "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' {socket} data: blob:; "
        "worker-src 'self' blob:; object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'self'"
    )


_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@dataclass(frozen=True, slots=True)
class Guarded:
    """Sends on, with the headers that every answer has; what the inner application says on the matter is dropped."""

    send: Send
    host: str
    secure: bool
    private: bool

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._put_on(MutableHeaders(scope=message))
        await self.send(message)

    def _put_on(self, headers: MutableHeaders) -> None:
        own = "content-security-policy" in headers and "x-casework-page" in headers
        for name, value in _ALWAYS.items():
            headers[name] = value
        if not own:
            headers["content-security-policy"] = ui_policy(self.host, secure=self.secure)
        if self.private or own:
            headers["cache-control"] = "no-store"
        if self.secure:
            headers["strict-transport-security"] = "max-age=31536000"
        del headers["x-casework-page"]
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]


def wants_page(method: str, headers: Headers) -> bool:
    """Whether a person looks at the answer, and not a program or a script of a page."""
    return method == "GET" and "text/html" in headers.get("accept", "")


def page(template: str, status: int = 200, policy: str = OWN_POLICY, **values: Any) -> Response:
    """One of the pages beside this module, with no script and nothing fetched from anywhere."""
    text = _JINJA.get_template(template).render(style=STYLE, **values)
    return own(HTMLResponse(text, status), policy)


def own(response: Response, policy: str) -> Response:
    """Mark an answer as the gate's, which says itself what the browser may do with it."""
    response.headers["content-security-policy"] = policy
    response.headers["x-casework-page"] = "yes"
    return response


def refusal(status: int, sentence: str, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """A refusal that Prefect's UI shows as it stands, and a program can read."""
    return JSONResponse({"detail": sentence, "exception_message": sentence}, status, dict(headers))
