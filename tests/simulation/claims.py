"""What the bridge's DLL remembers per link, rule by rule as in `bridge_ea/dll/inflight.cpp`."""

from lockstep_core.wire.frames import Action
from tests.simulation.agenda import SECOND

CLOSE_AGAIN_NS = 10 * SECOND
CHANGE_AGAIN_NS = 60 * SECOND
OPENS = frozenset({Action.OPEN, Action.PLACE})
ORDERS = frozenset({Action.PLACE, Action.SET_ORDER, Action.DELETE})


class Slot:
    """A change that is under way; `action` 0 where none is."""

    __slots__ = ("action", "answered", "dealt", "since_ns")

    def __init__(self, action: int = 0, since_ns: int = 0) -> None:
        self.action = action
        self.since_ns = since_ns
        self.answered = self.dealt = False


class Entry:
    """One link's slots."""

    __slots__ = ("opened", "stops", "volume")

    def __init__(self) -> None:
        self.opened = False
        self.volume = Slot()
        self.stops = Slot()


class Claims:
    """One terminal process's memory of what is under way."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}

    def claim(self, link: int, action: int, now_ns: int) -> bool:
        """Whether an order for the action may be sent now; it is then under way."""
        entry = self._entries.setdefault(link, Entry())
        slot = entry.stops if action == Action.SET_STOPS else entry.volume
        if not _may_send(entry, slot, action, now_ns):
            return False
        if action in OPENS:
            entry.opened = True
        fresh = Slot(action, now_ns)
        if action == Action.SET_STOPS:
            entry.stops = fresh
        else:
            entry.volume = fresh
        return True

    def pending(self, link: int, stops: bool) -> int:
        """The action under way, 0 for none."""
        entry = self._entries.get(link)
        return 0 if entry is None else (entry.stops if stops else entry.volume).action

    def claimed_ns(self, link: int) -> int:
        """When the change of volume was claimed."""
        entry = self._entries.get(link)
        return 0 if entry is None else entry.volume.since_ns

    def answered(self, link: int, stops: bool) -> None:
        """The broker's answer was seen."""
        entry = self._entries.get(link)
        if entry is None:
            return
        if stops:
            entry.stops.action = 0
            return
        entry.volume.answered = True
        if entry.volume.action in ORDERS:
            entry.volume.action = 0
        _settle(entry.volume)

    def gone(self, link: int) -> None:
        """The link's pending order is gone and nothing of it was filled: it may be opened in another way."""
        entry = self._entries.get(link)
        if entry is not None:
            entry.opened = False
            if entry.volume.action in ORDERS:
                entry.volume.action = 0

    def dealt(self, link: int) -> None:
        """A deal was seen."""
        entry = self._entries.get(link)
        if entry is not None:
            entry.volume.dealt = True
            _settle(entry.volume)

    def release(self, link: int, stops: bool) -> None:
        """The request was refused."""
        entry = self._entries.get(link)
        if entry is None:
            return
        slot = entry.stops if stops else entry.volume
        if slot.action in OPENS:
            entry.opened = False
        slot.action = 0


def _settle(slot: Slot) -> None:
    if slot.answered and slot.dealt:
        slot.action = 0


def _may_send(entry: Entry, slot: Slot, action: int, now_ns: int) -> bool:
    if action in OPENS:
        return not entry.opened
    if slot.action == 0:
        return True
    age_ns = now_ns - slot.since_ns
    if slot.action == Action.OPEN:
        return action == Action.CLOSE or age_ns > CLOSE_AGAIN_NS
    return age_ns > (CLOSE_AGAIN_NS if action == Action.CLOSE else CHANGE_AGAIN_NS)
