"""The settings of one installation: read once from the environment, printed by `casework settings`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_PASSWORD = re.compile(r"(?<=:)(?!//).*(?=@)|(?<=[?&]password=)[^&]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where this installation keeps its record and which policy it applies."""

    home: Path
    database_url: str
    policy: str
    templates_dir: Path | None
    channels: Mapping[str, str] = field(default_factory=dict)
    alarm_to: str = ""
    console_url: str = ""
    operator: tuple[str, str] = ("", "Operator")

    @property
    def shown(self) -> dict[str, str]:
        """Every variable with its value, but for what nobody else may know: of that only whether it is set."""
        values = {
            "CASEWORK_HOME": str(self.home),
            "CASEWORK_DATABASE_URL": _PASSWORD.sub("***", self.database_url),
            "CASEWORK_POLICY": self.policy,
            "CASEWORK_TEMPLATES_DIR": str(self.templates_dir or ""),
            "CASEWORK_ALARM_TO": self.alarm_to,
            "CASEWORK_CONSOLE_URL": self.console_url,
            "CASEWORK_OPERATOR": self.operator[0],
            "CASEWORK_OPERATOR_ROLE": self.operator[1],
        }
        return values | {name: HIDDEN if value and name in SECRETS else value for name, value in self.channels.items()}

    @property
    def letters_folder(self) -> Path:
        return self.home / "letters"

    @property
    def previews_folder(self) -> Path:
        return self.home / "previews"

    @property
    def letter_folders(self) -> tuple[Path, ...]:
        """Where letters lie as files, names and addresses included."""
        return (self.letters_folder, self.previews_folder)

    @property
    def reports_folder(self) -> Path:
        return self.home / "reports"

    @property
    def inbox_folder(self) -> Path:
        return self.home / "inbox"

    @property
    def seals_file(self) -> Path:
        return self.home / "seals.jsonl"


# Variable → what it is for. The command `casework settings` prints these words.
VARIABLES = {
    "CASEWORK_HOME": "folder of the database, letters and reports (default ./casework-data)",
    "CASEWORK_DATABASE_URL": "SQLAlchemy URL of the database (default SQLite in CASEWORK_HOME)",
    "CASEWORK_POLICY": "name or file of the policy (default norfolk-2013)",
    "CASEWORK_TEMPLATES_DIR": "folder of your own letter templates, searched before ours (default none)",
    "CASEWORK_ALARM_TO": "who is told by email when a flow fails (default the authority's own address)",
    "CASEWORK_CONSOLE_URL": "address at which officers open the console (default that of `casework serve`)",
    "CASEWORK_OPERATOR": "who acts at the console while no officer is on record (default your account's name)",
    "CASEWORK_OPERATOR_ROLE": "that person's role, as events say it (default Operator)",
}

# The same for the ways in which letters leave, with what holds where nothing is said; casework.ways makes use of them.
CHANNEL_VARIABLES = {
    "CASEWORK_EMAIL_BY": ("how emails leave: folder, smtp or notify", "folder"),
    "CASEWORK_POST_BY": ("how paper leaves: folder (for a print room) or notify", "folder"),
    "CASEWORK_SMTP_HOST": ("mail relay of the authority", ""),
    "CASEWORK_SMTP_PORT": ("its port (default 587 for starttls, 465 for tls, 25 for none)", ""),
    "CASEWORK_SMTP_SECURITY": ("starttls, tls or none", "starttls"),
    "CASEWORK_SMTP_USER": ("name to log in with (default: no login)", ""),
    "CASEWORK_SMTP_PASSWORD": ("password to log in with; never printed", ""),
    "CASEWORK_SMTP_BOUNCE": ("mailbox that takes bounce+KEY@ (default: returns go to the authority's address)", ""),
    "CASEWORK_SMTP_PER_MINUTE": ("messages that the relay takes in a minute", "30"),
    "CASEWORK_NOTIFY_KEY": ("API key of your GOV.UK Notify service; never printed", ""),
    "CASEWORK_NOTIFY_URL": ("address of GOV.UK Notify", "https://api.notifications.service.gov.uk"),
    "CASEWORK_NOTIFY_TEMPLATE": ("id of its email template, made of ((subject)) and ((body))", ""),
    "CASEWORK_NOTIFY_REPLY_TO": ("id of its reply-to address (default: that of the service)", ""),
    "CASEWORK_NOTIFY_POSTAGE": ("first, second or economy", "second"),
    "CASEWORK_NOTIFY_PER_MINUTE": ("letters that we hand it in a minute; it takes 3,000", "2400"),
}

SECRETS = ("CASEWORK_SMTP_PASSWORD", "CASEWORK_NOTIFY_KEY")
HIDDEN = "(set)"


def settings_from(environ: Mapping[str, str]) -> Settings:
    home = Path(environ.get("CASEWORK_HOME") or "casework-data")
    own_templates = environ.get("CASEWORK_TEMPLATES_DIR")
    return Settings(
        home=home,
        database_url=environ.get("CASEWORK_DATABASE_URL") or f"sqlite:///{home / 'casework.db'}",
        policy=environ.get("CASEWORK_POLICY") or "norfolk-2013",
        templates_dir=Path(own_templates) if own_templates else None,
        alarm_to=environ.get("CASEWORK_ALARM_TO") or "",
        console_url=environ.get("CASEWORK_CONSOLE_URL") or "",
        operator=(environ.get("CASEWORK_OPERATOR", ""), environ.get("CASEWORK_OPERATOR_ROLE") or "Operator"),
        channels={name: environ.get(name) or usual for name, (_, usual) in CHANNEL_VARIABLES.items()},
    )
