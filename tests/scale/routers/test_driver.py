"""The C parts of a measurement, on real sockets."""

import ctypes
from collections.abc import Iterator

import pytest
import zmq

from tests.scale.routers.errors import SocketFailed
from tests.scale.routers.native import Driver
from tests.scale.routers.rivals import plain_libzmq

Pair = tuple["zmq.Socket[bytes]", "zmq.Socket[bytes]"]


@pytest.fixture(scope="module")
def driver() -> Driver:
    return Driver(patience_s=0.3)


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Two connected sockets."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    ends = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
    ends[0].bind("inproc://pair")
    ends[1].connect("inproc://pair")
    ends[1].rcvtimeo = 100
    yield ends
    context.destroy(linger=0)


def test_messages_of_other_kinds_are_passed_over(driver: Driver, pair: Pair) -> None:
    sender, receiver = pair
    for message in (b"xA1", b"xB2", b"", b"xA3"):
        sender.send(message)
    times, bodies = driver.fan_out(sender, [b"xB4", b"xA5"], [receiver], each=3, at=1, kind=ord("A"))
    assert [body[:3] for body in bodies] == [b"xA1", b"xA3", b"xA5"]
    assert times == sorted(times)
    assert times[0] > 0


def test_what_does_not_come_is_said(driver: Driver, pair: Pair) -> None:
    with pytest.raises(SocketFailed, match="did not come in time"):
        driver.fan_out(pair[0], [], [pair[1]])


def test_sockets_beat_while_they_wait(pair: Pair) -> None:
    sender, receiver = pair
    with pytest.raises(SocketFailed):
        Driver(patience_s=1.3).fan_out(sender, [], [receiver], at=1, kind=ord("A"), beat=b"beat")
    assert sender.recv() == b"beat"


def test_a_pace_is_kept_and_stops_when_told(driver: Driver, pair: Pair) -> None:
    sent = driver.pace([pair[0]], b"tick", 2000, 0.1, ctypes.c_int(0))
    assert 0 < sent <= 201
    assert driver.pace([pair[0]], b"tick", 2000, 60, ctypes.c_int(1)) == 0


def test_plain_libzmq_passes_a_message_on_to_every_other_peer(driver: Driver) -> None:
    with plain_libzmq(3) as rival:
        assert len(rival.round(driver)) == 3
