"""Markets that close for a while: the sessions of a symbol whose week has one break."""

from random import Random

import msgspec

from tests.simulation.broker_data import ListedSymbol
from tests.simulation.market_hours import DAY_S, THURSDAY
from tests.simulation.scheduler import MS, Scheduler

CHANCE = 0.25
BEGIN_MS = Scheduler().now_ns // MS
"""The world's time at which a scenario's steps begin."""
HOUR_MS = 3_600_000

Market = tuple[ListedSymbol, ...]


def week_with_break(zero_ms: int, closes_s: int, opens_s: int) -> tuple[tuple[int, int, int], ...]:
    """Sessions of a week with one break. Its bounds are in seconds after the first step, which is at `zero_ms` on the
    broker's clock. Empty if the break would span a midnight.
    """
    day, begin_s = divmod(zero_ms // 1000, DAY_S)
    closes_s, opens_s = begin_s + closes_s, begin_s + opens_s
    if closes_s // DAY_S != opens_s // DAY_S or closes_s % DAY_S == 0:
        return ()
    weekday = (day + closes_s // DAY_S + THURSDAY) % 7
    others = tuple((other, 0, DAY_S) for other in range(7) if other != weekday)
    return (*others, (weekday, 0, closes_s % DAY_S), (weekday, opens_s % DAY_S, DAY_S))


def with_breaks(seed: int, utc_ms: int, slaves: frozenset[int], markets: tuple[Market, ...]) -> tuple[Market, ...]:
    """Markets in which, in some scenarios, one symbol of a slave closes for a while. The terminals of most brokers report
    it.
    """
    rng = Random(f"breaks {seed}")  # noqa: S311 - a seeded scenario, no secret
    if not markets or rng.random() >= CHANCE:
        return markets
    account, symbol = rng.choice(sorted(slaves)), rng.choice(("EURUSD", "EURUSD", "XAUUSD"))
    closes_s, tells = rng.randint(5, 90), rng.random() < 0.8
    zero_ms = utc_ms + BEGIN_MS + (1000 + account) % 4 * HOUR_MS
    sessions = week_with_break(zero_ms, closes_s, closes_s + rng.randint(10, 60))
    changed = tuple(
        msgspec.structs.replace(one, sessions=sessions, tells_hours=tells) if one.name == symbol else one
        for one in markets[account]
    )
    return (*markets[:account], changed, *markets[account + 1 :])
