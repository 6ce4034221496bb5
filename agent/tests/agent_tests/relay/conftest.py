"""A relay between a router and a terminal that the test plays."""

from collections.abc import Iterator

import pytest
import zmq

from .peers import StartedRelay
from .router_peer import RouterPeer


@pytest.fixture
def keys() -> tuple[bytes, bytes]:
    public, secret = zmq.curve_keypair()
    return secret, public


@pytest.fixture
def router(keys: tuple[bytes, bytes]) -> Iterator[RouterPeer]:
    peer = RouterPeer(*keys)
    yield peer
    peer.close()


@pytest.fixture
def quotes(keys: tuple[bytes, bytes]) -> Iterator[RouterPeer]:
    peer = RouterPeer(*keys)
    yield peer
    peer.close()


@pytest.fixture
def relay(router: RouterPeer, quotes: RouterPeer) -> Iterator[StartedRelay]:
    process = StartedRelay(router, quotes)
    yield process
    assert process.stop() == 0
