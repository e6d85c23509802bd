"""`casework serve`: the gate, Prefect's server and UI, the letter pages and a runner, on one machine with one command.

This process is the server; the runner that starts the flows is a process of its own, so that neither takes the other
down. With --workers there is no runner: the flows wait on a work pool for `prefect worker start`, here or elsewhere.
Whatever ends any of them, nothing is lost: the record is ours, and Prefect's runs lie in its database.
"""

import argparse
import asyncio
import os
import signal
import sys
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from casework import inbox
from casework.database import initialise
from casework.gate import require_officers, service_token
from casework.office import Office
from flows.environment import prepare_to_serve
from states.errors import CaseworkError

# Seconds that the runner is given to end its runs before it is killed; what is cut off is started again.
PATIENCE = 20.0


class NotServing(CaseworkError):
    """The console could not be started; the text says what is in the way."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="casework serve", description="Start the officers' console.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4200)
    parser.add_argument("--workers", action="store_true")
    chosen = parser.parse_args()
    try:
        office = Office()
        initialise(office.settings.database_url)
        require_officers(chosen.host, office.engine)
        inbox.prepare(office.settings.inbox_folder)
        prepare_to_serve(chosen.host, chosen.port, service_token(office.settings.home))
        _keep_logs(office.settings.home / "console.log")
        asyncio.run(serve(office, chosen.host, chosen.port, workers=chosen.workers))
    except CaseworkError as error:
        print(error)
        sys.exit(1)


def _keep_logs(file: Path) -> None:
    """What the server and the runs say goes into a file, the one before it kept; the terminal shows what matters."""
    if file.exists():
        file.replace(file.with_name(f"{file.name}.1"))
    log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, sys.stderr.fileno())
    os.close(log)


async def serve(office: Office, host: str, port: int, *, workers: bool = False) -> None:
    """Until SIGINT or SIGTERM. Raises NotServing when the server cannot start, or the runner ends by itself.

    For `workers` the flows are put on their pool instead, which is done once, and then there is no runner to end.
    """
    server = _server(office, host, port)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    serving, stopped = asyncio.create_task(server.serve()), asyncio.create_task(stop.wait())
    runner = await _start(workers=workers)  # it has enough to import until the server is up
    try:
        up = asyncio.create_task(_until_up(server, serving, runner, port))
        await asyncio.wait((up, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            up.result()
            print(
                f"The console is at {os.environ['CASEWORK_CONSOLE_URL']}/v2/deployments\nCtrl-C stops it.", flush=True
            )
            ended = asyncio.create_task(runner.wait())
            awaited = (stopped, serving) if workers else (stopped, serving, ended)
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            raise NotServing("The console stopped by itself. Start it again; `casework doctor` looks for the reason.")
    finally:
        await _end(runner)
        server.should_exit = True
        await serving


async def _start(*, workers: bool) -> asyncio.subprocess.Process:
    program = "flows.pool" if workers else "flows.runner"
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", program, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )


def _server(office: Office, host: str, port: int) -> Any:
    # Prefect reads its settings when it is imported: not before prepare_to_serve.
    import uvicorn  # noqa: PLC0415

    from flows.server import console  # noqa: PLC0415

    class Server(uvicorn.Server):
        """Leaves signals to `serve`, which ends the runner first."""

        def capture_signals(self) -> Any:
            return nullcontext()

    config = uvicorn.Config(
        console(office, host),
        host=host,
        port=port,
        log_level="error",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
        lifespan="on",
    )
    return Server(config)


async def _until_up(server: Any, serving: "asyncio.Task[None]", runner: asyncio.subprocess.Process, port: int) -> None:
    """Until the server answers and the flows are known to it. Raises NotServing."""
    while not server.started:
        if serving.done():
            raise NotServing(
                f"The server did not start. Is port {port} in use? Choose another with --port. "
                "`casework doctor` looks for other reasons."
            )
        await asyncio.sleep(0.1)
    assert runner.stdout is not None
    if not await runner.stdout.readline():
        raise NotServing("The runner of flows did not start; what it said stands in console.log.")


async def _end(runner: asyncio.subprocess.Process) -> None:
    if runner.returncode is None:
        runner.send_signal(signal.SIGINT)  # on SIGTERM prefect 3.8.8 leaves its own ending unfinished
        with suppress(TimeoutError):
            await asyncio.wait_for(runner.wait(), PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(runner.pid, signal.SIGKILL)  # itself if it hangs, and every run that it left behind
    await runner.wait()


if __name__ == "__main__":
    main()
