"""prefect.yaml is the schedule: every deployment can be imported, and every cron is said in English too."""

import importlib
import re
from pathlib import Path

import pytest
import yaml

SCHEDULE = Path(__file__).parents[2] / "prefect.yaml"
DEPLOYMENTS = yaml.safe_load(SCHEDULE.read_text(encoding="utf-8"))["deployments"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one["name"])
def test_deployment_names_a_flow_that_is_there(deployment: dict) -> None:
    module, _, flow = deployment["entrypoint"].rpartition(".")
    assert getattr(importlib.import_module(module), flow).name == deployment["name"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one["name"])
def test_deployment_says_when_to_use_it_in_london_time(deployment: dict) -> None:
    assert deployment["description"].endswith(".")
    assert {schedule["timezone"] for schedule in deployment["schedules"]} == {"Europe/London"}


def test_every_cron_is_said_in_english_beside_it() -> None:
    crons = [line for line in SCHEDULE.read_text(encoding="utf-8").splitlines() if "cron:" in line]
    assert crons
    assert all(re.search(r"# at \d\d:\d\d", line) for line in crons)
