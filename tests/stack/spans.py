"""The latency of a copy, span by span."""

from dataclasses import dataclass

from lockstep_core.json_object import Json


@dataclass(frozen=True)
class Spread:
    """Percentiles of one span in ms."""

    n: int
    p50: float
    p95: float
    p99: float
    max: float


def spread(values_ms: list[float]) -> Spread:
    """Percentiles by nearest rank. Raises `ValueError` on an empty list."""
    if not values_ms:
        raise ValueError("nothing was measured")
    ranked = sorted(values_ms)

    def at(share: float) -> float:
        return round(ranked[min(len(ranked) - 1, int(len(ranked) * share))], 3)

    return Spread(len(ranked), at(0.50), at(0.95), at(0.99), round(ranked[-1], 3))


def in_ms(spans_us: Json) -> Json:
    """Spans as the database keeps them, in ms."""
    return {span: us / 1000 for span, us in spans_us.items()}


def span_ms(trades: list[Json], span: str) -> list[float]:
    """The values of one span, in ms, of all trades that have it."""
    return [trade["spans_ms"][span] for trade in trades if span in trade["spans_ms"]]
