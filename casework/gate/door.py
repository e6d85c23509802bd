"""The gate itself: each request is let through, refused with a sentence, or answered here. Nothing goes around it."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from casework.gate.answers import Guarded, refusal, wants_page
from casework.gate.attribution import Rewrite, Unfit, answered, cancelled, started, understood
from casework.gate.bodies import Gone, TooLarge, ask, put_back, read_body, with_body
from casework.gate.hosts import Origin, origin_of
from casework.gate.letters import LetterPages
from casework.gate.permissions import NOT_HERE, NOT_SHOWN, SOCKETS, Act, Rule, is_plain, rule_for
from casework.gate.service import claims, credentials, is_the_service
from casework.gate.sessions import Sessions
from casework.gate.signing_in import IN, LARGEST_FORM, OUT, Desk, secret_of, sign_in_page, sign_out_page
from casework.gate.sockets import Watched, prove, proves_itself_later, refuse
from casework.officers import Account, Person, account, any_officers
from states.errors import CaseworkError

SIGN_IN_FIRST = "Sign in first: load the page again."
STRANGER = "This was asked by a page of another site. Open the console itself and do it there."
NOBODY_KNOWN = (
    "No officer is on record yet, so that this console answers only on its own machine, under 127.0.0.1 or localhost. "
    "`casework officers add` lets people in from elsewhere."
)
NO_RECORD = "The record cannot be asked who you are. Tell whoever looks after this machine; its log says more."
TOO_LARGE = "This is more than anybody sends here. Nothing was done."

REWRITES: dict[Act, Rewrite] = {Act.START: started, Act.CANCEL: cancelled, Act.ANSWER: answered}

# Headers by which Prefect would believe that something else than this person asked.
_FORGED = ("authorization", "prefect-automation-id", "prefect-automation-name")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Gate:
    """An ASGI application around another. `token` is that of service_token; `operator` acts where no officer is known.

    `letters` are the pages under /letters; without them there are none.
    """

    def __init__(
        self,
        inner: ASGIApp,
        engine: Engine,
        *,
        token: str,
        operator: Person | None = None,
        letters: LetterPages | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.inner, self.engine, self.token = inner, engine, token
        self.operator, self.letters, self.clock = operator, letters, clock
        self.sessions = Sessions(self._look)
        self.desk = Desk(self._look, self.sessions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.inner(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = Visit(scope)
        private = visit.path.startswith("/api/")
        guarded = Guarded(send, visit.origin.host if visit.origin.sane else "localhost", visit.secure, private)
        try:
            answer = await self._answer(visit, receive, guarded)
        except TooLarge:
            answer = refusal(413, TOO_LARGE)
        except Unfit as error:
            answer = refusal(422, str(error))
        except CaseworkError:
            logging.getLogger(__name__).exception("The gate could not ask the record")
            answer = refusal(503, NO_RECORD)
        except Gone:
            return
        if answer is not None:
            await answer(scope, receive, guarded)

    async def _answer(self, visit: "Visit", receive: Receive, send: Send) -> Response | None:
        """An answer of our own; None where the inner application has answered."""
        if refused := visit.misshapen():
            return refused
        if not claims(visit.headers):
            return await self._console(visit, receive, send)
        if not is_the_service(self.token, credentials(visit.headers)):
            return refusal(401, SIGN_IN_FIRST)
        await self.inner(visit.scope, receive, send)
        return None

    async def _console(self, visit: "Visit", receive: Receive, send: Send) -> Response | None:
        """Somebody at a browser, signed in or not."""
        if not visit.origin.own:
            return refusal(403, STRANGER)
        if visit.path == IN:
            return await self._desk(visit, receive)
        person = await self._person(visit)
        if person is None:
            return await self._who(visit)
        return await self._for_person(visit, person, receive, send)

    async def _desk(self, visit: "Visit", receive: Receive) -> Response:
        if visit.method != "POST":
            return sign_in_page("/", 200)
        body = await read_body(visit.scope, receive, LARGEST_FORM)
        return await self.desk.sign_in(body, visit.address, self.clock(), secure=visit.secure)

    async def _who(self, visit: "Visit") -> Response:
        """Nobody is there as far as we know: how to change that."""
        if not await asyncio.to_thread(any_officers, self.engine):
            return refusal(403, NOBODY_KNOWN)
        return sign_in_page(visit.asked) if wants_page(visit.method, visit.headers) else refusal(401, SIGN_IN_FIRST)

    async def _for_person(self, visit: "Visit", person: Person, receive: Receive, send: Send) -> Response | None:
        if visit.path == OUT:
            return await self._out(visit, person)
        if visit.path == "/letters" or visit.path.startswith("/letters/"):
            return await self._letters(visit, person)
        rule = rule_for(visit.method, visit.path)
        if rule is None:
            return refusal(403, NOT_SHOWN if visit.method in ("GET", "HEAD") else NOT_HERE)
        if not person.may_do(rule.may):
            return refusal(403, f"{person.name} may not {rule.what} here: that is for a {rule.may}.")
        await self._let_through(visit, person, rule, receive, send)
        return None

    async def _out(self, visit: "Visit", person: Person) -> Response:
        if visit.method == "POST":
            return self.desk.sign_out(visit.secret, secure=visit.secure)
        return sign_out_page(person, ceremony=await asyncio.to_thread(any_officers, self.engine))

    async def _letters(self, visit: "Visit", person: Person) -> Response:
        if self.letters is None or visit.method not in ("GET", "HEAD"):
            return refusal(404, "There is nothing here.")
        return await asyncio.to_thread(self.letters.answer, visit.path, person)

    async def _let_through(self, visit: "Visit", person: Person, rule: Rule, receive: Receive, send: Send) -> None:
        scope = visit.as_person()
        body = await read_body(scope, receive)
        if rewrite := REWRITES.get(rule.act):
            content = rewrite(understood(body), person, await self._known(rule.act, scope))
            scope, body = with_body(scope, content)
        await self.inner(scope, put_back(body, receive), send)

    async def _known(self, act: Act, scope: Scope) -> Mapping[str, Any]:
        """What the inner server knows: all of a run to cancel; otherwise what its form asks for, if it asks at all."""
        place = scope["path"].rpartition("/")[0]
        found: dict[str, Any] = await ask(self.inner, scope, place) or {}
        if act is Act.CANCEL:
            return found
        if act is Act.START:
            return found.get("parameter_openapi_schema") or {}
        details = (found.get("state") or {}).get("state_details") or {}
        key = (details.get("run_input_keyset") or {}).get("schema")
        return (await ask(self.inner, scope, f"{place}/input/{key}") if key else None) or {}

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = Visit(scope)
        if refused := visit.misshapen():
            await refuse(scope, receive, send, refused)
        elif claims(visit.headers):
            if is_the_service(self.token, credentials(visit.headers)):
                await self.inner(scope, receive, send)
            else:
                await refuse(scope, receive, send, refusal(401, SIGN_IN_FIRST))
        elif proves_itself_later(visit.headers):
            await prove(self.inner, scope, receive, send, self.token)
        elif answer := await self._socket_refused(visit):
            await refuse(scope, receive, send, answer)
        else:
            watched = Watched(receive, send, lambda: self._lasts(visit))
            await self.inner(visit.as_person(), watched.hear, watched.say)

    async def _socket_refused(self, visit: "Visit") -> Response | None:
        if not visit.origin.own:
            return refusal(403, STRANGER)
        if await self._person(visit) is None:
            return await self._who(visit)
        return None if visit.path in SOCKETS else refusal(403, NOT_HERE)

    async def _lasts(self, visit: "Visit") -> bool:
        return await self._person(visit, active=False) is not None

    async def _person(self, visit: "Visit", *, active: bool = True) -> Person | None:
        """Whoever is signed in; on this machine, as long as no officer is on record, its operator."""
        found = await asyncio.to_thread(self.sessions.person, visit.secret, self.clock(), active=active)
        if found is not None or self.operator is None or not visit.origin.on_this_machine:
            return found
        return None if await asyncio.to_thread(any_officers, self.engine) else self.operator

    def _look(self, sign_in: str) -> Account | None:
        return account(self.engine, sign_in)


class Visit:
    """One request, or one websocket, and what its first lines say."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.headers = Headers(scope=scope)
        self.path: str = scope["path"]
        self.method: str = scope.get("method", "GET")
        self.secure = scope.get("scheme") in ("https", "wss")
        self.address = str((scope.get("client") or ("", 0))[0])
        self.secret = secret_of(self.headers, secure=self.secure)
        self.origin: Origin = origin_of(self.headers, self.address)

    @property
    def asked(self) -> str:
        """The address as it was asked for, to come back to."""
        query = self.scope.get("query_string", b"").decode("latin-1")
        return f"{self.path}?{query}" if query else self.path

    def misshapen(self) -> Response | None:
        """A host or a path that two programs could read in two ways is answered by none."""
        if not self.origin.sane:
            return refusal(400, "This request does not say plainly for which host it is.")
        if self.scope.get("root_path") or not is_plain(self.path):
            return refusal(404, "There is nothing here.")
        return None

    def as_person(self) -> Scope:
        """The same without what would make the inner server take it for somebody else's."""
        headers = MutableHeaders(raw=list(self.scope["headers"]))
        for name in _FORGED:
            del headers[name]
        return {**self.scope, "headers": headers.raw}
