"""Every wait has a limit: what follows each wait that was in vain, as tables."""

import pytest

from lockstep_agent.boot import effects as ef
from lockstep_agent.boot import events as ev
from lockstep_agent.boot.limits import BootLimits
from lockstep_agent.boot.machine import step
from lockstep_agent.boot.state import Boot, BootPhase
from lockstep_agent.boot.status import status
from lockstep_agent.boot.waiting import Waiting, waiting_for
from lockstep_agent.journal import Mark
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.enums import TerminalState

from .test_boot import READY, SEEN, UP, WANTED, said

LIMITS = BootLimits()
SILENT = ev.ProgramChanged("events", alive=False)
HEARD = ev.ProgramChanged("events", alive=True)
BUSY = said(Mark.REFUSED, "Service is not available")


def after(*events: ev.Event, boot: Boot | None = None, now_ms: int = 0) -> Boot:
    """The state after these events, all at one moment."""
    state = boot if boot is not None else Boot(WANTED)
    for event in events:
        state, _ = step(state, event, now_ms, LIMITS)
    return state


def waited(boot: Boot, ms: int) -> tuple[Boot, tuple[ef.Effect, ...]]:
    """The state after a tick of the clock, so long after the wait began."""
    return step(boot, ev.ClockTicked(), boot.waiting_ms + ms, LIMITS)


WAITS = [
    ((), Waiting.FILES, Reason.TERMINAL_NOT_STARTED),
    (UP[:1], Waiting.START, Reason.TERMINAL_NOT_STARTED),
    ((*READY, ev.TerminalExited(9)), Waiting.START, Reason.TERMINAL_NOT_STARTED),
    (UP[:2], Waiting.NETWORK, Reason.TERMINAL_NOT_STARTED),
    (UP[:3], Waiting.NETWORK, Reason.SERVER_NOT_FOUND),
    ((*UP[:2], said(Mark.WINE_UNSUPPORTED, "9.0")), Waiting.NETWORK, Reason.UNSUPPORTED_WINE),
    ((*UP[:3], said(Mark.NETWORK)), Waiting.LOGIN, Reason.BROKER_DISCONNECTED),
    ((*UP[:3], BUSY), Waiting.LOGIN, Reason.BROKER_MAINTENANCE),
    (UP[:4], Waiting.BRIDGE, Reason.BRIDGE_NOT_STARTED),
    (UP[:6], Waiting.BRIDGE, Reason.BRIDGE_NOT_STARTED),
    ((*READY, ev.BridgeChanged("events", up=False)), Waiting.LOST_BRIDGE, Reason.BRIDGE_LOST),
    ((*READY, SILENT), Waiting.SILENT_PROGRAM, Reason.TERMINAL_SILENT),
    ((*READY, said(Mark.CONNECTION_LOST)), Waiting.BROKER, Reason.BROKER_DISCONNECTED),
]
ENDED = (Waiting.FILES, Waiting.START)
RESTARTED = [case for case in WAITS if case[1] not in ENDED and case[2] is not Reason.SERVER_NOT_FOUND]


@pytest.mark.parametrize(("events", "waiting", "reason"), WAITS)
def test_every_wait_ends_with_a_named_reason(events: tuple[ev.Event, ...], waiting: Waiting, reason: Reason) -> None:
    boot = after(*events)
    assert waiting_for(boot) is waiting
    assert waited(boot, LIMITS.of(waiting) - 1)[0].failure is None
    assert status(waited(boot, LIMITS.of(waiting))[0]).reason is reason


@pytest.mark.parametrize(("events", "waiting", "reason"), RESTARTED)
def test_the_ladder_starts_the_terminal_again_then_wine_then_gives_up_the_pod(
    events: tuple[ev.Event, ...], waiting: Waiting, reason: Reason
) -> None:
    boot, fresh = Boot(WANTED, phase=BootPhase.RUNNING), []
    again = [event for event in events if not isinstance(event, ev.Prepared | ev.RouterChanged)]
    while boot.failure is None:
        boot = after(*again, boot=boot, now_ms=boot.waiting_ms + 1)
        boot, effects = waited(boot, LIMITS.of(waiting))
        assert ef.StopTerminal() in effects
        if boot.failure is None:
            boot, effects = step(boot, ev.TerminalExited(-9), boot.waiting_ms + 1, LIMITS)
            fresh += [effect.fresh for effect in effects if isinstance(effect, ef.Launch)]
    most = LIMITS.symbols if waiting is Waiting.BRIDGE else LIMITS.restarts
    assert fresh == [False, *[True] * (most - 1)]
    assert boot.failure.reason is reason
    assert boot.crashes_ms == ()


def test_a_ready_pod_waits_for_nothing() -> None:
    boot = after(*READY)
    assert waiting_for(boot) is None
    assert waited(boot, 10 * LIMITS.broker_ms)[0].ready


def test_silence_that_ends_restarts_nothing() -> None:
    boot = after(*READY, SILENT)
    assert (boot.ready, status(boot).state, status(boot).reason) == (
        False,
        TerminalState.DISCONNECTED,
        Reason.TERMINAL_SILENT,
    )
    boot, effects = waited(boot, LIMITS.silent_ms - 1)
    assert effects == ()
    boot = after(HEARD, boot=boot, now_ms=LIMITS.silent_ms - 1)
    assert boot.ready
    assert waited(boot, LIMITS.silent_ms)[0].ready


def ticked(boot: Boot, until_ms: int, *, relay_speaks: bool) -> tuple[Boot, list[ef.Effect], int]:
    """The state and the effects after ticks of a second each, and when the pod ended to be ready (-1: it did not)."""
    effects: list[ef.Effect] = []
    unready_ms = -1
    for now_ms in range(1_000, until_ms + 1, 1_000):
        if relay_speaks:
            boot, _ = step(boot, ev.RelayHeard(), now_ms, LIMITS)
        boot, more = step(boot, ev.ClockTicked(), now_ms, LIMITS)
        effects += more
        unready_ms = now_ms if unready_ms < 0 and not boot.ready else unready_ms
    return boot, effects, unready_ms


def test_a_relay_that_stands_still_ends_readiness_and_is_replaced_while_the_terminal_goes_on() -> None:
    boot, effects, unready_ms = ticked(after(*READY, ev.RelayHeard()), 60_000, relay_speaks=False)
    assert unready_ms == LIMITS.relay_silence_ms
    assert effects.count(ef.KillRelay()) == 1
    assert ef.StopTerminal() not in effects
    assert (status(boot).state, status(boot).reason) == (TerminalState.DISCONNECTED, Reason.BRIDGE_LOST)
    boot, answer = step(boot, ev.RelayExited(), 60_001, LIMITS)
    assert any(isinstance(effect, ef.StartRelay) for effect in answer)
    assert after(ev.RelayHeard(), ev.RouterChanged(True), *UP[4:], boot=boot, now_ms=60_002).ready


def test_a_relay_that_speaks_is_never_replaced() -> None:
    boot, effects, _ = ticked(after(*READY, ev.RelayHeard()), 60_000, relay_speaks=True)
    assert boot.ready
    assert ef.KillRelay() not in effects


def test_an_agent_that_stood_still_listens_to_its_relay_anew_before_it_judges() -> None:
    boot, _, _ = ticked(after(*READY, ev.RelayHeard()), 5_000, relay_speaks=True)
    boot, _ = step(boot, ev.ClockTicked(), 500_000, LIMITS)
    assert boot.ready


def test_a_silent_program_whose_connection_ended_has_lost_it() -> None:
    assert status(after(*READY, SILENT, ev.BridgeChanged("events", up=False))).reason is Reason.BRIDGE_LOST


def test_each_start_without_a_bridge_tries_another_symbol() -> None:
    boot = after(*UP[:4])
    tried = []
    for _ in range(3):
        boot, _ = waited(boot, LIMITS.bridge_ms)
        boot, effects = step(boot, ev.TerminalExited(0), boot.waiting_ms + 1, LIMITS)
        tried += [effect.symbol for effect in effects if isinstance(effect, ef.Launch)]
        boot = after(ev.Launched(), said(Mark.AUTHORIZED), boot=boot, now_ms=boot.waiting_ms + 1)
    assert tried == [1, 2, 3]


def test_a_bridge_that_does_not_start_quotes_what_the_terminal_said_of_it() -> None:
    line = "expert Bridge (EURUSD,M1) loading failed"
    boot, _ = waited(after(*UP[:4], said(Mark.PROGRAM_FAILED, line)), LIMITS.bridge_ms)
    assert (status(boot).reason, status(boot).message) == (Reason.BRIDGE_NOT_STARTED, line)


def test_a_server_that_was_reached_in_this_pod_is_away_and_not_unknown() -> None:
    boot = after(*READY, ev.TerminalExited(1), ev.Launched(), said(Mark.START_FILE_READ))
    assert status(waited(boot, LIMITS.login_timeout_ms)[0]).reason is Reason.BROKER_DISCONNECTED


def test_what_the_broker_says_is_passed_on_while_it_is_waited_for() -> None:
    told = status(after(*UP[:3], BUSY))
    expected = (TerminalState.AUTHORIZING, Reason.BROKER_MAINTENANCE, "Service is not available")
    assert (told.state, told.reason, told.message) == expected
    assert status(after(*UP[:3], BUSY, said(Mark.AUTHORIZED))).message == ""


def test_a_process_that_no_signal_ends_ends_the_agent() -> None:
    boot, _ = waited(after(*READY, ev.StopRequested()), LIMITS.end_ms)
    assert boot.phase is BootPhase.ENDED
    boot, effects = waited(waited(after(*READY, SILENT), LIMITS.silent_ms)[0], LIMITS.end_ms)
    assert isinstance(effects[-1], ef.EndAgent)
    assert (effects[-1].code, effects[-1].status.reason) == (1, Reason.TERMINAL_SILENT)


def test_while_the_keyring_is_away_the_files_may_take_their_time() -> None:
    assert waited(after(ev.KeyringChanged(up=False)), 10 * LIMITS.files_ms)[0].failure is None
    assert waited(after(ev.Prepared(), ev.KeyringChanged(up=False)), 10 * LIMITS.files_ms)[0].failure is None


def test_a_terminal_that_waits_for_its_turn_may_wait_for_hours() -> None:
    boot = after(ev.Prepared(), ev.TurnGiven(Reason.WAITING_FOR_TURN, 1_700_000_000))
    assert waited(boot, 100 * LIMITS.files_ms)[0].failure is None


def test_a_snapshot_of_a_terminal_that_is_gone_proves_nothing() -> None:
    boot = after(*UP[:3], ev.TerminalExited(1), ev.SnapshotReceived(SEEN))
    assert not boot.authorized
