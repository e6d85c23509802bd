"""`python -m flows.runner`: tells the server what there is to run, and runs it. `casework serve` starts it."""

import asyncio
import os

from prefect.runner import Runner

from flows.deployments import to_serve, until_server_is_up
from flows.failures import after_failure, pick_up, watch, when_a_run_fails

# Runs at a time: each is a process of about 100 MB.
AT_A_TIME = 3


async def main() -> None:
    runner = Runner(name="office", pause_on_shutdown=False, limit=AT_A_TIME)
    deployments = await asyncio.to_thread(lambda: list(to_serve()))
    await until_server_is_up()
    for deployment in deployments:
        await runner.aadd_deployment(deployment)
    await watch(when_a_run_fails(await after_failure()))
    await pick_up()
    print(f"ready {os.getpid()}", flush=True)
    await runner.start()


if __name__ == "__main__":
    asyncio.run(main())
