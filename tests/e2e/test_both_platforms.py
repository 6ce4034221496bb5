"""Trades cross between MetaTrader 4 and 5 in every direction, through all real parts."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from tests.stack.broker import Broker, Position
from tests.stack.copied import COPY_S, LOOK_EVERY_S, SYMBOL, flat, shown, warm_up
from tests.stack.doors import Doors
from tests.stack.people import Account, broker_account, register, wait_until_ready
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "master4": ("MT4", "master"),
    "master5": ("MT5", "master"),
    "slave4": ("MT4", "slave"),
    "slave5": ("MT5", "slave"),
}
PAIRS = (("master4", "slave4"), ("master4", "slave5"), ("master5", "slave4"))
"""MT5 to MT5 is left out: all other tests copy that way."""
HALF = {"mode": "multiplier", "factor": "0.5"}


@dataclass(frozen=True)
class Four:
    """One person's accounts by name."""

    doors: Doors
    broker: Broker
    accounts: Mapping[str, Account]

    def login(self, name: str) -> int:
        return self.accounts[name].login.login

    def open(self, master: str, volume: str, side: str = "buy") -> int:
        return self.broker.open(self.login(master), SYMBOL, side, volume)

    def positions(self, name: str) -> list[Position]:
        return self.broker.positions(self.login(name))

    def only(self, name: str) -> Position:
        (position,) = self.positions(name)
        return position

    def see(self, slave: str, what: str, *wanted: tuple[str, str]) -> None:
        """Waits until a slave has one position of these sides and lots, or none. More than one at any time fails at once."""
        right = list(wanted)
        shown(self.broker, self.accounts[slave], what, lambda found: [(p.side, p.volume) for p in found] == right)

    def see_stops(self, slave: str, stops: tuple[float, float]) -> None:
        """Waits until a slave's only position has these stops."""
        shown(self.broker, self.accounts[slave], "its stops", lambda found: [(p.sl, p.tp) for p in found] == [stops])

    def see_pending(self, slave: str, what: str, *wanted: tuple[str, float]) -> None:
        """Waits until a slave's pending orders have these lots and prices."""
        login, right = self.login(slave), list(wanted)

        def probe() -> bool | None:
            return [(p.volume, p.price) for p in self.broker.pending(login)] == right or None

        wait_for(f"on {slave}: {what}", probe, COPY_S, LOOK_EVERY_S)


@pytest.fixture(scope="module")
def four(public: tuple[Doors, Broker]) -> Iterator[Four]:
    doors, broker = public
    doors.sign_up(f"e2e-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(18))
    accounts: dict[str, Account] = {}
    try:
        for name, (platform, role) in ACCOUNTS.items():
            accounts[name] = register(doors, broker_account(broker, platform=platform), role, name, platform)
        for account in accounts.values():
            wait_until_ready(account)
        for master, slave in PAIRS:
            doors.link(accounts[master].id, accounts[slave].id, HALF, pending={"mode": "copy"})
            warm_up(broker, accounts[master], accounts[slave])
        yield Four(doors, broker, accounts)
    finally:
        for account in accounts.values():
            doors.remove_account(account.id)


def test_an_mt4_masters_trade_is_followed_to_its_end_on_both_platforms(four: Four) -> None:
    slaves = ("slave4", "slave5")
    ticket = four.open("master4", "1.00")
    for slave in slaves:
        four.see(slave, "half of it", ("buy", "0.50"))

    four.broker.close(four.login("master4"), ticket, "0.40")
    rest = four.only("master4")
    assert rest.ticket != ticket
    for slave in slaves:
        four.see(slave, "half of what is left", ("buy", "0.30"))

    quote = four.broker.quote(SYMBOL)
    stops = round(quote.bid * 0.97, 5), round(quote.bid * 1.03, 5)
    four.broker.stops(four.login("master4"), rest.ticket, *stops)
    for slave in slaves:
        four.see_stops(slave, stops)

    four.broker.close(four.login("master4"), rest.ticket)
    for slave in slaves:
        flat(four.broker, four.accounts[slave])
    rows = wait_for("both rows closed", lambda: _closed(four, ticket, 2), 15)
    assert {row["symbol"] for row in rows} == {SYMBOL}


def test_an_mt5_masters_trade_is_followed_to_its_end_on_mt4(four: Four) -> None:
    ticket = four.open("master5", "0.80", side="sell")
    four.see("slave4", "half of it", ("sell", "0.40"))
    four.broker.close(four.login("master5"), ticket, "0.40")
    four.see("slave4", "half of what is left", ("sell", "0.20"))
    four.broker.close(four.login("master5"), ticket)
    flat(four.broker, four.accounts["slave4"])


def test_a_pending_order_of_an_mt4_master_is_placed_moved_and_deleted_on_both(four: Four) -> None:
    far = round(four.broker.quote(SYMBOL).bid * 0.9, 5)
    order = four.broker.place(four.login("master4"), SYMBOL, "buy_limit", "0.40", far)
    for slave in ("slave4", "slave5"):
        four.see_pending(slave, "the order", ("0.20", far))
    lower = round(far * 0.99, 5)
    four.broker.move(four.login("master4"), order, lower, 0.0)
    for slave in ("slave4", "slave5"):
        four.see_pending(slave, "its new price", ("0.20", lower))
    four.broker.delete(four.login("master4"), order)
    for slave in ("slave4", "slave5"):
        four.see_pending(slave, "no order")
        assert four.positions(slave) == []


def _closed(four: Four, ticket: int, count: int) -> list[dict[str, str]] | None:
    rows = [row for row in four.doors.copies() if int(row["master_position"]) == ticket and row["status"] == "closed"]
    return rows if len(rows) == count else None
