"""How long each part of a copy's opening took: spans in µs.

The stamps come from two terminals' nodes and from ours. On one node they share a clock; across nodes they do not. A span
that comes out negative or absurd is left out.
"""

from collections.abc import Iterator

from lockstep_core.wire.enums import Action, Stage
from lockstep_core.wire.frames import Result
from lockstep_router.execution.copy import Copy

ABSURD_NS = 60_000_000_000


def measure_spans(copy: Copy, result: Result) -> bool:
    """Adds the spans that a result allows to measure. Returns whether there were any. The first measurement of a span
    counts.
    """
    if result.called_ns <= 0 or not _opens(copy, result):
        return False
    before = len(copy.spans)
    for span, start_ns, end_ns in _spans(copy, result):
        if span not in copy.spans and start_ns > 0 and 0 <= end_ns - start_ns < ABSURD_NS:
            copy.add_span(span, (end_ns - start_ns) // 1000)
    return len(copy.spans) > before


def _opens(copy: Copy, result: Result) -> bool:
    """Whether the result is that of the link's first order. On a netting account all orders of a link are `SET_NET`: the
    first one opens, and its later outcome has the same request.
    """
    if result.action != Action.SET_NET:
        return result.action in (Action.OPEN, Action.PLACE)
    if copy.request == 0 and copy.open_lots == 0:
        copy.on_first_request(result.request)
    return copy.request != 0 and result.request == copy.request


def _spans(copy: Copy, result: Result) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of each span. The whole time does not count a pause that a copier's own rule asks for."""
    decided_ns = max(copy.in_ns, copy.paused_until_ns)
    pause_ns = decided_ns - copy.in_ns
    yield "event_to_order_us", copy.seen_ns and copy.seen_ns + pause_ns, result.called_ns
    yield "terminal_to_router_us", copy.seen_ns, copy.in_ns
    if pause_ns:
        yield "pause_us", copy.in_ns, decided_ns
    if copy.out_ns:
        yield "router_us", decided_ns, copy.out_ns
    if result.received_ns:
        yield "router_to_terminal_us", copy.out_ns, result.received_ns
        yield "slave_terminal_us", result.received_ns, result.called_ns
    if result.stage == Stage.DONE and result.answered_ns:
        yield "broker_us", result.called_ns, result.answered_ns
