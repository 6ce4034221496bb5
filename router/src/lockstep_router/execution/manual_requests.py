"""What users ask for beside their rules: a missed trade copied now, copies closed now.

An ask changes nothing but what is wished of its links; the same commands as ever carry it out, so a repetition opens nothing
twice and closes nothing else. It is answered once, and begun again by a router that finds it unanswered.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from lockstep_core.skips import Skip
from lockstep_router.accounts.account_state import Mind
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_manager import Copying
from lockstep_router.execution.status import happening
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import Ask, AskAnswer

COPY_NOW = "copy_now"
SLACK_MS = 1_000
MASTER_CLOSED = ("out_of_sync", "The master has closed this by now.")
COPIED_ONCE = ("copy_over", "This trade was copied and the copy is closed; a trade is copied once.")
NO_COPIER = ("copier_gone", "The copier was removed.")
TOO_LATE = "It could not be done in time. Look whether both terminals are connected, and ask again."


class _Task:
    """An ask on its way. `links` are those to be closed, once they are known."""

    __slots__ = ("ask", "begun", "links")

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.begun = False
        self.links: tuple[int, ...] = () if ask.link is None else (ask.link,)


class Asking:
    """All asks of the plan that are not answered."""

    def __init__(self, copying: Copying, minds: Mapping[UUID, Mind]) -> None:
        self._copying = copying
        self._minds = minds
        self._tasks: dict[UUID, _Task] = {}
        self._over: set[UUID] = set()

    def on_plan(self, asks: Iterable[Ask], now_ns: int, out: Outputs) -> None:
        """The asks of the database, whole; those that were answered here are not begun again."""
        known = {ask.id: ask for ask in asks}
        self._over &= known.keys()
        for number, ask in known.items():
            if number not in self._over and number not in self._tasks:
                self._tasks[number] = _Task(ask)
        self.on_clock(now_ns, out)

    def on_clock(self, now_ns: int, out: Outputs) -> None:
        """Goes on with what is not answered; to be called several times a second."""
        for task in list(self._tasks.values()):
            answer = self._opening(task, now_ns, out) if task.ask.kind == COPY_NOW else self._closing(task, now_ns, out)
            if answer is None and self._is_late(task.ask, now_ns):
                answer = AskAnswer(task.ask.id, "expired", *self._said(task), now_ns)
            if answer is not None:
                self._end(task, answer, out)

    def _opening(self, task: _Task, now_ns: int, out: Outputs) -> AskAnswer | None:
        copier = self._copying.copier(task.ask.copier)
        if copier is None:
            return _refused(task, NO_COPIER, now_ns)
        if not self._minds[copier.master].synced:
            return None
        copy = self._copying.copies.get(task.ask.link or 0)
        if copy is None:
            return _refused(task, MASTER_CLOSED, now_ns)
        if not task.begun and not self._is_there(copy.link.id):
            if copy.status == "closed":
                return _refused(task, COPIED_ONCE, now_ns)
            self._begin_opening(task, copy, now_ns, out)
        return self._opened(task, copy, now_ns)

    def _begin_opening(self, task: _Task, copy: Copy, now_ns: int, out: Outputs) -> None:
        """Takes a link that never had a position back into the game, from now on."""
        task.begun = True
        if copy.flight is None:
            copy.ask(now_ns)
            out.journal.append(happening("asked", copy, now_ns, {"kind": task.ask.kind}))
            self._copying.settle_number(copy.link.id, now_ns, out)

    def _opened(self, task: _Task, copy: Copy, now_ns: int) -> AskAnswer | None:
        if self._is_there(copy.link.id):
            return AskAnswer(task.ask.id, "done", None, None, None, now_ns)
        if copy.flight is not None:
            return None
        decision = self._copying.decision(copy, now_ns)
        if isinstance(decision, Skip):
            return AskAnswer(task.ask.id, "refused", decision.code, decision.setting or None, decision.sentence, now_ns)
        if decision is not None:
            return None
        if copy.link.ended:
            return AskAnswer(task.ask.id, "refused", copy.reason, copy.setting, copy.message, now_ns)
        return _refused(task, MASTER_CLOSED, now_ns)

    def _closing(self, task: _Task, now_ns: int, out: Outputs) -> AskAnswer | None:
        copier = self._copying.copier(task.ask.copier)
        if copier is None:
            return _refused(task, NO_COPIER, now_ns)
        if not self._minds[copier.slave].synced:
            return None
        if not task.begun:
            self._begin_closing(task, now_ns, out)
        if any(self._has_something(link) for link in task.links):
            return None
        return AskAnswer(task.ask.id, "done", None, None, None, now_ns)

    def _begin_closing(self, task: _Task, now_ns: int, out: Outputs) -> None:
        """What was opened after the user asked is not meant, also where a router begins anew with an old ask."""
        task.begun = True
        if task.ask.link is None:
            copies = self._copying.of_copier(task.ask.copier)
            task.links = tuple(link for link, copy in copies.items() if self._is_meant(task.ask, copy))
        for link in task.links:
            copy = self._copying.copies.get(link)
            if copy is not None and self._has_something(link):
                copy.link = msgspec.structs.replace(copy.link, flat=True)
                copy.refused, copy.retry_ns = None, 0
                out.journal.append(happening("asked", copy, now_ns, {"kind": task.ask.kind}))
                self._copying.settle_number(link, now_ns, out)

    def _is_meant(self, ask: Ask, copy: Copy) -> bool:
        held = self._minds[copy.copier.slave].book.by_magic.get(copy.link.id)
        since_ns = copy.flight.first_ns if copy.flight is not None else None
        since_ns = held.opened_ns if held is not None else since_ns
        utc_ms = None if since_ns is None else self._copying.surroundings.utc_ms(since_ns)
        return self._has_something(copy.link.id) and (utc_ms is None or utc_ms <= ask.created_ms + SLACK_MS)

    def _has_something(self, link: int) -> bool:
        copy = self._copying.copies.get(link)
        return copy is not None and (copy.flight is not None or self._is_there(link))

    def _is_there(self, link: int) -> bool:
        """Whether the slave has a position or an order of a link that is followed."""
        book = self._minds[self._copying.copies[link].copier.slave].book
        return link in book.by_magic or link in book.orders_by_magic

    def _is_late(self, ask: Ask, now_ns: int) -> bool:
        utc_ms = self._copying.surroundings.utc_ms(now_ns)
        return utc_ms is not None and utc_ms >= ask.expires_ms

    def _said(self, task: _Task) -> tuple[str | None, str | None, str]:
        """What the broker said to it last, where it said anything."""
        for link in task.links:
            copy = self._copying.copies.get(link)
            if copy is not None and copy.message and (copy.reason or "").startswith("broker_"):
                return copy.reason, None, copy.message
        return None, None, TOO_LATE

    def _end(self, task: _Task, answer: AskAnswer, out: Outputs) -> None:
        del self._tasks[task.ask.id]
        self._over.add(task.ask.id)
        out.journal.append(answer)
        if answer.state == "done":
            return
        for link in task.links:
            copy = self._copying.copies.get(link)
            if copy is not None:
                copy.link = msgspec.structs.replace(copy.link, asked_ns=0, flat=False)


def _refused(task: _Task, why: tuple[str, str], now_ns: int) -> AskAnswer:
    return AskAnswer(task.ask.id, "refused", why[0], None, why[1], now_ns)
