"""GOV.UK Notify, by its official client: emails through one template of the service, letters as our own PDF.

Notify knows no key that would make a second request harmless. So each attempt has a reference of its own, and after a
doubt the reference is asked for before anything is sent again. What Notify says is told apart by status and by
kind of error, never by its words, which may change.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, ClassVar

import requests
from notifications_python_client.errors import APIError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient
from urllib3.exceptions import NewConnectionError

from notifications.channels import (
    Answer,
    ChannelDown,
    ChannelName,
    Fate,
    Known,
    Later,
    Outgoing,
    Taken,
    TurnedDown,
    Unclear,
    attempt_reference,
)
from notifications.channels.notify_body import notify_body
from notifications.channels.precompiled import objections
from notifications.channels.throttle import Throttle
from notifications.email import email_message
from notifications.letter import Letter
from notifications.pdf import address_lines

# It writes a line of its own for every error, with what Notify said; we tell of it where it is dealt with.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)

# Seconds to wait when Notify says that we were too fast; its limit counts by the minute.
PAUSE, PAUSES = 20.0, 3
DATA_IS_NOT_TAKEN = ("ValidationError",)


# Statuses of emails, and of letters: https://docs.notifications.service.gov.uk/python.html#get-message-status
FATES = {
    "created": Fate.ON_ITS_WAY,
    "sending": Fate.ON_ITS_WAY,
    "pending": Fate.ON_ITS_WAY,
    "delivered": Fate.DELIVERED,
    "permanent-failure": Fate.RETURNED,
    "temporary-failure": Fate.RETURNED,
    "technical-failure": Fate.FAILED,
    "pending-virus-check": Fate.ON_ITS_WAY,
    "virus-scan-failed": Fate.FAILED,
    "validation-failed": Fate.FAILED,
    "accepted": Fate.ON_ITS_WAY,
    # Given to the printer: Notify never says that a letter came through the door.
    "received": Fate.ON_ITS_WAY,
    "cancelled": Fate.FAILED,
}


@dataclass(slots=True)
class NotifyApi:
    """One service of Notify; keep one for each thread. Every question raises ChannelDown where there is no answer."""

    key: str = field(repr=False)
    url: str
    timeout: float = 30.0
    _line: Any = field(default=None, init=False, repr=False)

    def find(self, reference: str) -> Known | None:
        """The newest notification of this reference, or None if Notify has never had one."""
        found = self._asked("get_all_notifications", reference=reference)["notifications"]
        return _known(max(found, key=lambda one: str(one["created_at"]))) if found else None

    def status(self, provider_id: str) -> Known:
        return _known(self._asked("get_notification_by_id", provider_id))

    def require_template(self, template_id: str) -> None:
        """Key, address and template are looked at before a letter is touched."""
        body = str(self._asked("get_template", template_id)["body"])
        if "((body))" not in body:
            raise ChannelDown(f"The template {template_id} of GOV.UK Notify has no ((body)). Let it have nothing else.")

    def require_service(self) -> None:
        self._asked("get_all_notifications", reference="casework")

    def post(self, send: Callable[[Any], Any], throttle: Throttle) -> Answer:
        """Hand one letter over by `send`, which is given the client; too fast is waited for."""
        for _ in range(PAUSES):
            throttle.take()
            answer = self._posted(send)
            if not isinstance(answer, _TooFast):
                return answer
            throttle.rest(PAUSE)
        return Later("GOV.UK Notify takes no more letters in this minute.", stop=True)

    def _posted(self, send: Callable[[Any], Any]) -> "Answer | _TooFast":
        try:
            return Taken(str(send(self._client())["id"]))
        except APIError as error:
            return _answer(error)
        except (KeyError, TypeError):
            return Unclear("GOV.UK Notify answered without the id of the letter.")

    def _asked(self, question: str, *values: str, **named: str) -> Any:
        try:
            return getattr(self._client(), question)(*values, **named)
        except APIError as error:
            raise ChannelDown(
                f"GOV.UK Notify at {self.url} cannot be used: {_words(error)}. Nothing was handed to it. "
                "`casework settings` shows how it is set up; its keys end when they are revoked, and no clock may be "
                "30 seconds wrong."
            ) from error

    def _client(self) -> Any:
        if self._line is None:
            self._line = NotificationsAPIClient(self.key, base_url=self.url, timeout=self.timeout)
        return self._line


class _TooFast:
    """429 for the minute, not for the day."""


def _answer(error: APIError) -> "Answer | _TooFast":
    status, kinds = error.status_code, _kinds(error)
    if error.response is None or isinstance(error, InvalidResponse):
        return Later(_words(error), stop=True) if _never_connected(error) else Unclear(_words(error))
    if status == 429:
        daily = Later("The day's limit of GOV.UK Notify is reached; it begins anew at midnight UTC.", stop=True)
        return _TooFast() if "RateLimitError" in kinds else daily
    if status >= 500:
        return Unclear(_words(error))
    # What is wrong with this one letter fails it; what is wrong with the service (key, trial mode) stops them all.
    about_the_letter = status == 413 or kinds & {*DATA_IS_NOT_TAKEN}
    return TurnedDown(_words(error)) if about_the_letter else Later(_words(error), stop=True)


def _kinds(error: APIError) -> set[str]:
    told = error.message
    return {str(one.get("error")) for one in told if isinstance(one, dict)} if isinstance(told, list) else set()


def _words(error: APIError) -> str:
    told = error.message
    words = "; ".join(str(one.get("message")) for one in told) if isinstance(told, list) else str(told)
    return f"{error.status_code} {words}" if error.response is not None else words


def _never_connected(error: APIError) -> bool:
    """Whether the line was never there: then nothing can have been taken."""
    cause = error.__cause__
    if isinstance(cause, requests.ConnectTimeout):
        return True
    inner = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    return isinstance(getattr(inner, "reason", None), NewConnectionError)


def _known(notification: dict[str, Any]) -> Known:
    status = str(notification["status"])
    return Known(str(notification["id"]), FATES.get(status, Fate.ON_ITS_WAY), status)


@dataclass(frozen=True, slots=True)
class NotifyEmail:
    """Emails through one template of the service: its subject is ((subject)), its body ((body)), and nothing else."""

    api: NotifyApi
    throttle: Throttle
    template_id: str
    reply_to_id: str = ""

    name: ClassVar[ChannelName] = ChannelName.NOTIFY_EMAIL
    together: ClassVar[int] = 20
    repeats: ClassVar[bool] = False

    @contextmanager
    def opened(self) -> Iterator[None]:
        self.api.require_template(self.template_id)
        yield

    def trace(self, letter: Letter) -> str:  # noqa: ARG002  -- Notify gives its own name, once it has the letter
        return ""

    def objection(self, outgoing: Outgoing) -> str:
        """Raises LetterError for an address that no email can go to."""
        email_message(outgoing.letter, outgoing.composed, outgoing.pdf)
        return ""

    def carry(self, outgoing: Outgoing) -> Answer:
        composed, letter = outgoing.composed, outgoing.letter
        return self.api.post(
            lambda client: client.send_email_notification(
                email_address=letter.recipient.email,
                template_id=self.template_id,
                personalisation={"subject": composed.subject, "body": notify_body(composed.blocks)},
                reference=attempt_reference(letter.reference, outgoing.attempt),
                email_reply_to_id=self.reply_to_id or None,
            ),
            self.throttle,
        )


@dataclass(frozen=True, slots=True)
class NotifyLetter:
    """Letters on paper: our own PDF, printed and posted by Notify as it is, in the class of post given."""

    api: NotifyApi
    throttle: Throttle
    postage: str = "second"

    name: ClassVar[ChannelName] = ChannelName.NOTIFY_LETTER
    together: ClassVar[int] = 20
    repeats: ClassVar[bool] = False

    @contextmanager
    def opened(self) -> Iterator[None]:
        self.api.require_service()
        yield

    def trace(self, letter: Letter) -> str:  # noqa: ARG002  -- Notify gives its own name, once it has the letter
        return ""

    def objection(self, outgoing: Outgoing) -> str:
        return " ".join(objections(outgoing.pdf, address_lines(outgoing.letter)))

    def carry(self, outgoing: Outgoing) -> Answer:
        return self.api.post(
            lambda client: client.send_precompiled_letter_notification(
                reference=attempt_reference(outgoing.reference, outgoing.attempt),
                pdf_file=BytesIO(outgoing.pdf),
                postage=self.postage,
            ),
            self.throttle,
        )
