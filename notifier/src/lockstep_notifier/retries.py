"""When a failed attempt is made again. Pure."""

from collections.abc import Mapping

from lockstep_notifier.delivery import Channel

RETRIES_S: Mapping[Channel, tuple[float, ...]] = {
    "email": (30, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600),
    "webhook": (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600),
}
"""The pauses after the first attempt and those that follow. After the last there is none: it is a dead letter."""

SPREAD = 0.1
"""What failed at one moment, because a server was away, must not come back at one moment."""


def retry_after_s(channel: Channel, attempts: int, *, chance: float) -> float | None:
    """How long to wait after so many attempts, None after the last. `chance` is between 0 and 1."""
    pauses = RETRIES_S[channel]
    return pauses[attempts - 1] * (1 + SPREAD * chance) if 1 <= attempts <= len(pauses) else None
