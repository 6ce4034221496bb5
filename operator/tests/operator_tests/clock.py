"""A clock that a test sets."""


class Clock:
    """Seconds, as `time.monotonic` gives them."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s
