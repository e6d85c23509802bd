"""One Prefect backend for all tests of flows, on its embedded server, with its files in a temporary folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from casework.cli import cli

# Prefect reads its settings when it is imported, which is when the test modules are collected: before any fixture.
PREFECT_HOME = tempfile.mkdtemp(prefix="casework-prefect-")
os.environ |= {
    "PREFECT_HOME": PREFECT_HOME,
    "PREFECT_LOGGING_LEVEL": "ERROR",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}


@pytest.fixture(scope="session")
def prefect_backend() -> Iterator[None]:
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415  -- after the settings above

    with prefect_test_harness(server_startup_timeout=90):
        yield
    shutil.rmtree(PREFECT_HOME, ignore_errors=True)


@pytest.fixture
def home(prefect_backend: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with the demo's register, contacts and returns loaded, and the first half-term checked."""
    demo = Path(__file__).parents[2] / "demo"
    monkeypatch.setenv("CASEWORK_HOME", str(tmp_path))
    monkeypatch.setenv("CASEWORK_POLICY", str(demo / "fenshire.toml"))
    for command in (
        ["init"],
        ["register", "load", str(demo / "register.csv"), "--la", "999", "--on", "2025-09-08"],
        ["contacts", "load", str(demo / "contacts.csv")],
        ["check", "2025-26/1", "--on", "2025-10-20"],
        ["returns", "load", str(demo / "returns.csv"), "--on", "2026-01-20"],
    ):
        assert CliRunner().invoke(cli, command).exit_code == 0, command
    return tmp_path
