"""The C parts of a measurement: compiled against the libzmq that this Python has loaded, and called."""

import ctypes
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import zmq

from tests.bench.shell import run
from tests.scale.routers.errors import NoLibrary, SocketFailed
from tests.scale.routers.sockets import PATIENCE_MS

HERE = Path(__file__).parent
ROOM = 512
"""More bytes than a command has."""
Sockets = Sequence["zmq.Socket[bytes]"]


def loaded_libzmq() -> Path:
    """The file of the libzmq that pyzmq uses. Raises `NoLibrary`."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        file = line.split(maxsplit=5)[-1]
        if "/libzmq" in file:
            return Path(file)
    raise NoLibrary


def compiled(source: str, folder: Path, *options: str) -> Path:
    """A C file of this folder, compiled into a folder."""
    library, made = loaded_libzmq(), folder / Path(source).stem
    linked = [str(library), f"-Wl,-rpath,{library.parent}", "-Wl,--allow-shlib-undefined"]
    run(["gcc", "-O2", "-Wall", "-Werror", *options, "-o", str(made), str(HERE / source), *linked], HERE)
    return made


class Driver:
    """Sends and receives on sockets of this process, in C."""

    def __init__(self, patience_s: float = PATIENCE_MS / 1000) -> None:
        self._patience_ns = int(patience_s * 1e9)
        with tempfile.TemporaryDirectory() as folder:
            self._library = ctypes.CDLL(str(compiled("driver.c", Path(folder), "-shared", "-fPIC")))
        self._library.pace.restype = ctypes.c_long

    def fan_out(
        self,
        sender: "zmq.Socket[bytes]",
        messages: Sequence[bytes],
        to: Sockets,
        each: int = 1,
        at: int = -1,
        kind: int = 0,
        beat: bytes = b"",
    ) -> tuple[list[int], list[bytes]]:
        """Sends, and takes `each` messages from every other socket, of those whose byte at `at` is `kind`: the ns since the
        first was sent, and the beginnings of the messages, socket by socket. All sockets send `beat` once a second
        meanwhile. Raises `SocketFailed`.
        """
        count = len(to) * each
        bodies, took = ctypes.create_string_buffer(count * ROOM), (ctypes.c_int64 * count)()
        sizes = (ctypes.c_size_t * len(messages))(*map(len, messages))
        failed = self._library.fan_out(
            _pointer(sender),
            b"".join(messages),
            sizes,
            len(messages),
            _pointers(to),
            len(to),
            each,
            at,
            kind,
            bodies,
            ctypes.c_size_t(ROOM),
            took,
            beat,
            ctypes.c_size_t(len(beat)),
            ctypes.c_int64(self._patience_ns),
        )
        if failed:
            raise SocketFailed(-failed)
        raw = bodies.raw
        return list(took), [raw[n * ROOM : (n + 1) * ROOM] for n in range(count)]

    def pace(self, sockets: Sockets, message: bytes, a_second: int, for_s: float, stop: "ctypes.c_int") -> int:
        """Sends a message on each socket in turn, so many a second; how many were taken."""
        sent: int = self._library.pace(
            _pointers(sockets),
            len(sockets),
            message,
            ctypes.c_size_t(len(message)),
            ctypes.c_long(a_second),
            ctypes.c_int64(int(for_s * 1e9)),
            ctypes.byref(stop),
        )
        return sent


def _pointer(socket: "zmq.Socket[bytes]") -> ctypes.c_void_p:
    return ctypes.c_void_p(socket.underlying)


def _pointers(sockets: Sockets) -> Any:
    return (ctypes.c_void_p * len(sockets))(*(socket.underlying for socket in sockets))
