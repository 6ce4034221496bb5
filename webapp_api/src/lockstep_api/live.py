"""Accounts as they are now, as they are shown: masters beside their slaves. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator

from lockstep_api.models import CopyStatus, LotsText, Shown
from lockstep_core.skips import Params

Range = Literal["day", "week", "month", "year", "all"]


class FirstTick(Shown):
    """The first quote of a session of the account's pod."""

    symbol: str
    bid: float
    ask: float
    at: datetime


class LiveAccount(Shown):
    """An account as its terminal told last. Money in `currency`; `heartbeat_at`: when it told.

    `connected`: the terminal sees its broker. `positions` is how many are open.
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
    first_tick: FirstTick | None
    positions: Annotated[int, BeforeValidator(len)]
    updated_at: datetime


class LivePosition(Shown):
    """An open position. `price` is what it could be closed at; `profit`, in the account's currency, is by that price and
    without swap and commission.
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


class LiveCopy(Shown):
    """A copy of a master's position. On a netting account several copies are shares of one `position`."""

    copier_id: UUID
    link_id: str
    slave_account_id: UUID
    status: CopyStatus
    open_lots: LotsText
    reason: str | None
    params: Params
    position: LivePosition | None


class LiveGroup(Shown):
    """A master's position and its copies."""

    master: LivePosition
    copies: tuple[LiveCopy, ...]


class LiveLink(Shown):
    """Of which copy a position is."""

    copier_id: UUID
    link_id: str
    status: CopyStatus


class LiveOther(Shown):
    """A position on a slave that belongs to no open position of a master; `link` is null where it is no copy at all."""

    position: LivePosition
    link: LiveLink | None


class LivePositions(Shown):
    """All accounts with what they have open."""

    accounts: tuple[LiveAccount, ...]
    groups: tuple[LiveGroup, ...]
    others: tuple[LiveOther, ...]


class EquityPoint(Shown):
    """The last balance and equity of a stretch of time, and between what the equity was in it."""

    at: datetime
    balance: float
    equity: float
    low: float
    high: float


class Equity(Shown):
    """How an account's equity went, oldest first, 500 points at most."""

    range: Range
    currency: str | None
    points: tuple[EquityPoint, ...]


Row = Mapping[str, Any]


def side_by_side(found: Row) -> LivePositions:
    """What `live_positions` found, in groups."""
    held = [{**position, "account_id": row["account_id"]} for row in found["accounts"] for position in row["positions"]]
    masters, copies = set(found["masters"]), _by_master(found["copies"])
    on_slaves = _Slaves(held)
    groups, shown = [], set()
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


class _Slaves:
    """Finds the position of a copy: by its ticket, else by the magic number that its order had."""

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
