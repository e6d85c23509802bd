"""The ways out are what the settings say; a wrong setting is told by its name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from casework.settings import HIDDEN, SECRETS, settings_from
from casework.ways import BadSetting, post_room
from notifications.channels import ChannelName
from notifications.channels.smtp import SmtpChannel
from notifications.pdf import Typesetter
from notifications.wording import Wording
from tests.servers.notify import KEY, TEMPLATE

SMTP = {"EMAIL_BY": "smtp", "SMTP_HOST": "mail.example.org"}
NOTIFY = {"EMAIL_BY": "notify", "POST_BY": "notify", "NOTIFY_KEY": KEY, "NOTIFY_TEMPLATE": TEMPLATE}
Ways = Callable[[dict[str, str]], tuple[ChannelName, ChannelName]]


def environ(said: dict[str, str]) -> dict[str, str]:
    return {f"CASEWORK_{name}": value for name, value in said.items()}


@pytest.fixture
def ways(wording: Wording, typesetter: Typesetter) -> Ways:
    def made(said: dict[str, str]) -> tuple[ChannelName, ChannelName]:
        room = post_room(settings_from(environ(said)), wording, typesetter)
        return room.way_of("progress_request", "").name, room.way_of("progress_request", "No address").name

    return made


@pytest.mark.parametrize(
    ("said", "email", "post"),
    [
        ({}, "folder", "folder"),
        (SMTP, "smtp", "folder"),
        (NOTIFY, "notify_email", "notify_letter"),
        (NOTIFY | SMTP, "smtp", "notify_letter"),
        (NOTIFY | {"POST_BY": "folder"}, "notify_email", "folder"),
        ({"POST_BY": "notify", "NOTIFY_KEY": KEY}, "folder", "notify_letter"),
    ],
)
def test_settings_choose_the_ways(ways: Ways, said: dict[str, str], email: str, post: str) -> None:
    assert ways(said) == (email, post)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"EMAIL_BY": "pigeon"}, r"CASEWORK_EMAIL_BY is 'pigeon'; it is one of folder, smtp, notify\."),
        ({"POST_BY": "smtp"}, "no mail relay prints letters"),
        ({"EMAIL_BY": "smtp"}, "CASEWORK_SMTP_HOST is not set"),
        (SMTP | {"SMTP_SECURITY": "ssl"}, "CASEWORK_SMTP_SECURITY is 'ssl'"),
        (SMTP | {"SMTP_PORT": "mail"}, "CASEWORK_SMTP_PORT is 'mail'; it is a number"),
        (SMTP | {"SMTP_PER_MINUTE": "0"}, "CASEWORK_SMTP_PER_MINUTE is '0'"),
        (SMTP | {"SMTP_BOUNCE": "bounce"}, "CASEWORK_SMTP_BOUNCE is 'bounce', which is no email address"),
        ({"EMAIL_BY": "notify"}, "CASEWORK_NOTIFY_KEY is not set"),
        ({"EMAIL_BY": "notify", "NOTIFY_KEY": KEY}, "CASEWORK_NOTIFY_TEMPLATE is not set"),
        (NOTIFY | {"NOTIFY_POSTAGE": "third"}, "CASEWORK_NOTIFY_POSTAGE is 'third'"),
    ],
)
def test_wrong_setting_is_told_by_its_name(ways: Ways, said: dict[str, str], why: str) -> None:
    with pytest.raises(BadSetting, match=why):
        ways(said)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_relay_has_its_usual_port(wording: Wording, typesetter: Typesetter, security: str, port: int) -> None:
    room = post_room(settings_from(environ(SMTP | {"SMTP_SECURITY": security})), wording, typesetter)
    assert isinstance(room.email, SmtpChannel)
    assert room.email.relay.port == port


@pytest.mark.parametrize("name", SECRETS)
def test_secret_is_shown_only_as_set(name: str) -> None:
    shown = settings_from({name: "s3cret"}).shown
    assert (shown[name], settings_from({}).shown[name]) == (HIDDEN, "")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://us:s3:cr@t@db/casework", "postgresql://us:***@db/casework"),
        ("postgresql://us@db/casework", "postgresql://us@db/casework"),
        ("sqlite:///home/casework.db", "sqlite:///home/casework.db"),
    ],
)
def test_password_of_the_database_is_not_shown(url: str, shown: str) -> None:
    assert settings_from({"CASEWORK_DATABASE_URL": url}).shown["CASEWORK_DATABASE_URL"] == shown


def test_folder_is_that_of_the_letters(wording: Wording, typesetter: Typesetter, tmp_path: Path) -> None:
    room = post_room(settings_from({"CASEWORK_HOME": str(tmp_path)}), wording, typesetter)
    assert room.post == room.email == type(room.post)(tmp_path / "letters")
