"""A slave behind a proxy of the service is copied to through it, and through nothing else."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stack.broker import Broker
from tests.stack.copied import SYMBOL, flat, shown, warm_up
from tests.stack.doors import Doors
from tests.stack.kube import TERMINALS, condition, get
from tests.stack.node_proxy import (
    ADDRESS,
    OFFERED_S,
    NodeProxy,
    known_to_the_keyring,
    node_proxy,
    offered,
    why_no_proxy,
)
from tests.stack.people import Account, broker_account, register, wait_until_ready
from tests.stack.shell import wait_for

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(why_no_proxy()), reason=why_no_proxy()),
]

NAME = f"e2e-{secrets.token_hex(3)}"
HALF = {"mode": "multiplier", "factor": "0.5"}


@dataclass(frozen=True)
class Pair:
    """A master without a proxy, and a slave behind one."""

    broker: Broker
    proxy: NodeProxy
    master: Account
    slave: Account

    def addresses(self, account: Account) -> set[str]:
        """The addresses from which the broker saw this account's terminals."""
        return self.broker.addresses(account.login.login)

    def copies_a_trade(self) -> None:
        """A master's trade is copied, and closed again."""
        ticket = self.broker.open(self.master.login.login, SYMBOL, "buy", "1.00")
        half = [("buy", "0.50")]
        shown(self.broker, self.slave, "half of it", lambda found: [(p.side, p.volume) for p in found] == half)
        self.broker.close(self.master.login.login, ticket)
        flat(self.broker, self.slave)


@pytest.fixture(scope="module")
def pair(public: tuple[Doors, Broker], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    doors, broker = public
    folder: Path = tmp_path_factory.mktemp("proxy")
    doors.sign_up(f"e2e-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(18))
    accounts: list[Account] = []
    with node_proxy(folder) as proxy, offered(NAME):
        wait_for("the proxy among the offered ones", lambda: NAME in doors.ask("GET", "/v1/proxies")["items"], OFFERED_S)
        wait_for("the proxy in the keyring", lambda: known_to_the_keyring(NAME), OFFERED_S, 2)
        try:
            accounts.append(register(doors, broker_account(broker), "master", "no proxy"))
            accounts.append(register(doors, broker_account(broker), "slave", "behind a proxy", offered_proxy=NAME))
            master, slave = accounts
            for account in accounts:
                wait_until_ready(account)
            doors.link(master.id, slave.id, HALF)
            warm_up(broker, master, slave)
            yield Pair(broker, proxy, master, slave)
        finally:
            for account in accounts:
                doors.remove_account(account.id)


def test_a_trade_is_copied_through_the_proxy_and_the_broker_sees_its_address_alone(pair: Pair) -> None:
    pair.copies_a_trade()
    assert pair.addresses(pair.slave) == {ADDRESS}
    assert ADDRESS not in pair.addresses(pair.master)


def test_while_the_proxy_is_away_the_terminal_is_disconnected_and_comes_back_through_it_alone(pair: Pair) -> None:
    pair.proxy.stop()
    wait_for("a slave that is not Ready", lambda: _ready(pair.slave)["status"] == "False", 60)
    wait_for("a slave that says why", lambda: _ready(pair.slave)["reason"] == "ProxyUnreachable", 60)
    assert pair.addresses(pair.slave) == {ADDRESS}

    pair.proxy.start()
    wait_until_ready(pair.slave)
    pair.copies_a_trade()
    assert pair.addresses(pair.slave) == {ADDRESS}


def _ready(account: Account) -> dict[str, str]:
    found = condition(get("copieraccount", account.resource, TERMINALS))
    return found or {"status": "Unknown", "reason": ""}
