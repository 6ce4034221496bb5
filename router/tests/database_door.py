"""A way to a real Postgres that can be shut, so that a router loses it and others do not."""

import selectors
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit

CHUNK = 1 << 16


class DatabaseDoor:
    """Passes bytes on between whoever connects to `port` and the database, until it is shut. Use it as a context."""

    def __init__(self, database_url: str) -> None:
        address = urlsplit(database_url)
        self._target = (address.hostname or "127.0.0.1", address.port or 5432)
        self._address = address
        self._listener: socket.socket | None = None
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._ended = threading.Event()
        self._held_until_s = 0.0
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        first = socket.create_server(("127.0.0.1", 0))
        self.port = int(first.getsockname()[1])
        first.close()

    @property
    def url(self) -> str:
        """The database's URL by way of this door."""
        login = self._address.netloc.rpartition("@")[0]
        return self._address._replace(netloc=f"{login}@127.0.0.1:{self.port}").geturl()

    def __enter__(self) -> "DatabaseDoor":
        self.open()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.shut()
        self._ended.set()
        self._thread.join()
        self._selector.close()

    def open(self) -> None:
        """Lets connections through from now on."""
        with self._lock:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self._listener.setblocking(False)
            self._selector.register(self._listener, selectors.EVENT_READ)

    def hold(self, seconds: float) -> None:
        """Passes nothing on for so long, as a slow network does, and ends no connection."""
        with self._lock:
            self._held_until_s = time.monotonic() + seconds

    def shut(self) -> None:
        """Ends every connection, and refuses new ones."""
        with self._lock:
            for one in [*self._pairs, *filter(None, [self._listener])]:
                self._forget(one)
            self._pairs.clear()
            self._listener = None

    def _pass_on(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                held = time.monotonic() < self._held_until_s
                ready = [] if held else [key.fileobj for key, _ in self._selector.select(0)]
                for one in ready:
                    if one is self._listener:
                        self._connect()
                    elif isinstance(one, socket.socket) and one in self._pairs:
                        self._copy(one)
            self._ended.wait(0.0 if ready else 0.002)

    def _connect(self) -> None:
        assert self._listener is not None
        inside, _ = self._listener.accept()
        outside = socket.create_connection(self._target)
        for one, other in ((inside, outside), (outside, inside)):
            self._pairs[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _copy(self, one: socket.socket) -> None:
        other = self._pairs[one]
        with suppress(OSError):
            data = one.recv(CHUNK)
            if data:
                other.sendall(data)
                return
        for each in (one, other):
            self._forget(each)
            del self._pairs[each]

    def _forget(self, one: socket.socket) -> None:
        with suppress(KeyError):
            self._selector.unregister(one)
        one.close()
