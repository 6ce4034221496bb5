"""Changes on their way from the database to whoever watches: per person, bounded, resumable."""

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
"""Channels of the database, and what their changes are called."""

PASSING = frozenset({"live"})
"""What comes again within a second: it has no id and is not kept, so that it pushes nothing else out."""

RELOAD = "event: reload\ndata: {}\n\n"


@dataclass(frozen=True)
class _Kept:
    number: int
    user: str
    text: str


class Watch:
    """What one browser is still to be sent. One that reads too slowly is told to reload instead."""

    def __init__(self, waiting: list[str]) -> None:
        self._waiting: deque[str] = deque(waiting)
        self._passing: set[str] = set()
        self._ready = asyncio.Event()
        if waiting:
            self._ready.set()

    def pass_on(self, text: str) -> None:
        """Adds an event that says nothing new while it waits already."""
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
        """All that waits, once something does."""
        await self._ready.wait()
        self._ready.clear()
        text = "".join(self._waiting)
        self._waiting.clear()
        self._passing.clear()
        return text


class Hub:
    """Hands each change to the watches of its person. Ids are good for this process only; another one answers `reload`."""

    def __init__(self, kept: int = KEPT_CHANGES) -> None:
        self._boot = secrets.token_hex(4)
        self._number = 0
        self._kept: deque[_Kept] = deque(maxlen=kept)
        self._watches: dict[str, set[Watch]] = {}

    @property
    def watches(self) -> int:
        """How many browsers watch."""
        return sum(map(len, self._watches.values()))

    @property
    def position(self) -> str:
        """The id of the newest change: a watch after it misses nothing that is not in what is read from now on."""
        return f"{self._boot}-{self._number}"

    def publish(self, channel: str, payload: str) -> None:
        """A notification of the database: `{"op", "id", "user_id"}`."""
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
        self._kept.append(_Kept(self._number, user, text))
        for watch in watches:
            watch.put(text)

    def lost(self) -> None:
        """Changes may have been missed: everybody reloads, and nobody resumes from before."""
        self._kept.clear()
        self._boot = secrets.token_hex(4)
        for watches in self._watches.values():
            for watch in watches:
                watch.put(RELOAD)

    @contextmanager
    def watching(self, user: str, last_id: str | None) -> Iterator[Watch]:
        """A watch that begins after `last_id`, or now."""
        watch = Watch(self._since(user, last_id))
        self._watches.setdefault(user, set()).add(watch)
        try:
            yield watch
        finally:
            self._watches[user].discard(watch)
            if not self._watches[user]:
                del self._watches[user]

    def _since(self, user: str, last_id: str | None) -> list[str]:
        if last_id is None:
            return []
        boot, _, number = last_id.partition("-")
        oldest = self._kept[0].number if self._kept else self._number + 1
        if boot != self._boot or not number.isdecimal() or not oldest - 1 <= int(number) <= self._number:
            return [RELOAD]
        return [kept.text for kept in self._kept if kept.number > int(number) and kept.user == user]
