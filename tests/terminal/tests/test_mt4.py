"""The bridge of MT4 in its test terminal: tickets that change, what the broker refuses, and what survives a restart."""

import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conformance.client import LOT, BridgeClient, link_of
from conformance.relay import RelayPorts, await_frame, drain
from stage.place import BrokerProcess, Mt4TerminalProcess, TerminalProcess, TerminalSetup, await_value
from stage.restarts import RouterRestarts, resources_of
from stage.wine import Wine

from lockstep_core.wire.enums import Action, DealEntry, Operation, Stage
from lockstep_core.wire.frames import (
    AccountFrame,
    DealMoney,
    MoneyOperation,
    PendingOrder,
    PositionFrame,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    StopsFrame,
    Trade,
)

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"
RESTARTS = int(os.environ.get("LOCKSTEP_ROUTER_RESTARTS", "5"))
ZONE_S = 7200
END = 2**32


@pytest.fixture(scope="module")
def platform() -> str:
    return "MT4"


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    return {"balance": 100_000.0, "platform": 4, "zone_s": ZONE_S}


@pytest.fixture
def fresh(wine: Wine, built: Path, broker: BrokerProcess, tmp_path: Path) -> Iterator[TerminalProcess]:
    """A terminal that is installed but not started."""
    found = Mt4TerminalProcess(wine, f"fresh-{tmp_path.name}", built, broker.port)
    yield found
    found.stop()


def fold(link: int) -> int:
    """The magic number of a link's orders."""
    return ((link ^ (link >> 31)) & 0x7FFFFFFF) or 1


def trade_of(client: BridgeClient, ticket: int) -> Trade:
    return await_frame(client.relay.events, Trade, lambda t: t.position == ticket)[0]


def bought(broker: BrokerProcess, **values: Any) -> int:
    """Buys at the phone. Returns the ticket."""
    order: dict[str, Any] = {"symbol": "EURUSD", "side": "buy", "lots": "0.5"} | values
    return int(broker.call("POST", f"{ME}/trades", **order)["position"])


def test_the_account_says_its_platform_and_the_brokers_clock(client: BridgeClient) -> None:
    account = next(f for f in client.snapshot()[1] if isinstance(f, AccountFrame))
    assert (account.login, account.platform, account.margin_mode, account.connected) == (1001, 4, 2, 1)
    assert abs(account.server_time_msc / 1000 - time.time() - ZONE_S) < 60


def test_a_trade_from_the_phone_is_reported_with_all_its_figures(client: BridgeClient, broker: BrokerProcess) -> None:
    ticket = bought(broker, sl=1.0, tp=1.5, comment="déjà vu", magic=77)
    trade = trade_of(client, ticket)
    assert (trade.deal, trade.order, trade.volume, trade.sl, trade.tp) == (ticket, ticket, LOT // 2, 1.0, 1.5)
    assert (trade.side, trade.entry, trade.symbol, trade.comment) == (0, DealEntry.IN, "EURUSD", "déjà vu")
    assert (trade.magic, trade.link) == (77, 0)
    assert ticket < 2**31
    assert abs(trade.time_msc / 1000 - time.time() - ZONE_S) < 60
    broker.call("POST", f"{ME}/positions/{ticket}/close")
    out = trade_of(client, ticket)
    assert (out.deal, out.entry, out.side, out.volume) == (ticket + END, DealEntry.OUT, 1, LOT // 2)
    money, _ = await_frame(client.relay.events, DealMoney, lambda m: m.deal == out.deal)
    assert (money.position, money.entry) == (ticket, DealEntry.OUT)
    assert (money.volume, money.price) == (-LOT // 2, out.price)


def test_stops_changed_at_the_phone_are_reported(client: BridgeClient, broker: BrokerProcess) -> None:
    ticket = bought(broker)
    # The program checks its orders now and then. An order that has stops at the first check is reported with them.
    trade_of(client, ticket)
    broker.call("POST", f"{ME}/positions/{ticket}/stops", sl=1.01, tp=1.41)
    stops, _ = await_frame(client.relay.events, StopsFrame)
    assert (stops.position, stops.sl, stops.tp, stops.symbol) == (ticket, 1.01, 1.41, "EURUSD")


def test_a_partial_close_at_the_phone_ends_one_ticket_and_begins_another(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    first = bought(broker, magic=5)
    trade_of(client, first)
    tickets, before = [first], first
    for lots in ("0.1", "0.2"):
        broker.call("POST", f"{ME}/positions/{before}/close", lots=lots)
        out = trade_of(client, before)
        assert (out.entry, out.volume) == (DealEntry.OUT, int(float(lots) * LOT))
        rest, _ = await_frame(client.relay.events, Trade, lambda t: t.entry == DealEntry.IN)
        assert (rest.comment, rest.magic, rest.position > before) == (f"from #{first}", 5, True)
        before = rest.position
        tickets.append(before)
    assert rest.volume == 2 * LOT // 10
    reported = [f for f in client.snapshot()[1] if isinstance(f, PositionFrame) and f.ticket in tickets]
    assert [(p.ticket, p.volume, p.comment) for p in reported] == [(before, 2 * LOT // 10, f"from #{first}")]


def test_a_link_keeps_its_position_over_partial_closes(client: BridgeClient) -> None:
    link = client.opened(LOT // 2)
    opened = client.command(Action.QUERY, link).position
    drain(client.relay.events)
    assert client.command(Action.SET_VOLUME, link, volume=3 * LOT // 10).stage == Stage.PLACED
    out, rest = (await_frame(client.relay.events, Trade)[0] for _ in range(2))
    done = client.outcome(link)
    assert (out.position, out.volume, link_of(out), out.magic) == (opened, 2 * LOT // 10, link, fold(link))
    assert (rest.comment, rest.volume, rest.link) == (f"from #{opened}", 3 * LOT // 10, link)
    assert (done.stage, done.volume, done.action) == (Stage.DONE, 3 * LOT // 10, Action.SET_VOLUME)
    held = client.command(Action.QUERY, link)
    assert (held.position, held.volume) == (rest.position, 3 * LOT // 10)
    assert client.command(Action.CLOSE, link).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.ALREADY_CLOSED


def test_a_position_closed_by_another_ends_both_and_leaves_the_difference(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    long, short = bought(broker, lots="0.3"), bought(broker, side="sell", lots="0.1")
    drain(client.relay.events)
    broker.call("POST", f"{ME}/positions/{long}/close_by", other=short)
    found = [f for f in drain(client.relay.events) if isinstance(f, Trade | DealMoney)]
    ends = {t.position: (t.entry, t.volume) for t in found if isinstance(t, Trade) and t.deal > END}
    assert ends == {long: (DealEntry.OUT_BY, LOT // 10), short: (DealEntry.OUT_BY, LOT // 10)}
    (rest,) = [t for t in found if isinstance(t, Trade) and t.deal < END]
    assert (rest.volume, rest.comment, rest.entry) == (2 * LOT // 10, f"from #{long}", DealEntry.IN)
    assert {m.position: m.closes for m in found if isinstance(m, DealMoney)} == {long: short, short: long}


def test_a_pending_order_that_fills_keeps_its_ticket(client: BridgeClient, broker: BrokerProcess) -> None:
    link = client.new_link()
    tick = broker.call("GET", "/symbols")[0]
    price = round(tick["bid"] * 0.9, 5)
    assert client.command(Action.PLACE, link, side=2, volume=LOT // 10, price=price).stage == Stage.PLACED
    order = client.order(lambda o: link_of(o) == link)
    assert client.outcome(link).stage == Stage.DONE
    broker.call("POST", f"{ME}/pending/{order.ticket}/fill")
    gone = client.order(lambda o: o.ticket == order.ticket and o.working == 0)
    assert (gone.left, gone.link, gone.volume) == (0, link, LOT // 10)
    trade = trade_of(client, order.ticket)
    assert (trade.order, trade.link, trade.volume, trade.entry) == (order.ticket, link, LOT // 10, DealEntry.IN)
    held = client.command(Action.QUERY, link)
    assert (held.stage, held.position) == (Stage.ALREADY_OPEN, order.ticket)


def test_an_order_that_expires_frees_its_link(client: BridgeClient, broker: BrokerProcess) -> None:
    link = client.new_link()
    price = round(broker.call("GET", "/symbols")[0]["bid"] * 0.9, 5)
    ends = int((time.time() + ZONE_S + 2) * 1000)
    placed = {"side": 2, "volume": LOT // 10, "price": price, "expires_msc": ends}
    assert client.command(Action.PLACE, link, **placed).stage == Stage.PLACED
    order = client.order(lambda o: link_of(o) == link)
    assert order.expires_msc == ends // 1000 * 1000
    gone = client.order(lambda o: o.ticket == order.ticket and o.working == 0)
    assert gone.left == LOT // 10
    assert client.command(Action.PLACE, link, **placed).stage == Stage.ALREADY_CLOSED
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED


@pytest.mark.parametrize(
    ("error", "retcode"),
    [
        *[(129, 10015), (130, 10016), (131, 10014), (132, 10018), (133, 10017), (134, 10019), (135, 10020)],
        *[(136, 10021), (138, 10004), (146, 10028), (148, 10033), (4, 10024), (65, 10017), (999, 10000)],
    ],
)
def test_a_refusal_is_told_by_both_codes_and_frees_the_link(
    client: BridgeClient, broker: BrokerProcess, error: int, retcode: int
) -> None:
    broker.call("POST", f"{ME}/faults", reject_next=1, reject_retcode=error)
    link = client.new_link()
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    refused = client.outcome(link)
    assert (refused.stage, refused.retcode, refused.error) == (Stage.REJECTED, retcode, error)
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


@pytest.mark.parametrize("error", [2, 6, 128])
def test_an_answer_that_leaves_open_what_happened_is_no_rejection(
    client: BridgeClient, broker: BrokerProcess, error: int
) -> None:
    broker.call("POST", f"{ME}/faults", reject_next=1, reject_retcode=error)
    link = client.new_link()
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    assert [f for f in drain(client.relay.events) if isinstance(f, Result)] == []
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.IN_FLIGHT
    assert client.command(Action.QUERY, link).stage == Stage.IN_FLIGHT


def test_the_market_moved_further_than_the_order_allows(client: BridgeClient, broker: BrokerProcess) -> None:
    link = client.new_link()
    broker.call("POST", f"{ME}/faults", execution_delay_ms=400)
    quote = broker.call("GET", "/symbols")[0]
    assert client.command(Action.OPEN, link, volume=LOT // 10, deviation=1).stage == Stage.PLACED
    moved = {"bid": round(quote["bid"] + 0.01, 5), "ask": round(quote["ask"] + 0.01, 5)}
    broker.call("POST", "/quotes", symbol="EURUSD", **moved)
    refused = client.outcome(link)
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    broker.call("POST", "/quotes", symbol="EURUSD", bid=quote["bid"], ask=quote["ask"], freeze=False)
    assert (refused.stage, refused.retcode, refused.error) == (Stage.REJECTED, 10004, 138)


def test_money_in_and_out_is_told_before_the_figures_that_have_it(client: BridgeClient, broker: BrokerProcess) -> None:
    before = next(f for f in client.snapshot()[1] if isinstance(f, AccountFrame)).balance
    broker.call("POST", f"{ME}/operations", kind="balance", amount=250.0, comment="deposit")
    told: list[MoneyOperation] = []
    end = time.monotonic() + 20
    while time.monotonic() < end:
        frame = client.relay.events.frames.get(timeout=20).frame
        if isinstance(frame, MoneyOperation) and frame.amount == 250.0:
            told.append(frame)
        if isinstance(frame, AccountFrame) and frame.balance > before + 200:
            break
    assert [(o.operation, o.comment) for o in told] == [(Operation.BALANCE, "deposit")]


def test_after_the_broker_was_away_a_new_snapshot_comes(client: BridgeClient, broker: BrokerProcess) -> None:
    link = client.opened()
    drain(client.relay.events)
    broker.call("POST", f"{ME}/disconnect")
    await_frame(client.relay.events, AccountFrame, lambda a: a.connected == 0)
    position, _ = await_frame(client.relay.events, PositionFrame, lambda p: link_of(p) == link)
    assert position.volume == LOT // 10
    await_frame(client.relay.events, SnapshotEnd)
    assert client.command(Action.CLOSE, link).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def test_a_terminal_that_was_frozen_reports_anew_how_things_stand(
    client: BridgeClient, broker: BrokerProcess, terminal: TerminalProcess
) -> None:
    drain(client.relay.events)
    terminal.signal(signal.SIGSTOP)
    time.sleep(3.5)
    ticket = bought(broker, lots="0.1")
    terminal.signal(signal.SIGCONT)
    await_frame(client.relay.events, SnapshotBegin)
    reported, _ = await_frame(client.relay.events, PositionFrame, lambda p: p.ticket == ticket)
    assert reported.volume == LOT // 10
    await_frame(client.relay.events, SnapshotEnd)
    assert client.command(Action.QUERY, client.new_link()).stage == Stage.NOTHING


class TestRestarts:
    """What a terminal knows after it was killed and started again, with its folder or with a new one."""

    LINK = 0x3344_5566_7788_1000

    def start(self, terminal: TerminalProcess, setup: TerminalSetup, relay: RelayPorts) -> BridgeClient:
        terminal.start(setup.with_(events_port=relay.events.port, commands_port=relay.commands.port))
        await_frame(relay.events, SnapshotEnd, wait_s=50)
        assert relay.commands.connected.acquire(timeout=20)
        return BridgeClient(relay, self.LINK)

    def test_links_survive_a_kill_between_an_order_and_its_answer(
        self, fresh: TerminalProcess, setup: TerminalSetup, broker: BrokerProcess
    ) -> None:
        with RelayPorts() as relay:
            client = self.start(fresh, setup, relay)
            opened = client.opened(LOT // 2)
            assert client.command(Action.SET_VOLUME, opened, volume=LOT // 10).stage == Stage.PLACED
            assert client.outcome(opened).stage == Stage.DONE
            broker.call("POST", f"{ME}/faults", execution_delay_ms=1500)
            before = broker.call("GET", ME)["orders_received"]
            under_way = client.new_link()
            assert client.command(Action.OPEN, under_way, volume=LOT // 10).stage == Stage.PLACED
            await_value(lambda: broker.call("GET", ME)["orders_received"] > before, "the order at the broker")
            fresh.stop()
            client = self.start(fresh, setup, relay)
            assert client.command(Action.OPEN, under_way, volume=LOT // 10).stage in (Stage.IN_FLIGHT, Stage.ALREADY_OPEN)
            held = await_value(lambda: positions_of(broker, under_way), "the order that was under way")
            broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
            assert len(held) == 1
            await_value(lambda: client.command(Action.QUERY, under_way).stage == Stage.ALREADY_OPEN, "its position")
            reported = {p.link: p for p in client.snapshot()[1] if isinstance(p, PositionFrame) and p.link}
            assert (reported[opened].volume, reported[under_way].volume) == (LOT // 10, LOT // 10)
            assert reported[opened].comment.startswith("from #")

    def test_without_its_file_a_terminal_still_opens_no_link_twice(
        self, fresh: TerminalProcess, setup: TerminalSetup, broker: BrokerProcess
    ) -> None:
        with RelayPorts() as relay:
            client = self.start(fresh, setup, relay)
            links = [0x4455_6677_8899_0001 + n for n in range(2)]
            for link in links:
                assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
                assert client.outcome(link).stage == Stage.DONE
            assert client.command(Action.CLOSE, links[1]).stage == Stage.PLACED
            assert client.outcome(links[1]).stage == Stage.DONE
            fresh.stop()
            (fresh.folder / "MQL4/Files/lockstep.links").unlink()
            client = self.start(fresh, setup, relay)
            reported = [p for p in client.snapshot()[1] if isinstance(p, PositionFrame) and p.magic == fold(links[0])]
            assert [p.link for p in reported] == [0]
            assert client.command(Action.OPEN, links[0], volume=LOT // 10).stage == Stage.ALREADY_OPEN
            assert client.command(Action.OPEN, links[1], volume=LOT // 10).stage == Stage.ALREADY_CLOSED
            assert len(positions_of(broker, links[0])) == 1
            # The program leaves an order alone if it knows only its magic number, until the router names the order.
            assert client.command(Action.CLOSE, links[0]).stage == Stage.ALREADY_OPEN
            assert client.command(Action.CLOSE, links[0], position=reported[0].ticket).stage == Stage.PLACED
            assert client.outcome(links[0]).stage == Stage.DONE

    @pytest.mark.parametrize(("login", "cuts"), [(1002, {"cuts_comments": True}), (1003, {"comment_limit": 12})])
    def test_a_rest_is_known_where_the_broker_cuts_comments(
        self, fresh: TerminalProcess, setup: TerminalSetup, broker: BrokerProcess, login: int, cuts: dict[str, object]
    ) -> None:
        terms = {"login": login, "password": setup.password, "platform": 4, **cuts}
        broker.call("POST", "/accounts", **terms)
        with RelayPorts() as relay:
            client = self.start(fresh, setup.with_(login=login), relay)
            link = client.opened(LOT // 2)
            opened = client.command(Action.QUERY, link).position
            drain(relay.events)
            assert client.command(Action.SET_VOLUME, link, volume=LOT // 5).stage == Stage.PLACED
            rest, _ = await_frame(relay.events, Trade, lambda t: t.entry == DealEntry.IN)
            assert (rest.comment, rest.link, rest.volume) == (f"from #{opened}", link, LOT // 5)

    def test_another_terminal_of_the_account_reports_magic_numbers_alone(
        self, client: BridgeClient, another: BridgeClient
    ) -> None:
        link = client.opened()
        trade, _ = await_frame(another.relay.events, Trade, lambda t: t.magic == fold(link))
        assert trade.link == 0


def positions_of(broker: BrokerProcess, link: int) -> list[dict[str, Any]]:
    return [p for p in broker.call("GET", f"{ME}/positions") if p["magic"] == fold(link)]


def test_an_order_that_was_filled_but_never_answered_is_not_sent_again(
    fresh: TerminalProcess, setup: TerminalSetup, broker: BrokerProcess
) -> None:
    (fresh.folder / "traps.ini").write_text("TradeTimeoutMs=1500\n")
    with RelayPorts() as relay:
        client = TestRestarts().start(fresh, setup, relay)
        broker.call("POST", f"{ME}/faults", swallow_next=1)
        link = 0x5566_7788_0000_0001
        assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
        trade, _ = await_frame(relay.events, Trade, lambda t: t.link == link)
        assert client.command(Action.OPEN, link, volume=LOT // 10).stage == Stage.ALREADY_OPEN
        assert client.command(Action.CLOSE, link, position=trade.position).stage == Stage.PLACED
        assert client.outcome(link).stage == Stage.DONE
        broker.call("POST", f"{ME}/faults", ignore_next=1)
        lost = link + 1
        assert client.command(Action.OPEN, lost, volume=LOT // 10).stage == Stage.PLACED
        assert client.command(Action.OPEN, lost, volume=LOT // 10).stage == Stage.IN_FLIGHT


def test_booleans_are_words_in_this_start_file(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    with RelayPorts() as relay:
        ports = {"events_port": relay.events.port, "commands_port": relay.commands.port}
        fresh.start(setup.with_(live="yes", **ports))
        await_frame(relay.events, SnapshotEnd, wait_s=50)
        assert relay.commands.connected.acquire(timeout=20)
        client = BridgeClient(relay, 77_000)
        assert client.command(Action.OPEN, 77_001, volume=LOT // 10).stage == Stage.PLACED
        refused = client.outcome(77_001)
    assert (refused.stage, refused.retcode, refused.error) == (Stage.REJECTED, 10027, 4109)


def test_a_closed_window_ends_the_terminal_cleanly(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    fresh.start(setup.with_(events_port=1, commands_port=1), f":{30_000 + os.getpid() % 20_000}")
    fresh.await_line("terminal synchronized with")
    (fresh.folder / "close").touch()
    assert fresh.process is not None
    assert fresh.process.wait(60) == 0
    assert "exit with code 0" in fresh.journal()
    assert "bridge down" in fresh.journal("MQL4/Logs")


def test_a_server_without_its_file_leaves_no_network_line(fresh: TerminalProcess, setup: TerminalSetup) -> None:
    fresh.start(setup.with_(server="Nowhere-Live", events_port=1, commands_port=1))
    fresh.await_line("loaded successfully", folder="MQL4/Logs")
    assert "Startup successfully initialized" in fresh.journal()
    assert "authorized" not in fresh.journal()


def test_no_pending_order_is_reported_twice(client: BridgeClient, broker: BrokerProcess) -> None:
    kind = {"symbol": "EURUSD", "kind": "sell_limit", "lots": "0.1", "price": 1.9}
    ticket = broker.call("POST", f"{ME}/pending", **kind)["order"]
    broker.call("POST", f"{ME}/pending/{ticket}/change", price=1.8)
    broker.call("POST", f"{ME}/pending/{ticket}/delete")
    frames = [f for f in drain(client.relay.events) if isinstance(f, PendingOrder) and f.ticket == ticket]
    assert [(o.working, o.price) for o in frames][-1] == (0, 1.8)
    assert len(frames) <= 3


def test_a_trade_that_comes_and_goes_while_an_order_is_sent_is_reported(client: BridgeClient, broker: BrokerProcess) -> None:
    broker.call("POST", f"{ME}/faults", execution_delay_ms=400)
    assert client.command(Action.OPEN, client.new_link(), volume=LOT // 10).stage == Stage.PLACED
    ticket = bought(broker, lots="0.3", magic=9)
    broker.call("POST", f"{ME}/positions/{ticket}/close")
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    assert [trade_of(client, ticket).entry for _ in range(2)] == [DealEntry.IN, DealEntry.OUT]


@pytest.mark.timeout(300 + 10 * RESTARTS)
def test_a_router_that_restarts_doubles_no_order_and_leaks_nothing(
    client: BridgeClient, broker: BrokerProcess, terminal: TerminalProcess
) -> None:
    play = RouterRestarts(client, broker, ME, fold)
    for number in range(2):
        play.once(number)
    before = resources_of(terminal)
    for number in range(RESTARTS):
        play.once(number)
    after = resources_of(terminal)
    print(f"{RESTARTS} restarts: {before} to {after}")
    assert after.grown_from(before, memory_kb=2048 + 20 * RESTARTS) == []
