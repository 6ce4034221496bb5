"""Terminals of accounts with a proxy, through real proxies: the broker sees the proxy's address, or no connection at all."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stage.agent import DEPENDENCIES, AgentProcess
from stage.build import built_programs
from stage.place import SERVER, BrokerProcess, Mt4TerminalProcess, TerminalProcess, TerminalSetup, await_value
from stage.proxies import PASSWORD as PROXY_PASSWORD
from stage.proxies import ProxyProcess, missing_programs
from stage.wine import Wine

from lockstep_agent.errors import Ending, ProxyRefused, ProxyUnreachable
from lockstep_agent.proxy_check import check_proxy
from lockstep_agent.secrets import LoginSecrets, ProxyAccess
from lockstep_agent.settings import Platform
from lockstep_agent.start_file import StartOptions, start_content
from lockstep_core.proxies import Proxy, ProxyType

from .conftest import LOGIN, PASSWORD

pytestmark = pytest.mark.timeout(300)
MINE = "/accounts/1001"
SOCKS_ADDRESS, HTTP_ADDRESS = "127.0.0.2", "127.0.0.3"
StartProxy = Callable[..., ProxyProcess]


@pytest.fixture
def start_proxy(tmp_path: Path) -> Iterator[StartProxy]:
    """Starts proxies that end with the test."""
    lacking = missing_programs()
    if lacking:
        pytest.skip(lacking)
    running: list[ProxyProcess] = []

    def start(kind: ProxyType, *, asks_for_login: bool = False) -> ProxyProcess:
        address = SOCKS_ADDRESS if kind is ProxyType.SOCKS5 else HTTP_ADDRESS
        folder = tmp_path / f"proxy-{len(running)}"
        running.append(ProxyProcess(folder, kind, address, asks_for_login=asks_for_login).__enter__())
        return running[-1]

    yield start
    for proxy in running:
        proxy.stop()


@pytest.fixture
def customer() -> Iterator[BrokerProcess]:
    """A broker without any connection so far."""
    running = BrokerProcess()
    running.call("POST", "/accounts", login=LOGIN, password=PASSWORD, balance=10_000.0)
    yield running
    running.close()


def access(proxy: ProxyProcess, password: str = "") -> ProxyAccess:
    return ProxyAccess(proxy.proxy, bytearray(password.encode()))


async def test_the_check_goes_through_dante_as_far_as_the_broker(start_proxy: StartProxy, customer: BrokerProcess) -> None:
    dante = start_proxy(ProxyType.SOCKS5)
    await check_proxy(access(dante), ("127.0.0.1", customer.port))
    await check_proxy(access(dante), None)


async def test_dante_tells_that_the_broker_is_away(start_proxy: StartProxy) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(ProxyUnreachable):
            await check_proxy(access(start_proxy(ProxyType.SOCKS5)), nobody.getsockname())


async def test_dante_lets_nobody_through_whom_it_does_not_know(start_proxy: StartProxy) -> None:
    dante = start_proxy(ProxyType.SOCKS5, asks_for_login=True)
    for told in (
        ProxyAccess(dante.proxy, bytearray(b"wrong")),
        ProxyAccess(Proxy(ProxyType.SOCKS5, "127.0.0.1", dante.proxy.port)),
    ):
        with pytest.raises(ProxyRefused):
            await check_proxy(told, None)


@pytest.mark.parametrize(("password", "expected"), [(PROXY_PASSWORD, None), ("wrong", ProxyRefused)])
async def test_tinyproxy_lets_through_whom_it_knows(
    start_proxy: StartProxy, customer: BrokerProcess, password: str, expected: type[Ending] | None
) -> None:
    tinyproxy = start_proxy(ProxyType.HTTP, asks_for_login=True)
    trial = check_proxy(access(tinyproxy, password), ("127.0.0.1", customer.port))
    if expected is None:
        await trial
    else:
        with pytest.raises(expected):
            await trial


class Launched:
    """A terminal with the start file that the agent would write for it."""

    def __init__(self, wine: Wine, built: Path, broker: BrokerProcess, name: str, platform: Platform) -> None:
        kind = Mt4TerminalProcess if platform == "MT4" else TerminalProcess
        self.platform = platform
        self.terminal = kind(wine, name, built, broker.port)

    def start(self, proxy: ProxyAccess | None) -> None:
        start = StartOptions(str(LOGIN), SERVER, "EURUSD", "Bridge")
        secrets = LoginSecrets(bytearray(PASSWORD.encode()), proxy)
        self.terminal.start_file = start_content(self.platform, start, secrets).decode()
        self.terminal.start(TerminalSetup(LOGIN, PASSWORD))


@pytest.fixture
def launched(wine: Wine, built: Path, customer: BrokerProcess, tmp_path: Path, platform: Platform) -> Iterator[Launched]:
    found = Launched(wine, built, customer, f"proxied-{tmp_path.name}", platform)
    yield found
    found.terminal.stop()


both_platforms = pytest.mark.parametrize("platform", ["MT5", "MT4"], scope="module")


@pytest.mark.wine
@both_platforms
@pytest.mark.parametrize("kind", list(ProxyType))
def test_the_broker_sees_the_proxys_address(
    launched: Launched, customer: BrokerProcess, start_proxy: StartProxy, kind: ProxyType
) -> None:
    proxy = start_proxy(kind, asks_for_login=kind is ProxyType.HTTP)
    launched.start(access(proxy, PROXY_PASSWORD))
    await_value(lambda: customer.call("GET", MINE)["connected"], "a login through the proxy", 60)
    assert customer.call("GET", MINE)["addresses"] == [proxy.address]
    proxy.stop()
    await_value(lambda: not customer.call("GET", MINE)["connected"], "the end of the connection", 60)
    launched.terminal.await_line("lost", 60)
    assert customer.call("GET", MINE)["addresses"] == [proxy.address]


@pytest.mark.wine
@both_platforms
def test_without_a_proxy_the_broker_sees_the_terminals_own_address(launched: Launched, customer: BrokerProcess) -> None:
    launched.start(None)
    await_value(lambda: customer.call("GET", MINE)["connected"], "a login", 60)
    assert customer.call("GET", MINE)["addresses"] == ["127.0.0.1"]


AgentOf = Callable[[ProxyProcess], AgentProcess]


@pytest.fixture
def agents_broker() -> Iterator[BrokerProcess]:
    """A broker with the account whose password the agent's keyring has."""
    running = BrokerProcess()
    running.call("POST", "/accounts", login=1001, password="s3cret", balance=10_000.0)
    yield running
    running.close()


@pytest.fixture
def agent_of(wine: Wine, agents_broker: BrokerProcess, tmp_path: Path) -> AgentOf:
    """Starts the agent of an account with this proxy."""
    if not (Path(wine.root) / DEPENDENCIES).is_dir():
        pytest.skip("WINE_ROOTFS is not the terminal image: it has no agent")

    def start(proxy: ProxyProcess) -> AgentProcess:
        built = built_programs("MT5")
        return AgentProcess(wine, f"agent-{tmp_path.name}", built, agents_broker.port, proxy=proxy.proxy)

    return start


@pytest.mark.wine
@pytest.mark.timeout(600)
def test_with_the_proxy_away_no_terminal_starts_and_nothing_reaches_the_broker(
    agent_of: AgentOf, agents_broker: BrokerProcess, start_proxy: StartProxy
) -> None:
    dante = start_proxy(ProxyType.SOCKS5)
    dante.stop()
    agent = agent_of(dante)
    try:
        agent.await_state("failed", "ProxyUnreachable")
    finally:
        words = agent.close()
    figures = agents_broker.call("GET", MINE)
    assert words["reason"] == "ProxyUnreachable"
    assert (figures["logins"], figures["failed_logins"], figures["addresses"]) == (0, 0, [])


@pytest.mark.wine
@pytest.mark.timeout(600)
def test_an_account_with_a_proxy_is_ready_through_it_and_says_so_when_the_proxy_is_away(
    agent_of: AgentOf, agents_broker: BrokerProcess, start_proxy: StartProxy
) -> None:
    dante = start_proxy(ProxyType.SOCKS5)
    agent = agent_of(dante)
    try:
        agent.await_state("ready", "Ready")
        assert agents_broker.call("GET", MINE)["addresses"] == [dante.address]
        dante.stop()
        agent.await_state("disconnected", "ProxyUnreachable")
        dante.__enter__()
        agent.await_state("ready", "Ready", times=2)
        assert agents_broker.call("GET", MINE)["addresses"] == [dante.address]
    finally:
        agent.close()
