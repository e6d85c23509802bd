"""The ways out of one installation, made from its settings; what is wrong with a setting is told by its name."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from casework.dispatch import PostRoom
from casework.settings import Settings
from notifications.channels import Channel, Inquiries
from notifications.channels.folder import FolderChannel
from notifications.channels.smtp import USUAL_PORT, Relay, Security, SmtpChannel
from notifications.channels.throttle import Throttle
from notifications.pdf import Typesetter
from notifications.wording import Wording
from states.errors import CaseworkError

Word = TypeVar("Word", bound=StrEnum)


class BadSetting(CaseworkError):
    """A setting of a channel is missing, or cannot be used."""


class By(StrEnum):
    """How emails or paper leave."""

    FOLDER = "folder"
    SMTP = "smtp"
    NOTIFY = "notify"


class Postage(StrEnum):
    """The classes of post that GOV.UK Notify has."""

    FIRST = "first"
    SECOND = "second"
    ECONOMY = "economy"


def post_room(settings: Settings, wording: Wording, typesetter: Typesetter) -> PostRoom:
    """Raises BadSetting; nothing is connected to yet."""
    email_by = _word(settings.channels, "CASEWORK_EMAIL_BY", By)
    post_by = _word(settings.channels, "CASEWORK_POST_BY", By)
    email: Channel = FolderChannel(settings.letters_folder)
    post: Channel = FolderChannel(settings.letters_folder)
    notify: Inquiries | None = None
    if post_by is By.SMTP:
        raise BadSetting("CASEWORK_POST_BY is smtp, but no mail relay prints letters: folder or notify.")
    if email_by is By.SMTP:
        email = _smtp(settings.channels)
    if By.NOTIFY in (email_by, post_by):
        emails, letters, notify = _notify(settings.channels, needs_template=email_by is By.NOTIFY)
        email = emails if email_by is By.NOTIFY else email
        post = letters if post_by is By.NOTIFY else post
    return PostRoom(email, post, wording, typesetter, notify)


def relay(settings: Settings) -> SmtpChannel | None:
    """The mail relay, where emails leave by one. Raises BadSetting."""
    email_by = _word(settings.channels, "CASEWORK_EMAIL_BY", By)
    return _smtp(settings.channels) if email_by is By.SMTP else None


def _smtp(said: Mapping[str, str]) -> SmtpChannel:
    security = _word(said, "CASEWORK_SMTP_SECURITY", Security)
    bounce = said["CASEWORK_SMTP_BOUNCE"]
    if bounce and not all(bounce.rpartition("@")):
        raise BadSetting(f"CASEWORK_SMTP_BOUNCE is {bounce!r}, which is no email address such as bounce@example.org.")
    relay = Relay(
        host=_required(said, "CASEWORK_SMTP_HOST"),
        port=_number(said, "CASEWORK_SMTP_PORT") if said["CASEWORK_SMTP_PORT"] else USUAL_PORT[security],
        security=security,
        user=said["CASEWORK_SMTP_USER"],
        password=said["CASEWORK_SMTP_PASSWORD"],
        bounce=bounce,
    )
    return SmtpChannel(relay, Throttle(_number(said, "CASEWORK_SMTP_PER_MINUTE")))


def _notify(said: Mapping[str, str], *, needs_template: bool) -> tuple[Channel, Channel, Inquiries]:
    # Here, not above: its client takes half a second to import, and most installations have none.
    from notifications.channels.notify import NotifyApi, NotifyEmail, NotifyLetter  # noqa: PLC0415

    api = NotifyApi(_required(said, "CASEWORK_NOTIFY_KEY"), said["CASEWORK_NOTIFY_URL"])
    throttle = Throttle(_number(said, "CASEWORK_NOTIFY_PER_MINUTE"))
    template = _required(said, "CASEWORK_NOTIFY_TEMPLATE") if needs_template else ""
    emails = NotifyEmail(api, throttle, template, said["CASEWORK_NOTIFY_REPLY_TO"])
    return emails, NotifyLetter(api, throttle, _word(said, "CASEWORK_NOTIFY_POSTAGE", Postage)), api


def _required(said: Mapping[str, str], name: str) -> str:
    if not said[name].strip():
        raise BadSetting(f"{name} is not set. `casework settings` says what it is for.")
    return said[name]


def _word(said: Mapping[str, str], name: str, words: type[Word]) -> Word:
    try:
        return words(said[name])
    except ValueError:
        raise BadSetting(f"{name} is {said[name]!r}; it is one of {', '.join(words)}.") from None


def _number(said: Mapping[str, str], name: str) -> int:
    if not said[name].isdecimal() or int(said[name]) < 1:
        raise BadSetting(f"{name} is {said[name]!r}; it is a number from 1.")
    return int(said[name])
