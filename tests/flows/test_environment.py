"""Prefect's settings stand before it is imported, and keep its files beside ours."""

import os
from pathlib import Path

import pytest
from prefect.settings import get_current_settings

from flows.environment import SETTINGS, prepare


def test_prefect_keeps_its_files_in_our_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORK_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_HOME")
    prepare()
    assert os.environ["PREFECT_HOME"] == str(tmp_path / "prefect")


def test_what_the_environment_says_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", "7")
    prepare()
    assert os.environ["PREFECT_CLIENT_MAX_RETRIES"] == "7"


def test_every_setting_is_one_that_prefect_knows() -> None:
    known = get_current_settings().to_environment_variables()
    assert set(SETTINGS) - {"DO_NOT_TRACK"} <= set(known)
