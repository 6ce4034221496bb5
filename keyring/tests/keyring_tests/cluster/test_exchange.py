"""Real pods and real tokens: the right pod gets its password, every other one is refused."""

import base64
import json
import time
from collections.abc import Callable

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from lockstep_core.json_object import Json
from lockstep_core.wire.ticket import decode_ticket

from ..process import ROUTER_KEY, Running
from .account import Account, pod_of
from .kube import Namespace, apply

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def public_keys(namespace: Namespace, keyring: Running) -> Json:
    within(30, lambda: keyring.is_("ready"))
    data = namespace.get("configmap", "lockstep-public-keys")["data"]
    found: Json = {**json.loads(data["keys.json"]), **json.loads(data["tickets-demo.json"])}
    return found


def within(seconds: float, probe: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["reason"]


def test_the_right_pod_gets_its_password_and_a_ticket(keyring: Running, public_keys: Json, account: Account) -> None:
    pod_key = X25519PrivateKey.generate()
    request = account.request(public_keys, pod_key)
    answer = keyring.post("/v1/credentials", request, account.token())
    assert answer.status_code == 200, answer.text
    assert account.open(answer.json()["password_sealed"], pod_key) == account.password
    ticket, _, _ = decode_ticket(base64.b64decode(answer.json()["ticket"]))
    assert (str(ticket.account), ticket.epoch, ticket.key_id.hex()) == (account.id, 7, public_keys["tickets"][0]["key_id"])
    assert ticket.curve_key == base64.b64decode(request["curve_key"])
    assert answer.json()["router"] == {
        "trades_endpoint": "tcp://demo:7400",
        "ticks_endpoint": "tcp://demo:7401",
        "curve_public_key": base64.b64encode(ROUTER_KEY).decode(),
    }
    assert account.password.decode() not in keyring.log.read_text()


def test_a_ticket_is_renewed_without_the_password(keyring: Running, public_keys: Json, account: Account) -> None:
    request = account.request(public_keys, X25519PrivateKey.generate())
    wanted = {name: request[name] for name in ("account", "epoch", "curve_key")}
    answer = keyring.post("/v1/tickets", wanted, account.token())
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"ticket", "ticket_expires_s", "router"}


def test_a_token_for_another_audience_is_refused(keyring: Running, public_keys: Json, account: Account) -> None:
    request = account.request(public_keys, X25519PrivateKey.generate())
    token = account.token("https://kubernetes.default.svc")
    assert refusal(keyring.post("/v1/credentials", request, token)) == (401, "NotThisPod")
    assert refusal(keyring.post("/v1/credentials", request, "not-a-token")) == (401, "NotThisPod")


def test_another_accounts_pod_is_refused(keyring: Running, public_keys: Json, account: Account, other: Account) -> None:
    request = account.request(public_keys, X25519PrivateKey.generate())
    assert refusal(keyring.post("/v1/credentials", request, other.token())) == (403, "NotThisPod")


def test_a_password_sealed_for_another_account_is_unreadable(
    keyring: Running, public_keys: Json, account: Account, other: Account
) -> None:
    pod_key = X25519PrivateKey.generate()
    stolen = {**account.request(public_keys, pod_key), "sealed": other.request(public_keys, pod_key)["sealed"]}
    assert refusal(keyring.post("/v1/credentials", stolen, account.token())) == (422, "CredentialsUnreadable")


@pytest.mark.parametrize("changed", ["MT4|12345|Broker-Demo", "MT5|12346|Broker-Demo", "MT5|12345|Broker-Live"])
def test_a_password_sealed_for_another_login_is_unreadable(
    keyring: Running, public_keys: Json, account: Account, changed: str
) -> None:
    request = account.request(public_keys, X25519PrivateKey.generate(), sealed_for=changed)
    assert refusal(keyring.post("/v1/credentials", request, account.token())) == (422, "CredentialsUnreadable")


def test_a_token_that_is_bound_to_no_pod_is_refused(keyring: Running, public_keys: Json, account: Account) -> None:
    token = account.namespace.run("create", "token", account.name, "--audience=lockstep-keyring").strip()
    request = account.request(public_keys, X25519PrivateKey.generate())
    assert refusal(keyring.post("/v1/credentials", request, token)) == (403, "NotThisPod")


def test_an_older_epoch_is_superseded(keyring: Running, public_keys: Json, account: Account) -> None:
    token = account.token()
    account.set_epoch(8)
    apply(pod_of(account, 8))
    request = account.request(public_keys, X25519PrivateKey.generate())
    assert refusal(keyring.post("/v1/credentials", request, token)) == (403, "EpochSuperseded")
    claimed = account.request(public_keys, X25519PrivateKey.generate(), epoch=8)
    assert refusal(keyring.post("/v1/credentials", claimed, token)) == (403, "NotThisPod")


def test_the_token_of_a_pod_that_is_gone_is_refused(keyring: Running, public_keys: Json, account: Account) -> None:
    token = account.token()
    account.namespace.run("delete", "pod", account.pod(), "--wait", "--grace-period=0", "--force")
    request = account.request(public_keys, X25519PrivateKey.generate())
    within(15, lambda: refusal(keyring.post("/v1/credentials", request, token))[1] == "NotThisPod")


def test_a_deleted_accounts_pod_is_refused(keyring: Running, public_keys: Json, account: Account) -> None:
    token = account.token()
    account.namespace.run("delete", "copieraccount", account.name, "--wait", "--cascade=orphan")
    request = account.request(public_keys, X25519PrivateKey.generate())
    assert refusal(keyring.post("/v1/credentials", request, token)) == (403, "NotThisPod")


def test_turns_are_kept_in_the_cluster(
    keyring: Running, public_keys: Json, namespace: Namespace, account: Account, other: Account
) -> None:
    for each in (account, other):
        request = {**each.request(public_keys, X25519PrivateKey.generate()), "turn": ""}
        answer = keyring.post("/v1/credentials", request, each.token())
        assert answer.status_code == 200, answer.text
    kept = [json.loads(text) for text in namespace.get("configmap", "lockstep-login-turns")["data"].values()]
    assert [each["server"] for each in kept] == ["Broker-Demo"]
    assert kept[0]["turns"]["next_s"] > time.time() - 60


def test_a_key_that_is_added_is_published_and_the_old_one_still_opens(
    keyring: Running, public_keys: Json, namespace: Namespace, account: Account
) -> None:
    sealed_before = account.request(public_keys, X25519PrivateKey.generate())
    file = keyring.keys / "sealing.keys"
    file.write_text(f"{base64.b64encode(b'n' * 32).decode()}\n{file.read_text()}")

    def published() -> list[str]:
        keys = json.loads(namespace.get("configmap", "lockstep-public-keys")["data"]["keys.json"])
        return [key["key_id"] for key in keys["sealing"]]

    within(20, lambda: len(published()) == 2)
    assert published()[1] == public_keys["sealing"][0]["key_id"]
    assert keyring.post("/v1/credentials", sealed_before, account.token()).status_code == 200
