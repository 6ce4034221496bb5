"""The state machine of a terminal pod: one function for each event."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import singledispatch

from lockstep_agent.boot import events as ev
from lockstep_agent.boot import ladder
from lockstep_agent.boot.account import mismatch
from lockstep_agent.boot.effects import (
    DeleteStartFile,
    Effect,
    Launch,
    RefreshTicket,
    ReportLogin,
    ReportStatus,
    SetReady,
    StartRelay,
    StopTerminal,
)
from lockstep_agent.boot.journal_marks import authorized, marked
from lockstep_agent.boot.ladder import Step, failed
from lockstep_agent.boot.limits import BootLimits, recent
from lockstep_agent.boot.state import AwaitedTurn, Boot, BootPhase
from lockstep_agent.boot.status import status
from lockstep_agent.boot.waiting import waiting_for
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.envelope import Refusal

TICKET_PAUSE_MS = 5_000
RELAY_PAUSE_MS = 200
MOVED_PAUSE_MS = 250
MOVED_SOON_MS = 15_000


def step(boot: Boot, event: ev.Event, now_ms: int, limits: BootLimits) -> Step:
    """The next state, and the effects. The effects contain reports whenever the status or the readiness has changed."""
    if boot.phase is BootPhase.ENDED:
        return boot, ()
    after, effects = _on(event, boot, now_ms, limits)
    if waiting_for(after) is not waiting_for(boot):
        after = replace(after, waiting_ms=now_ms)
    reports: tuple[Effect, ...] = ()
    if status(after) != status(boot):
        reports += (ReportStatus(status(after)),)
    if after.ready != boot.ready:
        reports += (SetReady(after.ready),)
    return after, reports + _answers(boot, after) + effects


def _answers(before: Boot, after: Boot) -> tuple[Effect, ...]:
    """Reports how the broker's server answered this login: the turns of other terminals there depend on it (ADR 34)."""
    if after.authorized and not before.authorized:
        return (ReportLogin(let_in=True),)
    return (ReportLogin(let_in=False),) if _is_refused(after) and not _is_refused(before) else ()


def _is_refused(boot: Boot) -> bool:
    wrong = boot.failure is not None and boot.failure.reason is Reason.INVALID_CREDENTIALS
    return wrong or bool(boot.words)


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
    fresh = ladder.terminal_gone(replace(boot, updating=False))
    effects = (StopTerminal(),) if boot.phase is BootPhase.STOPPING else ()
    return replace(fresh, in_process=True, start_file=True, launched_ms=now_ms, turn=None), effects


@_on.register
def _terminal_exited(event: ev.TerminalExited, boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    if boot.phase is BootPhase.STOPPING:
        return ladder.ended(ladder.terminal_gone(boot))
    return ladder.exited(boot, event.code, now_ms, limits)


@_on.register
def _journal_line(event: ev.JournalLine, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    return marked(event.entry, boot) if boot.phase is BootPhase.RUNNING else (boot, ())


@_on.register
def _bridge_changed(event: ev.BridgeChanged, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    boot = replace(boot, silent=boot.silent - {event.connection})
    if event.connection == "commands":
        return _noted(replace(boot, commands_up=event.up))
    return _noted(replace(boot, events_up=event.up, snapshot=False))


@_on.register
def _program_changed(event: ev.ProgramChanged, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    one = {event.connection}
    return _noted(replace(boot, silent=boot.silent - one if event.alive else boot.silent | one))


@_on.register
def _account_reported(event: ev.AccountReported, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    wrong = mismatch(boot.wanted, event.account)
    return (boot, ()) if wrong is None else failed(boot, *wrong)


@_on.register
def _snapshot_received(event: ev.SnapshotReceived, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    wrong = mismatch(boot.wanted, event.account)
    if wrong is not None:
        return failed(boot, *wrong)
    # A terminal that shows positions is logged in, whatever its journal says.
    effects: tuple[Effect, ...] = (DeleteStartFile(),) if boot.start_file else ()
    proved = authorized(boot) if boot.in_process else boot
    return _noted(replace(proved, snapshot=True))[0], effects


@_on.register
def _router_changed(event: ev.RouterChanged, boot: Boot, now_ms: int, _limits: BootLimits) -> Step:
    moved_ms = None if event.up else boot.moved_ms
    return replace(boot, router_up=event.up, router_asked_ms=now_ms, moved_ms=moved_ms), ()


@_on.register
def _keyring_changed(event: ev.KeyringChanged, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    return replace(boot, keyring_lost=not event.up), ()


@_on.register
def _turn_given(event: ev.TurnGiven, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    # The time goes only with WAITING_FOR_TURN: beside BrokerMaintenance a message would be taken for the broker's own words.
    at = f"{datetime.fromtimestamp(event.at_s, UTC):%Y-%m-%dT%H:%M:%SZ}" if event.reason is Reason.WAITING_FOR_TURN else ""
    return replace(boot, keyring_lost=False, turn=AwaitedTurn(event.reason, at)), ()


@_on.register
def _router_refused(event: ev.RouterRefused, boot: Boot, now_ms: int, _limits: BootLimits) -> Step:
    boot = replace(boot, router_up=False)
    match event.refusal:
        case Refusal.STALE_EPOCH:
            return failed(boot, Reason.EPOCH_SUPERSEDED)
        case Refusal.WRONG_KEY:
            return failed(boot, Reason.ROUTER_UNREACHABLE, Refusal.WRONG_KEY.name)
        case Refusal.EXPIRED_TICKET:
            return boot, (RefreshTicket(0),)
        case Refusal.MOVED:
            return _moved(boot, now_ms)
    return boot, (RefreshTicket(TICKET_PAUSE_MS),)


def _moved(boot: Boot, now_ms: int) -> Step:
    """Asks the keyring for the new router of a moved account: often at first, then seldom."""
    since_ms = now_ms if boot.moved_ms is None else boot.moved_ms
    pause_ms = MOVED_PAUSE_MS if now_ms - since_ms < MOVED_SOON_MS else TICKET_PAUSE_MS
    return replace(boot, moved_ms=since_ms), (RefreshTicket(pause_ms),)


@_on.register
def _proxy_tried(event: ev.ProxyTried, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    return replace(boot, proxy_trouble=event.trouble if boot.broker_lost else ""), ()


@_on.register
def _relay_heard(_: ev.RelayHeard, boot: Boot, now_ms: int, _limits: BootLimits) -> Step:
    return replace(boot, relay_ms=now_ms, relay_silent=False), ()


@_on.register
def _relay_exited(_: ev.RelayExited, boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    before = boot.relay_crashes_ms
    was_steady = boot.bridged and (not before or now_ms - before[-1] >= limits.steady_ms)
    crashes = recent(() if was_steady else before, now_ms, limits.crash_window_ms)
    boot = replace(ladder.relay_gone(boot), relay_crashes_ms=crashes)
    if boot.phase is BootPhase.STOPPING:
        return boot, ()
    if len(crashes) >= limits.crashes:
        return failed(boot, Reason.BRIDGE_LOST)
    return boot, (StartRelay(RELAY_PAUSE_MS),)


@_on.register
def _gave_up(event: ev.GaveUp, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    return failed(boot, event.reason, event.message)


@_on.register
def _stop_requested(_: ev.StopRequested, boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    return ladder.stopped(boot)


@_on.register
def _clock_ticked(_: ev.ClockTicked, boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    before, boot = waiting_for(boot), _relay_judged(boot, now_ms, limits)
    waiting = waiting_for(boot)
    # A wait that begins with this tick has its whole time before it.
    if waiting is not None and waiting is before and now_ms - boot.waiting_ms >= limits.of(waiting):
        boot, effects = ladder.expired(boot, waiting, now_ms, limits)
    else:
        boot, effects = _router_sought(boot, now_ms, limits)
    late = boot.in_process and now_ms - boot.launched_ms >= limits.login_timeout_ms
    # By now the terminal has read its password, whatever became of the login.
    return (replace(boot, start_file=False), (DeleteStartFile(), *effects)) if late and boot.start_file else (boot, effects)


def _relay_judged(boot: Boot, now_ms: int, limits: BootLimits) -> Boot:
    """Notes a relay that no longer reports that its loop runs: what it last said of the programs may be out of date."""
    stood_still = now_ms - boot.ticked_ms >= limits.relay_silence_ms // 2
    boot = replace(boot, ticked_ms=now_ms)
    if boot.relay_ms is None:
        return boot
    if stood_still:
        # The agent itself was held up, and may not have read what the relay said meanwhile: its silence counts anew.
        return replace(boot, relay_ms=now_ms)
    return replace(boot, relay_silent=now_ms - boot.relay_ms >= limits.relay_silence_ms)


def _router_sought(boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    """Asks the keyring for the router if the session was away for long: the router may have moved, or have a new key."""
    if boot.phase is not BootPhase.RUNNING or boot.router_up or now_ms - boot.router_asked_ms < limits.router_pause_ms:
        return boot, ()
    return replace(boot, router_asked_ms=now_ms), (RefreshTicket(0),)


def _noted(boot: Boot) -> Step:
    return replace(boot, bridged_once=boot.bridged_once or boot.bridged), ()
