"""What a copy took, leg by leg."""

from dataclasses import dataclass

from lockstep_core.json_object import Json


@dataclass(frozen=True)
class Spread:
    """Percentiles of one leg in ms."""

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


def in_ms(legs_us: Json) -> Json:
    """Legs as the database keeps them, in ms."""
    return {leg: us / 1000 for leg, us in legs_us.items()}


def leg_ms(trades: list[Json], leg: str) -> list[float]:
    """One leg of every trade that has it."""
    return [trade["legs_ms"][leg] for trade in trades if leg in trade["legs_ms"]]
