"""A deal that its terminal saw late is as old as the broker's clock says, whoever slept meanwhile."""

from collections.abc import Callable

import msgspec
import pytest

from lockstep_core.wire.frames import PendingOrder, Trade
from tests.simulation.broker_data import AccountKind

from .engine_harness import MASTER, MS, EngineHarness, copier, volumes
from .terminals import LOT, InstantTerminal

KINDS = (AccountKind.HEDGING, AccountKind.NETTING, AccountKind.MT4)
BUY_LIMIT = 2


def reported_late(kind: AccountKind, late_ms: int, act: Callable[[InstantTerminal], object]) -> EngineHarness:
    """The master's terminal reports only now what its owner did `late_ms` ago: it, its pod or its broker was frozen."""
    settings = {"sizing": {"mode": "none"}, "pending": {"mode": "copy"}}
    harness = EngineHarness(copier(settings), kinds={MASTER: kind})
    harness.pass_ms(3_000)
    with harness.master.withheld() as frames:
        act(harness.master)
    harness.pass_ms(late_ms)
    seen = {"seen_ns": harness.now_ns}
    for frame in frames:
        late = isinstance(frame, Trade | PendingOrder)
        harness.master.report(msgspec.structs.replace(frame, **seen) if late else frame)
    harness.run()
    return harness


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("late_ms", [8_000, 16_000, 120_000])
def test_an_opening_that_was_seen_late_is_too_old(kind: AccountKind, late_ms: int) -> None:
    harness = reported_late(kind, late_ms, lambda master: master.open(LOT))
    assert (volumes(harness), harness.statuses()) == ([], [("skipped", "signal_too_old")])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("late_ms", [0, 1_000, 4_000])
def test_an_opening_that_was_seen_in_time_is_copied(kind: AccountKind, late_ms: int) -> None:
    assert volumes(reported_late(kind, late_ms, lambda master: master.open(LOT))) == [100]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("late_ms", "placed"), [(4_000, 1), (16_000, 0)])
def test_a_pending_order_is_as_old_as_the_brokers_clock_says(kind: AccountKind, late_ms: int, placed: int) -> None:
    harness = reported_late(kind, late_ms, lambda master: master.place(BUY_LIMIT, LOT, 1.05))
    assert len(harness.slave.pending_orders) == placed


def test_a_deal_that_waits_before_the_router_gets_old() -> None:
    """The relay sent it in time, and the router was what slept."""
    harness = EngineHarness()
    waiting: list[bytes] = []

    def hold(_terminal: InstantTerminal, message: bytes) -> bool:
        waiting.append(message)
        return False

    harness.to_router = hold
    harness.master.open(LOT)
    harness.run()
    harness.to_router = lambda _terminal, _message: True
    harness.now_ns += 16_000 * MS
    (peer,) = (peer for peer, terminal in harness.peers.items() if terminal is harness.master)
    for message in waiting:
        harness.message(peer, message)
    assert (volumes(harness), harness.statuses()) == ([], [("skipped", "signal_too_old")])
