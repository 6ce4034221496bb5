"""`python -m lockstep_keyring`: serve until SIGTERM."""

import asyncio
import os
import sys
import time

import structlog

from lockstep_keyring.api import make_app
from lockstep_keyring.cluster import FIELD_MANAGER, TIMEOUT_S, Cluster
from lockstep_keyring.errors import KeyringError
from lockstep_keyring.exchange import Exchange, Mounted
from lockstep_keyring.login_turns import LoginTurns, TurnRules
from lockstep_keyring.metrics import KeyringMetrics
from lockstep_keyring.offered import OfferedLogins
from lockstep_keyring.publish import KeyStore, Places
from lockstep_keyring.settings import KeyringSettings
from lockstep_service.behind_door import serve_beside, server_of
from lockstep_service.brokers_file import BrokersFile
from lockstep_service.errors import InvalidSettings
from lockstep_service.kubernetes_api import KubernetesApi
from lockstep_service.logs import configure_logs
from lockstep_service.proxies_file import PROXIES_FILE, ProxiesFile
from lockstep_service.settings import read_settings
from lockstep_service.vitals import Pulse, serving_vitals


async def serve(settings: KeyringSettings) -> None:
    """Serves pods, probes and metrics until SIGTERM."""
    api = KubernetesApi(settings.kube_api_url, settings.kube_credentials_dir, FIELD_MANAGER, TIMEOUT_S)
    cluster = Cluster(api, settings.terminals_namespace)
    store = KeyStore(_places(settings), cluster, settings.keys_reload_s)
    brokers = BrokersFile(settings.brokers_file)
    proxies = OfferedLogins(ProxiesFile(settings.proxies_dir / PROXIES_FILE.name).offered, settings.proxies_dir)
    rules = TurnRules({of: logins.pace() for of, logins in settings.logins.items()}, brokers.catalogue, proxies.address)
    turns = LoginTurns(cluster, settings.namespace, rules, time.time)
    mounted = Mounted(store.keys, store.routers, store.newest_routers, proxies.named)
    exchange = Exchange(cluster, settings.terminals_namespace, mounted, turns, time.time)
    metrics, pulse = KeyringMetrics(), Pulse()
    server = server_of(make_app(exchange, metrics), settings.host, settings.port)
    with serving_vitals(
        metrics.registry, settings.metrics_port, pulse.is_alive, lambda: server.started and store.is_published()
    ):
        try:
            await serve_beside(server, asyncio.create_task(store.run()), asyncio.create_task(pulse.beat()))
        finally:
            await api.close()


def _places(settings: KeyringSettings) -> Places:
    return Places(
        settings.keys_dir,
        settings.routers_file,
        settings.ca_file,
        settings.namespace,
        settings.terminals_namespace,
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
