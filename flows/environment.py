"""Prefect's settings, made before Prefect is imported: they are read once, at import.

Why each stands here was measured: docs/decisions/0006-prefect.md. What the environment already says is left alone.
"""

import os
from pathlib import Path

from casework.settings import settings_from

SETTINGS = {
    # Nothing leaves the building.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # On SQLite the recorder's default of one row at a time makes the server answer 503.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_CLIENT_MAX_RETRIES": "20",
    # The first start makes Prefect's own database, which takes longer than its default patience.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
}


def prepare() -> None:
    """Keep Prefect's own files beside ours, in CASEWORK_HOME, and its manners as above."""
    home = settings_from(os.environ).home / "prefect"
    os.environ.setdefault("PREFECT_HOME", str(home.resolve()))
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)  # Prefect makes the last folder only
