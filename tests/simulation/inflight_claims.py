"""The requests of a link that are in flight, as the bridge's DLL remembers them: rule by rule as
`bridge_ea/dll/inflight.cpp`.
"""

from enum import Enum

from lockstep_core.wire.enums import Action
from tests.simulation.broker_data import RequestKind
from tests.simulation.scheduler import SECOND

CLOSE_AGAIN_NS = 10 * SECOND
CHANGE_AGAIN_NS = 60 * SECOND
OPENS = frozenset({Action.OPEN, Action.PLACE})
ORDERS = frozenset({Action.PLACE, Action.SET_ORDER, Action.DELETE})


class ClaimSubject(Enum):
    """What a request changes; an answer ends only a claim of the same subject."""

    VOLUME = 0
    STOPS = 1
    ORDER = 2


def subject_of(kind: RequestKind) -> ClaimSubject:
    """What a request of this kind changes."""
    if kind is RequestKind.STOPS:
        return ClaimSubject.STOPS
    return ClaimSubject.ORDER if kind in (RequestKind.PLACE, RequestKind.CHANGE, RequestKind.DELETE) else ClaimSubject.VOLUME


class Claim:
    """A request in flight; `action` 0: there is none."""

    __slots__ = ("action", "answered", "dealt", "since_ns", "target_id")

    def __init__(self, action: int = 0, since_ns: int = 0, target_id: int = 0) -> None:
        self.action = action
        self.target_id = target_id
        self.since_ns = since_ns
        self.answered = self.dealt = False


class LinkClaims:
    """One link's claims. `opener` is the action that opened it, `done_target` the newest target that had a deal."""

    __slots__ = ("done_target", "opener", "stops", "volume")

    def __init__(self) -> None:
        self.opener = self.done_target = 0
        self.volume = Claim()
        self.stops = Claim()


class InFlightClaims:
    """The claims of one terminal process."""

    def __init__(self) -> None:
        self._entries: dict[int, LinkClaims] = {}

    def claim(self, link: int, action: int, now_ns: int, target_id: int = 0) -> bool:
        """Whether a request for the action may be sent now; if so, it is in flight. A target that had a deal is done."""
        entry = self._entries.setdefault(link, LinkClaims())
        claim = entry.stops if action == Action.SET_STOPS else entry.volume
        if (target_id and target_id == entry.done_target) or not _may_send(entry, claim, action, now_ns):
            return False
        if action in OPENS:
            entry.opener = action
        fresh = Claim(action, now_ns, target_id)
        if action == Action.SET_STOPS:
            entry.stops = fresh
        else:
            entry.volume = fresh
        return True

    def pending(self, link: int, subject: ClaimSubject) -> int:
        """The action in flight, 0 for none."""
        entry = self._entries.get(link)
        return 0 if entry is None else _claim_of(entry, subject).action

    def blocking(self, link: int) -> int:
        """The action that blocks an opening of the link: one in flight, or the one that opened it."""
        entry = self._entries.get(link)
        return 0 if entry is None else entry.volume.action or entry.opener

    def claimed_ns(self, link: int, subject: ClaimSubject) -> int:
        """When the newest request of the subject was claimed."""
        entry = self._entries.get(link)
        return 0 if entry is None else _claim_of(entry, subject).since_ns

    def answered(self, link: int, subject: ClaimSubject) -> None:
        """The broker answered."""
        entry = self._entries.get(link)
        if entry is None or not _is_of(_claim_of(entry, subject), subject):
            return
        claim = _claim_of(entry, subject)
        claim.answered = True
        if subject is not ClaimSubject.VOLUME:
            claim.action = 0
        _settle(claim)

    def order_ended(self, link: int) -> None:
        """The link's pending order ended with nothing filled: the link may be opened in another way."""
        entry = self._entries.get(link)
        if entry is not None and entry.opener != Action.OPEN:
            entry.opener = 0
            if entry.volume.action in ORDERS:
                entry.volume.action = 0

    def dealt(self, link: int) -> None:
        """The link had a deal."""
        entry = self._entries.get(link)
        if entry is not None:
            entry.volume.dealt = True
            entry.done_target = entry.volume.target_id or entry.done_target
            _settle(entry.volume)

    def release(self, link: int, subject: ClaimSubject) -> None:
        """The broker refused the request."""
        entry = self._entries.get(link)
        if entry is None or not _is_of(_claim_of(entry, subject), subject):
            return
        claim = _claim_of(entry, subject)
        if claim.action in OPENS:
            entry.opener = 0
        claim.action = 0


def _claim_of(entry: LinkClaims, subject: ClaimSubject) -> Claim:
    return entry.stops if subject is ClaimSubject.STOPS else entry.volume


def _is_of(claim: Claim, subject: ClaimSubject) -> bool:
    return subject is ClaimSubject.STOPS or (claim.action in ORDERS) == (subject is ClaimSubject.ORDER)


def _settle(claim: Claim) -> None:
    if claim.answered and claim.dealt:
        claim.action = 0


def _may_send(entry: LinkClaims, claim: Claim, action: int, now_ns: int) -> bool:
    if action in OPENS:
        return not entry.opener
    if claim.action == 0:
        return True
    age_ns = now_ns - claim.since_ns
    if claim.action == Action.OPEN:
        return action == Action.CLOSE or age_ns > CLOSE_AGAIN_NS
    return age_ns > (CLOSE_AGAIN_NS if action == Action.CLOSE else CHANGE_AGAIN_NS)
