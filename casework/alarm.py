"""Telling an officer that work failed: an email in plain words, with what to do. The wording is templates/alarm.txt."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casework.office import Office
from casework.ways import relay
from notifications.channels import ChannelDown
from notifications.channels.folder import write_whole
from notifications.values import printable
from notifications.wording import TEMPLATES


def alarm(office: Office, work: str, why: str, url: str, *, safe: bool) -> str:
    """Tell that `work` failed; returns where the message went. Raises OSError or ChannelDown.

    It goes to CASEWORK_ALARM_TO, or else to the authority's own address. Where emails do not leave by a mail relay, or
    the relay does not take it, it lies in the folder `alarms`.
    """
    to = office.settings.alarm_to or office.policy.authority.email
    message = _message(office, to, work, _words(office, work, why, url, safe=safe))
    channel, folder = relay(office.settings), office.settings.home / "alarms"
    if channel is None or not to:
        return str(_lay_down(folder, office.now, message))
    try:
        with channel.opened():
            channel.tell(message)
    except (OSError, ChannelDown):
        _lay_down(folder, office.now, message)
        raise
    return to


def _words(office: Office, work: str, why: str, url: str, *, safe: bool) -> str:
    folders = [folder for folder in (office.settings.templates_dir, TEMPLATES) if folder]
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    values = {"work": printable(work), "why": printable(why), "url": url, "safe": safe}
    return environment.get_template("alarm.txt").render(values)


def _message(office: Office, to: str, work: str, words: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = office.policy.authority.email or "casework@localhost"
    message["To"] = to or "casework@localhost"
    message["Subject"] = f"Not done: {printable(work)}"
    message["Date"] = format_datetime(office.now)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(words)
    return message


def _lay_down(folder: Path, at: datetime, message: EmailMessage) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return write_whole(folder / f"{at:%Y-%m-%dT%H%M%S%f}.eml", message.as_bytes())
