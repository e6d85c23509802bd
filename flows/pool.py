"""`python -m flows.pool`: puts the flows on their work pool, for workers anywhere. `casework serve --workers` calls it.

What `prefect deploy --all` does and two things more: each run has the settings of flows.environment wherever its worker
was started, and the server watches for runs that fail, and for those that fall silent because their worker died.
"""

import asyncio
from contextlib import suppress

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from flows.deployments import to_work, until_server_is_up
from flows.failures import after_failure, watch, when_a_run_fails, when_a_run_is_silent


async def main() -> None:
    deployments = await asyncio.to_thread(lambda: list(to_work()))
    await until_server_is_up()
    await make_pools({str(one.work_pool_name) for one in deployments})
    for deployment in deployments:
        await deployment.aapply()
    await watch(when_a_run_fails(await after_failure()), when_a_run_is_silent())
    print(f"ready: {len(deployments)} deployments", flush=True)


async def make_pools(names: set[str]) -> None:
    """A pool that is there already keeps what its owner set."""
    async with get_client() as client:
        for name in names:
            with suppress(ObjectAlreadyExists):
                await client.create_work_pool(WorkPoolCreate(name=name, type="process"))


if __name__ == "__main__":
    asyncio.run(main())
