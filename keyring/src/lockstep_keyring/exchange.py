"""A pod's request from proof to answer: ask Kubernetes who calls, decide, then open, seal and sign."""

from collections.abc import Callable
from dataclasses import dataclass

from lockstep_keyring.cluster import Cluster
from lockstep_keyring.grant import Grant, Wanted, grant, identify
from lockstep_keyring.keys import Keys
from lockstep_keyring.sealing import reseal
from lockstep_keyring.tickets import issue_ticket


@dataclass(frozen=True, slots=True)
class SealedPassword:
    """A sealed password as it came from the browser, and the X25519 key (32 bytes) of the pod it shall go to."""

    sealed: bytes
    sealed_key_id: str
    delivery_key: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the pod gets; `password_sealed` only if it asked for it. `ticket_expires_s` is Unix time."""

    ticket: bytes
    ticket_expires_s: int
    password_sealed: bytes | None = None


class Exchange:
    """Answers pods. Keys are asked for on each request, so that a rotation needs no restart."""

    def __init__(self, cluster: Cluster, namespace: str, keys: Callable[[], Keys], now_s: Callable[[], float]) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._keys = keys
        self._now_s = now_s

    async def credentials(self, token: str, wanted: Wanted, curve_key: bytes, password: SealedPassword) -> Delivery:
        """The password sealed to the pod, and a ticket. Raises any KeyringError."""
        granted = await self._granted(token, wanted)
        keys = self._keys()
        sealed = reseal(keys, granted, password.sealed, password.sealed_key_id, password.delivery_key)
        return Delivery(*issue_ticket(keys, granted, curve_key, int(self._now_s())), sealed)

    async def ticket(self, token: str, wanted: Wanted, curve_key: bytes) -> Delivery:
        """A new ticket. Raises any KeyringError."""
        granted = await self._granted(token, wanted)
        return Delivery(*issue_ticket(self._keys(), granted, curve_key, int(self._now_s())))

    async def _granted(self, token: str, wanted: Wanted) -> Grant:
        identity = identify(await self._cluster.review(token), wanted, self._namespace)
        pod = await self._cluster.pod(identity.pod_name)
        account = await self._cluster.account(wanted.account)
        return grant(identity, pod, account, wanted)
