"""Makes a whole snapshot the account's book, piece by piece: other accounts have their turns in between."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from lockstep_core.books.from_snapshot import Memory, allocations_read, book_of, orders_read, positions_read, with_positions
from lockstep_core.books.positions import Order, Position
from lockstep_core.wire.enums import Capability
from lockstep_core.wire.frames import DealMoney, MoneyOperation
from lockstep_router.accounts.snapshot import Assembly
from lockstep_router.accounts.tasks import Discard
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy_manager import CopyManager
from lockstep_router.journal.outputs import Outputs

PIECE = 8
"""How many positions, orders or deals are taken over at a time."""

Item = TypeVar("Item")
OnMoney = Callable[[TrackedAccount, DealMoney | MoneyOperation, int, Outputs], None]
OnBook = Callable[[TrackedAccount, Assembly, int, Outputs], None]


class TakeOver:
    """One snapshot that is being made the book. Until it is finished the account is not synced, so nothing is decided from
    it.

    `on_money` is called for each deal's money and each operation, `on_book` at the end, when the new book is in place.
    """

    def __init__(
        self,
        tracked: TrackedAccount,
        assembly: Assembly,
        copy_manager: CopyManager,
        on_money: OnMoney,
        on_book: OnBook,
    ) -> None:
        self._tracked = tracked
        self._assembly = assembly
        self._copy_manager = copy_manager
        self._on_money = on_money
        self._on_book = on_book
        self._money = iter(assembly.money)
        self._old = tracked.book
        self._pieces = self._build()

    def go_on(self, now_ns: int, out: Outputs) -> bool:
        """Does the next piece; whether more is left."""
        if self._report_money(now_ns, out):
            return True
        for _ in self._pieces:
            return True
        self._on_book(self._tracked, self._assembly, now_ns, out)
        # Python frees thousands of objects when the last reference to the old book and the snapshot goes. All at once they
        # would take longer than a turn may, so they are freed in pieces.
        self._tracked.tasks.append(Discard([*self._old.positions.values(), *self._assembly.positions]))
        return False

    def _report_money(self, now_ns: int, out: Outputs) -> bool:
        # To find the link of an MT4 deal, all copies of its account may have to be searched.
        piece = tuple(islice(self._money, 1 if self._tracked.is_mt4 else PIECE))
        for money in piece:
            self._on_money(self._tracked, money, now_ns, out)
        return bool(piece)

    def _build(self) -> Iterator[None]:
        """Makes the book; yields None after each piece."""
        tracked, assembly, old = self._tracked, self._assembly, self._old
        read_ns, netting = assembly.taken_ns, tracked.netting
        # Programs that can net report the allocations of a net position. For other programs only the rows of copies know
        # them.
        reported = assembly.allocations if tracked.capabilities & Capability.NET else None
        shown: dict[int, Position] = {}
        yield from _by_ticket(positions_read(assembly.positions, old, read_ns, netting), shown)
        orders: list[Order] = []
        allocations: list[Position] = []
        yield from _in_pieces(orders_read(assembly.orders, read_ns), orders)
        yield from _in_pieces(allocations_read(reported or (), old, read_ns), allocations)
        yield None
        book = book_of(shown, old, assembly.begin.sent_ns, netting, orders, None if reported is None else allocations)
        yield None
        memory, by_deals = Memory(book), assembly.replayed
        for number, tranche in enumerate(self._copy_manager.known_tranches(tracked.account.id)):
            memory.add(tranche)
            if number % PIECE == 0:
                yield None
        recalled: dict[int, Position] = {}
        yield from _by_ticket(
            (memory.tranches_of(position, by_deals.get(position.ticket)) for position in shown.values()), recalled
        )
        book = with_positions(book, recalled)
        yield None
        if reported is None or not netting:
            book = self._copy_manager.with_known_allocations(tracked.account.id, book)
        else:
            book = self._copy_manager.with_known_openings(tracked.account.id, book, read_ns)
        tracked.book = book
        yield None
        yield from self._copy_manager.name_orders_in_pieces(tracked)


def _in_pieces(items: Iterable[Item], found: list[Item]) -> Iterator[None]:
    """Collects items, and yields None after each piece."""
    for item in items:
        found.append(item)
        if len(found) % PIECE == 0:
            yield None


def _by_ticket(positions: Iterable[Position], found: dict[int, Position]) -> Iterator[None]:
    """Collects positions by their tickets, and yields None after each piece."""
    for number, position in enumerate(positions, start=1):
        found[position.ticket] = position
        if number % PIECE == 0:
            yield None
