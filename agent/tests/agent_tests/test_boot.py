"""What happens next in a terminal pod, as tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_agent.boot import effects as ef
from lockstep_agent.boot import events as ev
from lockstep_agent.boot.account import WantedAccount, mismatch
from lockstep_agent.boot.limits import BootLimits
from lockstep_agent.boot.machine import step
from lockstep_agent.boot.state import Boot, BootPhase
from lockstep_agent.boot.status import status
from lockstep_agent.journal import JournalEntry, Mark
from lockstep_agent.relay.lines import SeenAccount
from lockstep_core.accounts import Environment
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.enums import AccountTradeMode, TerminalState
from lockstep_core.wire.envelope import Refusal

LIMITS = BootLimits(login_timeout_ms=1000, crashes=3)
WANTED = WantedAccount(1001, "Broker-Demo", Environment.DEMO)
SEEN = SeenAccount(1001, "Broker-Demo", AccountTradeMode.DEMO)


def said(mark: Mark, detail: str = "") -> ev.JournalLine:
    return ev.JournalLine(JournalEntry(mark, detail))


UP: tuple[ev.Event, ...] = (
    ev.Prepared(),
    ev.Launched(),
    said(Mark.START_FILE_READ),
    said(Mark.AUTHORIZED),
    ev.BridgeChanged("events", True),
    ev.BridgeChanged("commands", True),
    ev.SnapshotReceived(SEEN),
)
READY: tuple[ev.Event, ...] = (ev.RouterChanged(True), *UP)

UPDATE: tuple[ev.Event, ...] = (ev.TerminalExited(143), ev.Launched())
CRASH: tuple[ev.Event, ...] = (ev.TerminalExited(5), ev.Launched())


def told(*events: ev.Event, gap_ms: int = 1) -> tuple[Boot, list[ef.Effect]]:
    """The state after these events, and all effects on the way."""
    boot, now_ms = Boot(WANTED), 0
    effects: list[ef.Effect] = []
    for event in events:
        now_ms += gap_ms
        boot, more = step(boot, event, now_ms, LIMITS)
        effects += more
    return boot, effects


def reported(effects: list[ef.Effect]) -> list[tuple[TerminalState, str]]:
    return [(e.status.state, e.status.reason) for e in effects if isinstance(e, ef.ReportStatus)]


def last(*events: ev.Event) -> tuple[ef.Effect, ...]:
    """Effects of the last event only."""
    boot, _ = told(*events[:-1])
    return step(boot, events[-1], len(events), LIMITS)[1]


def test_a_good_start_tells_each_stage_once() -> None:
    boot, effects = told(*READY)
    assert [state.name for state, _ in reported(effects)] == ["STARTING", "AUTHORIZING", "CONNECTED", "READY"]
    assert boot.ready
    assert effects[-1] == ef.SetReady(True)


def test_the_start_file_goes_as_soon_as_the_password_was_used() -> None:
    assert ef.DeleteStartFile() in last(*UP[:4])


@pytest.mark.parametrize("missing", range(4, len(UP)))
def test_nothing_less_than_all_is_ready(missing: int) -> None:
    events = [event for i, event in enumerate(READY) if i != missing + 1]
    assert not told(*events)[0].ready


def test_a_snapshot_proves_the_login_where_the_journal_is_silent() -> None:
    boot, effects = told(*READY[:4], *READY[5:])
    assert said(Mark.AUTHORIZED) not in (*READY[:4], *READY[5:])
    assert boot.ready
    assert effects.count(ef.DeleteStartFile()) == 1


def test_a_snapshot_proves_the_login_after_a_reconnect_too() -> None:
    boot, _ = told(*READY, said(Mark.CONNECTION_LOST), ev.SnapshotReceived(SEEN))
    assert boot.ready


def test_without_the_router_the_terminal_is_ready_but_the_pod_is_not() -> None:
    boot, _ = told(*UP)
    assert status(boot).state is TerminalState.READY
    assert not boot.ready


@pytest.mark.parametrize(
    ("event", "state", "reason"),
    [
        (said(Mark.CONNECTION_LOST), TerminalState.DISCONNECTED, "BrokerDisconnected"),
        (ev.BridgeChanged("events", False), TerminalState.DISCONNECTED, "BridgeLost"),
        (ev.BridgeChanged("commands", False), TerminalState.DISCONNECTED, "BridgeLost"),
        (ev.TerminalExited(1), TerminalState.STARTING, "Restarting"),
        (ev.RelayExited(), TerminalState.DISCONNECTED, "BridgeLost"),
        (ev.ProgramChanged("events", False), TerminalState.DISCONNECTED, "TerminalSilent"),
        (ev.ProgramChanged("commands", False), TerminalState.DISCONNECTED, "TerminalSilent"),
        (ev.StopRequested(), TerminalState.STOPPED, "Restarting"),
        (ev.RouterRefused(Refusal.STALE_EPOCH), TerminalState.FAILED, "EpochSuperseded"),
        (said(Mark.REFUSED, "Invalid account"), TerminalState.DISCONNECTED, "BrokerMaintenance"),
        (said(Mark.REFUSED, "Account expired"), TerminalState.FAILED, "DemoExpired"),
    ],
)
def test_what_ends_readiness_is_named(event: ev.Event, state: TerminalState, reason: str) -> None:
    effects = last(*READY, event)
    assert reported(list(effects)) == [(state, reason)]
    assert ef.SetReady(False) in effects


@pytest.mark.parametrize(
    "seen",
    [
        SeenAccount(1001, "Broker-Demo", AccountTradeMode.DEMO),
        SeenAccount(1001, "Broker-Demo", AccountTradeMode.CONTEST),
        SeenAccount(1001, " broker-DEMO ", AccountTradeMode.DEMO),
    ],
)
def test_the_right_account_is_ready_whatever_the_case_and_the_blanks_of_its_server(seen: SeenAccount) -> None:
    boot, _ = told(*READY[:-1], ev.AccountReported(seen), ev.SnapshotReceived(seen))
    assert boot.ready


WRONG = [
    (SeenAccount(1002, "Broker-Demo", AccountTradeMode.DEMO), Reason.WRONG_ACCOUNT),
    (SeenAccount(1001, "Broker-Demo2", AccountTradeMode.DEMO), Reason.WRONG_ACCOUNT),
    (SeenAccount(1001, "Broker Demo", AccountTradeMode.DEMO), Reason.WRONG_ACCOUNT),
    (SeenAccount(1001, "", AccountTradeMode.DEMO), Reason.WRONG_ACCOUNT),
    (SeenAccount(1001, "Broker-Demo", AccountTradeMode.REAL), Reason.WRONG_ENVIRONMENT),
    (SeenAccount(1001, "Broker-Demo", 3), Reason.WRONG_ENVIRONMENT),
]


@pytest.mark.parametrize(("seen", "reason"), WRONG)
def test_a_terminal_of_another_account_or_environment_never_becomes_ready(seen: SeenAccount, reason: Reason) -> None:
    boot, effects = told(*READY[:-1], ev.SnapshotReceived(seen))
    assert (status(boot).state, status(boot).reason, boot.ready) == (TerminalState.FAILED, reason, False)
    assert TerminalState.READY not in [state for state, _ in reported(effects)]
    assert effects[-1] == ef.StopTerminal()
    boot, effects = told(*READY[:-1], ev.SnapshotReceived(seen), ev.TerminalExited(0))
    assert effects[-1] == ef.EndAgent(1, status(boot))


@pytest.mark.parametrize(("seen", "reason"), WRONG)
def test_a_ready_terminal_that_changes_its_account_ends(seen: SeenAccount, reason: Reason) -> None:
    effects = last(*READY, ev.AccountReported(seen))
    assert reported(list(effects)) == [(TerminalState.FAILED, reason)]
    assert ef.SetReady(False) in effects


def test_a_demo_account_is_no_live_one() -> None:
    live = WantedAccount(1001, "Broker-Demo", Environment.LIVE)
    found = mismatch(live, SEEN)
    assert found is not None
    assert found[0] is Reason.WRONG_ENVIRONMENT
    assert mismatch(live, SeenAccount(1001, "Broker-Demo", AccountTradeMode.REAL)) is None


def test_a_servers_name_is_compared_as_far_as_a_frame_holds_it() -> None:
    name = "é" * 60
    assert mismatch(WantedAccount(1, name, Environment.DEMO), SeenAccount(1, "é" * 31, AccountTradeMode.DEMO)) is None
    assert mismatch(WantedAccount(1, name, Environment.DEMO), SeenAccount(1, "é" * 30, AccountTradeMode.DEMO)) is not None


def test_a_new_login_of_the_terminal_makes_it_ready_again() -> None:
    boot, _ = told(*READY, said(Mark.CONNECTION_LOST), said(Mark.AUTHORIZED))
    assert boot.ready


def test_a_new_events_connection_is_ready_only_with_its_snapshot() -> None:
    boot, _ = told(*READY, ev.BridgeChanged("events", False), ev.BridgeChanged("events", True))
    assert not boot.ready
    assert step(boot, ev.SnapshotReceived(SEEN), 99, LIMITS)[0].ready


def test_a_restarted_terminal_is_on_its_way_and_has_not_lost_its_bridge() -> None:
    gone = (ev.BridgeChanged("events", False), ev.BridgeChanged("commands", False))
    boot, _ = told(*READY, *gone, *CRASH, said(Mark.AUTHORIZED))
    assert status(boot).state is TerminalState.CONNECTED


def test_wrong_credentials_stop_the_terminal_and_are_never_tried_again() -> None:
    events = (*UP[:3], said(Mark.REFUSED, "Invalid account"), ev.TerminalExited(0))
    boot, effects = told(*events)
    assert boot.phase is BootPhase.ENDED
    assert [e for e in effects if isinstance(e, ef.Launch)] == [ef.Launch(0)]
    [end] = [e for e in effects if isinstance(e, ef.EndAgent)]
    assert (end.code, end.status.reason) == (1, "InvalidCredentials")


@pytest.mark.parametrize("proven", [False, True])
def test_a_refusal_of_proven_credentials_asks_for_nobody_and_the_operator_learns_what_it_was(proven: bool) -> None:
    boot = Boot(WANTED, proven, phase=BootPhase.RUNNING, in_process=True)
    boot, _ = step(boot, said(Mark.REFUSED, "Invalid account"), 1, LIMITS)
    shown = Reason.BROKER_MAINTENANCE if proven else Reason.INVALID_CREDENTIALS
    assert (status(boot).reason, status(boot).message) == (shown, "Invalid account")
    assert (status(boot).state is TerminalState.FAILED) == (not proven)
    _, effects = step(boot, ev.TerminalExited(0), 2, LIMITS)
    [end] = [effect for effect in effects if isinstance(effect, ef.EndAgent)]
    assert (end.code, end.status.reason) == (1, Reason.INVALID_CREDENTIALS)


def test_a_refusal_of_credentials_that_the_broker_accepted_in_this_pod_asks_for_nobody() -> None:
    boot, _ = told(*READY, said(Mark.CONNECTION_LOST), said(Mark.REFUSED, "Invalid account"))
    assert (status(boot).state, status(boot).reason) == (TerminalState.DISCONNECTED, Reason.BROKER_MAINTENANCE)
    boot, effects = step(boot, ev.TerminalExited(0), 99, LIMITS)
    [end] = [effect for effect in effects if isinstance(effect, ef.EndAgent)]
    assert end.status.reason is Reason.INVALID_CREDENTIALS


def test_a_terminal_that_lost_its_broker_says_so_of_its_proxy_if_that_takes_no_connections() -> None:
    lost = (*READY, said(Mark.CONNECTION_LOST))
    boot, _ = told(*lost, ev.ProxyTried("Connection refused"))
    assert (status(boot).reason, status(boot).message) == (Reason.PROXY_UNREACHABLE, "Connection refused")
    boot, _ = told(*lost, ev.ProxyTried("Connection refused"), ev.ProxyTried(""))
    assert status(boot).reason is Reason.BROKER_DISCONNECTED
    boot, _ = told(*lost, ev.ProxyTried("Connection refused"), said(Mark.AUTHORIZED), said(Mark.CONNECTION_LOST))
    assert status(boot).reason is Reason.BROKER_DISCONNECTED
    assert told(*READY, ev.ProxyTried("Connection refused"))[0].ready


def test_a_server_that_is_merely_busy_does_not_condemn_the_password() -> None:
    boot, _ = told(*UP[:3], said(Mark.REFUSED, "Server is busy"))
    assert boot.phase is BootPhase.RUNNING


def test_no_word_of_the_network_in_time_means_no_such_server() -> None:
    boot, effects = told(*UP[:3], ev.ClockTicked(), gap_ms=400)
    assert boot.failure is None
    boot, effects = told(*UP[:3], ev.ClockTicked(), ev.ClockTicked(), gap_ms=400)
    assert ef.StopTerminal() in effects
    assert boot.failure is not None
    assert boot.failure.reason == "ServerNotFound"


@pytest.mark.parametrize("times", [1, 4])
def test_a_self_update_is_not_a_crash(times: int) -> None:
    boot, effects = told(*UP[:2], *UPDATE * times)
    assert boot.failure is None
    assert effects.count(ef.Launch(LIMITS.update_pause_ms)) == times


def test_an_update_that_comes_again_and_again_is_told_and_given_up() -> None:
    boot, effects = told(*UP[:2], *UPDATE * 500)
    assert boot.phase is BootPhase.ENDED
    assert status(boot).reason is Reason.TERMINAL_UPDATING
    assert effects.count(ef.Launch(LIMITS.update_pause_ms)) == LIMITS.updates - 1
    boot, _ = told(*UP[:2], *UPDATE * 500, gap_ms=LIMITS.restart_window_ms)
    assert boot.failure is None


def test_an_update_says_from_which_build_the_image_is() -> None:
    boot, _ = told(*UP[:2], said(Mark.BUILD, "4400"), ev.TerminalExited(143))
    assert (status(boot).reason, status(boot).message) == (Reason.TERMINAL_UPDATING, "build 4400")
    boot, _ = told(*UP[:2], said(Mark.BUILD, "4400"), *UPDATE * 500)
    assert (status(boot).reason, status(boot).message) == (Reason.TERMINAL_UPDATING, "build 4400")


def test_a_terminal_that_its_broker_calls_old_has_time_to_update_and_then_says_that_it_is_old() -> None:
    refused = (*UP[:3], said(Mark.REFUSED, "Old version"))
    assert (told(*refused)[0].failure, status(told(*refused)[0]).reason) == (None, Reason.TERMINAL_OUTDATED)
    boot, effects = told(*refused, *UPDATE, *UP[2:])
    assert boot.working
    assert ef.StopTerminal() not in effects
    boot, _ = told(*refused, ev.ClockTicked(), gap_ms=LIMITS.login_timeout_ms)
    assert boot.restarting is not None
    assert (boot.restarting.reason, boot.restarting.message) == (Reason.TERMINAL_OUTDATED, "Old version")


def test_a_crash_after_a_download_is_a_crash() -> None:
    downloaded = (said(Mark.UPDATE_READY), *CRASH)
    boot, effects = told(*UP[:2], *downloaded * 3)
    assert status(boot).reason is Reason.TERMINAL_CRASHED
    assert effects.count(ef.Launch(LIMITS.update_pause_ms)) == 2
    boot, _ = told(*UP[:2], said(Mark.UPDATE_READY), ev.TerminalExited(0), ev.Launched())
    assert boot.crashes_ms == ()


def test_crashes_are_answered_with_growing_pauses_and_then_given_up() -> None:
    boot, effects = told(*UP[:2], *CRASH * 3)
    assert [e.after_ms for e in effects if isinstance(e, ef.Launch)] == [0, 1000, 2000]
    assert boot.failure is not None
    assert boot.failure.reason == "TerminalCrashed"


def test_old_crashes_are_forgotten() -> None:
    boot, _ = told(*UP[:2], *((*CRASH, said(Mark.NETWORK)) * 9), gap_ms=LIMITS.crash_window_ms)
    assert boot.failure is None


def test_a_terminal_that_is_killed_again_and_again_is_started_again_at_once() -> None:
    killed = (*UP, ev.ClockTicked(), ev.TerminalExited(9))
    boot, effects = told(*(killed * 9)[:-1], gap_ms=LIMITS.steady_ms // 6)
    assert boot.failure is None
    again = told(*killed * 9, gap_ms=LIMITS.steady_ms // 6)[1]
    assert {e.after_ms for e in (*effects, *again) if isinstance(e, ef.Launch)} <= {0, LIMITS.restart_pause_ms}


def test_a_terminal_that_ends_soon_after_each_start_is_given_up() -> None:
    boot, _ = told(*(*UP, ev.TerminalExited(9)) * 3, gap_ms=100)
    assert status(boot).reason is Reason.TERMINAL_CRASHED


@pytest.mark.parametrize(("apart_ms", "failed"), [(LIMITS.steady_ms // 8, False), (1, True)])
def test_a_relay_that_worked_in_between_is_started_again_and_again(apart_ms: int, failed: bool) -> None:
    killed = (*UP[4:], *[ev.ClockTicked()] * 6, ev.RelayExited())
    boot, _ = told(*UP, *killed * 9, gap_ms=apart_ms)
    assert (boot.failure is not None) is failed


@pytest.mark.parametrize(
    "what",
    [(), (said(Mark.NETWORK),), (said(Mark.NETWORK), said(Mark.REFUSED, "no connection")), (said(Mark.CONNECTION_LOST),)],
)
def test_after_the_login_timeout_no_start_file_is_left(what: tuple[ev.Event, ...]) -> None:
    boot, effects = told(*UP[:3], *what, ev.ClockTicked(), ev.ClockTicked(), gap_ms=600)
    assert effects.count(ef.DeleteStartFile()) == 1
    assert not boot.start_file


def test_a_start_file_that_is_gone_is_not_deleted_again_and_again() -> None:
    _, effects = told(*READY, *[ev.ClockTicked()] * 20, gap_ms=500)
    assert effects.count(ef.DeleteStartFile()) == 1


def test_while_the_keyring_is_away_it_waits_and_says_so() -> None:
    boot, effects = told(
        ev.KeyringChanged(False), ev.KeyringChanged(False), ev.Prepared(), *[ev.ClockTicked()] * 50, gap_ms=500
    )
    assert [reason for _, reason in reported(effects)] == [Reason.KEYRING_UNREACHABLE] * 2
    assert [state for state, _ in reported(effects)] == [TerminalState.PREPARING, TerminalState.STARTING]
    assert boot.phase is BootPhase.RUNNING
    boot, _ = told(ev.KeyringChanged(False), ev.Prepared(), ev.KeyringChanged(True))
    assert status(boot).reason is Reason.STARTING


def test_a_terminal_that_works_needs_no_keyring() -> None:
    boot, _ = told(*READY, ev.KeyringChanged(False))
    assert boot.ready
    assert status(boot).reason is Reason.READY


def test_a_router_that_stays_away_is_asked_for_once_a_pause() -> None:
    pause_ms = LIMITS.router_pause_ms
    _, effects = told(*READY, ev.RouterChanged(False), *[ev.ClockTicked()] * 10, gap_ms=pause_ms // 2)
    assert effects.count(ef.RefreshTicket(0)) == 5
    _, effects = told(*READY, *[ev.ClockTicked()] * 10, gap_ms=pause_ms)
    assert ef.RefreshTicket(0) not in effects


def test_a_stop_waits_for_the_terminal_and_ends_well() -> None:
    boot, effects = told(*READY, ev.StopRequested(), ev.TerminalExited(1))
    assert effects.count(ef.StopTerminal()) == 1
    assert isinstance(effects[-1], ef.EndAgent)
    assert effects[-1].code == 0
    assert boot.phase is BootPhase.ENDED


def test_a_stop_before_the_terminal_runs_ends_at_once() -> None:
    assert any(isinstance(e, ef.EndAgent) and e.code == 0 for e in last(ev.StopRequested()))


def test_a_terminal_that_starts_during_a_stop_is_stopped() -> None:
    boot = Boot(WANTED, phase=BootPhase.STOPPING)
    assert ef.StopTerminal() in step(boot, ev.Launched(), 1, LIMITS)[1]


@pytest.mark.parametrize(
    ("refusal", "after_ms"), [(Refusal.EXPIRED_TICKET, 0), (Refusal.BAD_TICKET, 5000), (Refusal.UNKNOWN_ACCOUNT, 5000)]
)
def test_refusals_that_a_ticket_may_cure_fetch_one(refusal: Refusal, after_ms: int) -> None:
    assert ef.RefreshTicket(after_ms) in last(*READY, ev.RouterRefused(refusal))


def test_an_account_that_moved_is_asked_after_soon_and_then_rarely() -> None:
    boot, _ = told(*READY)
    pauses = []
    for at_ms in (0, 1_000, 14_999, 15_000, 60_000):
        boot, effects = step(boot, ev.RouterRefused(Refusal.MOVED), 100_000 + at_ms, LIMITS)
        pauses += [effect.after_ms for effect in effects if isinstance(effect, ef.RefreshTicket)]
    assert pauses == [250, 250, 250, 5000, 5000]
    boot, _ = step(boot, ev.RouterChanged(True), 200_000, LIMITS)
    assert ef.RefreshTicket(250) in step(boot, ev.RouterRefused(Refusal.MOVED), 300_000, LIMITS)[1]


ANY_EVENT = st.sampled_from(
    [
        *READY,
        ev.StopRequested(),
        ev.ClockTicked(),
        ev.ProxyTried("Connection refused"),
        ev.RelayHeard(),
        ev.RelayExited(),
        ev.TerminalExited(0),
        ev.TerminalExited(143),
        ev.GaveUp(Reason.KEYRING_UNREACHABLE, "no"),
        ev.RouterChanged(False),
        ev.KeyringChanged(False),
        *(ev.ProgramChanged(connection, alive) for connection in ("events", "commands") for alive in (True, False)),
        *(ev.RouterRefused(refusal) for refusal in Refusal),
        *(said(mark) for mark in Mark),
    ]
)


@given(st.lists(ANY_EVENT, max_size=60))
def test_whatever_happens_it_ends_once_and_never_starts_two_terminals(events: list[ev.Event]) -> None:
    boot, now_ms, pending, ends, present = Boot(WANTED), 0, 0, 0, False
    for event in events:
        now_ms += 100
        if isinstance(event, ev.Launched):
            if not pending or boot.in_process:
                continue
            pending -= 1
        if isinstance(event, ev.TerminalExited) and not boot.in_process:
            continue
        boot, effects = step(boot, event, now_ms, LIMITS)
        present = boot.start_file if isinstance(event, ev.Launched) else present and ef.DeleteStartFile() not in effects
        pending += sum(isinstance(e, ef.Launch) for e in effects)
        ends += sum(isinstance(e, ef.EndAgent) for e in effects)
        assert pending + boot.in_process <= 1
        assert ends == (boot.phase is BootPhase.ENDED)
        assert boot.start_file or not present
        if isinstance(event, ev.ClockTicked) and now_ms - boot.launched_ms >= LIMITS.login_timeout_ms:
            assert not present
        assert not (boot.ready and boot.failure)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (said(Mark.REFUSED, "Invalid account"), "Invalid account"),
        (ev.GaveUp(Reason.TERMINAL_MISSING, "terminal64.exe"), "terminal64.exe"),
        (ev.RouterRefused(Refusal.WRONG_KEY), "WRONG_KEY"),
    ],
)
def test_a_failure_quotes_what_somebody_else_said_and_adds_nothing(event: ev.Event, message: str) -> None:
    boot, _ = told(*UP[:3], event)
    assert status(boot).message == message


def test_a_state_that_nobody_commented_on_has_a_reason_alone() -> None:
    assert [status(told(*UP[:count])[0]).message for count in range(len(UP) + 1)] == [""] * (len(UP) + 1)
