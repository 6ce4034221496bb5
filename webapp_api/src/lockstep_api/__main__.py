"""`python -m lockstep_api`: serve until SIGTERM."""

import asyncio
import os
import sys

import structlog
import uvicorn

from lockstep_api.app import make_app
from lockstep_api.metrics import ApiMetrics
from lockstep_api.settings import ApiSettings
from lockstep_api.store_watch import StoreWatch
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.settings import read_settings
from lockstep_service.vitals import Pulse, serving_vitals


async def serve(settings: ApiSettings) -> None:
    """Serves the API, its probes and its metrics until SIGTERM."""
    metrics, pulse, store = ApiMetrics(), Pulse(), StoreWatch(settings)
    server = uvicorn.Server(_server_config(settings, metrics))
    with serving_vitals(metrics.registry, settings.metrics_port, pulse.is_alive, lambda: server.started and store.is_up()):
        beside = [asyncio.create_task(pulse.beat()), asyncio.create_task(store.run())]
        try:
            await server.serve()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


def _server_config(settings: ApiSettings, metrics: ApiMetrics) -> uvicorn.Config:
    # Only the door reaches this port, on the pod's loopback. It bounds slow peers and the number of connections.
    return uvicorn.Config(
        make_app(settings, metrics),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )


def main() -> int:
    """Serves until SIGTERM. Returns the exit code: 2 if the settings are invalid."""
    configure_logs()
    try:
        settings = read_settings(ApiSettings, os.environ)
    except InvalidSettings as error:
        structlog.get_logger("lockstep.api").error("cannot start", detail=str(error))
        return 2
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
