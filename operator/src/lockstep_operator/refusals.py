"""Backs off after refusals: a value that was refused is not tried again at once, unless it has changed."""

import random
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 300.0

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Refusal(Generic[V]):
    value: V
    times: int
    not_before_s: float


class Refusals(Generic[K, V]):
    """What was refused for each key, how often, and when it may be tried again."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._last: dict[K, _Refusal[V]] = {}

    def may_try(self, key: K, value: V) -> bool:
        """Whether this may be tried now: it differs from what was refused, or the pause is over."""
        last = self._last.get(key)
        return last is None or last.value != value or self._clock_s() >= last.not_before_s

    def refused(self, key: K, value: V) -> None:
        """Notes a refusal. The pause doubles with each one of the same value."""
        last = self._last.get(key)
        times = last.times + 1 if last is not None and last.value == value else 1
        pause_s = min(_FIRST_PAUSE_S * float(1 << min(times - 1, 10)), _LONGEST_PAUSE_S)
        pause_s *= random.uniform(1, 1.2)  # noqa: S311 (spreads retries, no secret)
        self._last[key] = _Refusal(value, times, self._clock_s() + pause_s)

    def forget(self, key: K) -> None:
        """Forgets the refusals of a key that succeeded or is gone."""
        self._last.pop(key, None)
