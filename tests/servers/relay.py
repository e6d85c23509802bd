"""A mail relay on loopback: it keeps what it takes, and can be told to refuse, to break off, or to ask for a login."""
# ruff: noqa: ARG002, N802  -- aiosmtpd calls these methods, by these names, with all of this

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

DSN_WORDS = re.compile(r" (?:ENVID|RET|NOTIFY)=\S+")


@dataclass
class Taken:
    """One message as the relay has it: envelope, what was asked of delivery reports, and content."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class MailRelay:
    """`says` holds for each command (MAIL, RCPT, DATA) the answers to come; "break" ends the line instead."""

    says: dict[str, list[str]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    lines: int = 0
    port: int = 0

    def answer(self, command: str, server: Any) -> str | None:
        said = self.says.get(command)
        if not said:
            return None
        answer = said.pop(0)
        if answer == "break":
            server.transport.abort()
            return "451 gone"
        return answer

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, lines: list[str]) -> list[str]:
        self.lines += 1
        session.host_name = name
        return [*lines[:-1], "250-DSN", lines[-1]]

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if answer := self.answer("MAIL", server):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if answer := self.answer("RCPT", server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answer("DATA", server)
        if answer is None or answer.startswith("451 gone"):
            self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return answer or "250 queued as 17"


class _WithReports(SMTP):
    """aiosmtpd knows no delivery reports: what is asked of them is noted and taken off."""

    async def smtp_MAIL(self, arg: str | None) -> None:
        await super().smtp_MAIL(self._without(arg))

    async def smtp_RCPT(self, arg: str | None) -> None:
        await super().smtp_RCPT(self._without(arg))

    def _without(self, arg: str | None) -> str | None:
        relay: MailRelay = self.event_handler
        relay.asked += [word.strip() for word in DSN_WORDS.findall(arg or "")]
        return DSN_WORDS.sub("", arg) if arg else arg


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _WithReports(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_relay(user: str = "", password: str = "", **options: Any) -> Iterator[MailRelay]:
    """A relay that runs as long as the context lasts; `options` are aiosmtpd's, such as tls_context."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    relay = MailRelay(port=port)
    if user:
        options |= {"authenticator": _knows(user, password), "auth_required": True}
    running = _Controller(relay, hostname="127.0.0.1", port=port, **options)
    running.start()
    relay.lines = 0
    try:
        yield relay
    finally:
        running.stop()


def _knows(user: str, password: str) -> Any:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        right = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return check
