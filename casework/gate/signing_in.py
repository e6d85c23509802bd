"""Signing in and out: pages without a script, which work in any browser, and the cookie that they give and take."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response

from casework.gate.answers import OWN_POLICY, own, page
from casework.gate.permissions import is_plain
from casework.gate.sessions import Attempts, Look, Sessions
from casework.officers import DOES, Person, normal, proved

IN, OUT = "/sign-in", "/sign-out"
LARGEST_FORM = 8_000
HOME = "/"

# One sentence for every reason, so that nobody learns which names there are.
WRONG = "The name or the password is wrong."


@dataclass(slots=True)
class Desk:
    """Looks at names and passwords; at no more than two at once, for each costs 64 MB and a processor's time."""

    look: Look
    sessions: Sessions
    attempts: Attempts = field(default_factory=Attempts)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    async def sign_in(self, body: bytes, address: str, now: datetime, *, secure: bool) -> Response:
        sign_in, password, onward = _form(body)
        if wait := self.attempts.wait(sign_in, address, now):
            minutes = int(wait.total_seconds() // 60) + 1
            late = sign_in_page(onward, 429, f"Too many attempts. Try again in {minutes} minute(s).", sign_in)
            late.headers["retry-after"] = str(minutes * 60)
            return late
        self.attempts.tried(sign_in, address, now)
        async with self._turns:
            known = await asyncio.to_thread(self.look, sign_in)
            right = await asyncio.to_thread(proved, known, password)
        if known is None or not right:
            return sign_in_page(onward, 401, WRONG, sign_in)
        self.attempts.succeeded(sign_in, address)
        answer = own(RedirectResponse(onward, 303), OWN_POLICY)
        answer.set_cookie(
            cookie_name(secure=secure),
            self.sessions.begin(known, now),
            path="/",
            secure=secure,
            httponly=True,
            samesite="strict",
        )
        return answer

    def sign_out(self, secret: str, *, secure: bool) -> Response:
        self.sessions.end(secret)
        answer = own(RedirectResponse(IN, 303), OWN_POLICY)
        answer.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="strict")
        return answer


def sign_in_page(onward: str, status: int = 401, problem: str = "", sign_in: str = "") -> Response:
    return page("sign_in.html", status, next=local(onward), problem=problem, sign_in=sign_in)


def sign_out_page(person: Person, *, ceremony: bool) -> Response:
    return page("sign_out.html", person=person, does=DOES[person.may], ceremony=ceremony)


def cookie_name(*, secure: bool) -> str:
    """With the prefix by which a browser sees to it that no other host and no plain page can set it."""
    return "__Host-casework" if secure else "casework"


def secret_of(headers: Headers, *, secure: bool) -> str:
    return cookie_parser(headers.get("cookie", "")).get(cookie_name(secure=secure), "")


def local(onward: str) -> str:
    """Where to go after signing in: a place of ours, whatever the form says."""
    try:
        parts = urlsplit(onward)
    except ValueError:
        return HOME
    ours = not parts.scheme and not parts.netloc and is_plain(parts.path) and onward.isprintable()
    return onward if ours and not parts.path.startswith((IN, OUT)) else HOME


def _form(body: bytes) -> tuple[str, str, str]:
    try:
        sent = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        sent = {}
    sign_in, password, onward = (sent.get(name, [""])[0] for name in ("sign_in", "password", "next"))
    return normal(sign_in)[:100], password, local(onward)
