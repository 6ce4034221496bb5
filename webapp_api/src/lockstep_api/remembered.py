"""A bounded cache whose values expire."""

from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Values by key, each until a monotonic time in s. When the cache is full, the oldest value is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, tuple[float, Value]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: bytes, now_s: float) -> Value | None:
        """The value, unless it has expired."""
        until_s, value = self._kept.get(key, (now_s, None))
        return value if now_s < until_s else None

    def put(self, key: bytes, value: Value, until_s: float) -> None:
        """Stores a value."""
        self._kept[key] = (until_s, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
