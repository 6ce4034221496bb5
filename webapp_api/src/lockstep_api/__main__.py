"""`python -m lockstep_api`: serve until SIGTERM."""

import os
import sys

import structlog
import uvicorn

from lockstep_api.app import make_app
from lockstep_api.metrics import ApiMetrics
from lockstep_api.settings import ApiSettings
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.metrics import serving_metrics
from lockstep_service.settings import read_settings

_MAX_CONNECTIONS = 512


def serve(settings: ApiSettings) -> None:
    """Serves the API and its metrics until SIGTERM."""
    metrics = ApiMetrics()
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
    """Serves until SIGTERM. Returns the exit code: 2 if the settings are invalid."""
    configure_logs()
    try:
        settings = read_settings(ApiSettings, os.environ)
    except InvalidSettings as error:
        structlog.get_logger("lockstep.api").error("cannot start", detail=str(error))
        return 2
    serve(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
