"""How long each span of a copy took: only ours, only of its opening, and nothing that its user had it wait for."""

from .asked import Asked
from .terminals import LOT
from .test_asking import missed
from .test_whole_engine import a_world
from .worlds import MS, World, copier

SAME = {"sizing": {"mode": "multiplier", "factor": "1"}}
OURS = {"router_us": 0, "router_to_terminal_us": 0, "slave_terminal_us": 0, "broker_us": 0}


def opened_after(world: World, way_ms: int) -> dict[str, int]:
    """The spans of a master's opening whose event was so long on its way."""
    world.master.open(LOT)
    world.now_ns += way_ms * MS
    world.slave.now_ns = world.now_ns
    world.run()
    world.pass_ms(1000)
    (row,) = world.rows().values()
    return row.spans


def test_latencies_of_one_node_are_told_in_microseconds() -> None:
    assert opened_after(World(), 2) == {"event_to_order_us": 2000, "terminal_to_router_us": 2000, **OURS}


def test_a_pause_that_the_copiers_rule_asks_for_is_a_leg_of_its_own_and_in_no_other() -> None:
    pause = {"signal_delay": {"min_ms": 500, "max_ms": 500}}
    spans = opened_after(World(copier({**SAME, **pause})), 2)
    late = spans["router_us"]
    assert 0 <= late <= 20_000, "the clock's turns only"
    assert spans["pause_us"] == 500_000
    assert spans == {
        "event_to_order_us": 2000 + late,
        "terminal_to_router_us": 2000,
        "pause_us": 500_000,
        **OURS,
        "router_us": late,
    }


def test_what_passed_until_somebody_asked_for_a_copy_is_in_no_leg() -> None:
    world = Asked()
    ticket = missed(world)
    world.ask("copy_now", ticket)
    (row,) = world.rows().values()
    assert row.status == "open"
    assert "event_to_order_us" not in row.spans
    assert "terminal_to_router_us" not in row.spans
    assert all(us <= 20_000 for us in row.spans.values())


def test_an_opening_on_a_netting_account_has_legs_and_what_changes_it_later_has_none() -> None:
    world = a_world(slave_nets=True)
    assert opened_after(world, 2) == {"event_to_order_us": 2000, "terminal_to_router_us": 2000, **OURS}
    (first,) = world.rows().values()
    world.pass_ms(5000)
    (ticket,) = world.master.held
    world.master.close(ticket, LOT // 2)
    world.run()
    world.pass_ms(300)
    (later,) = world.rows().values()
    assert (later.open_lots, later.spans) == (first.open_lots // 2, first.spans)
