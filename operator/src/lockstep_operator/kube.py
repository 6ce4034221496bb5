"""Reads and writes objects in the terminals' namespace, and raises the operator's own errors."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from lockstep_core.json_object import Json
from lockstep_core.resources.names import API_VERSION, GROUP, KIND, PLURAL
from lockstep_operator.errors import (
    KindMissing,
    KubernetesFailed,
    KubernetesUnavailable,
    ObjectConflict,
    ObjectNotFound,
    ObjectRefused,
)
from lockstep_service import errors
from lockstep_service.kubernetes_api import KubernetesApi, ResourceKind

FIELD_MANAGER = "lockstep-operator"
TIMEOUT_S = 30
_MAX_CALLS = 16
_READS = ("get", "list")
_KINDS = {
    PLURAL: ResourceKind(API_VERSION, KIND, PLURAL),
    "configmaps": ResourceKind("v1", "ConfigMap", "configmaps"),
    "events": ResourceKind("v1", "Event", "events"),
    "leases": ResourceKind("coordination.k8s.io/v1", "Lease", "leases"),
    "networkpolicies": ResourceKind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
    "pods": ResourceKind("v1", "Pod", "pods"),
    "secrets": ResourceKind("v1", "Secret", "secrets"),
    "serviceaccounts": ResourceKind("v1", "ServiceAccount", "serviceaccounts"),
}


class Kube:
    """Objects of one namespace, by their plural. Every method may raise KubernetesUnavailable and ObjectRefused.

    `count` is called with verb and plural of each call. Nothing is written while `may_write` says no.
    """

    def __init__(
        self,
        api: KubernetesApi,
        namespace: str,
        count: Callable[[str, str], None],
        may_write: Callable[[], bool] = lambda: True,
    ) -> None:
        self._api = api
        self._namespace = namespace
        self._count = count
        self._may_write = may_write
        # A call waits here without using up its timeout; waiting in the HTTP client's pool would count against it.
        self._turns = asyncio.Semaphore(_MAX_CALLS)

    async def get(self, plural: str, name: str) -> Json | None:
        """The object, None if there is none."""
        async with self._turn("get", plural):
            return await self._api.get(_KINDS[plural], name, self._namespace)

    def now(self) -> datetime:
        """The API server's time. Raises KubernetesUnavailable before its first answer."""
        told = self._api.now()
        if told is None:
            raise KubernetesUnavailable("The API server has not told its time yet.")
        return told

    async def pods_running_as(self, service_account: str) -> list[Json]:
        """The pods of a service account. No pod's service account can be changed, so no edit hides a pod from this list."""
        return await self.list("pods", fields=f"spec.serviceAccountName={service_account}")

    async def list(self, plural: str, selector: str = "", fields: str = "") -> list[Json]:
        """All objects that the label selector and the field selector match."""
        async with self._turn("list", plural):
            return await self._api.list(_KINDS[plural], self._namespace, selector, fields)

    async def apply(self, plural: str, body: Json) -> Json:
        """Server-side apply of an object. Fields that it does not name stay as other writers set them."""
        async with self._turn("apply", plural):
            return await self._api.apply(_KINDS[plural], body, self._namespace)

    async def apply_status(self, plural: str, body: Json) -> Json:
        """Server-side apply of a status. Raises ObjectNotFound, and ObjectConflict if its `resourceVersion` is old."""
        async with self._turn("apply_status", plural):
            return await self._api.apply_status(_KINDS[plural], body, self._namespace)

    async def create(self, plural: str, body: Json) -> Json:
        """Creates an object and returns it. Raises ObjectConflict if it exists."""
        async with self._turn("create", plural):
            return await self._api.create(_KINDS[plural], body, self._namespace)

    async def delete(self, plural: str, name: str) -> None:
        """Deletes an object if it exists. Kubernetes deletes in the background what the object owns."""
        async with self._turn("delete", plural):
            await self._api.delete(_KINDS[plural], name, self._namespace)

    @asynccontextmanager
    async def _turn(self, verb: str, plural: str) -> AsyncIterator[None]:
        """Counts a call, limits the calls at once, and turns errors into those that the workers handle."""
        self._count(verb, plural)
        try:
            async with self._turns:
                if verb not in _READS and not self._may_write():
                    raise KubernetesUnavailable(f"{verb} {plural}: another operator may be at work.")
                yield
        except errors.KindNotFound:
            raise KindMissing(
                f"The cluster does not know the kind {KIND}: its CustomResourceDefinition {PLURAL}.{GROUP} is not installed."
            ) from None
        except errors.NotFound as error:
            raise ObjectNotFound(str(error)) from None
        except errors.Conflict as error:
            raise ObjectConflict(str(error)) from None
        except errors.Refused as error:
            raise ObjectRefused(str(error)) from None
        except errors.ServerFailed as error:
            raise KubernetesFailed(str(error)) from None
        except errors.Unavailable as error:
            raise KubernetesUnavailable(str(error)) from None
