"""What the master had open before anybody saw it: opened while the price is near the master's, if the copier wants that."""

from typing import Any

from lockstep_core.market.money import Prices

from .engine_harness import SLAVE, EngineHarness, a_harness
from .terminals import LOT

LATE = {"points": 50, "minutes": 2}


def found_open(price: float, **settings: Any) -> EngineHarness:
    """The slave comes back half a minute after its master's opening at 1.1."""
    harness = a_harness(**settings)
    for peer in [peer for peer, terminal in harness.peers.items() if terminal is harness.slave]:
        del harness.peers[peer]
    harness.slave.up = False
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(30_000)
    harness.quotes[SLAVE]["EURUSD"] = Prices(price, price)
    harness.connect(harness.slave)
    harness.pass_ms(2_000)
    return harness


def test_it_is_opened_near_the_masters_price() -> None:
    harness = found_open(1.1003, late_openings=LATE)
    assert len(harness.slave.positions) == 1


def test_without_the_setting_it_is_out_of_sync() -> None:
    harness = found_open(1.1003)
    assert (len(harness.slave.positions), harness.statuses()[0][0]) == (0, "skipped")


def test_it_waits_for_the_price_and_no_longer_than_it_may() -> None:
    harness = found_open(1.1020, late_openings=LATE)
    assert harness.statuses() == [("waiting", "late_price")]
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1001, 1.1001)
    harness.pass_ms(3_000)
    assert len(harness.slave.positions) == 1

    harness = found_open(1.1020, late_openings=LATE)
    harness.pass_ms(120_000)
    assert harness.statuses() == [("skipped", "late_price")]
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1001, 1.1001)
    harness.pass_ms(5_000)
    assert len(harness.slave.positions) == 0
