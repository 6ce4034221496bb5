"""Reads keys and routers again from time to time, and publishes what everybody may know of the keys."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from lockstep_keyring.cluster import Cluster
from lockstep_keyring.errors import ClusterUnreachable, NoKeys
from lockstep_keyring.keys import PrivateKeys, load_keys, public_keys
from lockstep_keyring.routers import CONFIG_MAP as ROUTERS_CONFIG_MAP
from lockstep_keyring.routers import FILE as ROUTERS_FILE
from lockstep_keyring.routers import Routers, load_routers, parse_routers

CONFIG_MAP = "lockstep-public-keys"
CA_CONFIG_MAP = "lockstep-keyring-ca"
_RETRY_S = 2.0
_log = structlog.get_logger("lockstep.keyring")


@dataclass(frozen=True, slots=True)
class Places:
    """What is mounted where, and the namespaces in which it is published: the keyring's own and that of terminals."""

    keys_dir: Path
    routers_file: Path
    ca_file: Path
    namespace: str
    terminals_namespace: str


@dataclass(frozen=True, slots=True)
class _Read:
    keys: PrivateKeys
    routers: Routers
    ca: str


class KeyStore:
    """The keys and routers in use. They are read again every `reload_s` seconds and published whenever they have changed."""

    def __init__(self, places: Places, cluster: Cluster, reload_s: float) -> None:
        self._places = places
        self._cluster = cluster
        self._reload_s = reload_s
        self._now = _read(places)
        self._listed: Routers | None = None
        self._trouble = ""
        self._published: Mapping[tuple[str, str], Mapping[str, str]] | None = None

    def keys(self) -> PrivateKeys:
        """The keys in use now."""
        return self._now.keys

    def routers(self) -> Routers:
        """The routers in use now."""
        return self._now.routers if self._listed is None else self._listed

    async def newest_routers(self) -> Routers:
        """The routers as the cluster lists them now; those in use if it cannot be asked.

        The kubelet brings a new list to the mounted file only after up to a minute. An account that moves to a new shard
        meanwhile would have no router.
        """
        try:
            kept = await self._cluster.kept(self._places.namespace, ROUTERS_CONFIG_MAP)
            self._listed, trouble = parse_routers(kept.data.get(ROUTERS_FILE, "")), ""
        except (ClusterUnreachable, NoKeys) as error:
            trouble = str(error)
        if trouble and trouble != self._trouble:
            _log.warning("routers not read again", detail=trouble)
        self._trouble = trouble
        return self.routers()

    def is_published(self) -> bool:
        """Whether all is published that browsers, routers and terminals must know of the keys in use."""
        return self._published == self._public()

    async def run(self) -> None:
        """Publishes, then reads again and again for ever."""
        while True:
            await self._publish()
            await asyncio.sleep(self._reload_s if self.is_published() else _RETRY_S)
            self._reload()
            await self.newest_routers()

    def _public(self) -> dict[tuple[str, str], dict[str, str]]:
        """The ConfigMaps by namespace and name."""
        return {
            (self._places.namespace, CONFIG_MAP): public_keys(self._now.keys),
            (self._places.terminals_namespace, CA_CONFIG_MAP): {"ca.crt": self._now.ca},
        }

    async def _publish(self) -> None:
        public = self._public()
        if self._published == public:
            return
        try:
            for (namespace, name), data in public.items():
                await self._cluster.apply_config_map(namespace, name, data)
        except ClusterUnreachable as error:
            _log.warning("public keys not published", detail=str(error))
            return
        self._published = public
        _log.info("public keys published", sealing=[key.key_id for key in self._now.keys.sealing])

    def _reload(self) -> None:
        try:
            self._now = _read(self._places)
        except NoKeys as error:
            # What was read before stays in use: a broken edit of a Secret must not keep pods from starting.
            _log.error("keys not read again", detail=str(error))


def _read(places: Places) -> _Read:
    try:
        ca = places.ca_file.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise NoKeys(f"{places.ca_file.name} cannot be read; is the Secret of the keyring's certificate mounted?") from None
    return _Read(load_keys(places.keys_dir), load_routers(places.routers_file), ca)
