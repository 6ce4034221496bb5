"""Serves a pod's request: ask Kubernetes who is calling, decide, then open, seal and sign."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from lockstep_core.proxies import Proxy
from lockstep_keyring.cluster import Cluster
from lockstep_keyring.errors import ProxiesUnknown, ProxyUnreadable, RouterUnknown, TurnAwaited
from lockstep_keyring.grant import ClaimedPod, Grant, grant, identify
from lockstep_keyring.keys import PrivateKeys
from lockstep_keyring.login_turns import LoginTurns
from lockstep_keyring.messages import Router
from lockstep_keyring.offered import ProxyLogin
from lockstep_keyring.routers import Routers, router_of
from lockstep_keyring.sealing import Sealed, reseal, reseal_proxy, seal_offered
from lockstep_keyring.tickets import issue_ticket
from lockstep_keyring.turn_slips import read_slip, write_slip


@dataclass(frozen=True, slots=True)
class SealedPassword:
    """A password as the browser sealed it, and the pod's X25519 key (32 bytes) to seal it to.

    `turn`: the slip of the pod's booked turn to log in; empty without one, None from an agent that knows no turns.
    `knows_proxies`: the agent never starts a terminal without the account's proxy. `proxy`: the sealed password of that
    proxy.
    """

    sealed: bytes
    sealed_key_id: str
    delivery_key: bytes
    turn: str | None = None
    knows_proxies: bool = False
    proxy: Sealed | None = None


@dataclass(frozen=True, slots=True)
class ResealedProxy:
    """The account's proxy, and its password sealed to the pod; empty where it asks for none. `offered`: it is one of the
    service.
    """

    proxy: Proxy
    password_sealed: bytes
    offered: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeResult:
    """The answer to a pod. `password_sealed` is set only if it was requested; `ticket_expires_s` is Unix time."""

    ticket: bytes
    ticket_expires_s: int
    router: Router
    password_sealed: bytes | None = None
    proxy: ResealedProxy | None = None


@dataclass(frozen=True, slots=True)
class Mounted:
    """What the keyring has mounted. It is read at each request, so a change needs no restart. `newest_routers` asks the
    cluster.
    """

    keys: Callable[[], PrivateKeys]
    routers: Callable[[], Routers]
    newest_routers: Callable[[], Awaitable[Routers]]
    proxy: Callable[[str], ProxyLogin]


class Exchange:
    """Serves requests of pods."""

    def __init__(
        self, cluster: Cluster, namespace: str, mounted: Mounted, turns: LoginTurns, now_s: Callable[[], float]
    ) -> None:
        self._turns = turns
        self._cluster = cluster
        self._namespace = namespace
        self._mounted = mounted
        self._now_s = now_s

    async def credentials(
        self, token: str, claimed: ClaimedPod, curve_key: bytes, password: SealedPassword
    ) -> ExchangeResult:
        """The password sealed to the pod, a ticket, and the router. Raises any KeyringError.

        The password lets the terminal log in, so a pod gets it only at its turn (ADR 34). A pod that must wait gets a slip
        with TurnAwaited, and shows it when its turn comes.
        """
        granted = await self._granted(token, claimed)
        keys = self._mounted.keys()
        # Opened before the turn is taken: an unreadable password must use up no turn, and its owner learns of it at once.
        proxy = delivered_proxy(keys, granted, password, self._mounted.proxy)
        sealed = reseal(keys, granted, password.sealed, password.sealed_key_id, password.delivery_key)
        if password.turn is not None:
            # Agents of earlier releases know no slips: they would come without one each time, and book turn after turn.
            await self._take_turn(keys, granted, password.turn)
        return replace(await self._answer(keys, granted, curve_key, sealed), proxy=proxy)

    async def _take_turn(self, keys: PrivateKeys, granted: Grant, slip: str) -> None:
        try:
            await self._turns.take(granted, read_slip(keys, granted, slip))
        except TurnAwaited as awaited:
            awaited.slip = "" if awaited.booked_s is None else write_slip(keys, granted, awaited.booked_s)
            raise

    async def login(self, token: str, claimed: ClaimedPod, *, let_in: bool) -> None:
        """Notes what the broker's server answered to the pod's login. Raises any KeyringError."""
        await self._turns.heard(await self._granted(token, claimed), let_in=let_in)

    async def ticket(self, token: str, claimed: ClaimedPod, curve_key: bytes) -> ExchangeResult:
        """A new ticket, and the router. Raises any KeyringError."""
        granted = await self._granted(token, claimed)
        return await self._answer(self._mounted.keys(), granted, curve_key, None)

    async def _answer(self, keys: PrivateKeys, granted: Grant, curve_key: bytes, sealed: bytes | None) -> ExchangeResult:
        try:
            router = router_of(self._mounted.routers(), granted.spec)
        except RouterUnknown:
            # The shard may be new.
            router = router_of(await self._mounted.newest_routers(), granted.spec)
        return ExchangeResult(*issue_ticket(keys, granted, curve_key, int(self._now_s())), router, sealed)

    async def _granted(self, token: str, claimed: ClaimedPod) -> Grant:
        identity = identify(await self._cluster.review(token), claimed, self._namespace)
        pod = await self._cluster.pod(identity.pod_name)
        account = await self._cluster.account(claimed.account)
        return grant(identity, pod, account, claimed)


def delivered_proxy(
    keys: PrivateKeys, granted: Grant, password: SealedPassword, offered: Callable[[str], ProxyLogin]
) -> ResealedProxy | None:
    """The account's proxy for its pod, None if it has none. Raises ProxiesUnknown, ProxyUnreadable, OfferedProxyUnusable and
    MalformedRequest.
    """
    if granted.spec.is_proxied and not password.knows_proxies:
        # Agents of earlier releases would start the terminal without its proxy, and the broker would see another address.
        raise ProxiesUnknown("The account has a proxy, of which this agent knows nothing; use the agent of this release.")
    if granted.spec.proxy_name is None:
        return resealed_proxy(keys, granted, password)
    found = offered(granted.spec.proxy_name)
    sealed = seal_offered(granted, found.password, password.delivery_key) if found.proxy.login else b""
    return ResealedProxy(found.proxy, sealed, offered=True)


def resealed_proxy(keys: PrivateKeys, granted: Grant, password: SealedPassword) -> ResealedProxy | None:
    """The account's own proxy, None if it has none. Raises ProxyUnreadable and MalformedRequest."""
    if granted.spec.proxy is None:
        return None
    proxy = granted.spec.proxy.proxy()
    if not proxy.login:
        return ResealedProxy(proxy, b"")
    if password.proxy is None:
        raise ProxyUnreadable("The proxy's password is not there; enter the proxy again.")
    return ResealedProxy(proxy, reseal_proxy(keys, granted, proxy, password.proxy, password.delivery_key))
