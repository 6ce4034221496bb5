"""One trade from opening to closing: the slave has the right lots at every step, and one row tells the outcome."""

import pytest

from lockstep_core.json_object import Json
from tests.stack.copied import SYMBOL
from tests.stack.scene import Scene
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]


def test_opened_partly_closed_moved_and_closed_as_the_master_does(scene: Scene) -> None:
    ticket = scene.open("1.00")
    opened = scene.see("0.50 lots", lambda found: [p.volume for p in found] == ["0.50"])[0]
    assert (opened.symbol, opened.side) == (SYMBOL, "buy")

    scene.close(ticket, "0.40")
    left = scene.see("0.30 lots left", lambda found: [p.volume for p in found] == ["0.30"])[0]
    assert left.ticket == opened.ticket

    quote = scene.broker.quote(SYMBOL)
    sl, tp = round(quote.bid * 0.97, 5), round(quote.bid * 1.03, 5)
    scene.broker.stops(scene.master.login.login, ticket, sl, tp)
    scene.see("the master's stops", lambda found: [(p.sl, p.tp) for p in found] == [(sl, tp)])

    scene.close(ticket)
    scene.flat()
    row = wait_for("the copy's row closed", lambda: _closed(scene, ticket), 15)
    assert (row["symbol"], row["side"], row["open_lots"]) == (SYMBOL, "buy", "0.00")
    assert row["slave_position"] == opened.ticket
    assert row["spans"]["event_to_order_us"] > 0


def test_a_sell_is_copied_as_a_sell(scene: Scene) -> None:
    ticket = scene.open("0.40", side="sell")
    scene.see("0.20 lots sold", lambda found: [(p.side, p.volume) for p in found] == [("sell", "0.20")])
    scene.close(ticket)
    scene.flat()


def test_lots_below_the_brokers_minimum_are_skipped_with_the_reason(scene: Scene) -> None:
    ticket = scene.open("0.01")
    row = wait_for("the skip's row", lambda: scene.copy_of(ticket), 15)
    assert (row["status"], row["setting"]) == ("skipped", "sizing")
    assert (row["params"]["why"], row["params"]["limit"]) == ("broker", "0.01")
    assert scene.copies() == []
    scene.close(ticket)


def test_several_positions_on_the_master_are_several_copies(scene: Scene) -> None:
    tickets = [scene.open(volume) for volume in ("0.20", "0.40", "0.60")]
    wanted = ["0.10", "0.20", "0.30"]
    wait_for("three copies", lambda: sorted(p.volume for p in scene.copies()) == wanted or None, 30)
    for ticket in tickets:
        scene.close(ticket)
    wait_for("all closed", lambda: not scene.copies() or None, 30)


def _closed(scene: Scene, ticket: int) -> Json | None:
    row = scene.copy_of(ticket)
    return row if row and row["status"] == "closed" else None
