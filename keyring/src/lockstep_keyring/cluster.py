"""Asks Kubernetes about tokens, pods and accounts. Answers become plain data; without an answer ClusterUnreachable is
raised.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import CopierAccountSpec
from lockstep_core.resources.names import API_VERSION, KIND, PLURAL, account_name
from lockstep_keyring.errors import ClusterUnreachable, ConfigMapChanged
from lockstep_keyring.grant import AUDIENCE, ObservedAccount, ObservedPod, TokenClaims
from lockstep_service.errors import Conflict, KubernetesError
from lockstep_service.kubernetes_api import KubernetesApi, ResourceKind

FIELD_MANAGER = "lockstep-keyring"
TIMEOUT_S = 10

_POD_NAME = "authentication.kubernetes.io/pod-name"
_POD_UID = "authentication.kubernetes.io/pod-uid"
_TOKEN_REVIEW = ResourceKind("authentication.k8s.io/v1", "TokenReview", "tokenreviews", namespaced=False)
_POD = ResourceKind("v1", "Pod", "pods")
_CONFIG_MAP = ResourceKind("v1", "ConfigMap", "configmaps")
_ACCOUNT = ResourceKind(API_VERSION, KIND, PLURAL)


@dataclass(frozen=True, slots=True)
class KeptConfigMap:
    """What the keyring keeps in a ConfigMap, and the version that was read; empty before it exists."""

    data: Mapping[str, str]
    version: str


def claims_from(review: Json) -> TokenClaims:
    """The claims in the answer to a TokenReview."""
    status = review.get("status", {})
    user = status.get("user", {})
    extra = user.get("extra", {})
    return TokenClaims(
        authenticated=bool(status.get("authenticated", False)),
        audiences=tuple(status.get("audiences", ())),
        username=user.get("username", ""),
        pod_name=next(iter(extra.get(_POD_NAME, ())), None),
        pod_uid=next(iter(extra.get(_POD_UID, ())), None),
    )


def pod_from(raw: Json) -> ObservedPod:
    """The data of a pod that a grant depends on."""
    metadata = raw["metadata"]
    return ObservedPod(
        name=metadata["name"],
        uid=metadata["uid"],
        service_account=raw["spec"].get("serviceAccountName", ""),
        owner_uids=tuple(owner["uid"] for owner in metadata.get("ownerReferences", ())),
        finished="deletionTimestamp" in metadata or raw.get("status", {}).get("phase") in {"Succeeded", "Failed"},
    )


def account_from(raw: Json) -> ObservedAccount:
    """The data of a CopierAccount that a grant depends on."""
    metadata = raw["metadata"]
    epoch = int(raw.get("status", {}).get("epoch", 0))
    spec = CopierAccountSpec.model_validate(raw["spec"])
    return ObservedAccount(uid=metadata["uid"], epoch=epoch, deleting="deletionTimestamp" in metadata, spec=spec)


def _kept_from(raw: Json) -> KeptConfigMap:
    return KeptConfigMap(raw.get("data") or {}, raw["metadata"].get("resourceVersion", ""))


class Cluster:
    """Asks the API server, as the service account of the keyring."""

    def __init__(self, api: KubernetesApi, terminals_namespace: str) -> None:
        self._api = api
        self._terminals = terminals_namespace

    async def review(self, token: str) -> TokenClaims:
        """The claims of a token, by a TokenReview. Raises ClusterUnreachable."""
        spec = {"token": token, "audiences": [AUDIENCE]}
        body = {"apiVersion": _TOKEN_REVIEW.api_version, "kind": _TOKEN_REVIEW.name, "spec": spec}
        with _cluster_errors():
            return claims_from(await self._api.create(_TOKEN_REVIEW, body))

    async def pod(self, name: str) -> ObservedPod | None:
        """The terminal pod of that name, None if there is none. Raises ClusterUnreachable."""
        with _cluster_errors():
            raw = await self._api.get(_POD, name, self._terminals)
        return pod_from(raw) if raw is not None else None

    async def account(self, account: UUID) -> ObservedAccount | None:
        """The CopierAccount, None if there is none. Raises ClusterUnreachable."""
        with _cluster_errors():
            raw = await self._api.get(_ACCOUNT, account_name(account), self._terminals)
        try:
            return account_from(raw) if raw is not None else None
        except ValidationError:
            raise ClusterUnreachable("The CopierAccount breaks its schema; is the CRD of this version installed?") from None

    async def kept(self, namespace: str, name: str) -> KeptConfigMap:
        """A ConfigMap with its version; an empty one where there is none. Raises ClusterUnreachable."""
        with _cluster_errors():
            raw = await self._api.get(_CONFIG_MAP, name, namespace)
        return _kept_from(raw) if raw is not None else KeptConfigMap({}, "")

    async def keep(self, namespace: str, name: str, kept: KeptConfigMap) -> KeptConfigMap:
        """Writes a ConfigMap of which `kept.version` was read. Raises ConfigMapChanged and ClusterUnreachable."""
        version = {"resourceVersion": kept.version} if kept.version else {}
        metadata = {"name": name, "labels": {"app.kubernetes.io/part-of": "lockstep"}, **version}
        body = {"apiVersion": _CONFIG_MAP.api_version, "kind": _CONFIG_MAP.name, "metadata": metadata, "data": kept.data}
        with _cluster_errors():
            try:
                return _kept_from(await self._api.apply(_CONFIG_MAP, body, namespace))
            except Conflict:
                raise ConfigMapChanged("The ConfigMap was changed since it was read.") from None

    async def apply_config_map(self, namespace: str, name: str, data: dict[str, str]) -> None:
        """Creates or updates a ConfigMap by server-side apply. Raises ClusterUnreachable."""
        metadata = {"name": name, "labels": {"app.kubernetes.io/part-of": "lockstep"}}
        body = {"apiVersion": _CONFIG_MAP.api_version, "kind": _CONFIG_MAP.name, "metadata": metadata, "data": data}
        with _cluster_errors():
            await self._api.apply(_CONFIG_MAP, body, namespace)


@contextmanager
def _cluster_errors() -> Iterator[None]:
    # Without an answer of any kind nothing can be granted. The pod sees this text, so it repeats nothing of the answer.
    try:
        yield
    except KubernetesError as error:
        raise ClusterUnreachable(f"Kubernetes could not be asked ({type(error).__name__}); try again.") from None
