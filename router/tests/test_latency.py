"""The latency spans of a copy's opening: they leave out every wait that its user asked for."""

from .engine_harness import MS, EngineHarness, a_harness, copier
from .manual_request_harness import ManualRequestHarness
from .terminals import LOT
from .test_manual_requests import missed_trade

SAME = {"sizing": {"mode": "multiplier", "factor": "1"}}
OURS = {"router_us": 0, "router_to_terminal_us": 0, "slave_terminal_us": 0, "broker_us": 0}


def opened_after(harness: EngineHarness, event_ms: int) -> dict[str, int]:
    """The spans of a master's opening whose event reaches the router after `event_ms`."""
    harness.master.open(LOT)
    harness.now_ns += event_ms * MS
    harness.slave.now_ns = harness.now_ns
    harness.run()
    harness.pass_ms(1000)
    (row,) = harness.rows().values()
    return row.spans


def test_spans_within_one_node_are_in_microseconds() -> None:
    assert opened_after(EngineHarness(), 2) == {"event_to_order_us": 2000, "terminal_to_router_us": 2000, **OURS}


def test_a_signal_delay_is_a_span_of_its_own_and_in_no_other() -> None:
    pause = {"signal_delay": {"min_ms": 500, "max_ms": 500}}
    spans = opened_after(EngineHarness(copier({**SAME, **pause})), 2)
    turn_us = spans["router_us"]
    assert 0 <= turn_us <= 20_000, "the clock's turns only"
    assert spans["pause_us"] == 500_000
    assert spans == {
        "event_to_order_us": 2000 + turn_us,
        "terminal_to_router_us": 2000,
        "pause_us": 500_000,
        **OURS,
        "router_us": turn_us,
    }


def test_the_time_before_a_manual_request_is_in_no_span() -> None:
    harness = ManualRequestHarness()
    ticket = missed_trade(harness)
    harness.ask("copy_now", ticket)
    (row,) = harness.rows().values()
    assert row.status == "open"
    assert "event_to_order_us" not in row.spans
    assert "terminal_to_router_us" not in row.spans
    assert all(us <= 20_000 for us in row.spans.values())


def test_an_opening_on_a_netting_account_has_spans_and_later_changes_have_none() -> None:
    harness = a_harness(slave_nets=True)
    assert opened_after(harness, 2) == {"event_to_order_us": 2000, "terminal_to_router_us": 2000, **OURS}
    (first,) = harness.rows().values()
    harness.pass_ms(5000)
    (ticket,) = harness.master.positions
    harness.master.close(ticket, LOT // 2)
    harness.run()
    harness.pass_ms(300)
    (later,) = harness.rows().values()
    assert (later.open_lots, later.spans) == (first.open_lots // 2, first.spans)
