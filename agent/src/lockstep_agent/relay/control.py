"""The relay's ends of the two pipes to the agent."""

import contextlib
import os

import msgspec

from lockstep_agent.relay.errors import NotConfigured
from lockstep_agent.relay.lines import Configure, Line, ToRelay, decode_to_relay, encode_line


class Control:
    """Receives and sends lines over two file descriptors. `ended` is true once the agent has closed its end."""

    def __init__(self, lines_in: int, lines_out: int) -> None:
        self.lines_in = lines_in
        self.ended = False
        self._lines_out = lines_out
        self._rest = b""

    def configuration(self) -> tuple[Configure, list[ToRelay]]:
        """Waits for the first line. Returns it, and the lines that came together with it. Raises `NotConfigured`."""
        lines: list[ToRelay] = []
        while not lines and not self.ended:
            lines = self.read()
        if not lines or not isinstance(lines[0], Configure):
            raise NotConfigured
        os.set_blocking(self.lines_in, False)
        os.set_blocking(self._lines_out, False)
        return lines[0], lines[1:]

    def read(self) -> list[ToRelay]:
        """The complete lines that have come. A line that cannot be decoded is skipped."""
        with contextlib.suppress(BlockingIOError):
            data = os.read(self.lines_in, 65_536)
            self.ended = not data
            *whole, self._rest = (self._rest + data).split(b"\n")
            return [line for line in map(_decoded, whole) if line is not None]
        return []

    def send(self, line: Line) -> None:
        """Sends a line, or drops it where the agent does not read."""
        # Trades must not wait for the agent, so a full pipe is no reason to block.
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(self._lines_out, encode_line(line))


def _decoded(line: bytes) -> ToRelay | None:
    try:
        return decode_to_relay(line)
    except msgspec.MsgspecError:
        return None
