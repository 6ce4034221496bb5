"""`python -m lockstep_keyring.install`: make the secrets that an installation lacks, and list its routers.

It first checks the catalogue of brokers and the list of offered proxies, and ends with a sentence for each fault in them.

The chart runs it before each installation and upgrade. A Secret that exists is never written: people who bring their own
secrets make them first. So the rendered chart holds no key, and no upgrade replaces a key in use.
"""

import asyncio
import base64
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import BaseModel, ConfigDict, Field, Json

from lockstep_core.brokers.catalogue import BadCatalogue, parse_catalogue
from lockstep_core.json_object import Json as JsonObject
from lockstep_core.resources.copier_account import Name, ShardName, SpecEnvironment
from lockstep_core.resources.offered_proxies import BadProxies, parse_offered_proxies
from lockstep_keyring.cluster import FIELD_MANAGER, TIMEOUT_S
from lockstep_keyring.errors import ClusterUnreachable, KeyringError, NoKeys, SecretIncomplete
from lockstep_keyring.keys import KEY_FILES, KEY_SIZE
from lockstep_keyring.new_secrets import (
    WantedSecret,
    certificate,
    curve_key,
    keyring_keys,
    missing_parts,
    second_factor_key,
    visitor_key,
)
from lockstep_keyring.routers import CONFIG_MAP as ROUTERS
from lockstep_keyring.routers import FILE, ListedRouter
from lockstep_service.errors import Conflict, InvalidSettings, KubernetesError
from lockstep_service.kubernetes_api import KubernetesApi, ResourceKind
from lockstep_service.logs import configure_logs
from lockstep_service.settings import read_settings

TRADES_PORT, TICKS_PORT = 7400, 7401
_SECRET, _CONFIG_MAP = ResourceKind("v1", "Secret", "secrets"), ResourceKind("v1", "ConfigMap", "configmaps")
_LABELS = {"app.kubernetes.io/part-of": "lockstep"}
_log = structlog.get_logger("lockstep.keyring")


class ShardOfChart(BaseModel):
    """An entry of the chart's `router.shards`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: ShardName
    environment: str = Field(pattern="^(demo|live)$")
    serviceName: Name  # noqa: N815 - as the chart's values have it
    curveSecret: Name | None = None  # noqa: N815


class InstallSettings(BaseModel):
    """Each field is read from the variable `LOCKSTEP_` plus its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    namespace: str
    shards: Json[tuple[ShardOfChart, ...]]
    brokers: str = "[]"
    proxies: str = "[]"
    keys_secret: str = "lockstep-keyring-keys"  # noqa: S105 (a name)
    tls_secret: str = "lockstep-keyring-tls"  # noqa: S105
    second_factor_secret: str = "lockstep-webapp-api"  # noqa: S105
    visitor_secret: str = "lockstep-visitor-key"  # noqa: S105
    kube_api_url: str = "https://kubernetes.default.svc"
    kube_credentials_dir: Path = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def curve_secret(shard: ShardOfChart) -> WantedSecret:
    """The CURVE key of a shard's router."""
    return WantedSecret(shard.curveSecret or f"{shard.serviceName}-curve", ("secret.key",), curve_key)


def wanted_secrets(settings: InstallSettings, now: datetime) -> list[WantedSecret]:
    """All secrets of an installation that come from nobody else."""
    tls = WantedSecret(
        settings.tls_secret,
        ("ca.crt", "tls.crt", "tls.key"),
        lambda: certificate(settings.namespace, now),
        "kubernetes.io/tls",
    )
    factor = WantedSecret(settings.second_factor_secret, ("second-factor-key",), second_factor_key)
    visitor = WantedSecret(settings.visitor_secret, ("key",), visitor_key)
    keys = WantedSecret(settings.keys_secret, KEY_FILES, keyring_keys)
    return [keys, tls, factor, visitor, *map(curve_secret, settings.shards)]


def listed(shard: ShardOfChart, namespace: str, secret: bytes) -> ListedRouter:
    """The router of a shard, for terminals. Raises NoKeys."""
    if len(secret) != KEY_SIZE:
        raise NoKeys(f"The Secret {curve_secret(shard).name} holds a key of {len(secret)} bytes instead of {KEY_SIZE}.")
    public = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    host = f"tcp://{shard.serviceName}.{namespace}"
    return ListedRouter(
        environment=SpecEnvironment(shard.environment.capitalize()),
        trades_endpoint=f"{host}:{TRADES_PORT}",
        ticks_endpoint=f"{host}:{TICKS_PORT}",
        curve_public_key=base64.b64encode(public).decode(),
    )


async def ensure(api: KubernetesApi, namespace: str, wanted: WantedSecret) -> JsonObject:
    """The data of a Secret that exists, or of the one made. Raises SecretIncomplete and KubernetesError."""
    found = await api.get(_SECRET, wanted.name, namespace)
    if found is None:
        try:
            found = await api.create(_SECRET, _secret(wanted), namespace)
            _log.info("secret made", name=wanted.name)
        except Conflict:
            found = await api.get(_SECRET, wanted.name, namespace) or {}
    data: JsonObject = found.get("data") or {}
    missing = missing_parts(wanted, data)
    if missing:
        raise SecretIncomplete(f"The Secret {wanted.name} in {namespace} lacks {', '.join(missing)}; it is left as it is.")
    return data


def _secret(wanted: WantedSecret) -> JsonObject:
    data = {part: base64.b64encode(value).decode() for part, value in wanted.make().items()}
    metadata = {"name": wanted.name, "labels": _LABELS}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": wanted.kind, "data": data}


async def install(api: KubernetesApi, settings: InstallSettings) -> None:
    """Makes what is missing and lists the routers. Raises KeyringError and KubernetesError."""
    made = {
        wanted.name: await ensure(api, settings.namespace, wanted) for wanted in wanted_secrets(settings, datetime.now(UTC))
    }
    routers = {
        shard.name: listed(
            shard, settings.namespace, base64.b64decode(made[curve_secret(shard).name]["secret.key"])
        ).model_dump(mode="json")
        for shard in settings.shards
    }
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": ROUTERS, "labels": _LABELS},
        "data": {FILE: json.dumps(routers, indent=1)},
    }
    await api.apply(_CONFIG_MAP, body, settings.namespace)


async def _run(settings: InstallSettings) -> None:
    # Checked before anything is written: a faulty catalogue must not leave half an installation behind.
    parse_catalogue(settings.brokers)
    parse_offered_proxies(settings.proxies)
    async with KubernetesApi(settings.kube_api_url, settings.kube_credentials_dir, FIELD_MANAGER, TIMEOUT_S) as api:
        try:
            await install(api, settings)
        except KubernetesError as error:
            raise ClusterUnreachable(f"Kubernetes could not be asked ({type(error).__name__}).") from None


def main() -> int:
    """Returns the exit status: 0 when everything is there."""
    configure_logs()
    try:
        asyncio.run(_run(read_settings(InstallSettings, os.environ)))
    except (KeyringError, InvalidSettings, BadCatalogue, BadProxies) as error:
        _log.error("not installed", detail=str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
