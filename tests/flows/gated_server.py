"""Prefect's own server behind the gate, at the port that is given: what test_gate_server.py starts as a process."""

import os
import sys

import uvicorn

from flows.environment import prepare


def main(port: int) -> None:
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    os.environ["PREFECT_SERVER_API_PORT"] = str(port)
    prepare()
    from prefect.server.api.server import create_app  # noqa: PLC0415  -- after the settings above

    from casework.gate import gate_for  # noqa: PLC0415
    from casework.office import Office  # noqa: PLC0415

    uvicorn.run(gate_for(create_app(), Office(), "127.0.0.1"), port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]))
