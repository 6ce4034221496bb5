"""Spreads restarts in time, so that a new terminal image does not restart all terminals at once."""


class Pacer:
    """One permit every `pause_s` seconds for each shard."""

    def __init__(self, pause_s: float) -> None:
        self.pause_s = pause_s
        self._next_s: dict[str, float] = {}

    def is_free(self, shard: str, now_s: float) -> bool:
        """Whether the shard's permit could be taken now."""
        return now_s >= self._next_s.get(shard, float("-inf"))

    def take(self, shard: str, now_s: float) -> bool:
        """Takes the shard's permit. False if it is not free yet; `now_s` is a monotonic time."""
        if not self.is_free(shard, now_s):
            return False
        self._next_s[shard] = now_s + self.pause_s
        return True
