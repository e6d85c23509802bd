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
    # A run that was killed together with its worker is missed after three of these: flows.failures.
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
}

# What holds besides where a server of ours runs: `casework serve`, and the workers of a pool.
SERVING = {
    # A forgotten address must fail, and not go to a database of its own.
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    "PREFECT_RUNNER_POLL_FREQUENCY": "3",
    "PREFECT_WORKER_QUERY_SECONDS": "3",
    # Pictures and logs of runs go after a season; the record is ours, and keeps everything.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "P180D",
}


def prepare() -> None:
    """Keep Prefect's own files beside ours, in CASEWORK_HOME, and its manners as above."""
    home = settings_from(os.environ).home / "prefect"
    os.environ.setdefault("PREFECT_HOME", str(home.resolve()))
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)  # Prefect makes the last folder only


def prepare_to_serve(host: str, port: int, token: str) -> None:
    """The same for a server of ours at this address, at which its own flows show `token` (casework.gate)."""
    at = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104  -- it is compared, not bound
    os.environ |= {
        "PREFECT_API_URL": f"http://{at}:{port}/api",
        "PREFECT_API_AUTH_STRING": token,
        "PREFECT_SERVER_API_HOST": host,
        "PREFECT_SERVER_API_PORT": str(port),  # --port alone leaves the UI asking port 4200
        "CASEWORK_CONSOLE_URL": os.environ.get("CASEWORK_CONSOLE_URL") or f"http://{at}:{port}",
    }
    for name, value in SERVING.items():
        os.environ.setdefault(name, value)
