"""The state machine of a terminal pod: one function for each event."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import singledispatch

from lockstep_agent.boot import events as ev
from lockstep_agent.boot.account import mismatch
from lockstep_agent.boot.effects import (
    DeleteStartFile,
    Effect,
    EndAgent,
    Launch,
    RefreshTicket,
    ReportStatus,
    SetReady,
    StartRelay,
    StopTerminal,
)
from lockstep_agent.boot.state import Boot, BootPhase, Failure
from lockstep_agent.boot.status import status
from lockstep_agent.journal import JournalEntry, Mark
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.envelope import Refusal

UPDATE_EXIT = 143
"""The exit code of a terminal that ends in order to update itself."""
CREDENTIAL_REFUSALS = frozenset(("", "invalid account", "invalid password", "account disabled"))
TICKET_PAUSE_MS = 5_000
RELAY_PAUSE_MS = 200

Step = tuple[Boot, tuple[Effect, ...]]


@dataclass(frozen=True, slots=True)
class BootLimits:
    """Limits, times in ms. A process that ends by itself `crashes` times within `crash_window_ms` is not started again."""

    login_timeout_ms: int = 240_000
    update_pause_ms: int = 30_000
    restart_pause_ms: int = 1_000
    restart_pause_max_ms: int = 30_000
    crash_window_ms: int = 600_000
    router_pause_ms: int = 60_000
    crashes: int = 5


def step(boot: Boot, event: ev.Event, now_ms: int, limits: BootLimits) -> Step:
    """The next state, and the effects. Reports are among them whenever the status or the readiness has changed."""
    if boot.phase is BootPhase.ENDED:
        return boot, ()
    after, effects = _on(event, boot, now_ms, limits)
    reports: tuple[Effect, ...] = ()
    if status(after) != status(boot):
        reports += (ReportStatus(status(after)),)
    if after.ready != boot.ready:
        reports += (SetReady(after.ready),)
    return after, reports + effects


def begin(boot: Boot) -> tuple[Effect, ...]:
    """The reports before the first event."""
    return (ReportStatus(status(boot)), SetReady(boot.ready))


@singledispatch
def _on(event: ev.Event, boot: Boot, now_ms: int, limits: BootLimits) -> Step:  # noqa: ARG001 - the signature of all events
    """Handles an event without a function of its own: nothing changes."""
    return boot, ()


@_on.register
def _prepared(_: ev.Prepared, boot: Boot, now_ms: int, _limits: BootLimits) -> Step:
    if boot.phase is not BootPhase.PREPARING:
        return boot, ()
    return replace(boot, phase=BootPhase.RUNNING, router_asked_ms=now_ms), (Launch(0),)


@_on.register
def _launched(_: ev.Launched, boot: Boot, now_ms: int, _limits: BootLimits) -> Step:
    fresh = _terminal_gone(replace(boot, updating=False))
    effects = (StopTerminal(),) if boot.phase is BootPhase.STOPPING else ()
    return replace(fresh, in_process=True, start_file=True, launched_ms=now_ms), effects


@_on.register
def _terminal_exited(event: ev.TerminalExited, boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    gone = _terminal_gone(boot)
    if boot.phase is BootPhase.STOPPING:
        return _ended(gone)
    if event.code == UPDATE_EXIT or boot.updating:
        return replace(gone, updating=True), (DeleteStartFile(), Launch(limits.update_pause_ms))
    crashes = _recent(boot.crashes_ms, now_ms, limits)
    gone = replace(gone, crashes_ms=crashes)
    if len(crashes) >= limits.crashes:
        return _failed(gone, Reason.TERMINAL_CRASHED, f"exit code {event.code}")
    return gone, (DeleteStartFile(), Launch(_pause_ms(len(crashes), limits)))


@_on.register
def _journal_line(event: ev.JournalLine, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    handler = _MARKS.get(event.entry.mark)
    if handler is None or boot.phase is not BootPhase.RUNNING:
        return boot, ()
    return handler(event.entry, boot)


@_on.register
def _bridge_changed(event: ev.BridgeChanged, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    if event.connection == "commands":
        return _noted(replace(boot, commands_up=event.up))
    return _noted(replace(boot, events_up=event.up, snapshot=False))


@_on.register
def _account_reported(event: ev.AccountReported, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    wrong = mismatch(boot.wanted, event.account)
    return (boot, ()) if wrong is None else _failed(boot, *wrong)


@_on.register
def _snapshot_received(event: ev.SnapshotReceived, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    wrong = mismatch(boot.wanted, event.account)
    return _noted(replace(boot, snapshot=True)) if wrong is None else _failed(boot, *wrong)


@_on.register
def _router_changed(event: ev.RouterChanged, boot: Boot, now_ms: int, _limits: BootLimits) -> Step:
    return replace(boot, router_up=event.up, router_asked_ms=now_ms), ()


@_on.register
def _keyring_changed(event: ev.KeyringChanged, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    return replace(boot, keyring_lost=not event.up), ()


@_on.register
def _router_refused(event: ev.RouterRefused, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    boot = replace(boot, router_up=False)
    match event.refusal:
        case Refusal.STALE_EPOCH:
            return _failed(boot, Reason.EPOCH_SUPERSEDED)
        case Refusal.WRONG_KEY:
            return _failed(boot, Reason.ROUTER_UNREACHABLE, Refusal.WRONG_KEY.name)
        case Refusal.EXPIRED_TICKET:
            return boot, (RefreshTicket(0),)
    return boot, (RefreshTicket(TICKET_PAUSE_MS),)


@_on.register
def _relay_exited(_: ev.RelayExited, boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    crashes = _recent(boot.relay_crashes_ms, now_ms, limits)
    boot = replace(boot, relay_crashes_ms=crashes, events_up=False, commands_up=False, snapshot=False, router_up=False)
    if boot.phase is BootPhase.STOPPING:
        return boot, ()
    if len(crashes) >= limits.crashes:
        return _failed(boot, Reason.BRIDGE_LOST)
    return boot, (StartRelay(RELAY_PAUSE_MS),)


@_on.register
def _gave_up(event: ev.GaveUp, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    return _failed(boot, event.reason, event.message)


@_on.register
def _stop_requested(_: ev.StopRequested, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    return _stopped(boot)


@_on.register
def _clock_ticked(_: ev.ClockTicked, boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    late = boot.in_process and now_ms - boot.launched_ms >= limits.login_timeout_ms
    if late and boot.phase is BootPhase.RUNNING and not boot.networked:
        return _failed(boot, Reason.SERVER_NOT_FOUND)
    boot, effects = _router_sought(boot, now_ms, limits)
    # Whatever became of the login: the terminal has read its password by now.
    return (replace(boot, start_file=False), (DeleteStartFile(), *effects)) if late and boot.start_file else (boot, effects)


def _router_sought(boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    """The keyring is asked where the router is whenever it was away for long: it may have moved, or have a new key."""
    if boot.phase is not BootPhase.RUNNING or boot.router_up or now_ms - boot.router_asked_ms < limits.router_pause_ms:
        return boot, ()
    return replace(boot, router_asked_ms=now_ms), (RefreshTicket(0),)


def _on_read(_: JournalEntry, boot: Boot) -> Step:
    return replace(boot, reading=True), ()


def _on_network(_: JournalEntry, boot: Boot) -> Step:
    return replace(boot, networked=True), ()


def _on_authorized(_: JournalEntry, boot: Boot) -> Step:
    return replace(boot, networked=True, authorized=True, broker_lost=False, start_file=False), (DeleteStartFile(),)


def _on_synchronized(_: JournalEntry, boot: Boot) -> Step:
    return replace(boot, networked=True, authorized=True, synchronized=True, broker_lost=False), ()


def _on_refused(entry: JournalEntry, boot: Boot) -> Step:
    boot = replace(boot, networked=True)
    if entry.detail.lower() in CREDENTIAL_REFUSALS:
        return _failed(boot, Reason.INVALID_CREDENTIALS, entry.detail)
    return boot, ()


def _on_lost(_: JournalEntry, boot: Boot) -> Step:
    return replace(boot, networked=True, broker_lost=boot.authorized), ()


def _on_update(_: JournalEntry, boot: Boot) -> Step:
    return replace(boot, updating=True), ()


_MARKS: dict[Mark, Callable[[JournalEntry, Boot], Step]] = {
    Mark.START_FILE_READ: _on_read,
    Mark.NETWORK: _on_network,
    Mark.AUTHORIZED: _on_authorized,
    Mark.SYNCHRONIZED: _on_synchronized,
    Mark.REFUSED: _on_refused,
    Mark.CONNECTION_LOST: _on_lost,
    Mark.UPDATE_READY: _on_update,
}


def _terminal_gone(boot: Boot) -> Boot:
    return replace(
        boot,
        in_process=False,
        start_file=False,
        reading=False,
        networked=False,
        authorized=False,
        synchronized=False,
        broker_lost=False,
        bridged_once=False,
    )


def _noted(boot: Boot) -> Step:
    return replace(boot, bridged_once=boot.bridged_once or boot.bridged), ()


def _recent(times_ms: tuple[int, ...], now_ms: int, limits: BootLimits) -> tuple[int, ...]:
    return (*(t for t in times_ms if now_ms - t < limits.crash_window_ms), now_ms)


def _pause_ms(crashes: int, limits: BootLimits) -> int:
    return int(min(limits.restart_pause_ms * 2 ** (crashes - 1), limits.restart_pause_max_ms))


def _failed(boot: Boot, reason: Reason, message: str = "") -> Step:
    if boot.failure is not None or boot.phase is BootPhase.STOPPING:
        return boot, ()
    return _stopped(replace(boot, failure=Failure(reason, message)))


def _stopped(boot: Boot) -> Step:
    if boot.phase is BootPhase.STOPPING:
        return boot, ()
    if not boot.in_process:
        return _ended(boot)
    return replace(boot, phase=BootPhase.STOPPING, start_file=False), (DeleteStartFile(), StopTerminal())


def _ended(boot: Boot) -> Step:
    after = replace(boot, phase=BootPhase.ENDED)
    return after, (DeleteStartFile(), EndAgent(0 if boot.failure is None else 1, status(after)))
