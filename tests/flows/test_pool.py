"""What workers are given to run: the deployments of prefect.yaml, with our settings, bound to no folder."""

import pytest
from prefect.deployments.runner import RunnerDeployment

from flows.deployments import listed, to_serve, to_work
from flows.environment import SETTINGS

ON_THE_POOL = list(to_work())


def test_workers_run_what_one_machine_serves() -> None:
    assert [one.name for one in ON_THE_POOL] == [one.name for one in to_serve()] == [one["name"] for one in listed()]


@pytest.mark.parametrize("deployment", ON_THE_POOL, ids=lambda one: one.name)
def test_run_brings_our_settings_to_any_worker(deployment: RunnerDeployment) -> None:
    """Without the heartbeat in them a dead worker would never be missed."""
    assert deployment.work_pool_name == "office"
    assert deployment.job_variables == {"env": SETTINGS}
    assert SETTINGS["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "30"


@pytest.mark.parametrize("deployment", ON_THE_POOL, ids=lambda one: one.name)
def test_flow_is_named_by_its_module_and_no_folder(deployment: RunnerDeployment) -> None:
    assert deployment.entrypoint in {one["entrypoint"] for one in listed()}
    assert ":" not in str(deployment.entrypoint)
