"""Does the tasks of accounts at their turns, one small piece after the other."""

from collections.abc import Iterator, Mapping
from typing import TypeVar
from uuid import UUID

import msgspec

from lockstep_core.books.book import followed
from lockstep_core.books.links import Link, link_id
from lockstep_core.decision.links_of import links_in_pieces
from lockstep_core.decision.order_parts import is_of_order
from lockstep_core.decision.plan import Copier
from lockstep_router.accounts.tasks import CopyDue, Discard, MasterSide, NoteLeftOut, SettleCopier, SettleCopy, SettleLinks
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_manager import COPIES_AT_ONCE, CopyManager, new_copy
from lockstep_router.execution.copy_status import CopyStatus
from lockstep_router.execution.observed import is_on_slave
from lockstep_router.journal.outputs import Outputs

_END = object()
DISCARDED = 32
"""How many objects are freed in one turn."""
ForCopiers = TypeVar("ForCopiers", MasterSide, NoteLeftOut)


class TaskRunner:
    """Books change while tasks wait, so a task reads what it needs at its turn."""

    def __init__(self, accounts: Mapping[UUID, TrackedAccount], copy_manager: CopyManager) -> None:
        self._accounts = accounts
        self._copy_manager = copy_manager
        self._settler = copy_manager.settler
        self._index = copy_manager.index

    @property
    def fanned_out(self) -> int:
        """How many copiers were settled because of what masters did."""
        return self._copy_manager.fanned_out

    def do_next(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """Does the first of an account's tasks, or a piece of it."""
        task = tracked.tasks.popleft()
        match task:
            case SettleLinks():
                self._settle_links(tracked, task, now_ns, out)
            case SettleCopier():
                self._settle_copier(tracked, task.copier)
            case SettleCopy():
                self._settle_copy(task, now_ns, out)
            case CopyDue():
                self._on_due(task.link, now_ns, out)
            case MasterSide():
                self._copy_manager.on_further_copiers(tracked.account.id, _piece_of(task, tracked), now_ns, out)
            case NoteLeftOut():
                self._on_left_out(_piece_of(task, tracked), now_ns, out)
            case Discard():
                del task.items[-DISCARDED:]
                if task.items:
                    tracked.tasks.appendleft(task)

    def name_further(self, tracked: TrackedAccount, naming: Iterator[None]) -> None:
        """Does the next piece of the search for the links of an account's unnamed orders."""
        if next(naming, _END) is _END:
            tracked.end_naming()
            self._copy_manager.settle_following(tracked)

    def _settle_copier(self, tracked: TrackedAccount, number: UUID) -> None:
        found = self._sides(number)
        if found is None:
            return
        copier, leader, slave = found
        if leader.synced:
            known = [copy.link for copy in self._index.of_copier(number).values()]
            links = links_in_pieces(copier, known, leader.book, slave.book, slave.specs)
            tracked.tasks.appendleft(SettleLinks(number, links))
        elif slave.synced:
            # While the master is offline the slave's book is still read, and guards or news still close what is open.
            tracked.tasks.extendleft(SettleCopy(link) for link in reversed(list(self._index.of_copier(number))))

    def _settle_links(self, tracked: TrackedAccount, task: SettleLinks, now_ns: int, out: Outputs) -> None:
        """Settles the next of a copier's links."""
        found = self._sides(task.copier)
        if found is None:
            return
        copier, leader, slave = found
        with self._settler.contained(copier, now_ns, out):
            link = next(task.links, _END)
            if link is _END:
                return
            tracked.tasks.appendleft(task)
            if isinstance(link, Link):
                self._settle_link(copier, link, leader, slave, now_ns, out)

    def _settle_link(
        self, copier: Copier, link: Link, leader: TrackedAccount, slave: TrackedAccount, now_ns: int, out: Outputs
    ) -> None:
        if not leader.synced:
            # The master went offline meanwhile. Followed copies are settled without it.
            self._settle_copy(SettleCopy(link.id), now_ns, out)
            return
        tranche = followed(leader.book, link.master_position)
        order = leader.book.orders.get(link.master_position)
        copy = self._index.copies.get(link.id)
        if copy is None:
            copy = Copy(copier, link, tranche is None and order is not None and is_of_order(link, order))
            if tranche is None and order is None and not is_on_slave(copy, slave):
                return
            self._index.add(copy)
        self._settler.settle(copy, tranche, now_ns, out)
        if tranche is not None and tranche.volume > copy.link.master_opened:
            self._settler.open_next_part(copy, tranche, 0, now_ns, out)

    def _settle_copy(self, task: SettleCopy, now_ns: int, out: Outputs) -> None:
        copy = self._index.copies.get(task.link)
        if copy is not None and not (task.waiting and copy.status is not CopyStatus.WAITING):
            self._settler.settle_now(copy, now_ns, out)

    def _on_due(self, number: int, now_ns: int, out: Outputs) -> None:
        copy = self._index.copies.get(number)
        if copy is None:
            return
        with self._settler.contained(copy.copier, now_ns, out):
            self._settler.on_due(copy, now_ns, out)

    def _on_left_out(self, task: NoteLeftOut, now_ns: int, out: Outputs) -> None:
        for copier in self._copy_manager.unchanged(task.copiers):
            number = link_id(copier.id, task.position.ticket)
            copy = self._index.copies.get(number) or self._index.add(new_copy(copier, number, task.position, None))
            self._settler.settle(copy, None, now_ns, out)

    def _sides(self, number: UUID) -> tuple[Copier, TrackedAccount, TrackedAccount] | None:
        """A copier, its master and its slave; None if one of them is gone."""
        copier = self._index.copiers.get(number)
        if copier is None:
            return None
        leader, slave = self._accounts.get(copier.master), self._accounts.get(copier.slave)
        return None if leader is None or slave is None else (copier, leader, slave)


def _piece_of(task: ForCopiers, tracked: TrackedAccount) -> ForCopiers:
    """As many of a task's copiers as fit in one piece. The others have their turn before any other task of the account."""
    if len(task.copiers) <= COPIES_AT_ONCE:
        return task
    tracked.tasks.appendleft(msgspec.structs.replace(task, copiers=task.copiers[COPIES_AT_ONCE:]))
    return msgspec.structs.replace(task, copiers=task.copiers[:COPIES_AT_ONCE])
