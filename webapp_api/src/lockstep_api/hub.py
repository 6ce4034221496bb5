"""Passes changes from the database to the browsers of their user. Queues are bounded, and a stream can be resumed."""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

KEPT_CHANGES = 10_000
QUEUE_CHANGES = 500
KINDS = {
    "account_changes": "account",
    "copier_changes": "copier",
    "copy_changes": "copy",
    "alert_changes": "alert",
    "request_changes": "sync",
    "live_changes": "live",
}
"""The channels of the database, and the kind of their changes."""

PASSING = frozenset({"live"})
"""Kinds of changes that come again within a second. They have no id and are not kept, so they displace no other change."""

MOST_STREAMS = 5
"""Streams of one user in this process. Each is a lasting connection, also that of a forgotten tab."""

RELOAD = "event: reload\ndata: {}\n\n"


@dataclass(frozen=True)
class _KeptChange:
    number: int
    user: str
    text: str


class Watch:
    """The events that wait for one browser. A browser that reads too slowly gets `reload` instead."""

    def __init__(self, waiting: list[str]) -> None:
        self._waiting: deque[str] = deque(waiting)
        self._passing: set[str] = set()
        self._ready = asyncio.Event()
        self.is_over = False
        """Whether a newer watch of the same user has replaced this one."""
        if waiting:
            self._ready.set()

    def end(self) -> None:
        """Ends the watch. Waiting events are dropped."""
        self.is_over = True
        self._waiting.clear()
        self._ready.set()

    def pass_on(self, text: str) -> None:
        """Adds an event, unless the same event waits already."""
        if text not in self._passing:
            self._passing.add(text)
            self.put(text)

    def put(self, text: str) -> None:
        """Adds an event."""
        if len(self._waiting) >= QUEUE_CHANGES:
            self._waiting.clear()
            text = RELOAD
        self._waiting.append(text)
        self._ready.set()

    async def take(self) -> str:
        """Waits for events. Returns all waiting events as one text."""
        await self._ready.wait()
        self._ready.clear()
        text = "".join(self._waiting)
        self._waiting.clear()
        self._passing.clear()
        return text


class Hub:
    """Passes each change to the watches of its user. Ids are valid in this process only; another one answers `reload`."""

    def __init__(self, kept: int = KEPT_CHANGES) -> None:
        self._boot = secrets.token_hex(4)
        self._number = 0
        self._kept: deque[_KeptChange] = deque(maxlen=kept)
        self._watches: dict[str, list[Watch]] = {}

    @property
    def watches(self) -> int:
        """The number of open watches."""
        return sum(map(len, self._watches.values()))

    @property
    def position(self) -> str:
        """The id of the newest change. A watch that begins after it gets each change that is missing in data read later."""
        return f"{self._boot}-{self._number}"

    def publish(self, channel: str, payload: str) -> None:
        """Handles a notification of the database: `{"op", "id", "user_id"}`."""
        change = json.loads(payload)
        user = str(change["user_id"])
        data = json.dumps({"kind": KINDS[channel], "op": change["op"], "id": change["id"]}, separators=(",", ":"))
        text = f"event: change\ndata: {data}\n\n"
        watches = self._watches.get(user, ())
        if KINDS[channel] in PASSING:
            for watch in watches:
                watch.pass_on(text)
            return
        self._number += 1
        text = f"id: {self.position}\n{text}"
        self._kept.append(_KeptChange(self._number, user, text))
        for watch in watches:
            watch.put(text)

    def lost(self) -> None:
        """Handles a lost database connection, during which changes may have been missed: all browsers reload, and no stream
        resumes from an earlier id.
        """
        self._kept.clear()
        self._boot = secrets.token_hex(4)
        for watches in self._watches.values():
            for watch in watches:
                watch.put(RELOAD)

    @contextmanager
    def watching(self, user: str, last_id: str | None) -> Iterator[Watch]:
        """A watch that begins after `last_id`, or now. If the user has too many, the oldest one ends."""
        watch = Watch(self._since(user, last_id))
        watches = self._watches.setdefault(user, [])
        if len(watches) >= MOST_STREAMS:
            watches.pop(0).end()
        watches.append(watch)
        try:
            yield watch
        finally:
            if watch in watches:
                watches.remove(watch)
            # By the time an ended watch leaves, all others may have gone and newer ones may have come.
            if not watches and self._watches.get(user) is watches:
                del self._watches[user]

    def _since(self, user: str, last_id: str | None) -> list[str]:
        if last_id is None:
            return []
        boot, _, number = last_id.partition("-")
        oldest = self._kept[0].number if self._kept else self._number + 1
        if boot != self._boot or not number.isdecimal() or not oldest - 1 <= int(number) <= self._number:
            return [RELOAD]
        return [kept.text for kept in self._kept if kept.number > int(number) and kept.user == user]
