"""What the bridge's DLL remembers per link, rule by rule as in `bridge_ea/dll/inflight.cpp`."""

from enum import Enum

from lockstep_core.wire.frames import Action
from tests.simulation.agenda import SECOND
from tests.simulation.market import Ask

CLOSE_AGAIN_NS = 10 * SECOND
CHANGE_AGAIN_NS = 60 * SECOND
OPENS = frozenset({Action.OPEN, Action.PLACE})
ORDERS = frozenset({Action.PLACE, Action.SET_ORDER, Action.DELETE})


class Matter(Enum):
    """What a request is about; an answer ends only what is about the same."""

    VOLUME = 0
    STOPS = 1
    ORDER = 2


def matter_of(ask: Ask) -> Matter:
    """What a request is about."""
    if ask is Ask.STOPS:
        return Matter.STOPS
    return Matter.ORDER if ask in (Ask.PLACE, Ask.CHANGE, Ask.DELETE) else Matter.VOLUME


class Slot:
    """A change that is under way; `action` 0 where none is."""

    __slots__ = ("action", "answered", "dealt", "since_ns", "target_id")

    def __init__(self, action: int = 0, since_ns: int = 0, target_id: int = 0) -> None:
        self.action = action
        self.target_id = target_id
        self.since_ns = since_ns
        self.answered = self.dealt = False


class Entry:
    """One link's slots."""

    __slots__ = ("done", "opener", "stops", "volume")

    def __init__(self) -> None:
        self.opener = self.done = 0
        self.volume = Slot()
        self.stops = Slot()


class Claims:
    """One terminal process's memory of what is under way."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}

    def claim(self, link: int, action: int, now_ns: int, target_id: int = 0) -> bool:
        """Whether an order for the action may be sent now; it is then under way. A wish that had a deal is over."""
        entry = self._entries.setdefault(link, Entry())
        slot = entry.stops if action == Action.SET_STOPS else entry.volume
        if (target_id and target_id == entry.done) or not _may_send(entry, slot, action, now_ns):
            return False
        if action in OPENS:
            entry.opener = action
        fresh = Slot(action, now_ns, target_id)
        if action == Action.SET_STOPS:
            entry.stops = fresh
        else:
            entry.volume = fresh
        return True

    def pending(self, link: int, matter: Matter) -> int:
        """The action under way, 0 for none."""
        entry = self._entries.get(link)
        return 0 if entry is None else _slot(entry, matter).action

    def barring(self, link: int) -> int:
        """Because of what the link may not be opened: the action under way, or the one that opened it."""
        entry = self._entries.get(link)
        return 0 if entry is None else entry.volume.action or entry.opener

    def claimed_ns(self, link: int) -> int:
        """When the change of volume was claimed."""
        entry = self._entries.get(link)
        return 0 if entry is None else entry.volume.since_ns

    def answered(self, link: int, matter: Matter) -> None:
        """The broker's answer was seen."""
        entry = self._entries.get(link)
        if entry is None or not _is_of(_slot(entry, matter), matter):
            return
        slot = _slot(entry, matter)
        slot.answered = True
        if matter is not Matter.VOLUME:
            slot.action = 0
        _settle(slot)

    def gone(self, link: int) -> None:
        """The link's pending order is gone and nothing of it was filled: it may be opened in another way."""
        entry = self._entries.get(link)
        if entry is not None and entry.opener != Action.OPEN:
            entry.opener = 0
            if entry.volume.action in ORDERS:
                entry.volume.action = 0

    def dealt(self, link: int) -> None:
        """A deal was seen."""
        entry = self._entries.get(link)
        if entry is not None:
            entry.volume.dealt = True
            entry.done = entry.volume.target_id or entry.done
            _settle(entry.volume)

    def release(self, link: int, matter: Matter) -> None:
        """The request was refused."""
        entry = self._entries.get(link)
        if entry is None or not _is_of(_slot(entry, matter), matter):
            return
        slot = _slot(entry, matter)
        if slot.action in OPENS:
            entry.opener = 0
        slot.action = 0


def _slot(entry: Entry, matter: Matter) -> Slot:
    return entry.stops if matter is Matter.STOPS else entry.volume


def _is_of(slot: Slot, matter: Matter) -> bool:
    return matter is Matter.STOPS or (slot.action in ORDERS) == (matter is Matter.ORDER)


def _settle(slot: Slot) -> None:
    if slot.answered and slot.dealt:
        slot.action = 0


def _may_send(entry: Entry, slot: Slot, action: int, now_ns: int) -> bool:
    if action in OPENS:
        return not entry.opener
    if slot.action == 0:
        return True
    age_ns = now_ns - slot.since_ns
    if slot.action == Action.OPEN:
        return action == Action.CLOSE or age_ns > CLOSE_AGAIN_NS
    return age_ns > (CLOSE_AGAIN_NS if action == Action.CLOSE else CHANGE_AGAIN_NS)
