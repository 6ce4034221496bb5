"""Brokers that limit the lots of a symbol in one direction."""

from random import Random

import msgspec

from tests.simulation.breaks import Market
from tests.simulation.broker_data import LISTED, AccountKind

CHANCE = 0.2
LOT = 10**8
SYMBOL = "EURUSD"
USUAL_MOST = next(listed.volume_max for listed in LISTED if listed.name == SYMBOL)


def with_volume_limits(
    seed: int, slaves: frozenset[int], kinds: tuple[AccountKind, ...], markets: tuple[Market, ...]
) -> tuple[Market, ...]:
    """Markets in which, in some scenarios, a slave's broker has such a limit. MT4's brokers have none. Where one order
    takes few lots, the invariants do not know how many parts had room, so no limit is set there.
    """
    rng = Random(f"volume limits {seed}")  # noqa: S311 - a seeded scenario, no secret
    if not markets or rng.random() >= CHANCE:
        return markets
    account, limit = rng.choice(sorted(slaves)), rng.choice((1, 2, 5)) * LOT
    if kinds[account] is AccountKind.MT4:
        return markets
    changed = tuple(
        msgspec.structs.replace(one, volume_limit=limit) if (one.name, one.volume_max) == (SYMBOL, USUAL_MOST) else one
        for one in markets[account]
    )
    return (*markets[:account], changed, *markets[account + 1 :])
