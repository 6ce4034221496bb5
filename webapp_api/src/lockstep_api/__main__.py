"""`python -m lockstep_api`: serve until told to stop."""

import os
import sys

import structlog
import uvicorn

from lockstep_api.app import make_app
from lockstep_api.observe import Metrics
from lockstep_api.settings import Settings
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.metrics import serving_metrics
from lockstep_service.settings import read_settings

_MAX_CONNECTIONS = 512


def serve(settings: Settings) -> None:
    """Serves the API and its metrics until SIGTERM."""
    metrics = Metrics()
    with serving_metrics(metrics.registry, settings.metrics_port):
        uvicorn.run(
            make_app(settings, metrics),
            host=settings.host,
            port=settings.port,
            access_log=False,
            log_level="warning",
            server_header=False,
            limit_concurrency=_MAX_CONNECTIONS,
            timeout_graceful_shutdown=10,
        )


def main() -> int:
    """Returns the exit code: 2 for settings that cannot be used."""
    configure_logs()
    try:
        settings = read_settings(Settings, os.environ)
    except InvalidSettings as error:
        structlog.get_logger("lockstep.api").error("cannot start", detail=str(error))
        return 2
    serve(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
