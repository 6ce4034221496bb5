"""Accounts and open positions as they are now, each master's positions with their copies. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator

from lockstep_api.models import CopyStatus, LotsText, ResponseModel
from lockstep_core.skips import Params

Range = Literal["day", "week", "month", "year", "all"]


class LiveFirstTick(ResponseModel):
    """The first quote in the session of the account's pod."""

    symbol: str
    bid: float
    ask: float
    at: datetime


class LiveAccount(ResponseModel):
    """An account as its terminal last reported it, at `heartbeat_at`. Money is in `currency`.

    `connected` says whether the terminal is connected to the broker. `positions` is the number of open positions.
    """

    account_id: UUID
    currency: str
    balance: float | None
    equity: float | None
    margin: float | None
    margin_free: float | None
    leverage: int | None
    connected: bool
    heartbeat_at: datetime | None
    first_tick: LiveFirstTick | None
    positions: Annotated[int, BeforeValidator(len)]
    updated_at: datetime


class LivePosition(ResponseModel):
    """An open position. It could be closed at `price`. `profit` is at that price, in the account's currency, without swap
    and commission.
    """

    account_id: UUID
    ticket: str
    symbol: str
    side: Literal["buy", "sell"]
    lots: LotsText
    open_price: float
    sl: float | None
    tp: float | None
    price: float | None
    profit: float | None
    opened_at: datetime


class LiveCopy(ResponseModel):
    """A copy of a master's position. On a netting account, several copies can be parts of one `position`."""

    copier_id: UUID
    link_id: str
    slave_account_id: UUID
    status: CopyStatus
    open_lots: LotsText
    reason: str | None
    params: Params
    position: LivePosition | None


class LiveGroup(ResponseModel):
    """A master's position and its copies."""

    master: LivePosition
    copies: tuple[LiveCopy, ...]


class LiveLink(ResponseModel):
    """The copy that a position belongs to."""

    copier_id: UUID
    link_id: str
    status: CopyStatus


class LiveOther(ResponseModel):
    """A position on a slave whose master has no open position for it. `link` is null if it is not a copy."""

    position: LivePosition
    link: LiveLink | None


class LivePositions(ResponseModel):
    """All accounts with their open positions."""

    accounts: tuple[LiveAccount, ...]
    groups: tuple[LiveGroup, ...]
    others: tuple[LiveOther, ...]


class EquityPoint(ResponseModel):
    """The last balance and equity of an interval, and the lowest and highest equity in it."""

    at: datetime
    balance: float
    equity: float
    low: float
    high: float


class Equity(ResponseModel):
    """The history of an account's equity, oldest first, 500 points at most."""

    range: Range
    currency: str | None
    points: tuple[EquityPoint, ...]


Row = Mapping[str, Any]


def side_by_side(found: Row) -> LivePositions:
    """Groups the result of the SQL function `live_positions` by position of the master. Positions of copies that were closed
    meanwhile are left out: a slave's figures may be a second old.
    """
    held = [{**position, "account_id": row["account_id"]} for row in found["accounts"] for position in row["positions"]]
    masters, copies = set(found["masters"]), _by_master(c for c in found["copies"] if c["status"] != "closed")
    on_slaves = _SlavePositions(held)
    groups, shown = [], {id(on_slaves.of(copy)) for copy in found["copies"] if copy["status"] == "closed"}
    for position in held:
        mine = [copy for key in position["keys"] for copy in copies.pop((position["account_id"], key), ())]
        if mine or position["account_id"] in masters:
            shown |= {id(on_slaves.of(copy)) for copy in mine}
            groups.append({"master": position, "copies": [{**copy, "position": on_slaves.of(copy)} for copy in mine]})
    alone = {id(on_slaves.of(copy)): copy for group in copies.values() for copy in group}
    others = [
        {"position": position, "link": alone.get(id(position))}
        for position in held
        if id(position) not in shown and position["account_id"] not in masters
    ]
    return LivePositions.model_validate({"accounts": found["accounts"], "groups": groups, "others": others})


class _SlavePositions:
    """Finds the position of a copy: by its ticket, else by its order's magic number."""

    def __init__(self, held: Iterable[Row]) -> None:
        self._by_ticket = {(p["account_id"], p["ticket"]): p for p in held}
        self._by_magic = {(p["account_id"], p["magic"]): p for p in held}

    def of(self, copy: Row) -> Row | None:
        account = copy["slave_account_id"]
        found = self._by_ticket.get((account, copy["slave_position"]))
        return found or self._by_magic.get((account, copy["link_id"]))


def _by_master(copies: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for copy in copies:
        found.setdefault((copy["master_account_id"], copy["master_position"]), []).append(copy)
    return found
