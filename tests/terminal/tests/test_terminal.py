"""The bridge in a terminal that is updated, frozen, disconnected, closed or killed, and with a faulty broker."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conformance.client import LOT, BridgeClient
from conformance.relay import RelayPorts, await_frame, drain
from stage.place import BrokerProcess, TerminalProcess, TerminalSetup, await_value
from stage.restarts import RouterRestarts, resources_of
from stage.wine import Wine

from lockstep_core.wire.enums import Action, DealEntry, Stage
from lockstep_core.wire.frames import AccountFrame, PositionFrame, Result, SnapshotBegin, SnapshotEnd, StopsFrame, Trade

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"
RESTARTS = int(os.environ.get("LOCKSTEP_ROUTER_RESTARTS", "5"))


@pytest.fixture
def fresh(wine: Wine, built: Path, broker: BrokerProcess, tmp_path: Path) -> Iterator[TerminalProcess]:
    """A terminal that is installed but not started."""
    found = TerminalProcess(wine, f"fresh-{tmp_path.name}", built, broker.port)
    yield found
    found.stop()


def test_a_trade_from_the_phone_is_reported_with_all_its_figures(client: BridgeClient, broker: BrokerProcess) -> None:
    done = broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="buy", lots="0.5", sl=1.0, tp=1.5, comment="déjà vu")
    trade, _ = await_frame(client.relay.events, Trade)
    assert (trade.deal, trade.order, trade.position) == (done["deal"], done["order"], done["position"])
    assert (trade.volume, trade.price, trade.sl, trade.tp) == (LOT // 2, done["price"], 1.0, 1.5)
    assert (trade.side, trade.entry, trade.symbol, trade.comment, trade.magic) == (0, DealEntry.IN, "EURUSD", "déjà vu", 0)
    assert trade.position > 2**32
    broker.call("POST", f"{ME}/positions/{done['position']}/close", lots="0.2")
    out, _ = await_frame(client.relay.events, Trade)
    assert (out.position, out.volume, out.side, out.entry) == (done["position"], LOT // 5, 1, DealEntry.OUT)


def test_stops_changed_at_the_phone_are_reported(client: BridgeClient, broker: BrokerProcess) -> None:
    done = broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="buy", lots="0.1")
    broker.call("POST", f"{ME}/positions/{done['position']}/stops", sl=1.01, tp=1.41)
    stops, _ = await_frame(client.relay.events, StopsFrame)
    assert (stops.position, stops.sl, stops.tp, stops.symbol) == (done["position"], 1.01, 1.41, "EURUSD")


def test_the_broker_gets_one_order_however_often_a_link_is_opened(client: BridgeClient, broker: BrokerProcess) -> None:
    broker.call("POST", f"{ME}/faults", execution_delay_ms=300)
    before = broker.call("GET", ME)["orders_received"]
    link = client.new_link()
    stages = [client.command(Action.OPEN, link, volume=LOT // 10).stage for _ in range(4)]
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    assert stages == [Stage.PLACED, Stage.IN_FLIGHT, Stage.IN_FLIGHT, Stage.IN_FLIGHT]
    assert client.outcome(link).stage == Stage.DONE
    assert broker.call("GET", ME)["orders_received"] == before + 1


def test_an_order_that_was_filled_but_never_answered_is_not_sent_again(client: BridgeClient, broker: BrokerProcess) -> None:
    broker.call("POST", f"{ME}/faults", swallow_next=1)
    link = client.new_link()
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    await_frame(client.relay.events, Trade, lambda t: t.magic == link)
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.ALREADY_OPEN
    assert client.command(Action.CLOSE, link).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def test_an_order_that_vanished_stays_under_way_and_is_never_sent_twice(client: BridgeClient, broker: BrokerProcess) -> None:
    broker.call("POST", f"{ME}/faults", ignore_next=1)
    link = client.new_link()
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.IN_FLIGHT


@pytest.mark.parametrize("retcode", [10011, 10012, 10031])
def test_an_answer_that_leaves_open_what_happened_is_no_rejection(
    client: BridgeClient, broker: BrokerProcess, retcode: int
) -> None:
    broker.call("POST", f"{ME}/faults", reject_next=1, reject_retcode=retcode)
    link = client.new_link()
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    assert [f for f in drain(client.relay.events) if isinstance(f, Result)] == []
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.IN_FLIGHT
    assert client.command(Action.QUERY, link).stage == Stage.IN_FLIGHT


@pytest.mark.parametrize("retcode", [10006, 10018, 10019])
def test_a_rejection_is_reported_with_the_brokers_code_and_frees_the_link(
    client: BridgeClient, broker: BrokerProcess, retcode: int
) -> None:
    broker.call("POST", f"{ME}/faults", reject_next=1, reject_retcode=retcode)
    link = client.new_link()
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    rejected = client.outcome(link)
    assert (rejected.stage, rejected.retcode, rejected.action) == (Stage.REJECTED, retcode, Action.OPEN)
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def test_after_the_broker_was_away_a_new_snapshot_comes_and_commands_wait_until_then(
    client: BridgeClient, broker: BrokerProcess, terminal: TerminalProcess
) -> None:
    link = client.opened()
    drain(client.relay.events)
    broker.call("POST", f"{ME}/disconnect")
    away, _ = await_frame(client.relay.events, AccountFrame, lambda a: a.connected == 0)
    assert away.login == 1001
    position, _ = await_frame(client.relay.events, PositionFrame, lambda p: p.magic == link)
    assert position.volume == LOT // 10
    await_frame(client.relay.events, SnapshotEnd)
    journal = terminal.journal()
    assert "'1001': connection to LockstepTest-Demo lost" in journal
    assert journal.count("terminal synchronized with") >= 2
    assert client.command(Action.CLOSE, link).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def test_after_the_relay_was_away_a_new_snapshot_comes(client: BridgeClient) -> None:
    client.relay.events.drop()
    await_frame(client.relay.events, SnapshotEnd)


def test_garbage_from_the_relay_ends_the_connection_and_nothing_else(client: BridgeClient) -> None:
    while client.relay.commands.connected.acquire(blocking=False):
        pass
    client.relay.commands.send(b"\x63" * 200)
    assert client.relay.commands.connected.acquire(timeout=20)
    assert client.command(Action.QUERY, client.new_link()).stage == Stage.NOTHING


def test_no_password_is_in_anything_the_terminal_wrote(terminal: TerminalProcess, setup: TerminalSetup) -> None:
    for file in terminal.folder.rglob("*.log"):
        raw = file.read_bytes()
        assert setup.password.encode() not in raw
        assert setup.password.encode("utf-16-le") not in raw


def test_a_wrong_password_is_journalled_like_metatrader_does(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    fresh.start(setup.with_(password="wrong", events_port=1, commands_port=1))
    fresh.await_line("'1001': authorization on LockstepTest-Demo failed (Invalid account)")
    assert "authorized on" not in fresh.journal()


def test_an_unknown_server_leaves_no_network_line(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    fresh.start(setup.with_(server="Nowhere-Live", events_port=1, commands_port=1, encoding="utf-16"))
    fresh.await_line("loaded successfully", folder="MQL5/Logs")
    assert "Startup successfully initialized" in fresh.journal()
    assert "Network" not in fresh.journal()


def test_without_leave_for_dlls_the_programs_are_refused(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    fresh.start(setup.with_(dll="true"))
    fresh.await_line("DLL loading is not allowed", folder="MQL5/Logs")
    fresh.await_line("expert Bridge (EURUSD,M1) loading failed")


def test_the_word_true_does_not_allow_trading(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    with RelayPorts() as relay:
        ports = {"events_port": relay.events.port, "commands_port": relay.commands.port}
        fresh.start(setup.with_(live="true", **ports))
        await_frame(relay.events, SnapshotEnd, wait_s=50)
        assert relay.commands.connected.acquire(timeout=20)
        refused = BridgeClient(relay, 77_000).command(Action.OPEN, 77_001, volume=LOT // 10)
    assert (refused.stage, refused.retcode, refused.error) == (Stage.REJECTED, 10027, 4752)


def test_an_update_ends_the_terminal_with_143_once(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    (fresh.folder / "traps.ini").write_text("SelfUpdateOnce=1\n")
    fresh.start(setup.with_(events_port=1, commands_port=1))
    assert fresh.process is not None
    assert fresh.process.wait(60) == 143
    assert "downloaded successfully" in fresh.journal()
    fresh.start(setup.with_(events_port=1, commands_port=1))
    fresh.await_line("terminal synchronized with")


def test_a_symbol_that_the_broker_does_not_have_starts_no_expert_and_says_nothing(
    fresh: TerminalProcess, setup: TerminalSetup
) -> None:
    (fresh.folder / "traps.ini").write_text("NoChartOf=EURUSD\n")
    fresh.start(setup.with_(events_port=1, commands_port=1))
    fresh.await_line("terminal synchronized with")
    assert "service Executor loaded successfully" in fresh.journal()
    assert "expert" not in fresh.journal()


def test_a_crash_ends_the_terminal_without_a_word(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    (fresh.folder / "traps.ini").write_text("CrashOnceAfterMs=300\n")
    fresh.start(setup.with_(events_port=1, commands_port=1))
    assert fresh.process is not None
    assert fresh.process.wait(60) == 3
    assert "exit with code" not in fresh.journal()


def test_a_closed_window_ends_the_terminal_cleanly(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    display = f":{100 + os.getpid() % 20000}"
    fresh.start(setup.with_(events_port=1, commands_port=1), display)
    fresh.await_line("terminal synchronized with")
    (fresh.folder / "close").touch()
    assert fresh.process is not None
    assert fresh.process.wait(60) == 0
    assert "exit with code 0" in fresh.journal()
    assert "bridge down: reason 9" in fresh.journal("MQL5/Logs")
    assert "executor down" in fresh.journal("MQL5/Logs")


def test_a_terminal_that_was_frozen_reports_anew_how_things_stand(
    client: BridgeClient, broker: BrokerProcess, terminal: TerminalProcess
) -> None:
    drain(client.relay.events)
    terminal.signal(signal.SIGSTOP)
    time.sleep(3.5)
    done = broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="buy", lots="0.1")
    terminal.signal(signal.SIGCONT)
    await_frame(client.relay.events, SnapshotBegin)
    reported, _ = await_frame(client.relay.events, PositionFrame, lambda p: p.ticket == done["position"])
    assert reported.volume == LOT // 10
    await_frame(client.relay.events, SnapshotEnd)
    assert client.command(Action.QUERY, client.new_link()).stage == Stage.NOTHING


def test_a_terminal_that_is_stopped_leaves_no_process(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    fresh.start(setup.with_(events_port=1, commands_port=1))
    fresh.await_line("terminal synchronized with")
    assert processes_of(fresh)
    fresh.stop()
    await_value(lambda: not processes_of(fresh), "all processes gone")


def processes_of(terminal: TerminalProcess) -> list[str]:
    """The command lines of this machine's processes that name the terminal's folder."""
    inside = terminal.wine.inside(terminal.folder).encode()
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found += [file.read_bytes().decode("utf-8", "replace")] if inside in file.read_bytes() else []
    return found


def test_results_and_trades_of_one_order_agree(client: BridgeClient, broker: BrokerProcess) -> None:
    link = client.new_link()
    client.command(Action.OPEN, link, volume=LOT // 10)
    frames = drain(client.relay.events, quiet_s=1.0)
    trades = [f for f in frames if isinstance(f, Trade) and f.magic == link]
    results = [f for f in frames if isinstance(f, Result) and f.link == link]
    assert [(t.deal, t.position) for t in trades] == [(r.deal, r.position) for r in results]
    held = await_value(lambda: broker.call("GET", f"{ME}/positions"), "positions")
    assert sum(p["magic"] == link for p in held) == 1


@pytest.mark.timeout(300 + 10 * RESTARTS)
def test_a_router_that_restarts_doubles_no_order_and_leaks_nothing(
    client: BridgeClient, broker: BrokerProcess, terminal: TerminalProcess
) -> None:
    play = RouterRestarts(client, broker, ME, int)
    for number in range(2):
        play.once(number)
    before = resources_of(terminal)
    for number in range(RESTARTS):
        play.once(number)
    after = resources_of(terminal)
    print(f"{RESTARTS} restarts: {before} to {after}")
    assert after.grown_from(before, memory_kb=2048 + 20 * RESTARTS) == []
