"""Carries out what users request by hand: copy a missed trade now, close copies now.

A request only changes the targets of its links, and the usual commands carry them out. So a repetition opens nothing twice
and closes nothing else. A request is answered once. A router that finds it unanswered begins it again.
"""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from lockstep_core.skips import PASSING, Skip, SkipCode
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_manager import CopyManager
from lockstep_router.execution.copy_status import CopyStatus
from lockstep_router.execution.observed import is_on_slave
from lockstep_router.execution.reasons import (
    BROKER,
    COPIED_ONCE,
    MASTER_CLOSED,
    NO_COPIER,
    QUARANTINED,
    TOO_LATE,
    Why,
    of_skip,
)
from lockstep_router.execution.settler import OnFault
from lockstep_router.execution.status import history_event, may_wait
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import ManualRequest, ManualRequestResult

COPY_NOW = "copy_now"
SLACK_MS = 1_000


class _Pending:
    """A request that is not answered yet. `links`: the links that it is about, once they are known."""

    __slots__ = ("begun", "links", "request")

    def __init__(self, request: ManualRequest) -> None:
        self.request = request
        self.begun = False
        self.links: tuple[int, ...] = () if request.link is None else (request.link,)

    def begin(self, links: tuple[int, ...] | None = None) -> None:
        """The request is being carried out from now on, for these links."""
        self.begun = True
        self.links = self.links if links is None else links


class ManualRequests:
    """All manual requests of the plan that are not answered."""

    def __init__(self, copy_manager: CopyManager, accounts: Mapping[UUID, TrackedAccount], on_fault: OnFault) -> None:
        self._copy_manager = copy_manager
        self._index = copy_manager.index
        self._accounts = accounts
        self._on_fault = on_fault
        self._open: dict[UUID, _Pending] = {}
        self._answered: set[UUID] = set()

    def on_plan(self, requests: Iterable[ManualRequest], now_ns: int, out: Outputs) -> None:
        """Takes all unanswered requests of the database. Those that were answered here are not begun again."""
        known = {request.id: request for request in requests}
        self._answered &= known.keys()
        for number, request in known.items():
            if number not in self._answered and number not in self._open:
                self._open[number] = _Pending(request)
        self.on_clock(now_ns, out)

    def leave(self, copiers: Collection[UUID]) -> None:
        """Forgets the requests about these copiers without an answer: another router continues them."""
        for number in [number for number, pending in self._open.items() if pending.request.copier in copiers]:
            del self._open[number]

    def on_clock(self, now_ns: int, out: Outputs) -> None:
        """Continues the unanswered requests. Call it several times a second."""
        for pending in list(self._open.values()):
            try:
                answer = self._go_on(pending, now_ns, out)
            except Exception as error:  # noqa: BLE001 - the requests of others go on
                copier = self._index.copiers.get(pending.request.copier)
                self._on_fault(None if copier is None else copier.slave, error, now_ns, out)
                answer = _refused(pending, QUARANTINED, now_ns)
            if answer is not None:
                self._end(pending, answer, out)

    def _go_on(self, pending: _Pending, now_ns: int, out: Outputs) -> ManualRequestResult | None:
        go_on = self._opening if pending.request.kind == COPY_NOW else self._closing
        answer = go_on(pending, now_ns, out)
        if answer is None and self._is_late(pending.request, now_ns):
            return _answer(pending, "expired", self._last_refusal(pending), now_ns)
        return answer

    def _opening(self, pending: _Pending, now_ns: int, out: Outputs) -> ManualRequestResult | None:
        copier = self._index.copiers.get(pending.request.copier)
        if copier is None:
            return _refused(pending, NO_COPIER, now_ns)
        if not self._accounts[copier.master].synced:
            return None
        copy = self._index.copies.get(pending.request.link or 0)
        if copy is None:
            return _refused(pending, MASTER_CLOSED, now_ns)
        if not pending.begun and not self._is_there(copy.link.id):
            if copy.status is CopyStatus.CLOSED:
                return _refused(pending, COPIED_ONCE, now_ns)
            self._begin_opening(pending, copy, now_ns, out)
        return self._opened(pending, copy, now_ns)

    def _begin_opening(self, pending: _Pending, copy: Copy, now_ns: int, out: Outputs) -> None:
        """Opens a link that never had a position: its signal counts as fresh from now on."""
        pending.begin()
        if copy.in_flight is None:
            copy.request_opening(now_ns)
            out.journal.append(history_event("asked", copy, now_ns, {"kind": pending.request.kind}))
            self._copy_manager.settle_number(copy.link.id, now_ns, out)

    def _opened(self, pending: _Pending, copy: Copy, now_ns: int) -> ManualRequestResult | None:
        if self._is_there(copy.link.id):
            return _done(pending, now_ns)
        if copy.in_flight is not None:
            return None
        decision = self._copy_manager.decision(copy, now_ns)
        if isinstance(decision, Skip):
            return None if may_wait(copy, decision) else _refused(pending, _why_not(copy, decision), now_ns)
        if decision is not None:
            return None
        if copy.link.ended:
            return _refused(pending, _why(copy), now_ns)
        return _refused(pending, MASTER_CLOSED, now_ns)

    def _closing(self, pending: _Pending, now_ns: int, out: Outputs) -> ManualRequestResult | None:
        copier = self._index.copiers.get(pending.request.copier)
        if copier is None:
            return _refused(pending, NO_COPIER, now_ns)
        if not self._accounts[copier.slave].synced:
            return None
        if not pending.begun:
            self._begin_closing(pending, now_ns, out)
        if any(self._has_something(link) for link in pending.links):
            return None
        return _done(pending, now_ns)

    def _begin_closing(self, pending: _Pending, now_ns: int, out: Outputs) -> None:
        """Closes what was open when the user asked, and nothing that was opened later, not even after a restart."""
        links = None
        if pending.request.link is None:
            copies = self._index.of_copier(pending.request.copier)
            links = tuple(link for link, copy in copies.items() if self._is_meant(pending.request, copy))
        pending.begin(links)
        for link in pending.links:
            copy = self._index.copies.get(link)
            if copy is not None and self._has_something(link):
                copy.request_closing()
                out.journal.append(history_event("asked", copy, now_ns, {"kind": pending.request.kind}))
                self._copy_manager.settle_soon(copy)

    def _is_meant(self, request: ManualRequest, copy: Copy) -> bool:
        slave_position = self._accounts[copy.copier.slave].book.by_magic.get(copy.link.id)
        since_ns = copy.in_flight.first_ns if copy.in_flight is not None else None
        since_ns = slave_position.opened_ns if slave_position is not None else since_ns
        utc_ms = None if since_ns is None else self._copy_manager.contexts.utc_ms(since_ns)
        return self._has_something(copy.link.id) and (utc_ms is None or utc_ms <= request.created_ms + SLACK_MS)

    def _has_something(self, link: int) -> bool:
        copy = self._index.copies.get(link)
        return copy is not None and (copy.in_flight is not None or self._is_there(link))

    def _is_there(self, link: int) -> bool:
        """Whether the slave has a position or a pending order of a followed link."""
        copy = self._index.copies[link]
        return is_on_slave(copy, self._accounts[copy.copier.slave])

    def _is_late(self, request: ManualRequest, now_ns: int) -> bool:
        utc_ms = self._copy_manager.contexts.utc_ms(now_ns)
        return utc_ms is not None and utc_ms >= request.expires_ms

    def _last_refusal(self, pending: _Pending) -> Why:
        """The broker's last refusal of one of its links, or that time ran out."""
        for link in pending.links:
            copy = self._index.copies.get(link)
            if copy is not None and (copy.reason or "").startswith(BROKER):
                return _why(copy)._replace(setting=None)
        return TOO_LATE

    def _end(self, pending: _Pending, answer: ManualRequestResult, out: Outputs) -> None:
        del self._open[pending.request.id]
        self._answered.add(pending.request.id)
        out.journal.append(answer)
        if answer.state == "done":
            return
        for link in pending.links:
            copy = self._index.copies.get(link)
            if copy is not None:
                copy.end_request()


def _why_not(copy: Copy, skip: Skip) -> Why:
    """The reason of a refused opening. If it became too late while a passing reason or the broker delayed it, that reason
    says more.
    """
    kept_back = copy.reason is not None and (copy.reason in PASSING or copy.reason.startswith(BROKER))
    return _why(copy) if skip.code is SkipCode.SIGNAL_TOO_OLD and kept_back else of_skip(skip)


def _why(copy: Copy) -> Why:
    return Why(copy.reason or "", copy.setting, copy.params)


def _done(pending: _Pending, now_ns: int) -> ManualRequestResult:
    return ManualRequestResult(pending.request.id, "done", None, None, {}, now_ns)


def _refused(pending: _Pending, why: Why, now_ns: int) -> ManualRequestResult:
    return _answer(pending, "refused", why, now_ns)


def _answer(pending: _Pending, state: str, why: Why, now_ns: int) -> ManualRequestResult:
    return ManualRequestResult(pending.request.id, state, why.reason or None, why.setting, dict(why.params), now_ns)
