"""One Prefect backend for all tests of flows, on its embedded server, with its files in a temporary folder."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from casework.cli import cli
from casework.database import open_initialised
from casework.office import Office
from casework.tables import Base
from tests.conftest import DEMO, NOW

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


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with the demo's register, contacts and returns loaded, and the first half-term checked."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEWORK_HOME", str(folder))
        patch.setenv("CASEWORK_POLICY", str(DEMO / "fenshire.toml"))
        for command in (
            ["init"],
            ["register", "load", str(DEMO / "register.csv"), "--la", "999", "--on", "2025-09-08"],
            ["contacts", "load", str(DEMO / "contacts.csv")],
            ["check", "2025-26/1", "--on", "2025-10-20"],
            ["returns", "load", str(DEMO / "returns.csv"), "--on", "2026-01-20"],
        ):
            assert CliRunner().invoke(cli, command).exit_code == 0, command
    return folder


@pytest.fixture
def home(prefect_backend: None, demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That office, a copy for each test."""
    folder = Path(shutil.copytree(demo_home, tmp_path / "home"))
    monkeypatch.setenv("CASEWORK_HOME", str(folder))
    monkeypatch.setenv("CASEWORK_POLICY", str(DEMO / "fenshire.toml"))
    return folder


@pytest.fixture
def same_clock(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Every office reads the same moment, so that two runs can end in the same bytes."""
    monkeypatch.setattr(Office, "now", NOW)
    return NOW


@pytest.fixture
def rows() -> Callable[[Path], dict[str, list[Any]]]:
    """Every row of every table of an office."""

    def read(home: Path) -> dict[str, list[Any]]:
        engine = open_initialised(f"sqlite:///{home / 'casework.db'}")
        with engine.connect() as connection:
            tables = Base.metadata.sorted_tables
            found = {
                table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
                for table in tables
            }
        engine.dispose()
        return found

    return read
