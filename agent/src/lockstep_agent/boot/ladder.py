"""What a pod does about failures, step by step: first it restarts the terminal, then also Wine and the files, then the pod
ends.
"""

from collections.abc import Callable
from dataclasses import replace

from lockstep_agent.boot.broker_words import reason_of_passing
from lockstep_agent.boot.effects import DeleteStartFile, Effect, EndAgent, KillRelay, Launch, StopTerminal
from lockstep_agent.boot.limits import UPDATE_EXIT, BootLimits, pause_ms, recent
from lockstep_agent.boot.state import Boot, BootPhase, Failure
from lockstep_agent.boot.status import last_words, updated_from
from lockstep_agent.boot.waiting import Waiting
from lockstep_core.resources.reasons import Reason

Step = tuple[Boot, tuple[Effect, ...]]


def failed(boot: Boot, reason: Reason, message: str = "") -> Step:
    """Ends the pod for this reason. If there are several reasons, the first one counts."""
    if boot.failure is not None or boot.phase is BootPhase.STOPPING:
        return boot, ()
    return stopped(replace(boot, failure=Failure(reason, message)))


def stopped(boot: Boot) -> Step:
    """Ends the pod, and its terminal before it."""
    if boot.phase is BootPhase.STOPPING:
        return boot, ()
    if not boot.in_process:
        return ended(boot)
    effects = () if boot.restarting is not None else (StopTerminal(),)
    return replace(boot, phase=BootPhase.STOPPING, start_file=False), (DeleteStartFile(), *effects)


def ended(boot: Boot) -> Step:
    """Ends the agent now."""
    after = replace(boot, phase=BootPhase.ENDED)
    return after, (DeleteStartFile(), EndAgent(0 if boot.failure is None else 1, last_words(after)))


def terminal_gone(boot: Boot) -> Boot:
    """The state without what was known of the last terminal."""
    return replace(
        boot,
        in_process=False,
        start_file=False,
        reading=False,
        networked=False,
        authorized=False,
        synchronized=False,
        broker_lost=False,
        proxy_trouble="",
        words="",
        programs="",
        wine="",
        bridged_once=False,
    )


def relay_gone(boot: Boot) -> Boot:
    """The state without what the last relay said."""
    return replace(
        boot,
        relay_ms=None,
        relay_silent=False,
        events_up=False,
        commands_up=False,
        snapshot=False,
        silent=frozenset(),
        router_up=False,
    )


def expired(boot: Boot, waiting: Waiting, now_ms: int, limits: BootLimits) -> Step:
    """What follows when a wait has taken too long."""
    return _EXPIRED[waiting](boot, now_ms, limits)


def exited(boot: Boot, code: int, now_ms: int, limits: BootLimits) -> Step:
    """What follows when the terminal's process has ended and the pod goes on."""
    gone = replace(terminal_gone(boot), updating=False, restarting=None)
    if boot.restarting is not None:
        times = len(boot.restarts_ms)
        return gone, (DeleteStartFile(), Launch(pause_ms(times, limits), times > 1, boot.symbol))
    if code == UPDATE_EXIT or (boot.updating and code == 0):
        return _updated(gone, now_ms, limits)
    was_steady = boot.bridged_once and now_ms - boot.launched_ms >= limits.steady_ms
    crashes = recent(() if was_steady else boot.crashes_ms, now_ms, limits.crash_window_ms)
    gone = replace(gone, crashes_ms=crashes)
    if len(crashes) >= limits.crashes:
        return failed(gone, Reason.TERMINAL_CRASHED, f"exit code {code}")
    # The downloaded update may still be moving into place, whatever the exit code was.
    after_ms = max(pause_ms(len(crashes), limits), limits.update_pause_ms if boot.updating else 0)
    return gone, (DeleteStartFile(), Launch(after_ms, symbol=boot.symbol))


def _updated(gone: Boot, now_ms: int, limits: BootLimits) -> Step:
    """A self-update is no crash. One that comes again and again does not succeed."""
    updates = recent(gone.updates_ms, now_ms, limits.restart_window_ms)
    gone = replace(gone, updating=True, updates_ms=updates)
    if len(updates) >= limits.updates:
        return failed(gone, Reason.TERMINAL_UPDATING, updated_from(gone))
    return gone, (DeleteStartFile(), Launch(limits.update_pause_ms, symbol=gone.symbol))


def _restarted(boot: Boot, now_ms: int, limits: BootLimits, reason: Reason, message: str = "") -> Step:
    restarts = recent(boot.restarts_ms, now_ms, limits.restart_window_ms)
    most = limits.symbols if reason is Reason.BRIDGE_NOT_STARTED else limits.restarts
    if len(restarts) > most:
        return failed(boot, reason, message)
    after = replace(boot, restarts_ms=restarts, restarting=Failure(reason, message), start_file=False)
    return after, ((DeleteStartFile(), StopTerminal()) if boot.start_file else (StopTerminal(),))


def _no_relay(boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    """The relay has no programs or files that another start could mend, so the terminal goes on. `RelayExited` follows."""
    return relay_gone(boot), (KillRelay(),)


def _no_files(boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    return failed(boot, Reason.TERMINAL_NOT_STARTED)


def _no_network(boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    if boot.wine and not boot.reading:
        return _restarted(boot, now_ms, limits, Reason.UNSUPPORTED_WINE, boot.wine)
    if not boot.reading:
        return _restarted(boot, now_ms, limits, Reason.TERMINAL_NOT_STARTED)
    if boot.authorized_once:
        # This server's name worked before, so the broker is away.
        return _restarted(boot, now_ms, limits, Reason.BROKER_DISCONNECTED)
    # The catalogue knows this server, so the person entered a right name: the image lacks its file. A terminal that logged
    # in there before has that file.
    unknown_here = boot.server_known and not boot.proven
    return failed(boot, Reason.SERVER_NOT_IN_BUNDLE if unknown_here else Reason.SERVER_NOT_FOUND)


def _no_login(boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    reason = reason_of_passing(boot.words) if boot.words else Reason.BROKER_DISCONNECTED
    return _restarted(boot, now_ms, limits, reason, boot.words)


def _no_bridge(boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    # The programs need a chart, and not every broker has this chart's symbol.
    another = replace(boot, symbol=boot.symbol + 1)
    return _restarted(another, now_ms, limits, Reason.BRIDGE_NOT_STARTED, boot.programs)


def _lost_bridge(boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    return _restarted(boot, now_ms, limits, Reason.BRIDGE_LOST, boot.programs)


def _silent(boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    return _restarted(boot, now_ms, limits, Reason.TERMINAL_SILENT)


def _no_broker(boot: Boot, now_ms: int, limits: BootLimits) -> Step:
    return _restarted(boot, now_ms, limits, Reason.BROKER_DISCONNECTED, boot.words)


def _no_end(boot: Boot, _now_ms: int, _limits: BootLimits) -> Step:
    """A terminal that no signal ends. Kubernetes ends the whole pod once the agent has ended."""
    failure = boot.failure or boot.restarting
    return ended(replace(boot, failure=failure))


_EXPIRED: dict[Waiting, Callable[[Boot, int, BootLimits], Step]] = {
    Waiting.FILES: _no_files,
    Waiting.START: _no_files,
    Waiting.SILENT_RELAY: _no_relay,
    Waiting.NETWORK: _no_network,
    Waiting.LOGIN: _no_login,
    Waiting.BRIDGE: _no_bridge,
    Waiting.LOST_BRIDGE: _lost_bridge,
    Waiting.SILENT_PROGRAM: _silent,
    Waiting.BROKER: _no_broker,
    Waiting.END: _no_end,
}
