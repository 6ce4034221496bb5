"""Reads the keys again from time to time, and publishes their public halves."""

import asyncio
from pathlib import Path

import structlog

from lockstep_keyring.cluster import Cluster
from lockstep_keyring.errors import ClusterUnreachable, NoKeys
from lockstep_keyring.keys import PrivateKeys, load_keys, public_keys_json

CONFIG_MAP = "lockstep-public-keys"
_RETRY_S = 2.0
_log = structlog.get_logger("lockstep.keyring")


class KeyStore:
    """The keys in use. They are read again every `reload_s` seconds and published whenever they have changed."""

    def __init__(self, folder: Path, cluster: Cluster, namespace: str, reload_s: float) -> None:
        self._folder = folder
        self._cluster = cluster
        self._namespace = namespace
        self._reload_s = reload_s
        self._keys = load_keys(folder)
        self._published: PrivateKeys | None = None

    def keys(self) -> PrivateKeys:
        """The keys in use now."""
        return self._keys

    def is_published(self) -> bool:
        """Whether the public halves of the keys in use are published, for browsers and routers."""
        return self._published == self._keys

    async def run(self) -> None:
        """Publishes the keys, then reads them again and again for ever."""
        while True:
            await self._publish()
            await asyncio.sleep(self._reload_s if self.is_published() else _RETRY_S)
            self._reload()

    async def _publish(self) -> None:
        keys = self._keys
        if self._published == keys:
            return
        try:
            await self._cluster.apply_config_map(self._namespace, CONFIG_MAP, {"keys.json": public_keys_json(keys)})
        except ClusterUnreachable as error:
            _log.warning("public keys not published", detail=str(error))
            return
        self._published = keys
        _log.info("public keys published", sealing=[key.key_id for key in keys.sealing])

    def _reload(self) -> None:
        try:
            self._keys = load_keys(self._folder)
        except NoKeys as error:
            # The keys that were read before stay in use: a broken edit of the Secret must not keep pods from starting.
            _log.error("keys not read again", detail=str(error))
