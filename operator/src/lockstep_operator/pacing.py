"""Keeps a new terminal image from restarting all terminals at once."""


class Pacer:
    """One permit every `pause_s` seconds."""

    def __init__(self, pause_s: float) -> None:
        self.pause_s = pause_s
        self._next_s = float("-inf")

    def take(self, now_s: float) -> bool:
        """Whether it is the caller's turn; `now_s` is a monotonic time."""
        if now_s < self._next_s:
            return False
        self._next_s = now_s + self.pause_s
        return True
