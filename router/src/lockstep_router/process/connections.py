"""How many connections one address may have with the router.

A pod needs one connection for trades and one for ticks, and for a moment twice as many when it reconnects. More of them,
with any number of keys, must not fill the memory: further handshakes of that address are refused. An address that connects
again and again is refused too: each handshake costs us more than the other side, and is a guess at the names of connections
(ADR 17).
"""

import socket
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path

LOOK_AGAIN_NS = 250_000_000
HANDSHAKES = 8
"""The most handshakes of an address in `WINDOW_NS`, for each connection that it may have. A relay that is refused tries
again after two seconds or more.
"""
WINDOW_NS = 60_000_000_000
MAX_ADDRESSES = 20_000
"""How many addresses are remembered before those without a connection are forgotten."""
_TABLES = (Path("/proc/self/net/tcp"), Path("/proc/self/net/tcp6"))
_ESTABLISHED = "01"
Counts = dict[str, int]


class AddressLimit:
    """Decides which handshakes are let in.

    `count` reads the live connections by address. It is slow, so it is not called for the first `most` handshakes of an
    address, and at most four times a second.
    """

    def __init__(self, most: int, count: Callable[[], Counts]) -> None:
        self._most = most
        self._count = count
        self._recent: dict[str, deque[int]] = {}
        self._counts: Counts = {}
        self._counted_ns = self._forgot_ns = -LOOK_AGAIN_NS

    @property
    def remembered(self) -> int:
        """How many addresses are remembered."""
        return len(self._recent)

    def lets_in(self, address: str, now_ns: int) -> bool:
        """Whether a handshake of this address may go on."""
        recent = self._with_handshake(address, now_ns)
        if len(recent) <= self._most:
            return True
        if len(recent) == recent.maxlen and now_ns - recent[0] < WINDOW_NS:
            return False
        self._count_again(now_ns)
        # The last count does not include connections that were let in after it.
        live = self._counts.get(address, 0) + sum(at_ns > self._counted_ns for at_ns in recent)
        return live <= self._most

    def _with_handshake(self, address: str, now_ns: int) -> deque[int]:
        """The times of an address's last handshakes, the present one included."""
        if address not in self._recent and len(self._recent) >= MAX_ADDRESSES:
            self._forget_unconnected(now_ns)
        recent = self._recent.setdefault(address, deque(maxlen=HANDSHAKES * self._most + 1))
        recent.append(now_ns)
        return recent

    def _count_again(self, now_ns: int) -> None:
        if now_ns - self._counted_ns >= LOOK_AGAIN_NS:
            self._counts, self._counted_ns = self._count(), now_ns

    def _forget_unconnected(self, now_ns: int) -> None:
        """Makes room, once for each count. An address with live connections is kept, however many others come: if it were
        forgotten, its next handshakes would be let in without a count.
        """
        self._count_again(now_ns)
        if self._forgot_ns == self._counted_ns:
            return
        self._forgot_ns = self._counted_ns
        # The last count does not include connections that were let in after it.
        self._recent = {
            address: times
            for address, times in self._recent.items()
            if address in self._counts or times[-1] > self._counted_ns
        }


def established(ports: Collection[int], tables: Collection[Path] = _TABLES) -> Counts:
    """The established connections to these local ports, by the other side's address."""
    counts: Counts = {}
    for table in tables:
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            local_port = int(fields[1].rpartition(":")[2], 16)
            if local_port in ports and fields[3] == _ESTABLISHED:
                address = address_of(fields[2].rpartition(":")[0])
                counts[address] = counts.get(address, 0) + 1
    return counts


def address_of(raw: str) -> str:
    """The text of an address as /proc/net/tcp writes it: words of 32 bits, each with its last octet first."""
    octets = b"".join(bytes.fromhex(raw[at : at + 8])[::-1] for at in range(0, len(raw), 8))
    if len(octets) == 4:
        return socket.inet_ntop(socket.AF_INET, octets)
    if octets.startswith(b"\0" * 10 + b"\xff\xff"):
        return socket.inet_ntop(socket.AF_INET, octets[12:])
    return socket.inet_ntop(socket.AF_INET6, octets)
