"""Turns that are kept in the cluster, over real HTTP: five hundred terminals at once, replicas, restarts, what is told."""

import base64
import heapq
import json
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lockstep_core.accounts import Platform
from lockstep_core.brokers.catalogue import Catalogue, parse_catalogue
from lockstep_core.brokers.turns import LAPSE_S, Pace
from lockstep_core.json_object import Json
from lockstep_core.proxies import ProxyType
from lockstep_core.resources.copier_account import AccountProxy, CopierAccountSpec, Credentials, SpecEnvironment, SpecRole
from lockstep_core.resources.names import pod_name
from lockstep_core.resources.reasons import Reason
from lockstep_keyring.cluster import FIELD_MANAGER, TIMEOUT_S, Cluster
from lockstep_keyring.errors import TurnAwaited
from lockstep_keyring.grant import Grant
from lockstep_keyring.keys import KEY_FILES, load_keys, parse_keys
from lockstep_keyring.login_turns import CONFIG_MAP, HEARD_AGAIN_S, LoginTurns, TurnRules
from lockstep_keyring.sealing import SealedFor
from lockstep_keyring.turn_slips import read_slip, write_slip
from lockstep_service.kubernetes_api import KubernetesApi

from .api_server import EPOCH, NAMESPACE, ApiServer, playing
from .process import Running, running_keyring

ACCOUNT, OTHER = UUID("0b1c2d3e-0000-4000-8000-00000000000a"), UUID("0b1c2d3e-0000-4000-8000-00000000000b")
SPEC = CopierAccountSpec(
    account_id=ACCOUNT,
    user_id=OTHER,
    platform=Platform.MT5,
    environment=SpecEnvironment.DEMO,
    login="12345",
    server="Broker-Demo",
    role=SpecRole.BOTH,
    credentials=Credentials(secret_name="sealed", version=1),
)
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
NOW = 1_800_000_000.0
PACES = {SpecEnvironment.DEMO: Pace(60, 10, 3), SpecEnvironment.LIVE: Pace(30, 5, 3)}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[ApiServer, Path]]:
    with playing(tmp_path) as played:
        yield played


@dataclass
class Play:
    """Keyrings that share what the cluster keeps, at a time that the test sets."""

    server: ApiServer
    credentials: Path
    catalogue: Catalogue = field(default_factory=Catalogue)
    now_s: float = NOW

    @asynccontextmanager
    async def keyring(self) -> AsyncIterator[LoginTurns]:
        async with KubernetesApi(self.server.url, self.credentials, FIELD_MANAGER, TIMEOUT_S) as api:
            rules = TurnRules(PACES, lambda: self.catalogue)
            yield LoginTurns(Cluster(api, NAMESPACE), "lockstep", rules, lambda: self.now_s)


@pytest.fixture
def play(cluster: tuple[ApiServer, Path]) -> Play:
    return Play(*cluster)


def granted(number: int = 0, server: str = "Broker-Demo", environment: SpecEnvironment = SpecEnvironment.DEMO) -> Grant:
    account, person = uuid5(ACCOUNT, str(number)), uuid5(OTHER, str(number))
    changes = {"account_id": account, "user_id": person, "server": server, "environment": environment}
    return Grant(account, EPOCH, pod_name(account, EPOCH), SPEC.model_copy(update=changes))


async def waits(turns: LoginTurns, of: Grant, booked_s: float | None = None) -> TurnAwaited | None:
    try:
        await turns.take(of, booked_s)
    except TurnAwaited as awaited:
        return awaited
    return None


@pytest.mark.timeout(300)
async def test_five_hundred_terminals_at_once_log_in_one_after_the_other_whoever_answers_them(play: Play) -> None:
    chance = random.Random(17)  # noqa: S311 - a seed to play again
    waiting: list[tuple[float, int, float | None]] = [(NOW, number, None) for number in range(500)]
    logins: list[float] = []
    async with play.keyring() as one, play.keyring() as other:
        while waiting:
            play.now_s, number, booked_s = heapq.heappop(waiting)
            awaited = await waits(chance.choice((one, other)), granted(number), booked_s)
            if awaited is None:
                logins.append(play.now_s)
            else:
                heapq.heappush(waiting, (play.now_s + awaited.pause_s, number, awaited.booked_s))
    pace = PACES[SpecEnvironment.DEMO]
    assert len(logins) == 500
    for start in logins:
        assert sum(start <= login < start + 60 for login in logins) <= pace.burst + (60 + LAPSE_S) / pace.every_s
    assert logins[-1] - NOW <= 500 * pace.every_s + LAPSE_S


async def test_a_pod_that_asks_again_and_again_without_its_slip_has_one_turn(play: Play) -> None:
    pace = PACES[SpecEnvironment.DEMO]
    async with play.keyring() as turns:
        answers = [await waits(turns, granted()) for _ in range(10 * pace.burst)]
        told = {each.booked_s for each in answers[pace.burst :] if each is not None}
        assert answers[: pace.burst] == [None] * pace.burst
        assert len(told) == 1
        other = await waits(turns, granted(1))
        assert other is not None
        assert other.pause_s <= 3 * pace.every_s
        # Its turn comes, and the next one is behind all others.
        play.now_s += 2 * pace.every_s
        assert await waits(turns, granted()) is None
        again = await waits(turns, granted())
        assert again is not None
        assert other.booked_s is not None
        assert again.booked_s is not None
        assert again.booked_s > other.booked_s


async def test_a_keyring_that_starts_again_forgets_nothing(play: Play) -> None:
    async with play.keyring() as first:
        for number in range(20):
            await waits(first, granted(number))
    async with play.keyring() as second:
        awaited = await waits(second, granted(99))
    assert awaited is not None
    assert awaited.pause_s >= 10


async def test_servers_and_environments_have_turns_of_their_own(play: Play) -> None:
    async with play.keyring() as turns:
        for number in range(12):
            await waits(turns, granted(number))
        assert await waits(turns, granted(20)) is not None
        assert await waits(turns, granted(20, server="broker-DEMO")) is not None
        assert await waits(turns, granted(20, server="Another-Demo")) is None
        live = [await waits(turns, granted(n, "Broker-Live", SpecEnvironment.LIVE)) for n in range(6)]
    assert [each is None for each in live] == [True] * 5 + [False]


async def test_refusals_of_several_people_stop_the_logins_and_one_that_is_let_in_ends_it(play: Play) -> None:
    async with play.keyring() as turns:
        for number in range(3):
            await turns.heard(granted(number), let_in=False)
        awaited = await waits(turns, granted(5))
        assert awaited is not None
        assert awaited.reason is Reason.BROKER_MAINTENANCE
        play.now_s += 61
        assert await waits(turns, granted(5)) is None
        assert await waits(turns, granted(6)) is not None
        await turns.heard(granted(5), let_in=True)
        assert await waits(turns, granted(6)) is None


async def test_a_pod_that_tells_the_same_again_and_again_is_heard_once(play: Play) -> None:
    async with play.keyring() as turns:
        writes = play.server.writes
        for _ in range(20):
            play.now_s += 0.1
            await turns.heard(granted(), let_in=False)
            await turns.heard(granted(), let_in=True)
        assert play.server.writes - writes == 2
        play.now_s += HEARD_AGAIN_S
        await turns.heard(granted(), let_in=False)
        assert play.server.writes - writes == 3


async def test_nobody_logs_in_while_the_catalogue_says_that_the_server_is_maintained(play: Play) -> None:
    maintenance = [{"days": ["fri"], "begin": "07:00", "end": "09:00"}]
    server = {"server": "Broker-Demo", "platform": "MT5", "environment": "demo", "maintenance": maintenance}
    play.catalogue = parse_catalogue(json.dumps([{"brand": "Broker", "servers": [server]}]))
    async with play.keyring() as turns:
        # NOW is a Friday, at eight.
        awaited = await waits(turns, granted())
        assert awaited is not None
        assert (awaited.reason, awaited.booked_s) == (Reason.BROKER_MAINTENANCE, None)
        play.now_s += 3600
        assert await waits(turns, granted()) is None


async def test_a_server_may_have_a_pace_of_its_own(play: Play) -> None:
    logins = {"perMinute": 1, "burst": 1, "refusals": 9}
    server = {"server": "Broker-Demo", "platform": "MT5", "environment": "demo", "logins": logins}
    play.catalogue = parse_catalogue(json.dumps([{"brand": "Broker", "servers": [server]}]))
    async with play.keyring() as turns:
        assert await waits(turns, granted(0)) is None
        awaited = await waits(turns, granted(1))
    assert awaited is not None
    assert awaited.pause_s >= 60


async def test_what_is_over_is_not_kept(play: Play) -> None:
    async with play.keyring() as turns:
        await waits(turns, granted(0, "Old-Demo"))
        play.now_s += 3600
        await waits(turns, granted(0, "New-Demo"))
    kept = play.server.config_maps[CONFIG_MAP]["data"].values()
    assert [json.loads(text)["server"] for text in kept] == ["New-Demo"]


@pytest.mark.parametrize("text", ["", "[]", '{"server": 1}', '{"server": "s", "egress": "e", "turns": {"stops": "x"}}'])
async def test_an_entry_that_somebody_broke_by_hand_stops_nobody(play: Play, text: str) -> None:
    async with play.keyring() as turns:
        await waits(turns, granted())
        kept = play.server.config_maps[CONFIG_MAP]
        play.server.config_maps[CONFIG_MAP] = {
            "metadata": {**kept["metadata"], "resourceVersion": "by-hand"},
            "data": dict.fromkeys(kept["data"], text),
        }
        assert await waits(turns, granted(1)) is None


KEYS = parse_keys({name: base64.b64encode(bytes([number]) * 32).decode() for number, name in enumerate(KEY_FILES)})
OTHER_KEYS = parse_keys({name: base64.b64encode(b"o" * 32).decode() for name in KEY_FILES})


def test_a_slip_is_good_for_the_pod_that_got_it() -> None:
    slip = write_slip(KEYS, granted(), NOW)
    assert read_slip(KEYS, granted(), slip) == NOW


def forged(change: Callable[[str], str]) -> str:
    return change(write_slip(KEYS, granted(), NOW))


@pytest.mark.parametrize(
    "slip",
    [
        "",
        ".",
        "x",
        f"{NOW:.0f}000",
        forged(lambda slip: slip.replace("1", "2", 1)),
        forged(lambda slip: slip[:-1]),
        forged(lambda slip: slip + "ü"),
        write_slip(KEYS, granted(1), NOW),
        write_slip(OTHER_KEYS, granted(), NOW),
    ],
)
def test_no_other_slip_is_good(slip: str) -> None:
    assert read_slip(KEYS, granted(), slip) is None


# From here on the keyring is a process behind its door.


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, ApiServer]]:
    folder = tmp_path_factory.mktemp("keyring")
    slow = json.dumps({kind: {"perMinute": 30, "burst": 1, "refusals": 2} for kind in ("Demo", "Live")})
    with playing(folder) as (server, credentials):
        settings = {"kube_api_url": server.url, "kube_credentials_dir": str(credentials), "terminals_namespace": NAMESPACE}
        with running_keyring(folder, {**settings, "logins": slow}) as running:
            yield running, server


def add_account(server: ApiServer, number: int) -> UUID:
    account = uuid5(ACCOUNT, str(number))
    spec = SPEC.model_copy(update={"account_id": account, "user_id": uuid5(OTHER, str(number))})
    server.accounts[account] = CopierAccountSpec.model_dump(spec, mode="json", by_alias=True)
    return account


def credentials_of(keyring: Running, account: UUID, turn: str = "") -> Mapping[str, object]:
    """What the agent of the account's pod asks with."""
    key = load_keys(keyring.keys).sealing[0]
    info = SealedFor(account, SPEC.platform, SPEC.login, SPEC.server).info
    sealed = SUITE.encrypt(b"hunter2", X25519PublicKey.from_public_bytes(key.public), info)
    raw = {"delivery_key": X25519PrivateKey.generate().public_key().public_bytes_raw(), "sealed": sealed}
    keys = {name: base64.b64encode(value).decode() for name, value in {**raw, "curve_key": secrets.token_bytes(32)}.items()}
    return {"account": str(account), "epoch": EPOCH, "sealed_key_id": key.key_id, "turn": turn, **keys}


@pytest.mark.timeout(300)
def test_a_pod_that_must_wait_is_told_how_long_and_gets_its_password_with_its_slip(
    keyring: tuple[Running, ApiServer],
) -> None:
    running, server = keyring
    first, second, third = (add_account(server, number) for number in range(3))

    def ask(account: UUID, turn: str = "") -> tuple[int, Json]:
        answer = running.post("/v1/credentials", credentials_of(running, account, turn), str(account))
        return answer.status_code, answer.json()

    assert ask(first)[0] == 200
    status, told = ask(second)
    assert (status, told["reason"]) == (429, "WaitingForTurn")
    assert 0 < told["pause_s"] <= 4
    assert ask(third, told["turn"])[1]["pause_s"] > told["pause_s"]
    # An agent of an earlier release knows no turns, so it would never come back with its slip.
    without = {name: value for name, value in credentials_of(running, third).items() if name != "turn"}
    assert running.post("/v1/credentials", without, str(third)).status_code == 200
    time.sleep(told["pause_s"])
    assert ask(second, told["turn"])[0] == 200


@pytest.mark.timeout(300)
def test_what_the_broker_answered_is_heard(keyring: tuple[Running, ApiServer]) -> None:
    running, server = keyring
    accounts = [add_account(server, number) for number in range(3)]

    def tell(account: UUID, **body: object) -> int:
        said = {"account": str(account), "epoch": EPOCH, "let_in": False, **body}
        return running.post("/v1/logins", said, str(account)).status_code

    assert tell(accounts[0], let_in="no") == 400
    assert (
        running.post("/v1/logins", {"account": str(accounts[0]), "epoch": EPOCH, "let_in": False}, str(OTHER)).status_code
        == 401
    )
    assert [tell(account) for account in accounts[:2]] == [204, 204]
    answer = running.post("/v1/credentials", credentials_of(running, accounts[2]), str(accounts[2]))
    assert (answer.status_code, answer.json()["reason"], answer.json()["turn"]) == (429, "BrokerMaintenance", "")


def through(address: str, number: int) -> Grant:
    """A grant of an account with a proxy at this address."""
    of = granted(number)
    proxy = AccountProxy(type=ProxyType.SOCKS5, address=address, port=1080)
    return replace(of, spec=of.spec.model_copy(update={"proxy": proxy}))


async def test_accounts_of_one_proxy_share_its_turns_and_take_none_of_the_others(play: Play) -> None:
    async with play.keyring() as turns:
        burst = PACES[SpecEnvironment.DEMO].burst
        for number in range(burst + 1):
            awaited = await waits(turns, through("203.0.113.7", number))
        assert awaited is not None
        assert await waits(turns, through("203.0.113.8", 100)) is None
        assert await waits(turns, granted(101)) is None
