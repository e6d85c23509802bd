"""A mail relay: one message for one person, with a return address that names the letter.

What comes back is read by `dsn`. That the relay said yes is not known for sure when the line breaks after the message:
RFC 5321 section 6.1 leaves that open, and the answer is then Unclear.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import ClassVar

from notifications.channels import Answer, ChannelDown, ChannelName, Later, Outgoing, Taken, TurnedDown, Unclear
from notifications.channels.throttle import Throttle
from notifications.email import email_message, key_of, message_id
from notifications.letter import Letter


class Security(StrEnum):
    """How the line to the relay is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


USUAL_PORT = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class Relay:
    """Where the relay is and how it knows us; `bounce` is the address to which it returns what cannot be delivered."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    bounce: str = ""
    timeout: float = 60.0

    def return_path(self, letter: Letter) -> str:
        """bounce@example.org → bounce+KEY@example.org, so that what comes back says which letter it was."""
        if not self.bounce:
            return letter.sender.email
        local, _, domain = self.bounce.rpartition("@")
        return f"{local}+{key_of(letter.reference)}@{domain}"


@dataclass(slots=True)
class SmtpChannel:
    """Each letter is marked alone before it is handed over: a crash leaves one in doubt, never a batch."""

    relay: Relay
    throttle: Throttle

    name: ClassVar[ChannelName] = ChannelName.SMTP
    together: ClassVar[int] = 1
    repeats: ClassVar[bool] = False

    _server: smtplib.SMTP | None = field(default=None, init=False)

    @contextmanager
    def opened(self) -> Iterator[None]:
        self._server = self._connected()
        try:
            yield
        finally:
            self._hang_up()

    def trace(self, letter: Letter) -> str:
        return message_id(letter)

    def objection(self, outgoing: Outgoing) -> str:
        """Raises LetterError for an address that no email can go to."""
        email_message(outgoing.letter, outgoing.composed, outgoing.pdf)
        return ""

    def carry(self, outgoing: Outgoing) -> Answer:
        self.throttle.take()
        content = email_message(outgoing.letter, outgoing.composed, outgoing.pdf).as_bytes()
        answer = self._envelope(outgoing.letter)
        if isinstance(answer, Later) and answer.stop:
            # A relay ends a line that was idle or long in use: a new one is tried, once.
            self._hang_up()
            answer = self._envelope(outgoing.letter)
        return answer or self._content(content)

    def tell(self, message: EmailMessage) -> None:
        """A message that is no letter, to people of our own. Raises OSError."""
        assert self._server is not None, "it is told on an open line"
        self._server.send_message(message)

    def _envelope(self, letter: Letter) -> Later | TurnedDown | None:
        """Sender and recipient; None when the relay takes both and waits for the message."""
        key = key_of(letter.reference)
        try:
            server = self._server = self._server or self._connected()
            reports = server.has_extn("dsn")
            sender = [f"ENVID={key}", "RET=HDRS"] if reports else []
            code, said = server.mail(self.relay.return_path(letter), sender)
            if code != 250:  # it is we who are not wanted, not this recipient
                return Later(_words(code, said), stop=True)
            asked = ["NOTIFY=SUCCESS,FAILURE"] if reports else []
            code, said = server.rcpt(letter.recipient.email, asked)
        except (ChannelDown, OSError) as error:
            return Later(_reason(error), stop=True)
        if code in (250, 251):
            return None
        with suppress(OSError):
            server.rset()
        return _refusal(code, _words(code, said))

    def _content(self, content: bytes) -> Answer:
        assert self._server is not None, "the envelope was taken on this line"
        try:
            code, said = self._server.data(content)
        except smtplib.SMTPDataError as error:  # refused before a byte of it was sent
            return _refusal(error.smtp_code, _words(error.smtp_code, error.smtp_error))
        except OSError as error:
            self._hang_up()
            return Unclear(f"The line to the relay broke before it had answered ({_reason(error)}).")
        return Taken() if code == 250 else _refusal(code, _words(code, said))

    def _connected(self) -> smtplib.SMTP:
        relay = self.relay
        try:
            if relay.security is Security.TLS:
                secure = ssl.create_default_context()
                server: smtplib.SMTP = smtplib.SMTP_SSL(relay.host, relay.port, timeout=relay.timeout, context=secure)
            else:
                server = smtplib.SMTP(relay.host, relay.port, timeout=relay.timeout)
            self._introduce(server)
        except OSError as error:
            raise ChannelDown(
                f"The mail relay {relay.host}:{relay.port} cannot be used: {_reason(error)}. Nothing was handed to it. "
                "`casework settings` shows how it is set up."
            ) from error
        return server

    def _introduce(self, server: smtplib.SMTP) -> None:
        try:
            server.ehlo()
            if self.relay.security is Security.STARTTLS:
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if self.relay.user:
                server.login(self.relay.user, self.relay.password)
        except BaseException:
            server.close()
            raise

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):
                server.quit()
            server.close()


def _refusal(code: int, why: str) -> Later | TurnedDown:
    """RFC 5321 section 4.2.1: 4yz may go through another time, 5yz never will. 421: the relay is closing the line."""
    return TurnedDown(why) if code >= 500 else Later(why, stop=code == 421)


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__
