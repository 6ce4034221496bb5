"""The table at the end of `make up`."""

from tests.stack.doors import Json
from tests.stack.legs import Spread, leg_ms, spread

LEGS = (
    ("terminal_to_router_us", "master's terminal → router"),
    ("router_us", "router: event in → command out"),
    ("router_to_terminal_us", "router → slave's terminal"),
    ("slave_terminal_us", "slave's terminal: command → OrderSend"),
    ("event_to_order_us", "event → order, all of our own way"),
    ("broker_us", "slave's broker: order → filled"),
)


def print_report(copies: list[Json], order: Spread) -> None:
    """One line per leg with its percentiles, in ms."""
    print(f"\n  {'leg of a copy':<38}{'n':>6}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}   ms")
    for leg, name in LEGS:
        values = leg_ms(copies, leg)
        if values:
            print(_line(name, spread(values)))
    print(f"\n  {order.n} copies; half of them went from the master's event to the slave's order in {order.p50:.2f} ms.\n")


def _line(name: str, s: Spread) -> str:
    return f"  {name:<38}{s.n:>6}{s.p50:>9.3f}{s.p95:>9.3f}{s.p99:>9.3f}{s.max:>9.3f}"
