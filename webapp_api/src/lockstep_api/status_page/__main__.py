"""`python -m lockstep_api.status_page`: serve until SIGTERM."""

import asyncio
import os
import sys

import structlog
from prometheus_client import CollectorRegistry, Gauge

from lockstep_api.status_page.app import make_app
from lockstep_api.status_page.keeper import Keeper
from lockstep_api.status_page.settings import StatusSettings
from lockstep_service.behind_door import serve_beside, server_of
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.settings import read_settings
from lockstep_service.vitals import Pulse, serving_vitals


async def serve(settings: StatusSettings) -> None:
    """Serves the pages and the probes until SIGTERM. Without Postgres it is ready, too: to say what it saw is its work."""
    keeper, pulse, registry = Keeper(settings), Pulse(), CollectorRegistry()
    up = Gauge("lockstep_status_database_up", "1 while the status page can read its figures.", registry=registry)
    up.set_function(lambda: keeper.is_up)
    server = server_of(make_app(keeper), settings.host, settings.port, drain_s=5)
    beside = [asyncio.create_task(pulse.beat()), asyncio.create_task(keeper.run())]

    def is_alive() -> bool:
        return pulse.is_alive() and not any(task.done() for task in beside)

    with serving_vitals(registry, settings.metrics_port, is_alive, lambda: server.started):
        await serve_beside(server, *beside)


def main() -> int:
    """Serves until SIGTERM. Returns the exit code: 2 if the settings are invalid."""
    configure_logs()
    try:
        settings = read_settings(StatusSettings, os.environ)
    except InvalidSettings as error:
        structlog.get_logger("lockstep.status").error("cannot start", detail=str(error))
        return 2
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
