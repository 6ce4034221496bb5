"""`python -m lockstep_api`: serve until told to stop."""

import os
import sys

import structlog
import uvicorn
from prometheus_client import start_http_server

from lockstep_api.app import make_app
from lockstep_api.errors import InvalidSettings
from lockstep_api.logs import configure_logs
from lockstep_api.observe import Metrics
from lockstep_api.settings import Settings, read_settings

_MAX_CONNECTIONS = 512


def serve(settings: Settings) -> None:
    """Serves the API and its metrics until SIGTERM."""
    metrics = Metrics()
    metrics_server, _ = start_http_server(settings.metrics_port, registry=metrics.registry)
    try:
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
    finally:
        metrics_server.shutdown()
        metrics_server.server_close()


def main() -> int:
    """Returns the exit code: 2 for settings that cannot be used."""
    configure_logs()
    try:
        settings = read_settings(os.environ)
    except InvalidSettings as error:
        structlog.get_logger("lockstep.api").error("cannot start", detail=str(error))
        return 2
    serve(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
