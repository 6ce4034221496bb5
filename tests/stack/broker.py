"""The test broker's control API: acts as a person on a phone, and switches the broker's faults on."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from lockstep_core.json_object import Json
from tests.stack.errors import DoorRefused

SIDES = ("buy", "sell")
KINDS = (*SIDES, "buy_limit", "sell_limit", "buy_stop", "sell_stop", "buy_stop_limit", "sell_stop_limit")
HEDGING, NETTING = 2, 0
CONFLICT = 409


@dataclass(frozen=True)
class Quote:
    """Bid and ask."""

    bid: float
    ask: float


@dataclass(frozen=True)
class Position:
    """An open position; `volume` as people write lots ("0.50"), stops 0.0 where there are none.

    `ticket` never changes, also when a netting position is turned around.
    """

    ticket: int
    symbol: str
    side: str
    volume: str
    sl: float
    tp: float
    magic: int
    comment: str


@dataclass(frozen=True)
class Pending:
    """A pending order; `kind` as `buy_limit`, volumes as people write lots."""

    ticket: int
    symbol: str
    kind: str
    volume: str
    left: str
    price: float
    sl: float
    magic: int


@dataclass(frozen=True)
class Request:
    """A terminal's order: an opening (`position` 0), or a close or change of that position."""

    magic: int
    position: int


@dataclass(frozen=True)
class Deal:
    """An execution in the broker's book. `entry` is 0 where it opened or added, 1 where it closed; `at_ms` is the broker's
    time.
    """

    magic: int
    position: int
    entry: int
    lots: Decimal
    at_ms: int


class Broker:
    """Every method raises `DoorRefused` with the broker's own words."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=f"http://{address}", timeout=30)

    def close_connections(self) -> None:
        """Releases the connections."""
        self._http.close()

    def create(
        self, login: int, password: str, balance: int = 10_000, margin_mode: int = HEDGING, platform: str = "MT5"
    ) -> None:
        """Opens an account. An existing one is left as it is."""
        body = {"login": login, "password": password, "balance": float(balance), "margin_mode": margin_mode}
        body["platform"] = int(platform.removeprefix("MT"))
        answer = self._http.post("/accounts", json=body)
        if answer.status_code != CONFLICT:
            _checked("broker account", answer)

    def quote(self, symbol: str) -> Quote:
        """The newest quote. Raises `KeyError` for an unknown symbol."""
        found = {s["name"]: s for s in _checked("symbols", self._http.get("/symbols"))}
        return Quote(found[symbol]["bid"], found[symbol]["ask"])

    def open(self, login: int, symbol: str, side: str, volume: str) -> int:
        """A market order from the phone; the position's ticket."""
        body = {"symbol": symbol, "side": side, "lots": volume}
        return int(_checked("phone order", self._http.post(f"/accounts/{login}/trades", json=body))["position"])

    def close(self, login: int, ticket: int, volume: str | None = None) -> None:
        """Closes a position, or part of it, from the phone."""
        body = {} if volume is None else {"lots": volume}
        _checked("phone close", self._http.post(f"/accounts/{login}/positions/{ticket}/close", json=body))

    def stops(self, login: int, ticket: int, sl: float, tp: float) -> None:
        """Moves a position's stops from the phone."""
        body = {"sl": sl, "tp": tp}
        _checked("phone stops", self._http.post(f"/accounts/{login}/positions/{ticket}/stops", json=body))

    def place(self, login: int, symbol: str, kind: str, volume: str, price: float) -> int:
        """A pending order from the phone; its ticket."""
        body = {"symbol": symbol, "kind": kind, "lots": volume, "price": price}
        return int(_checked("phone order", self._http.post(f"/accounts/{login}/pending", json=body))["order"])

    def move(self, login: int, ticket: int, price: float, sl: float) -> None:
        """Changes a pending order from the phone."""
        body = {"price": price, "sl": sl}
        _checked("phone change", self._http.post(f"/accounts/{login}/pending/{ticket}/change", json=body))

    def delete(self, login: int, ticket: int) -> None:
        """Deletes a pending order from the phone."""
        _checked("phone delete", self._http.post(f"/accounts/{login}/pending/{ticket}/delete", json={}))

    def fill(self, login: int, ticket: int, volume: str) -> None:
        """Fills that much of a pending order."""
        _checked("fill", self._http.post(f"/accounts/{login}/pending/{ticket}/fill", json={"lots": volume}))

    def pending(self, login: int) -> list[Pending]:
        """The account's pending orders."""
        return [_pending(p) for p in _checked("pending", self._http.get(f"/accounts/{login}/pending"))]

    def set_quote(self, symbol: str, quote: Quote, freeze: bool) -> None:
        """Sets the quote of a symbol for all accounts; a frozen symbol keeps it."""
        body = {"symbol": symbol, "bid": quote.bid, "ask": quote.ask, "freeze": freeze}
        _checked("quote", self._http.post("/quotes", json=body))

    def positions(self, login: int) -> list[Position]:
        """What is open now."""
        return [_position(p) for p in _checked("positions", self._http.get(f"/accounts/{login}/positions"))]

    def orders_received(self, login: int) -> int:
        """How many requests terminals have sent for this login, answered or not."""
        return int(self._figures(login)["orders_received"])

    def requests(self, login: int) -> list[Request]:
        """What terminals have sent for this login, oldest first, answered or not."""
        found = _checked("orders", self._http.get(f"/accounts/{login}/orders"))
        return [Request(raw["magic"], raw["position"]) for raw in found]

    def deals(self, login: int) -> list[Deal]:
        """The executions of this login, oldest first, without money that moved otherwise."""
        found = _checked("deals", self._http.get(f"/accounts/{login}/deals"))
        return [
            Deal(raw["magic"], raw["position"], raw["entry"], Decimal(raw["lots"]), raw["time_msc"])
            for raw in found
            if raw["side"] < len(SIDES)
        ]

    def logins(self, login: int) -> int:
        """How many times a terminal was let in."""
        return int(self._figures(login)["logins"])

    def logins_refused(self, login: int) -> int:
        """How many times a terminal came with a wrong password."""
        return int(self._figures(login)["failed_logins"])

    def addresses(self, login: int) -> set[str]:
        """Where terminals came from, let in or not."""
        return set(self._figures(login)["addresses"])

    def delay(self, login: int, execution_ms: int) -> None:
        """Delays the execution of this login's orders by so many ms."""
        self._faults(login, {"execution_delay_ms": execution_ms})

    def reject(self, login: int, count: int, retcode: int) -> None:
        """Rejects the login's next orders with this code."""
        self._faults(login, {"reject_next": count, "reject_retcode": retcode})

    def disconnect(self, login: int) -> None:
        """Cuts the login's terminals off."""
        _checked("disconnect", self._http.post(f"/accounts/{login}/disconnect"))

    def _faults(self, login: int, faults: Json) -> None:
        _checked("faults", self._http.post(f"/accounts/{login}/faults", json=faults))

    def _figures(self, login: int) -> Json:
        found: Json = _checked("account", self._http.get(f"/accounts/{login}"))
        return found


def _position(raw: Json) -> Position:
    volume = f"{Decimal(raw['lots']):.2f}"
    side = SIDES[int(raw["side"])]
    return Position(raw["id"], raw["symbol"], side, volume, raw["sl"], raw["tp"], raw["magic"], raw["comment"])


def _pending(raw: Json) -> Pending:
    volume, left = (f"{Decimal(raw[name]).scaleb(-8):.2f}" for name in ("volume", "left"))
    kind = KINDS[int(raw["kind"])]
    return Pending(raw["ticket"], raw["symbol"], kind, volume, left, raw["price"], raw["sl"], raw["magic"])


def _checked(what: str, answer: httpx.Response) -> Any:
    if answer.status_code >= 400:
        raise DoorRefused(what, answer.status_code, answer.text)
    return answer.json()
