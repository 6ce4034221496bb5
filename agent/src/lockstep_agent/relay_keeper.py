"""Keeps the relay running, and fetches the password and the tickets from the keyring."""

import asyncio
import random
import time
from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from lockstep_agent.boot.events import (
    AccountReported,
    BridgeChanged,
    Event,
    KeyringChanged,
    ProgramChanged,
    RelayExited,
    RelayHeard,
    RouterChanged,
    RouterRefused,
    SnapshotReceived,
    TurnGiven,
)
from lockstep_agent.boot.status import Status
from lockstep_agent.children.relay import RelayProcess
from lockstep_agent.errors import AgentError, KeyringUnavailable, TurnAwaited
from lockstep_agent.keyring_client import Delivery, KeyringClient, RouterAddress, TicketGrant, half_life_s, until_answered
from lockstep_agent.pod_keys import make_pod_keys, open_delivery, open_proxy_delivery
from lockstep_agent.relay.lines import (
    AccountSeen,
    Alive,
    Bridge,
    Configure,
    Dropped,
    FromRelay,
    PassedOver,
    ProgramHeard,
    ReportState,
    RouterLost,
    RouterUp,
    SessionRefused,
    SnapshotSeen,
    UseRouter,
    UseTicket,
)
from lockstep_agent.secrets import LoginSecrets, ProxyAccess
from lockstep_agent.settings import AgentSettings

FIRST_SEEK_S = 5.0
LONGEST_SEEK_S = 60.0


class RelayKeeper:
    """Starts the relay, and sends it fresh tickets and the newest status. Posts an event for what relay and keyring do."""

    def __init__(self, settings: AgentSettings, post: Callable[[Event], None], log: FilteringBoundLogger) -> None:
        self._settings = settings
        self._post = post
        self._log = log
        self._keys = make_pod_keys()
        s = settings
        self._keyring = KeyringClient(s.keyring_url, s.paths.mounts, s.account, s.epoch)
        self._relay: RelayProcess | None = None
        self._grant: TicketGrant | None = None
        self._refreshing = asyncio.Lock()
        self._status: Status | None = None
        self._turn = ""
        self._router_up, self._router_lost = asyncio.Event(), asyncio.Event()

    async def credentials(self) -> LoginSecrets:
        """Fetches the password and the proxy, however long it takes. Only the caller has them, and must wipe them.

        Raises `Ending`.
        """
        secrets = await until_answered(self._delivered, self._trouble)
        self._post(KeyringChanged(True))
        return secrets

    async def report_login(self, *, let_in: bool) -> None:
        """Tells the keyring what the broker's server answered. Tries a few times, then gives up."""
        for pause_s in (1.0, 5.0, 0.0):
            try:
                await self._keyring.report_login(let_in=let_in)
            except AgentError as error:
                self._log.warning("login not told", message=str(error))
                await asyncio.sleep(pause_s)
            else:
                return

    async def _delivered(self) -> LoginSecrets:
        """The secrets, once it is this terminal's turn to log in, however long that takes."""
        while True:
            try:
                delivery = await self._keyring.credentials(self._keys, self._turn)
            except TurnAwaited as awaited:
                self._turn = awaited.turn
                self._post(TurnGiven(awaited.reason, round(time.time() + awaited.pause_s)))
                await asyncio.sleep(awaited.pause_s)
                continue
            break
        self._turn = ""
        return self._opened(delivery)

    def _opened(self, delivery: Delivery) -> LoginSecrets:
        keys, account, epoch = self._keys, self._settings.account, self._settings.epoch
        if self._settings.proxied and delivery.proxy is None:
            # A keyring of an earlier release knows no proxies. Without the proxy the broker would see another address.
            raise KeyringUnavailable("an answer without the account's proxy")
        password = open_delivery(keys, account, epoch, delivery.password_sealed)
        if delivery.proxy is None:
            return LoginSecrets(password)
        proxy, sealed = delivery.proxy.proxy, delivery.proxy.password_sealed
        opened = open_proxy_delivery(keys, account, epoch, sealed) if proxy.login else bytearray()
        return LoginSecrets(password, ProxyAccess(proxy, opened, delivery.proxy.offered))

    async def run_relay(self) -> None:
        """Runs the relay until its process ends."""
        grant = self._grant or await self._granted()
        try:
            self._relay = await RelayProcess.start(self._configuration(grant.router))
        except OSError as error:
            self._log.warning("relay", error=error.strerror)
            self._post(RelayExited())
            return
        self._post(RelayHeard())
        self._relay.send(UseTicket(grant.ticket))
        if self._status is not None:
            self.report(self._status)
        async for line in self._relay.lines():
            self._on_line(line)
        self._post(RelayExited())

    def report(self, status: Status) -> None:
        """Reports a status to the router. It is kept for a relay that is started later."""
        self._status = status
        if self._relay is not None:
            self._relay.send(ReportState(status.state, status.reason, status.message))

    async def refresh_ticket(self) -> None:
        """Fetches another ticket, however long it takes, unless a fetch is under way already. Raises `KeyringRefused`.

        If the router has moved or has a new key, the relay goes there, and stays connected to the terminal.
        """
        if self._refreshing.locked():
            return
        before = self._grant
        grant = await self._granted()
        if self._relay is None:
            return
        if before is not None and before.router != grant.router:
            self._log.info("router", moved_to=grant.router.trades_endpoint)
            router = grant.router
            self._relay.send(UseRouter(router.trades_endpoint, router.ticks_endpoint, router.key))
        self._relay.send(UseTicket(grant.ticket))

    async def keep_ticket_fresh(self) -> None:
        """Fetches another ticket whenever half of the lifetime of the present one is over."""
        while True:
            grant = self._grant or await self._granted()
            await asyncio.sleep(half_life_s(grant.expires_s, time.time()))
            await self.refresh_ticket()

    async def seek_router(self) -> None:
        """While the router is lost, asks the keyring again and again where it is."""
        # A router with another address or key starts before the keyring hears of it, so the first answer may be the old one.
        pause_s = FIRST_SEEK_S
        while True:
            try:
                # Not all terminals of a router that is away may ask at the same moment.
                async with asyncio.timeout(pause_s * random.uniform(1, 1.5)):  # noqa: S311 - no secret
                    await self._router_up.wait()
            except TimeoutError:
                await self.refresh_ticket()
                pause_s = min(pause_s * 2, LONGEST_SEEK_S)
            else:
                pause_s = FIRST_SEEK_S
                await self._router_lost.wait()

    async def _granted(self) -> TicketGrant:
        async with self._refreshing:
            self._grant = await until_answered(lambda: self._keyring.ticket(self._keys), self._trouble)
        self._post(KeyringChanged(True))
        return self._grant

    def kill_relay(self) -> None:
        """Kills the relay, which does not react any more."""
        if self._relay is not None:
            self._log.warning("relay", line="silent")
            self._relay.kill()

    async def close(self) -> None:
        """Ends the relay, which says BYE to the router."""
        if self._relay is not None:
            await self._relay.stop()

    def _trouble(self, trouble: AgentError) -> None:
        self._log.warning("keyring", message=str(trouble))
        self._post(KeyringChanged(False))

    def _configuration(self, router: RouterAddress) -> Configure:
        s, keys = self._settings, self._keys
        return Configure(
            router.trades_endpoint,
            router.ticks_endpoint,
            router.key,
            keys.curve_public,
            keys.curve_secret,
            s.events_port,
            s.commands_port,
        )

    def _on_line(self, line: FromRelay) -> None:
        event = _event_of(line)
        if event is not None:
            self._post(event)
        if isinstance(line, RouterUp):
            self._router_lost.clear()
            self._router_up.set()
        elif isinstance(line, RouterLost | SessionRefused):
            self._router_up.clear()
            self._router_lost.set()
        if isinstance(line, RouterUp | RouterLost | SessionRefused | Dropped | PassedOver | ProgramHeard):
            fields = {name: getattr(line, name) for name in line.__struct_fields__}
            self._log.info("relay", line=type(line).__name__, **fields)


def _event_of(line: FromRelay) -> Event | None:
    match line:
        case Bridge() | ProgramHeard() | AccountSeen() | SnapshotSeen():
            return _event_of_terminal(line)
        case Alive():
            return RelayHeard()
        case RouterUp():
            return RouterChanged(True)
        case RouterLost():
            return RouterChanged(False)
        case SessionRefused(refusal):
            return RouterRefused(refusal)
    return None


def _event_of_terminal(line: Bridge | ProgramHeard | AccountSeen | SnapshotSeen) -> Event:
    match line:
        case Bridge(connection, up):
            return BridgeChanged(connection, up)
        case ProgramHeard(connection, alive):
            return ProgramChanged(connection, alive)
        case AccountSeen(account):
            return AccountReported(account)
        case SnapshotSeen(account):
            return SnapshotReceived(account)
