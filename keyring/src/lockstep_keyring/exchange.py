"""Serves a pod's request: ask Kubernetes who is calling, decide, then open, seal and sign."""

from collections.abc import Callable
from dataclasses import dataclass

from lockstep_keyring.cluster import Cluster
from lockstep_keyring.grant import ClaimedPod, Grant, grant, identify
from lockstep_keyring.keys import PrivateKeys
from lockstep_keyring.sealing import reseal
from lockstep_keyring.tickets import issue_ticket


@dataclass(frozen=True, slots=True)
class SealedPassword:
    """A password as the browser sealed it, and the X25519 key (32 bytes) of the pod to seal it to."""

    sealed: bytes
    sealed_key_id: str
    delivery_key: bytes


@dataclass(frozen=True, slots=True)
class ExchangeResult:
    """The answer to a pod. `password_sealed` is set only if it was requested; `ticket_expires_s` is Unix time."""

    ticket: bytes
    ticket_expires_s: int
    password_sealed: bytes | None = None


class Exchange:
    """Serves requests of pods. It reads the current keys for each request, so that a rotation needs no restart."""

    def __init__(
        self, cluster: Cluster, namespace: str, keys: Callable[[], PrivateKeys], now_s: Callable[[], float]
    ) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._keys = keys
        self._now_s = now_s

    async def credentials(
        self, token: str, claimed: ClaimedPod, curve_key: bytes, password: SealedPassword
    ) -> ExchangeResult:
        """The password sealed to the pod, and a ticket. Raises any KeyringError."""
        granted = await self._granted(token, claimed)
        keys = self._keys()
        sealed = reseal(keys, granted, password.sealed, password.sealed_key_id, password.delivery_key)
        return ExchangeResult(*issue_ticket(keys, granted, curve_key, int(self._now_s())), sealed)

    async def ticket(self, token: str, claimed: ClaimedPod, curve_key: bytes) -> ExchangeResult:
        """A new ticket. Raises any KeyringError."""
        granted = await self._granted(token, claimed)
        return ExchangeResult(*issue_ticket(self._keys(), granted, curve_key, int(self._now_s())))

    async def _granted(self, token: str, claimed: ClaimedPod) -> Grant:
        identity = identify(await self._cluster.review(token), claimed, self._namespace)
        pod = await self._cluster.pod(identity.pod_name)
        account = await self._cluster.account(claimed.account)
        return grant(identity, pod, account, claimed)
