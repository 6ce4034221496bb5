"""What the router makes of money that its terminals report: rows, guards, and figures that are not believed."""

from typing import Any

import pytest

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import DealEntry, Operation
from lockstep_core.wire.frames import DealMoney, Frame, MoneyOperation
from lockstep_router.journal.records import DealMoneyRow, HistoryEvent, MoneyOperationRow
from tests.simulation.terminal import TerminalProcess
from tests.simulation.terminal_frames import operation_frames

from .engine_harness import SLAVE, USER, EngineHarness, copier
from .terminals import LOT, InstantTerminal

CLOSES = {"apply_to": "balance-difference", "max_absolute_risk": "500", "close_positions": True}
TARGET = {**CLOSES, "kind": "profit_target", "max_absolute_risk": "300"}


def a_harness(*limits: dict[str, Any]) -> EngineHarness:
    """One copy is open."""
    harness = EngineHarness(copier({"sizing": {"mode": "none"}, "guards": {"risk_limits": limits}}))
    harness.master.open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1
    return harness


def tell(harness: EngineHarness, *frames: Frame) -> None:
    for frame in frames:
        harness.slave.report(frame)
    harness.run()


def deal(number: int = 5, **changes: Any) -> DealMoney:
    """A closing deal of the slave's account."""
    told: dict[str, Any] = {"profit": -3.1, "commission": -0.07, "swap": 0.0, "fee": 0.0, **changes}
    numbers = {
        "deal": number,
        "position": 7,
        "order": 8,
        "closes": 0,
        "magic": 2**62,
        "link": 0,
        "time_msc": 1_772_000_000_000,
    }
    return DealMoney(**numbers, **told, entry=DealEntry.OUT, reason=0, symbol="EURUSD")


def rows(harness: EngineHarness) -> list[DealMoneyRow]:
    return [record for record in harness.journal if isinstance(record, DealMoneyRow)]


def fired(harness: EngineHarness) -> list[str]:
    return [r.kind for r in harness.journal if isinstance(r, HistoryEvent) and r.kind.startswith("guard_")]


def test_a_deals_money_is_written_exactly_once_and_again_when_something_is_booked_to_it() -> None:
    harness = a_harness()
    tell(harness, deal(), deal(), deal(swap=-1.23))
    first, second = rows(harness)
    assert (first.account, first.user, first.deal, first.position, first.link) == (SLAVE, USER, 5, 7, 2**62)
    assert (first.currency, first.profit, first.commission, first.swap) == ("USD", -310_000_000, -7_000_000, 0)
    assert (second.profit, second.swap) == (-310_000_000, -123_000_000)


def test_money_of_a_snapshot_is_written_where_it_is_news(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = a_harness()
    tell(harness, deal())
    add_to_snapshots(monkeypatch, harness.slave, deal(), deal(6))
    harness.slave.snapshot()
    harness.run()
    assert [row.deal for row in rows(harness)] == [5, 6]


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -1e16])
def test_money_that_no_broker_books_is_dropped_and_asks_for_no_snapshot(amount: float) -> None:
    harness = a_harness()
    dropped = harness.engine.dropped
    tell(harness, deal(profit=amount), MoneyOperation(9, amount, 0, Operation.BALANCE, 0, ""))
    assert harness.engine.dropped == dropped + 2
    assert not rows(harness)
    assert not harness.engine.accounts[SLAVE].wants_snapshot


@pytest.mark.parametrize(("limit", "amount"), [(CLOSES, -600), (TARGET, 1_000)])
def test_money_that_came_in_or_went_out_trips_no_guard(limit: dict[str, Any], amount: int) -> None:
    harness = a_harness(limit)
    pay(harness, amount)
    assert (len(harness.slave.positions), fired(harness)) == (1, [])
    (operation,) = [record for record in harness.journal if isinstance(record, MoneyOperationRow)]
    assert (operation.operation, operation.amount, operation.currency) == (Operation.BALANCE, amount * 10**8, "USD")


def test_what_was_lost_before_money_came_in_still_counts() -> None:
    harness = a_harness(CLOSES)
    harness.slave.broker.figures_history.book(-600)
    assert fired(harness) == []
    pay(harness, 1_000)
    assert (len(harness.slave.positions), fired(harness)) == (0, ["guard_fired"])


def test_a_withdrawal_while_the_router_was_away_is_told_by_the_next_snapshot() -> None:
    harness = a_harness(CLOSES)
    pay(harness, -100)
    harness.pass_ms(1_000)
    guards, links = harness.guards(), harness.known()
    harness.slave.broker.figures_history.pay(-600)
    harness.start_router(*links, guards=guards)
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(2_000)
    assert (len(harness.slave.positions), fired(harness)) == (1, [])
    book(harness, -500)
    assert (len(harness.slave.positions), fired(harness)) == (0, ["guard_fired"])


def test_a_withdrawal_while_the_terminal_did_not_see_its_broker_is_told_by_the_next_snapshot() -> None:
    harness = a_harness(CLOSES)
    pay(harness, -100)
    tell(harness, harness.slave.figures(connected=False))
    harness.now_ns += 1_000_000_000
    harness.slave.now_ns = harness.now_ns
    harness.slave.broker.figures_history.pay(-600)
    tell(harness, harness.slave.figures())
    assert (len(harness.slave.positions), fired(harness)) == (1, []), "while a snapshot is due, no operation is told"
    harness.slave.snapshot()
    harness.run()
    harness.pass_ms(2_000)
    assert (len(harness.slave.positions), fired(harness)) == (1, [])
    book(harness, -500)
    assert (len(harness.slave.positions), fired(harness)) == (0, ["guard_fired"])


def test_a_loss_while_the_terminal_did_not_see_its_broker_counts_from_the_next_snapshot_on() -> None:
    harness = a_harness(CLOSES)
    pay(harness, -100)
    tell(harness, harness.slave.figures(connected=False))
    harness.slave.broker.figures_history.book(-600)
    tell(harness, harness.slave.figures())
    harness.slave.snapshot()
    harness.run()
    harness.pass_ms(2_000)
    assert (len(harness.slave.positions), fired(harness)) == (0, ["guard_fired"])


def test_a_balance_and_an_equity_of_nothing_are_not_believed() -> None:
    harness = a_harness(CLOSES, {"kind": "equity_floor", "max_absolute_risk": "9000", "close_positions": True})
    before = harness.engine.accounts[SLAVE].figures
    frame = harness.slave.figures()
    tell(harness, type(frame)(**{**{n: getattr(frame, n) for n in frame.__struct_fields__}, "balance": 0.0, "equity": 0.0}))
    assert harness.engine.accounts[SLAVE].figures == before
    assert (len(harness.slave.positions), fired(harness)) == (1, [])


def pay(harness: EngineHarness, amount: int) -> None:
    """The slave's owner deposits or withdraws, and its terminal tells it with its next figures."""
    harness.pass_ms(1_000)
    harness.slave.broker.figures_history.pay(amount)
    payments = harness.slave.broker.figures_history.payments
    tell(harness, *operation_frames(harness.slave.process, len(payments) - 1), harness.slave.figures())


def book(harness: EngineHarness, amount: int) -> None:
    """The broker books costs, which the slave's terminal tells with its next figures alone."""
    harness.slave.broker.figures_history.book(amount)
    tell(harness, harness.slave.figures())


def add_to_snapshots(monkeypatch: pytest.MonkeyPatch, terminal: InstantTerminal, *added: Frame) -> None:
    """The terminal's next snapshot has these frames right after its beginning."""
    host = terminal.process.host
    push = host.push_events

    def with_frames(terminal: TerminalProcess, frames: list[bytes]) -> bool:
        return push(terminal, [frames[0], *map(encode, added), *frames[1:]])

    monkeypatch.setattr(host, "push_events", with_frames)
