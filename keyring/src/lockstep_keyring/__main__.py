"""`python -m lockstep_keyring`: serve until SIGTERM."""

import asyncio
import os
import sys
import time

import structlog
import uvicorn

from lockstep_keyring.api import make_app
from lockstep_keyring.cluster import FIELD_MANAGER, TIMEOUT_S, Cluster
from lockstep_keyring.errors import KeyringError
from lockstep_keyring.exchange import Exchange, Mounted
from lockstep_keyring.metrics import KeyringMetrics
from lockstep_keyring.publish import KeyStore, Places
from lockstep_keyring.settings import KeyringSettings
from lockstep_service.errors import InvalidSettings
from lockstep_service.kubernetes_api import KubernetesApi
from lockstep_service.logs import configure_logs
from lockstep_service.metrics import serving_metrics
from lockstep_service.settings import read_settings

_MAX_CONNECTIONS = 256


async def serve(settings: KeyringSettings) -> None:
    """Serves HTTPS and metrics until SIGTERM."""
    api = KubernetesApi(settings.kube_api_url, settings.kube_credentials_dir, FIELD_MANAGER, TIMEOUT_S)
    cluster = Cluster(api, settings.terminals_namespace)
    store = KeyStore(_places(settings), cluster, settings.keys_reload_s)
    exchange = Exchange(cluster, settings.terminals_namespace, Mounted(store.keys, store.routers), time.time)
    metrics = KeyringMetrics()
    server = uvicorn.Server(_server_config(settings, exchange, metrics, store))
    with serving_metrics(metrics.registry, settings.metrics_port):
        publisher = asyncio.create_task(store.run())
        try:
            await server.serve()
        finally:
            publisher.cancel()
            await asyncio.gather(publisher, return_exceptions=True)
            await api.close()


def _places(settings: KeyringSettings) -> Places:
    ca_file = settings.tls_dir / "ca.crt"
    return Places(settings.keys_dir, settings.routers_file, ca_file, settings.namespace, settings.terminals_namespace)


def _server_config(
    settings: KeyringSettings, exchange: Exchange, metrics: KeyringMetrics, store: KeyStore
) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(exchange, metrics, store.is_published),
        host=settings.host,
        port=settings.port,
        ssl_certfile=settings.tls_dir / "tls.crt",
        ssl_keyfile=settings.tls_dir / "tls.key",
        access_log=False,
        log_level="warning",
        server_header=False,
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
    )


def main() -> int:
    """Returns the exit status: 0 after SIGTERM, 2 if the settings or the keys are invalid."""
    configure_logs()
    try:
        asyncio.run(serve(read_settings(KeyringSettings, os.environ)))
    except (KeyringError, InvalidSettings) as error:
        structlog.get_logger("lockstep.keyring").error("cannot start", detail=str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
