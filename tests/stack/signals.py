"""What ends a measurement early, so that all it made is removed."""

import signal
from types import FrameType


def end_as_ctrl_c() -> None:
    """SIGTERM then ends this process as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _interrupted)


def _interrupted(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
