"""What became of a master's trades, by the broker's own book of the slave. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import inf
from statistics import median

from tests.stack.broker import Deal

IN, OUT = 0, 1
LATE_S = 1.0
"""An opening that the slave has later than this was held up by a fault."""
STEADY = 5
"""After so many openings in a row that were copied in time, copying goes on as before."""


@dataclass(frozen=True)
class Trade:
    """A master's trade: the `link` that its copy must have as its magic number, when the person on the phone began to open
    and to close it (s of this machine's clock; infinite while it is open), and the broker's time of the opening.
    """

    link: int
    lots: Decimal
    began_s: float
    at_ms: int
    ended_s: float = inf


@dataclass(frozen=True)
class Verdict:
    """Numbers of trades. `missed` were never copied. `strangers` are links in the slave's book that no trade has."""

    copied: int
    missed: int
    doubled: int
    wrong_lots: int
    left_open: int
    strangers: int

    @property
    def wrong(self) -> int:
        """What must be 0 whatever dies."""
        return self.doubled + self.wrong_lots + self.left_open + self.strangers


def judge(trades: Sequence[Trade], deals: Iterable[Deal], factor: Decimal) -> Verdict:
    """Compares each trade, which its master has closed again, with the deals of its link."""
    by_link: dict[int, list[Deal]] = {}
    for deal in deals:
        by_link.setdefault(deal.magic, []).append(deal)
    copied = missed = doubled = wrong_lots = left_open = 0
    for trade in trades:
        found = by_link.pop(trade.link, [])
        opened = [deal.lots for deal in found if deal.entry == IN]
        closed = [deal.lots for deal in found if deal.entry == OUT]
        copied += bool(opened)
        missed += not opened
        doubled += len(opened) > 1
        wrong_lots += len(opened) == 1 and opened[0] != trade.lots * factor
        left_open += sum(opened) != sum(closed)
    return Verdict(copied, missed, doubled, wrong_lots, left_open, len(by_link))


def delays_s(trades: Sequence[Trade], deals: Iterable[Deal]) -> list[float | None]:
    """For each trade, from the master's deal to the slave's; None where it was not copied."""
    opened: Mapping[int, int] = {deal.magic: deal.at_ms for deal in reversed(list(deals)) if deal.entry == IN}
    return [(opened[t.link] - t.at_ms) / 1000 if t.link in opened else None for t in trades]


def settled(trades: Sequence[Trade], deals: Iterable[Deal]) -> tuple[list[Trade], list[float | None]]:
    """The trades up to the newest that was copied, and their delays. Later ones may still be on their way."""
    delays = delays_s(trades, deals)
    while delays and delays[-1] is None:
        delays.pop()
    return list(trades[: len(delays)]), delays


def is_steady(delays: Sequence[float | None]) -> bool:
    """Whether the newest openings were all copied in time."""
    newest = delays[-STEADY:]
    return len(newest) == STEADY and all(_in_time(delay) for delay in newest)


def recovery_s(trades: Sequence[Trade], delays: Sequence[float | None], fault_s: float) -> float:
    """From a fault to the last moment at which an opening was still held up by it; 0 where none was.

    An opening that was never copied counts until the next one that was.
    """
    last = 0.0
    for at, (trade, delay) in enumerate(zip(trades, delays, strict=True)):
        if trade.began_s < fault_s or _in_time(delay):
            continue
        after = at if delay is not None else _next_copied(delays, at)
        last = max(last, trades[after].began_s - fault_s + (delays[after] or 0.0))
    return last


def lost(trades: Sequence[Trade], delays: Sequence[float | None], since_s: float, on_s: float, age_s: float) -> list[Trade]:
    """The openings since a moment that were never copied without an excuse, where copying went on at `on_s`: their master
    still had them then, and they were younger than the age up to which openings are copied.
    """
    missed = [t for t, delay in zip(trades, delays, strict=True) if delay is None and t.began_s >= since_s]
    return [t for t in missed if t.ended_s > on_s + LATE_S and on_s - t.began_s < age_s - LATE_S]


def _next_copied(delays: Sequence[float | None], at: int) -> int:
    return next((n for n in range(at, len(delays)) if delays[n] is not None), len(delays) - 1)


def _in_time(delay: float | None) -> bool:
    return delay is not None and delay <= LATE_S


def figures(seconds: Sequence[float]) -> dict[str, float]:
    """Median and maximum."""
    return {"n": len(seconds), "p50": round(median(seconds), 2), "max": round(max(seconds), 2)} if seconds else {"n": 0}
