"""The settings of one installation: read once from the environment, printed by `casework settings`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where this installation keeps its record and which policy it applies."""

    home: Path
    database_url: str
    policy: str
    templates_dir: Path | None

    @property
    def letters_folder(self) -> Path:
        return self.home / "letters"

    @property
    def reports_folder(self) -> Path:
        return self.home / "reports"


# Variable → what it is for. The command `casework settings` prints these words.
VARIABLES = {
    "CASEWORK_HOME": "folder of the database, letters and reports (default ./casework-data)",
    "CASEWORK_DATABASE_URL": "SQLAlchemy URL of the database (default SQLite in CASEWORK_HOME)",
    "CASEWORK_POLICY": "name or file of the policy (default norfolk-2013)",
    "CASEWORK_TEMPLATES_DIR": "folder of your own letter templates, searched before ours (default none)",
}


def settings_from(environ: Mapping[str, str]) -> Settings:
    home = Path(environ.get("CASEWORK_HOME") or "casework-data")
    own_templates = environ.get("CASEWORK_TEMPLATES_DIR")
    return Settings(
        home=home,
        database_url=environ.get("CASEWORK_DATABASE_URL") or f"sqlite:///{home / 'casework.db'}",
        policy=environ.get("CASEWORK_POLICY") or "norfolk-2013",
        templates_dir=Path(own_templates) if own_templates else None,
    )
