"""What the bridge reports of money: deals' profit and costs, operations, credit, and trading permissions."""

import time
from collections.abc import Callable

import pytest
from conformance.client import BridgeClient
from conformance.relay import RelayPort, await_frame
from stage.place import BrokerProcess

from lockstep_core.wire.enums import DealEntry, Operation, Permission
from lockstep_core.wire.frames import AccountFrame, DealMoney, Frame, MoneyOperation, SnapshotBegin, SnapshotEnd

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"
HALF = 50_000_000


def test_a_closing_deal_is_told_with_what_it_earned(client: BridgeClient, broker: BrokerProcess) -> None:
    done = broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="buy", lots="0.5", magic=77)
    opened, _ = await_frame(client.relay.events, DealMoney, lambda m: m.deal == done["deal"])
    assert (opened.position, opened.magic, opened.entry, opened.profit) == (done["position"], 77, DealEntry.IN, 0.0)
    assert (opened.volume, opened.price) == (HALF, done["price"])
    out = broker.call("POST", f"{ME}/positions/{done['position']}/close")
    closed, _ = await_frame(client.relay.events, DealMoney, lambda m: m.deal == out["deal"])
    assert (closed.volume, closed.price) == (-HALF, out["price"])
    earned = next(deal["profit"] for deal in broker.call("GET", f"{ME}/deals") if deal["ticket"] == out["deal"])
    assert (closed.position, closed.entry, closed.symbol, closed.profit) == (
        done["position"],
        DealEntry.OUT,
        "EURUSD",
        earned,
    )


def test_what_is_booked_to_a_deal_later_is_told_again(client: BridgeClient, broker: BrokerProcess) -> None:
    done = broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="buy", lots="0.1")
    await_frame(client.relay.events, DealMoney, lambda m: m.deal == done["deal"])
    broker.call("POST", f"{ME}/deals/{done['deal']}/charge", commission=-0.35, swap=-1.2, fee=-0.05)
    late, _ = await_frame(client.relay.events, DealMoney, lambda m: m.deal == done["deal"])
    assert (late.commission, late.swap, late.fee) == (-0.35, -1.2, -0.05)


@pytest.mark.parametrize("figures_first", [False, True])
def test_an_operation_is_told_before_the_first_figures_that_have_it(
    client: BridgeClient, broker: BrokerProcess, figures_first: bool
) -> None:
    before = _account(client.relay.events).balance
    broker.call(
        "POST", f"{ME}/operations", kind="balance", amount=-600.0, comment="to the bank", figures_first=figures_first
    )
    told = _frames_until(client.relay.events, lambda f: isinstance(f, AccountFrame) and f.balance != before)
    operations = [frame for frame in told if isinstance(frame, MoneyOperation)]
    assert [(o.operation, o.amount, o.comment) for o in operations] == [(Operation.BALANCE, -600.0, "to the bank")]
    assert isinstance(told[-1], AccountFrame)
    assert told[-1].balance == pytest.approx(before - 600.0)


def test_credit_is_told_and_is_no_balance(client: BridgeClient, broker: BrokerProcess) -> None:
    before = _account(client.relay.events)
    broker.call("POST", f"{ME}/operations", kind="credit", amount=250.0)
    operation, _ = await_frame(client.relay.events, MoneyOperation)
    after, _ = await_frame(client.relay.events, AccountFrame, lambda a: a.credit != before.credit)
    assert (operation.operation, operation.amount) == (Operation.CREDIT, 250.0)
    assert (after.balance, after.credit) == (before.balance, before.credit + 250.0)


def test_what_was_moved_while_the_terminal_was_away_is_in_its_next_snapshot(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    broker.call("POST", f"{ME}/disconnect")
    broker.call("POST", f"{ME}/operations", kind="correction", amount=5.0, comment="while away")
    await_frame(client.relay.events, SnapshotBegin, wait_s=30)
    told = _frames_until(client.relay.events, lambda f: isinstance(f, SnapshotEnd))
    found = [frame for frame in told if isinstance(frame, MoneyOperation) and frame.comment == "while away"]
    assert [(o.operation, o.amount) for o in found] == [(Operation.CORRECTION, 5.0)]


def test_the_account_says_which_switches_are_on(client: BridgeClient) -> None:
    allowed = Permission.ACCOUNT | Permission.EXPERTS | Permission.AUTOTRADING | Permission.PROGRAM
    assert _account(client.relay.events).permissions == Permission.SAID | allowed


def _account(events: RelayPort) -> AccountFrame:
    frame, _ = await_frame(events, AccountFrame, lambda a: a.connected != 0)
    return frame


def _frames_until(events: RelayPort, last: Callable[[Frame], bool]) -> list[Frame]:
    """All frames up to the first for which `last` is true."""
    found: list[Frame] = []
    end = time.monotonic() + 20
    while time.monotonic() < end:
        frame, _ = await_frame(events, Frame)
        found.append(frame)
        if last(frame):
            return found
    raise AssertionError([type(frame).__name__ for frame in found])
