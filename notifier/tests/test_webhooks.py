"""Webhooks, called at a real receiver."""

import json
import socket
from collections.abc import AsyncIterator, Iterator
from ipaddress import IPv4Network

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from lockstep_notifier.errors import NotSent, ReceiverGone
from lockstep_notifier.webhooks import WebhookCalls, checked_sockets
from notifier.tests.receivers import Receiver, receiver
from notifier.tests.samples import OTHER_SECRET, SECRET, delivery, settings, told


@pytest.fixture
def program() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
async def calls() -> AsyncIterator[WebhookCalls]:
    found = WebhookCalls(settings(webhook_timeout_s=1))
    yield found
    await found.close()


@pytest.fixture
async def strict() -> AsyncIterator[WebhookCalls]:
    """As it is installed: no private network is allowed."""
    found = WebhookCalls(settings(webhook_networks="[]", webhook_timeout_s=2))
    yield found
    await found.close()


async def test_a_receiver_can_know_who_calls(program: Receiver, calls: WebhookCalls) -> None:
    await calls.send(delivery(told("rejected", 7, symbol="EURUSD"), url=program.url()))
    (call,) = program.calls
    said = Verifier(SECRET).verify(call.body, call.headers)
    assert said["type"] == "lockstep.rejected"
    assert said["data"] == {"symbol": "EURUSD", "account_id": None, "urgent": True}
    assert call.headers["webhook-id"] == "msg_7"
    with pytest.raises(WebhookVerificationError):
        Verifier(OTHER_SECRET).verify(call.body, call.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(SECRET).verify(call.body + b" ", call.headers)


async def test_an_old_secret_signs_beside_the_new_one(program: Receiver, calls: WebhookCalls) -> None:
    await calls.send(delivery(url=program.url(), secrets=(SECRET, OTHER_SECRET)))
    (call,) = program.calls
    for secret in (SECRET, OTHER_SECRET):
        Verifier(secret).verify(call.body, call.headers)


async def test_a_repetition_has_the_same_name_and_the_same_words(program: Receiver, calls: WebhookCalls) -> None:
    for _ in range(2):
        await calls.send(delivery(told(number=7), url=program.url()))
    first, second = program.calls
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)


async def test_410_ends_it(program: Receiver, calls: WebhookCalls) -> None:
    program.answers["/"] = 410
    with pytest.raises(ReceiverGone):
        await calls.send(delivery(url=program.url()))


@pytest.mark.parametrize("status", [301, 307, 400, 404, 429, 500, 503])
async def test_any_other_answer_is_tried_again(program: Receiver, calls: WebhookCalls, status: int) -> None:
    program.answers["/"] = status
    with pytest.raises(NotSent) as refused:
        await calls.send(delivery(url=program.url()))
    assert (refused.value.code, refused.value.permanent) == (f"answered_{status}", False)
    assert [call.path for call in program.calls] == ["/"]


async def test_a_slow_receiver_is_waited_for_so_long_and_no_longer(program: Receiver, calls: WebhookCalls) -> None:
    program.pause_s["/"] = 3
    with pytest.raises(NotSent) as slow:
        await calls.send(delivery(url=program.url()))
    assert (slow.value.code, slow.value.unknown) == ("no_answer", True)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost:8443/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
async def test_nothing_private_is_reached_by_whatever_name(strict: WebhookCalls, url: str) -> None:
    """Reading the address alone would not do: `localhost` is a name until somebody looks it up."""
    with pytest.raises(NotSent) as refused:
        await strict.send(delivery(url=url))
    assert refused.value.code == "not_public"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/",
        "http://127.0.0.1/",
        "https://a:b@example.test/",
        "https://example.test:25/",
        "https://example.test:6443/",
        "https://example.test:99999/",
        "https://",
        "https://0/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
    ],
)
async def test_what_no_receiver_has_is_never_tried_again(strict: WebhookCalls, url: str) -> None:
    with pytest.raises(NotSent) as refused:
        await strict.send(delivery(url=url))
    assert refused.value.permanent


@pytest.mark.parametrize(
    ("address", "made"),
    [("93.184.216.34", True), ("127.0.0.1", False), ("10.1.2.3", False), ("192.168.0.1", False), ("10.9.0.1", True)],
)
def test_the_socket_itself_is_made_for_public_addresses_alone(address: str, made: bool) -> None:
    make = checked_sockets([IPv4Network("10.9.0.0/16")])
    found = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 443))
    if made:
        make(found).close()
    else:
        with pytest.raises(OSError, match="not a public address"):
            make(found)


def test_no_socket_is_made_for_what_is_not_ipv4() -> None:
    with pytest.raises(OSError, match="not a public address"):
        checked_sockets([])((socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("2001:db8::1", 443, 0, 0)))


async def test_what_is_said_is_json_in_the_readers_own_letters(program: Receiver, calls: WebhookCalls) -> None:
    await calls.send(delivery(told(label="الرئيسي"), url=program.url()))
    (call,) = program.calls
    assert json.loads(call.body)["data"]["label"] == "الرئيسي"
    assert "الرئيسي".encode() in call.body
