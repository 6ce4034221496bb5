"""An account's proxy: the lines of it in the start file, and that no terminal starts while the proxy does not work."""

import asyncio
import base64
import socket
from dataclasses import replace

import pytest
import structlog

from lockstep_agent import keyring_client, proxy_check, proxy_watch
from lockstep_agent.boot.events import Event, ProxyTried
from lockstep_agent.errors import (
    CredentialsGarbled,
    Ending,
    KeyringUnavailable,
    OfferedProxyUnusable,
    ProxyRefused,
    ProxyUnreachable,
)
from lockstep_agent.health import Health
from lockstep_agent.ini import sections
from lockstep_agent.keyring_client import TIMES_BELIEVED
from lockstep_agent.proxy_check import check_proxy, trouble_with
from lockstep_agent.proxy_watch import ProxyWatch
from lockstep_agent.relay_keeper import RelayKeeper
from lockstep_agent.secrets import LoginSecrets, ProxyAccess
from lockstep_agent.settings import AgentSettings, read_settings
from lockstep_agent.start_file import StartOptions, start_content
from lockstep_agent.supervisor import Supervisor
from lockstep_core.proxies import Proxy, ProxyType
from lockstep_core.resources.reasons import Actor, Reason

from .keyring_peer import KeyringPeer
from .proxy_peer import proxy_peer

START = StartOptions("1001", "Broker-Demo", "EURUSD", "Lockstep\\Bridge")
SOCKS5 = Proxy(ProxyType.SOCKS5, "203.0.113.7", 1080, "me")
HTTP = Proxy(ProxyType.HTTP, "203.0.113.8", 3128)
BROKER = ("broker.example", 443)
CONNECTED = b"\5\0\0\1\0\0\0\0\0\0"


def secrets(proxy: Proxy | None, password: bytes = b"of the proxy") -> LoginSecrets:
    return LoginSecrets(bytearray(b"secret"), None if proxy is None else ProxyAccess(proxy, bytearray(password)))


@pytest.mark.parametrize(
    ("proxy", "lines"),
    [
        (None, ["ProxyEnable=0"]),
        (
            SOCKS5,
            [
                *("ProxyEnable=1", "ProxyServer=203.0.113.7:1080", "ProxyType=1"),
                *("ProxyLogin=me", "ProxyPassword=of the proxy"),
            ],
        ),
        (HTTP, ["ProxyEnable=1", "ProxyServer=203.0.113.8:3128", "ProxyType=2"]),
    ],
)
def test_mt5_is_told_its_proxy_by_its_own_keys(proxy: Proxy | None, lines: list[str]) -> None:
    common = dict(sections(start_content("MT5", START, secrets(proxy)).decode()))["Common"]
    assert [line for line in common if line.startswith("Proxy")] == lines


@pytest.mark.parametrize(
    ("proxy", "lines"),
    [
        (None, ["ProxyEnable=false"]),
        (
            SOCKS5,
            [
                *("ProxyEnable=true", "ProxyServer=203.0.113.7:1080", "ProxyType=SOCKS5"),
                *("ProxyLogin=me", "ProxyPassword=of the proxy"),
            ],
        ),
        (HTTP, ["ProxyEnable=true", "ProxyServer=203.0.113.8:3128", "ProxyType=HTTP"]),
    ],
)
def test_mt4_is_told_its_proxy_by_its_own_keys(proxy: Proxy | None, lines: list[str]) -> None:
    told = start_content("MT4", START, secrets(proxy)).decode().split("\r\n")
    assert [line for line in told if line.startswith("Proxy")] == lines


@pytest.mark.parametrize("password", [b"", b"a\nProxyEnable=0", b"\xff"])
def test_a_proxys_password_that_would_break_the_file_is_refused(password: bytes) -> None:
    with pytest.raises(CredentialsGarbled):
        start_content("MT5", START, secrets(SOCKS5, password))


def test_both_passwords_are_wiped() -> None:
    both = secrets(SOCKS5)
    both.wipe()
    assert both.proxy is not None
    assert bytes(both.password + both.proxy.password) == bytes(18)
    assert "of the proxy" not in repr(secrets(SOCKS5))


async def test_a_socks5_proxy_is_logged_in_to_and_asked_for_the_broker() -> None:
    async with proxy_peer(b"\5\2", b"\1\0", CONNECTED) as peer:
        await check_proxy(peer.access(ProxyType.SOCKS5, "me", b"pw"), BROKER)
    assert peer.heard == [b"\5\2\0\2", b"\1\2me\2pw", b"\5\1\0\3\x0ebroker.example\x01\xbb"]


async def test_a_socks5_proxy_without_a_login_is_asked_for_an_address() -> None:
    async with proxy_peer(b"\5\0", CONNECTED) as peer:
        await check_proxy(peer.access(ProxyType.SOCKS5), ("203.0.113.9", 443))
    assert peer.heard == [b"\5\1\0", b"\5\1\0\1\xcb\0\x71\x09\x01\xbb"]


async def test_where_the_broker_is_unknown_a_socks5_login_is_tried_all_the_same() -> None:
    async with proxy_peer(b"\5\2", b"\1\1") as peer:
        with pytest.raises(ProxyRefused):
            await check_proxy(peer.access(ProxyType.SOCKS5, "me", b"wrong"), None)


async def test_an_http_proxy_is_logged_in_to_and_asked_for_the_broker() -> None:
    async with proxy_peer(b"HTTP/1.1 200 Connection established\r\n\r\n") as peer:
        await check_proxy(peer.access(ProxyType.HTTP, "me", b"pw"), BROKER)
    basic = base64.b64encode(b"me:pw").decode()
    lines = ["CONNECT broker.example:443 HTTP/1.1", "Host: broker.example:443", f"Proxy-Authorization: Basic {basic}"]
    assert peer.heard == ["\r\n".join([*lines, "", ""]).encode()]


@pytest.mark.parametrize(
    ("kind", "answers", "expected"),
    [
        (ProxyType.SOCKS5, [b"\5\xff"], ProxyRefused),
        (ProxyType.SOCKS5, [b"\4\x5a"], ProxyRefused),
        (ProxyType.SOCKS5, [b"HTTP/1.1 400\r\n\r\n"], ProxyRefused),
        (ProxyType.SOCKS5, [b"\5\0", b"\5\2\0\1"], ProxyRefused),
        (ProxyType.SOCKS5, [b"\5\0", b"\5\7\0\1"], ProxyRefused),
        (ProxyType.SOCKS5, [b"\5\0", b"\5\1\0\1"], ProxyUnreachable),
        (ProxyType.SOCKS5, [b"\5\0", b"\5\5\0\1"], ProxyUnreachable),
        (ProxyType.SOCKS5, [b"\5"], ProxyUnreachable),
        (ProxyType.SOCKS5, [b""], ProxyUnreachable),
        (ProxyType.HTTP, [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"], ProxyRefused),
        (ProxyType.HTTP, [b"HTTP/1.0 403 Forbidden\r\n\r\n"], ProxyRefused),
        (ProxyType.HTTP, [b"\5\xff\r\n"], ProxyRefused),
        (ProxyType.HTTP, [b"HTTP/1.1 502 Bad Gateway\r\n\r\n"], ProxyUnreachable),
        (ProxyType.HTTP, [b"HTTP/1.1 429 Too Many Requests\r\n\r\n"], ProxyUnreachable),
        (ProxyType.HTTP, [b"HTTP/1.1 301 Moved\r\n\r\n"], ProxyUnreachable),
        (ProxyType.HTTP, [b"x" * 40_000], ProxyUnreachable),
        (ProxyType.HTTP, [b""], ProxyUnreachable),
    ],
)
async def test_each_answer_of_a_proxy_that_does_not_work_is_typed(
    kind: ProxyType, answers: list[bytes], expected: type[Ending]
) -> None:
    async with proxy_peer(*answers) as peer:
        with pytest.raises(expected):
            await check_proxy(peer.access(kind), BROKER)


def test_what_may_pass_is_tried_again_and_a_person_is_asked_for_the_rest() -> None:
    assert Reason.PROXY_UNREACHABLE.actor is Actor.RETRY
    assert Reason.PROXY_REFUSED.actor is Actor.USER


async def test_a_proxy_of_the_service_that_refuses_is_the_services_to_mend() -> None:
    async with proxy_peer(b"\5\xff") as peer:
        offered = replace(peer.access(ProxyType.SOCKS5, "the-service", b"pw"), offered=True)
        with pytest.raises(OfferedProxyUnusable) as told:
            await check_proxy(offered, BROKER)
    assert (told.value.reason.actor, told.value.doubtful) == (Actor.SERVICE, True)
    with pytest.raises(ProxyUnreachable):
        await check_proxy(offered, BROKER)


@pytest.mark.parametrize("kind", list(ProxyType))
async def test_a_proxy_that_is_away_is_unreachable(kind: ProxyType) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = ProxyAccess(Proxy(kind, "127.0.0.1", nobody.getsockname()[1]))
        with pytest.raises(ProxyUnreachable) as told:
            await check_proxy(away, None)
    # Without its address: of a proxy of the service, people are told the name alone.
    assert told.value.detail == "Connection refused"


async def test_a_proxy_that_says_nothing_is_not_waited_for_without_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_check, "CHECK_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = ProxyAccess(Proxy(ProxyType.SOCKS5, "127.0.0.1", silent.getsockname()[1]))
        with pytest.raises(ProxyUnreachable, match="no answer in time"):
            await check_proxy(mute, None)


def keeper(settings: AgentSettings, peer: KeyringPeer) -> tuple[RelayKeeper, list[Event]]:
    posted: list[Event] = []
    return RelayKeeper(replace(settings, keyring_url=peer.url), posted.append, structlog.get_logger()), posted


def with_proxy(peer: KeyringPeer, port: int, password: bytes = b"pw") -> None:
    peer.proxy = {"type": "SOCKS5", "address": "127.0.0.1", "port": port, "login": "me"}
    peer.proxy_password = password


async def test_the_proxy_comes_with_the_password_and_its_own_is_sealed_for_this_pod(
    settings: AgentSettings, peer: KeyringPeer
) -> None:
    (settings.paths.mounts / "sealed/proxy_sealed").write_bytes(b"sealed in a browser, too")
    (settings.paths.mounts / "sealed/proxy_key_id").write_text("fedcba9876543210\n")
    with_proxy(peer, 1080)
    got = await keeper(settings, peer)[0].credentials()
    assert got.proxy == ProxyAccess(Proxy(ProxyType.SOCKS5, "127.0.0.1", 1080, "me"), bytearray(b"pw"))
    [(_, _, body)] = peer.asked
    assert base64.b64decode(str(body["proxy_sealed"])) == b"sealed in a browser, too"
    assert (body["proxy_sealed_key_id"], body["knows_proxies"]) == ("fedcba9876543210", True)


async def test_a_proxy_of_the_service_is_known_as_such(settings: AgentSettings, peer: KeyringPeer) -> None:
    with_proxy(peer, 1080)
    assert peer.proxy is not None
    peer.proxy = {**peer.proxy, "offered": True}
    got = await keeper(settings, peer)[0].credentials()
    assert got.proxy == ProxyAccess(Proxy(ProxyType.SOCKS5, "127.0.0.1", 1080, "me"), bytearray(b"pw"), offered=True)


async def test_an_account_with_a_proxy_takes_no_answer_without_it(settings: AgentSettings, peer: KeyringPeer) -> None:
    kept, _ = keeper(replace(settings, proxied=True), peer)
    with pytest.raises(KeyringUnavailable):
        await kept._delivered()


@pytest.mark.parametrize(
    "told",
    [
        {"type": "SOCKS4", "address": "127.0.0.1", "port": 1},
        {"type": "HTTP", "address": "proxy\r\nProxyEnable=0", "port": 1},
        {"type": "HTTP", "address": "127.0.0.1", "port": 0},
        {"type": "HTTP", "address": "127.0.0.1", "port": 1, "login": "a\nb"},
    ],
)
async def test_a_proxy_that_cannot_be_read_is_no_reason_to_start_without(
    settings: AgentSettings, peer: KeyringPeer, told: dict[str, object]
) -> None:
    peer.proxy = told
    with pytest.raises(KeyringUnavailable):
        await keeper(settings, peer)[0]._delivered()


def test_a_pod_is_told_of_the_proxy_and_of_where_the_broker_answers(environment: dict[str, str]) -> None:
    told = {**environment, "LOCKSTEP_PROXIED": "yes", "LOCKSTEP_SERVER_PROBE": "broker.example:443"}
    settings = read_settings(told)
    assert (settings.proxied, settings.server_probe) == (True, BROKER)
    assert read_settings(environment).server_probe is None


class Launching:
    """A supervisor up to the moment at which it would start its terminal."""

    def __init__(self, settings: AgentSettings, peer: KeyringPeer) -> None:
        self.supervisor = Supervisor(replace(settings, keyring_url=peer.url), Health(), structlog.get_logger())
        self.start_file = settings.paths.start_file

    async def start(self) -> None:
        await self.supervisor._start_terminal(0, fresh=False)


@pytest.mark.parametrize(("answers", "expected"), [([b"\5\xff"], ProxyRefused), ([b""], ProxyUnreachable)])
async def test_no_terminal_starts_where_its_proxy_does_not_work(
    settings: AgentSettings,
    peer: KeyringPeer,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[bytes],
    expected: type[Ending],
) -> None:
    monkeypatch.setattr(keyring_client, "FIRST_PAUSE_S", 0.001)
    async with proxy_peer(*answers) as proxy:
        with_proxy(peer, proxy.port)
        launching = Launching(settings, peer)
        with pytest.raises(expected):
            await launching.start()
        assert proxy.connections == TIMES_BELIEVED
    assert not launching.start_file.exists()


async def test_one_bad_answer_of_a_proxy_ends_no_pod(
    settings: AgentSettings, peer: KeyringPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring_client, "FIRST_PAUSE_S", 0.001)
    async with proxy_peer(b"\5\0") as proxy:
        proxy.refused = TIMES_BELIEVED - 1
        with_proxy(peer, proxy.port)
        await Launching(settings, peer).start()
        assert proxy.connections == TIMES_BELIEVED


async def test_a_proxy_is_looked_at_only_while_the_broker_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_watch, "LOOK_S", 0.01)
    posted: asyncio.Queue[Event] = asyncio.Queue()
    lost = [False]
    watch = ProxyWatch(posted.put_nowait, lambda: lost[0])
    async with proxy_peer(b"") as proxy:
        watch.use(proxy.access(ProxyType.SOCKS5, "me", b"pw").proxy)
        running = asyncio.create_task(watch.run())
        await asyncio.sleep(0.1)
        assert (posted.qsize(), proxy.connections) == (0, 0)
        lost[0] = True
        assert await asyncio.wait_for(posted.get(), 20) == ProxyTried("")
        running.cancel()
    assert await trouble_with(proxy.access(ProxyType.SOCKS5).proxy) == "Connection refused"
