"""The tables at the end of `make up`, in ms."""

from lockstep_core.json_object import Json
from tests.stack.spans import Spread, span_ms, spread

SPANS = (
    ("terminal_to_router_us", "master→router"),
    ("router_us", "router"),
    ("router_to_terminal_us", "router→slave"),
    ("slave_terminal_us", "slave"),
    ("event_to_order_us", "event→order"),
    ("broker_us", "its broker"),
)
WIDTH = 15


def print_report(trades: list[Json]) -> Spread:
    """Prints each trade's spans and their percentiles. Returns the spread from the event to the order."""
    print(f"\n  {'trade':>12}{''.join(f'{name:>{WIDTH}}' for _, name in SPANS)}   ms")
    for trade in trades:
        print(_row(str(trade["master_position"]), [trade["spans_ms"].get(span) for span, _ in SPANS]))
    spreads = [spread(span_ms(trades, span)) for span, _ in SPANS]
    print()
    for share in ("p50", "p95", "p99", "max"):
        print(_row(share, [getattr(s, share) for s in spreads]))
    order = spread(span_ms(trades, "event_to_order_us"))
    print(f"\n  {order.n} copies; half of them went from the master's event to the slave's order in {order.p50:.2f} ms.\n")
    return order


def _row(name: str, values: list[float | None]) -> str:
    return f"  {name:>12}" + "".join(f"{'–' if v is None else format(v, '.3f'):>{WIDTH}}" for v in values)
