"""The exchange with the keyring over real HTTPS."""

import base64
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zmq.utils import z85

from lockstep_agent import keyring_client
from lockstep_agent.errors import AgentError, CredentialsAbsent, CredentialsGarbled, KeyringRefused, KeyringUnavailable
from lockstep_agent.keyring_client import TIMES_BELIEVED, KeyringClient, RouterAddress, half_life_s, until_answered
from lockstep_agent.pod_keys import make_pod_keys, open_delivery
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.ticket import decode_ticket

from .keyring_peer import KeyringPeer, make_certificate, mount

ACCOUNT, EPOCH = UUID("6b1f6a53-3f0e-4a55-9d1b-0d6a0f3c9f11"), 1_700_000_000


def no_trouble(trouble: AgentError) -> None:
    raise AssertionError(f"unexpected: {trouble}")


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[KeyringPeer]:
    made = KeyringPeer(tmp_path)
    mount(tmp_path, made.certificate)
    yield made
    made.close()


@pytest.fixture
def keyring(peer: KeyringPeer, tmp_path: Path) -> KeyringClient:
    return KeyringClient(peer.url, tmp_path, ACCOUNT, EPOCH)


async def test_the_password_comes_sealed_and_opens_only_here(keyring: KeyringClient, peer: KeyringPeer) -> None:
    keys = make_pod_keys()
    delivery = await keyring.credentials(keys)
    assert peer.password not in delivery.password_sealed
    assert open_delivery(keys, ACCOUNT, EPOCH, delivery.password_sealed) == peer.password
    for thief, epoch in ((make_pod_keys(), EPOCH), (keys, EPOCH + 1)):
        with pytest.raises(CredentialsGarbled):
            open_delivery(thief, ACCOUNT, epoch, delivery.password_sealed)


async def test_the_ticket_is_for_the_key_that_was_asked_with(keyring: KeyringClient) -> None:
    keys = make_pod_keys()
    grant = await keyring.ticket(keys)
    ticket, _, _ = decode_ticket(grant.ticket)
    assert ticket.curve_key == z85.decode(keys.curve_public)
    assert (ticket.account, ticket.epoch) == (ACCOUNT, EPOCH)
    assert grant.expires_s == ticket.expires_s


async def test_asks_with_its_token_and_the_sealed_bytes(keyring: KeyringClient, peer: KeyringPeer) -> None:
    await keyring.credentials(make_pod_keys())
    [(path, token, body)] = peer.asked
    assert (path, token) == ("/v1/credentials", "projected-token")
    assert base64.b64decode(str(body["sealed"])) == b"sealed in a browser"
    assert (body["sealed_key_id"], body["account"], body["epoch"]) == ("0123456789abcdef", str(ACCOUNT), EPOCH)


async def test_that_a_newer_pod_has_taken_over_is_final(keyring: KeyringClient, peer: KeyringPeer) -> None:
    peer.failures = [(403, {"reason": "EpochSuperseded"})] * 2
    with pytest.raises(KeyringRefused) as error:
        await until_answered(lambda: keyring.credentials(make_pod_keys()), no_trouble)
    assert error.value.reason is Reason.EPOCH_SUPERSEDED
    assert len(peer.asked) == 1


DOUBTFUL = [
    (403, "NotThisPod"),
    (401, "NotThisPod"),
    (422, "CredentialsUnreadable"),
    (400, "MalformedRequest"),
    (413, "MalformedRequest"),
    (403, "FromTomorrow"),
]


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring_client, "FIRST_PAUSE_S", 0.001)


@pytest.mark.usefixtures("in_a_hurry")
@pytest.mark.parametrize(("status", "word"), DOUBTFUL)
async def test_one_bad_answer_ends_no_pod(keyring: KeyringClient, peer: KeyringPeer, status: int, word: str) -> None:
    peer.failures = [(status, {"reason": word})] * (TIMES_BELIEVED - 1)
    troubles: list[AgentError] = []
    await until_answered(lambda: keyring.ticket(make_pod_keys()), troubles.append)
    assert len(troubles) == TIMES_BELIEVED - 1


@pytest.mark.usefixtures("in_a_hurry")
@pytest.mark.parametrize(("status", "word"), DOUBTFUL)
async def test_the_same_refusal_again_and_again_is_believed_and_keeps_its_reason(
    keyring: KeyringClient, peer: KeyringPeer, status: int, word: str
) -> None:
    peer.failures = [(status, {"reason": word})] * TIMES_BELIEVED
    with pytest.raises(KeyringRefused) as error:
        await until_answered(lambda: keyring.credentials(make_pod_keys()), lambda _: None)
    assert error.value.detail == word


@pytest.mark.usefixtures("in_a_hurry")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_a_refusal_without_a_reason_is_not_the_keyrings_own(
    keyring: KeyringClient, peer: KeyringPeer, status: int
) -> None:
    peer.failures = [(status, {})] * (2 * TIMES_BELIEVED)
    await until_answered(lambda: keyring.ticket(make_pod_keys()), lambda _: None)


@pytest.mark.usefixtures("in_a_hurry")
@pytest.mark.parametrize("file", ["sealed/sealed", "sealed/key_id", "identity/token", "ca/ca.crt"])
async def test_a_file_that_is_gone_for_a_moment_ends_no_pod(
    keyring: KeyringClient, peer: KeyringPeer, tmp_path: Path, file: str
) -> None:
    path = tmp_path / file
    content = path.read_bytes()
    path.unlink()

    def comes_back(_: AgentError) -> None:
        path.write_bytes(content)

    await until_answered(lambda: keyring.credentials(make_pod_keys()), comes_back)
    assert len(peer.asked) == 1


async def test_a_refusal_in_a_word_of_another_version_is_shown(keyring: KeyringClient, peer: KeyringPeer) -> None:
    peer.failures = [(403, {"reason": "FromTomorrow"})]
    with pytest.raises(KeyringRefused, match="FromTomorrow") as error:
        await keyring.credentials(make_pod_keys())
    assert error.value.reason is Reason.KEYRING_UNREACHABLE


async def test_a_busy_keyring_is_asked_again(keyring: KeyringClient, peer: KeyringPeer) -> None:
    peer.failures = [(503, {"reason": "KeyringUnreachable"})]
    troubles: list[AgentError] = []
    await until_answered(lambda: keyring.ticket(make_pod_keys()), troubles.append)
    assert (len(peer.asked), len(troubles)) == (2, 1)


async def test_the_router_is_the_one_that_the_keyring_names(keyring: KeyringClient) -> None:
    router = (await keyring.ticket(make_pod_keys())).router
    assert router == RouterAddress("tcp://127.0.0.1:1", "tcp://127.0.0.1:2", z85.encode(b"r" * 32).decode())


@pytest.mark.parametrize(
    "router",
    [
        None,
        {},
        {"trades_endpoint": "ipc:///tmp/x", "ticks_endpoint": "tcp://a:1", "curve_public_key": ""},
        {"trades_endpoint": "tcp://a:1", "ticks_endpoint": "tcp://a:2", "curve_public_key": "c2hvcnQ="},
        {"trades_endpoint": "tcp://a:1", "ticks_endpoint": "tcp://a:2", "curve_public_key": 7},
    ],
)
async def test_an_answer_without_a_router_is_no_answer(keyring: KeyringClient, peer: KeyringPeer, router: object) -> None:
    peer.router = router
    with pytest.raises(KeyringUnavailable):
        await keyring.ticket(make_pod_keys())


async def test_a_server_with_a_foreign_certificate_gets_nothing(
    keyring: KeyringClient, peer: KeyringPeer, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other, _ = make_certificate(tmp_path / "other")
    (tmp_path / "ca/ca.crt").write_bytes(other.read_bytes())
    with pytest.raises(KeyringUnavailable):
        await keyring.ticket(make_pod_keys())
    assert peer.asked == []


async def test_without_a_stored_password_nobody_is_asked(keyring: KeyringClient, peer: KeyringPeer, tmp_path: Path) -> None:
    (tmp_path / "sealed/sealed").unlink()
    with pytest.raises(CredentialsAbsent):
        await keyring.credentials(make_pod_keys())
    assert peer.asked == []


def test_keys_and_deliveries_do_not_show_their_secrets() -> None:
    keys = make_pod_keys()
    assert keys.curve_secret not in repr(keys)


@given(st.floats(-1e6, 1e6))
def test_a_ticket_is_renewed_before_it_ends_and_never_in_a_hurry(left_s: float) -> None:
    wait_s = half_life_s(0, -left_s)
    assert wait_s >= 5
    assert wait_s == 5 or wait_s <= left_s / 2
