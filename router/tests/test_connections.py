"""An address with too many connections is let in no further, and nobody else notices."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st
from zmq.utils import z85

from lockstep_core.wire.envelope import MAX_MESSAGE
from lockstep_router.process.connections import (
    HANDSHAKES,
    LOOK_AGAIN_NS,
    MAX_ADDRESSES,
    WINDOW_NS,
    AddressLimit,
    address_of,
    established,
)
from lockstep_router.process.sockets import RECEIVED_MESSAGES, public_router
from lockstep_router.process.zap import ZapThread, answer

TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1CE8 0200000A:C350 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1CE8 0200000A:C351 06 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   2: 0100007F:1CE9 0200000A:C352 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   3: 0100007F:0050 0200000A:C353 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
"""


def test_connections_are_counted_by_address_on_these_ports_alone(tmp_path: Path) -> None:
    table = tmp_path / "tcp"
    table.write_text(TABLE)
    assert established({7400, 7401}, [table, tmp_path / "none"]) == {"10.0.0.2": 2}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("0100007F", "127.0.0.1"),
        ("0000000000000000FFFF00000200000A", "10.0.0.2"),
        ("00000000000000000000000001000000", "::1"),
    ],
)
def test_addresses_are_read_as_the_kernel_writes_them(raw: str, text: str) -> None:
    assert address_of(raw) == text


def test_the_first_handshakes_of_an_address_are_let_in_without_a_count() -> None:
    limit = AddressLimit(3, lambda: pytest.fail("counted"))
    assert all(limit.lets_in("10.0.0.2", now_ns) for now_ns in range(3))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 15_000_000_000)), max_size=60))
def test_no_address_ever_has_more_than_its_connections_and_one_that_reconnects_gets_in(steps: list[tuple[int, int]]) -> None:
    """Each step is an address that connects, after a while; an address with its most connections first ends its oldest."""
    most, live, now_ns = 4, dict.fromkeys("abcd", 0), 10**12
    tries: dict[str, list[int]] = {address: [] for address in live}
    limit = AddressLimit(most, lambda: {address: count + 1 for address, count in live.items()})
    for number, gap in steps:
        now_ns, address = now_ns + gap + LOOK_AGAIN_NS, "abcd"[number]
        let_in, before = limit.lets_in(address, now_ns), [at_ns for at_ns in tries[address] if now_ns - at_ns < WINDOW_NS]
        tries[address].append(now_ns)
        assert let_in or live[address] >= most - 1 or len(before) >= HANDSHAKES * most
        live[address] += let_in
        assert live[address] <= most
        if live[address] == most and number % 2:
            live[address] -= 1


def test_an_address_that_connects_again_and_again_waits_and_no_other_does() -> None:
    """It ends each connection at once, so that there is never more than one."""
    most, now_ns = 3, 10**12
    limit = AddressLimit(most, lambda: {"10.0.0.2": 1})
    gap_ns = WINDOW_NS // (2 * HANDSHAKES * most)
    let_in = [limit.lets_in("10.0.0.2", now_ns + number * gap_ns) for number in range(2 * HANDSHAKES * most)]
    assert let_in == [True] * HANDSHAKES * most + [False] * HANDSHAKES * most
    now_ns += WINDOW_NS
    assert limit.lets_in("10.0.0.3", now_ns)
    assert limit.lets_in("10.0.0.2", now_ns + WINDOW_NS)


def test_an_address_with_connections_is_remembered_however_many_others_come() -> None:
    most, live, now_ns = 3, {"10.0.0.2": 3}, 10**12
    limit = AddressLimit(most, lambda: {"10.0.0.2": live["10.0.0.2"] + 1})
    assert all(limit.lets_in("10.0.0.2", now_ns + number) for number in range(most))
    for number in range(2 * MAX_ADDRESSES):
        now_ns += 10_000_000
        assert limit.lets_in(f"other {number}", now_ns)
    assert not limit.lets_in("10.0.0.2", now_ns + 1)


def test_addresses_that_connected_since_the_last_count_are_remembered_too() -> None:
    """Another address, with more connections than it may have, has just made the limit count."""
    most, now_ns = 3, 10**12
    counts = {"busy": most + 1}
    limit = AddressLimit(most, lambda: dict(counts))
    for number in range(MAX_ADDRESSES - 2):
        assert limit.lets_in(f"other {number}", now_ns)
    now_ns += LOOK_AGAIN_NS
    assert [limit.lets_in("busy", now_ns) for _ in range(most + 1)] == [True] * most + [False]
    assert all(limit.lets_in("10.0.0.2", now_ns + number) for number in range(1, most + 1))
    assert limit.lets_in("one more", now_ns + LOOK_AGAIN_NS // 2)
    counts["10.0.0.2"] = most + 1
    assert not limit.lets_in("10.0.0.2", now_ns + LOOK_AGAIN_NS)


def test_addresses_without_connections_are_forgotten() -> None:
    limit, now_ns = AddressLimit(3, dict), 10**12
    for number in range(3 * MAX_ADDRESSES):
        now_ns += LOOK_AGAIN_NS
        limit.lets_in(f"10.0.0.{number}", now_ns)
        assert limit.remembered <= MAX_ADDRESSES


def test_only_curve_clients_are_answered_and_no_request_is_believed_that_is_none() -> None:
    head = [b"1.0", b"7", b"lockstep", b"10.0.0.2", b""]
    assert answer([*head, b"CURVE", bytes(32)], lambda *_: True, 0) == [
        b"1.0", b"7", b"200", b"OK", z85.encode(bytes(32)), b"",
    ]  # fmt: skip
    for bad in ([*head, b"NULL"], [*head, b"PLAIN", b"a", b"b"], [*head, b"CURVE", b"short"]):
        reply = answer(bad, lambda *_: True, 0)
        assert reply is not None
        assert reply[2] == b"400"
    assert answer([b"2.0"], lambda *_: True, 0) is None


@contextmanager
def a_router(most: int) -> Iterator[tuple[zmq.Socket[bytes], int, bytes]]:
    """A bound socket as the router's, its port and its public key."""
    context: zmq.Context[Any] = zmq.Context()
    public, secret = zmq.curve_keypair()
    ports: set[int] = set()
    zap = ZapThread(context, AddressLimit(most, lambda: established(ports)).lets_in)
    bound = public_router(context, "tcp://127.0.0.1:*", secret)
    port = int(bound.getsockopt_string(zmq.LAST_ENDPOINT).rpartition(":")[2])
    ports.add(port)
    try:
        yield bound, port, public
    finally:
        bound.close(0)
        zap.stop()
        context.term()


def a_peer(context: "zmq.Context[Any]", port: int, server_key: bytes, queued: int = 1000) -> "zmq.Socket[bytes]":
    peer: zmq.Socket[bytes] = context.socket(zmq.DEALER)
    peer.linger, peer.sndhwm = 0, queued
    peer.curve_serverkey = server_key
    peer.curve_publickey, peer.curve_secretkey = zmq.curve_keypair()
    peer.connect(f"tcp://127.0.0.1:{port}")
    peer.send(b"here")
    return peer


def heard(bound: "zmq.Socket[bytes]", most: int, wanted: int | None = None) -> int:
    """How many messages come. Those that are `wanted` (all) may take their time; more would come within half a second."""
    count = 0
    while count < most and bound.poll(10_000 if count < (most if wanted is None else wanted) else 500):
        bound.recv_multipart()
        count += 1
    return count


def test_an_address_gets_its_connections_and_no_more_over_real_sockets() -> None:
    with a_router(4) as (bound, port, public), zmq.Context() as context:
        peers = [a_peer(context, port, public) for _ in range(12)]
        assert heard(bound, 12, 4) == 4
        for peer in peers:
            peer.close(0)
        # Whoever is refused stays so: libzmq does not try again. The kernel may need a moment to see the others gone.
        for _ in range(20):
            late = a_peer(context, port, public)
            let_in = bound.poll(500)
            late.close(0)
            if let_in:
                break
        assert let_in


def test_a_peer_fills_only_its_own_few_places_while_nobody_reads() -> None:
    with a_router(100) as (bound, port, public), zmq.Context() as context:
        peer = a_peer(context, port, public, queued=2)
        assert heard(bound, 1) == 1
        sent = 0
        while sent < 1_000 and peer.poll(500, zmq.POLLOUT):
            peer.send(bytes(60_000), zmq.DONTWAIT)
            sent += 1
        peer.close(0)
        # Beside what the router holds there are the kernel's buffers, of some megabytes, and the sender's own two.
        assert RECEIVED_MESSAGES <= sent < 600


def test_a_message_of_more_than_the_bound_ends_its_connection_and_no_other() -> None:
    with a_router(100) as (bound, port, public), zmq.Context() as context:
        good, bad = a_peer(context, port, public), a_peer(context, port, public)
        assert heard(bound, 2) == 2
        bad.send(bytes(MAX_MESSAGE + 1))
        good.send(b"still here")
        assert bound.poll(2000)
        assert bound.recv_multipart()[1] == b"still here"
        assert not bound.poll(200)
        good.close(0)
        bad.close(0)
