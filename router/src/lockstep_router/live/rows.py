"""The columns of an account's live row, with each position's present price and profit."""

from typing import Any

from lockstep_core.books.positions import Position
from lockstep_core.books.tranches import keys_of
from lockstep_core.units import ONE_LOT
from lockstep_core.wire.enums import Side
from lockstep_router.journal.ipc import LiveRow
from lockstep_router.journal.sql_values import finite, int4, json_text, moment, text

MINUTE_NS = 60_000_000_000


def shown(row: LiveRow, utc_offset_ns: int) -> tuple[Any, ...]:
    """The columns from `account_id` to `trading`, within the bounds of their types."""
    return (
        row.account,
        text(row.currency),
        finite(row.balance),
        finite(row.equity),
        finite(round(row.equity - row.margin_free, 8)),
        finite(row.margin_free),
        int4(row.leverage),
        row.connected,
        moment(row.beat_ns + utc_offset_ns),
        _first_tick(row, utc_offset_ns),
        json_text([position(slave_position, row, utc_offset_ns) for slave_position in row.positions]),
        finite(row.credit),
        int4(row.permissions),
        row.trading,
    )


def equity_sample(row: LiveRow, minute: int) -> tuple[Any, ...] | None:
    """A row of `account_equity`; `minute` since 1970. None if there is no amount to sample."""
    balance, equity = finite(row.balance), finite(row.equity)
    return None if balance is None or equity is None else (row.account, moment(minute * MINUTE_NS), balance, equity)


def position(slave_position: Position, row: LiveRow, utc_offset_ns: int) -> dict[str, Any]:
    """A position. Ids are text, because they have more digits than a JSON number keeps."""
    price = _price(slave_position, row)
    return {
        "ticket": str(slave_position.ticket),
        "magic": str(slave_position.magic),
        "keys": [str(key) for key in sorted(keys_of(slave_position))],
        "symbol": slave_position.symbol,
        "side": "sell" if slave_position.side == Side.SELL else "buy",
        "lots": slave_position.volume,
        "open_price": slave_position.price,
        "sl": slave_position.sl or None,
        "tp": slave_position.tp or None,
        "price": price,
        "profit": None if price is None else _profit(slave_position, price, row),
        "opened_at": moment(slave_position.opened_ns + utc_offset_ns).isoformat(),
    }


def _first_tick(row: LiveRow, utc_offset_ns: int) -> str | None:
    tick = row.first_tick
    if tick is None:
        return None
    at = moment(tick.at_ns + utc_offset_ns).isoformat()
    return json_text({"symbol": tick.symbol, "bid": tick.bid, "ask": tick.ask, "at": at})


def _price(slave_position: Position, row: LiveRow) -> float | None:
    bid, ask = row.quotes.get(slave_position.symbol, (0.0, 0.0))
    price = ask if slave_position.side == Side.SELL else bid
    return price if price > 0 else None


def _profit(slave_position: Position, price: float, row: LiveRow) -> float | None:
    """The profit in the account's currency, without swap and commission; None if the tick value is unknown."""
    size, value = row.ticks.get(slave_position.symbol, (0.0, 0.0))
    if size <= 0 or value <= 0 or slave_position.price <= 0:
        return None
    distance = slave_position.price - price if slave_position.side == Side.SELL else price - slave_position.price
    return round(distance / size * value * slave_position.volume / ONE_LOT, 2)
