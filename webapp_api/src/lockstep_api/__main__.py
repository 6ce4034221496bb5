"""`python -m lockstep_api`: serve until SIGTERM."""

import asyncio
import os
import sys

import structlog

from lockstep_api.app import make_app
from lockstep_api.metrics import ApiMetrics
from lockstep_api.settings import ApiSettings
from lockstep_api.store_watch import StoreWatch
from lockstep_service.behind_door import serve_beside, server_of
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.settings import read_settings
from lockstep_service.vitals import Pulse, serving_vitals


async def serve(settings: ApiSettings) -> None:
    """Serves the API, its probes and its metrics until SIGTERM."""
    metrics, pulse, store = ApiMetrics(), Pulse(), StoreWatch(settings)
    server = server_of(make_app(settings, metrics), settings.host, settings.port)
    with serving_vitals(metrics.registry, settings.metrics_port, pulse.is_alive, lambda: server.started and store.is_up()):
        await serve_beside(server, asyncio.create_task(pulse.beat()), asyncio.create_task(store.run()))


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
