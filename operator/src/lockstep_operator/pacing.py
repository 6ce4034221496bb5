"""Spreads restarts in time, so that a new terminal image does not restart all terminals at once."""


class Pacer:
    """One permit every `pause_s` seconds."""

    def __init__(self, pause_s: float) -> None:
        self.pause_s = pause_s
        self._next_s = float("-inf")

    def take(self, now_s: float) -> bool:
        """Takes the permit. False if it is not free yet; `now_s` is a monotonic time."""
        if now_s < self._next_s:
            return False
        self._next_s = now_s + self.pause_s
        return True
