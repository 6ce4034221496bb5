"""Feeds events to the state machine and carries out its effects, one event at a time."""

import asyncio
import signal
import time
from collections.abc import Coroutine

from structlog.typing import FilteringBoundLogger

from lockstep_agent.boot import effects as ef
from lockstep_agent.boot import events as ev
from lockstep_agent.boot.account import WantedAccount
from lockstep_agent.boot.limits import BootLimits
from lockstep_agent.boot.machine import begin, step
from lockstep_agent.boot.state import Boot
from lockstep_agent.boot.status import Status
from lockstep_agent.ending import report_ending
from lockstep_agent.errors import Ending, SystemRefused
from lockstep_agent.health import Health
from lockstep_agent.keyring_client import until_answered
from lockstep_agent.proxy_check import check_proxy
from lockstep_agent.proxy_watch import ProxyWatch
from lockstep_agent.relay_keeper import RelayKeeper
from lockstep_agent.secrets import ProxyAccess
from lockstep_agent.settings import AgentSettings
from lockstep_agent.wine_host import WineHost
from lockstep_core.resources.reasons import Reason

CLOCK_S = 0.2
READY_CLOCK_S = 1.0
"""The clock of a ready pod is slower, because many pods share a node. Urgent events come through the relay at once."""

PRUNE_S = 3600.0
REPORTING_S = 5.0


def limits_of(settings: AgentSettings) -> BootLimits:
    """The limits of the state machine, with the times in this pod's settings."""
    return BootLimits(login_timeout_ms=settings.login_timeout_s * 1000, update_pause_ms=settings.update_pause_s * 1000)


class Supervisor:
    """Runs one terminal pod."""

    def __init__(self, settings: AgentSettings, health: Health, log: FilteringBoundLogger) -> None:
        self._settings = settings
        self._health = health
        self._log = log
        self._limits = limits_of(settings)
        wanted = WantedAccount(int(settings.login), settings.server, settings.environment)
        self._boot = Boot(wanted, settings.proven, settings.server_known, waiting_ms=_now_ms())
        self._events: asyncio.Queue[ev.Event] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._end: ef.EndAgent | None = None
        self._reporting: asyncio.Task[None] | None = None
        self._host = WineHost(settings, self._events.put_nowait)
        self._bridge = RelayKeeper(settings, self._on_bridge, log)
        self._proxy = ProxyWatch(self._events.put_nowait, lambda: self._boot.broker_lost)

    async def run(self) -> int:
        """Runs until the pod must end. Returns its exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._events.put_nowait, ev.StopRequested())
        for effect in begin(self._boot):
            self._do(effect)
        self._spawn(self._prepare())
        self._spawn(self._tick())
        self._spawn(self._keep_disk_small())
        self._spawn(self._proxy.run())
        while self._end is None:
            await self._next()
        return await self._leave(self._end)

    def _on_bridge(self, event: ev.Event) -> None:
        # The journal is read first: what it says of an earlier moment must not overrule the later snapshot.
        if isinstance(event, ev.SnapshotReceived):
            self._host.read_journal()
        self._events.put_nowait(event)

    async def _next(self) -> None:
        event = await self._events.get()
        self._boot, effects = step(self._boot, event, _now_ms(), self._limits)
        for effect in effects:
            self._do(effect)

    def _do(self, effect: ef.Effect) -> None:
        match effect:
            case ef.ReportStatus(status):
                self._report(status)
            case ef.SetReady(ready):
                self._health.ready = ready
            case ef.Launch(after_ms, fresh, symbol):
                self._spawn(self._later(after_ms, self._start_terminal(symbol, fresh=fresh)))
            case ef.DeleteStartFile():
                self._delete_start_file()
            case ef.StopTerminal():
                self._spawn(self._host.stop_terminal())
            case ef.EndAgent():
                self._end = effect
            case _:
                self._do_outside(effect)

    def _do_outside(self, effect: ef.Effect) -> None:
        """Effects on the relay and the keyring."""
        match effect:
            case ef.StartRelay(after_ms):
                self._spawn(self._later(after_ms, self._bridge.run_relay()))
            case ef.KillRelay():
                self._bridge.kill_relay()
            case ef.RefreshTicket(after_ms):
                self._spawn(self._later(after_ms, self._bridge.refresh_ticket()))
            case ef.ReportLogin(let_in):
                self._reporting = self._spawn(self._bridge.report_login(let_in=let_in))

    def _delete_start_file(self) -> None:
        try:
            self._host.delete_start_file()
        except OSError as error:
            # If the password's file cannot be deleted, the pod ends: the folder is gone with the pod.
            self._give_up(SystemRefused("start file", error))

    def _give_up(self, ending: Ending) -> None:
        self._events.put_nowait(ev.GaveUp(ending.reason, ending.detail))

    def _report(self, status: Status) -> None:
        fields = {"state": status.state.name.lower(), "reason": status.reason, "message": status.message}
        self._health.status = fields
        self._log.info("state", **fields)
        self._bridge.report(status)

    async def _prepare(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._host.prepare())
                group.create_task(self._connect())
        except* Ending as errors:
            raise first_of(errors) from None
        self._events.put_nowait(ev.Prepared())

    async def _start_terminal(self, symbol: int, *, fresh: bool) -> None:
        await self._host.make_room(fresh=fresh)
        secrets = await self._bridge.credentials()
        if secrets.proxy is not None:
            try:
                await self._proxy_works(secrets.proxy)
            except BaseException:
                secrets.wipe()
                raise
        self._proxy.use(None if secrets.proxy is None else secrets.proxy.proxy)
        await self._host.run_terminal(secrets, symbol)

    async def _proxy_works(self, access: ProxyAccess) -> None:
        """Waits until the proxy lets the terminal through. Gives up after a few tries. Raises `Ending`."""
        await until_answered(
            lambda: check_proxy(access, self._settings.server_probe),
            lambda trouble: self._log.warning("proxy", message=str(trouble)),
        )

    async def _connect(self) -> None:
        await self._bridge.refresh_ticket()
        self._spawn(self._bridge.run_relay())
        self._spawn(self._bridge.keep_ticket_fresh())
        self._spawn(self._bridge.seek_router())

    async def _tick(self) -> None:
        while True:
            self._health.beat()
            self._host.read_journal()
            self._events.put_nowait(ev.ClockTicked())
            await asyncio.sleep(READY_CLOCK_S if self._health.ready else CLOCK_S)

    async def _keep_disk_small(self) -> None:
        while True:
            await asyncio.sleep(PRUNE_S)
            await self._host.prune()

    async def _later(self, after_ms: int, work: Coroutine[None, None, None]) -> None:
        try:
            await asyncio.sleep(after_ms / 1000)
        except asyncio.CancelledError:
            work.close()
            raise
        await work

    def _spawn(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        """Runs a task. If it fails, the pod ends with a reason."""
        try:
            await work
        except Ending as ending:
            self._give_up(ending)
        except OSError as error:
            self._give_up(SystemRefused("system", error))
        except Exception as error:  # noqa: BLE001 - an error of any other kind must end the pod too
            # Only the type is logged: the text of an unknown error may contain a secret.
            self._log.error("unexpected", error=type(error).__name__)
            self._events.put_nowait(ev.GaveUp(Reason.TERMINAL_CRASHED, type(error).__name__))

    async def _leave(self, end: ef.EndAgent) -> int:
        if self._reporting is not None:
            # A refusal often ends the pod. It is reported first, because others wait for their turn at that broker.
            await asyncio.wait([self._reporting], timeout=REPORTING_S)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self._bridge.close(), self._host.close())
        report_ending(self._settings.paths.termination_log, end.status.reason, end.status.message)
        self._log.info("end", code=end.code, reason=end.status.reason)
        return end.code


def first_of(errors: ExceptionGroup[Ending]) -> Ending:
    """The first error of a group, also of a nested one."""
    error = errors.exceptions[0]
    return error if isinstance(error, Ending) else first_of(error)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
