"""What each frame of a terminal changes in what is known of its account."""

import msgspec

from lockstep_core.accounts import AccountState, state_of
from lockstep_core.books.book import apply_order, apply_trade, is_ambiguous
from lockstep_core.books.from_snapshot import NOTHING_TOLD, from_snapshot
from lockstep_core.books.tranches import keys_of
from lockstep_core.market.symbols import spec_of
from lockstep_core.wire.frames import (
    Account,
    Capability,
    Frame,
    PendingOrder,
    Position,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    State,
    Stops,
    Symbol,
    Trade,
)
from lockstep_router.accounts.account_state import NEVER_NS, Mind, deal_data
from lockstep_router.accounts.snapshot import Assembly, is_believable
from lockstep_router.execution.copy_manager import Copying
from lockstep_router.execution.order_results import Answers
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import AccountNews, Happening

LONGEST_AGE_NS = 86_400_000_000_000


class Intake:
    """Applies frames to minds, and tells the copying what may have changed by them."""

    def __init__(self, copying: Copying) -> None:
        self._copying = copying
        self._answers = Answers(copying)

    def on_frame(self, mind: Mind, frame: Frame, sent_ns: int, now_ns: int, out: Outputs) -> bool:
        """Takes a frame that its relay sent at `sent_ns` (the relay's clock); False where it cannot be believed."""
        if isinstance(frame, State):
            return self._on_state(mind, frame, now_ns, out)
        if not is_believable(frame):
            mind.want_snapshot()
            return False
        if isinstance(frame, SnapshotBegin):
            self._begin(mind, frame, sent_ns, now_ns)
        elif mind.assembly is not None:
            self._on_part(mind, mind.assembly, frame, now_ns, out)
        elif mind.synced:
            self._on_event(mind, frame, sent_ns, now_ns, out)
        return True

    def tell_lost(self, mind: Mind, now_ns: int, out: Outputs) -> None:
        """The account's relay went away."""
        if mind.told not in (AccountState.FAILED, AccountState.STOPPED):
            _tell(mind, AccountState.DISCONNECTED, "BridgeLost", "The terminal's pod is not connected.", now_ns, out)

    def tell_back(self, mind: Mind, now_ns: int, out: Outputs) -> None:
        """The account's relay is there, and its book is true."""
        if mind.told in (None, AccountState.DISCONNECTED) and mind.state in (None, AccountState.READY):
            _tell(mind, AccountState.READY, "Ready", "", now_ns, out)

    def _on_event(self, mind: Mind, frame: Frame, sent_ns: int, now_ns: int, out: Outputs) -> None:
        match frame:
            case Trade():
                self._on_trade(mind, frame, sent_ns, now_ns, out)
            case Stops():
                self._on_stops(mind, frame, now_ns, out)
            case Result():
                self._answers.on_result(mind, frame, now_ns, out)
            case Account():
                self._on_account(mind, frame, now_ns, out)
            case PendingOrder():
                self._on_order(mind, frame, sent_ns, now_ns, out)
            case Symbol():
                spec = spec_of(frame)
                if spec is not None:
                    mind.set_specs({**mind.specs, spec.name: spec})

    def _on_trade(self, mind: Mind, trade: Trade, sent_ns: int, now_ns: int, out: Outputs) -> None:
        if is_ambiguous(mind.book, trade) or trade.position in mind.unsure:
            # What comes after a deal that was left out says nothing without it.
            mind.unsure.add(trade.position)
            mind.want_snapshot()
            return
        before, sharing = mind.book.positions.get(trade.position), _sharing(mind, trade.symbol)
        ordered = frozenset({trade.order} & mind.book.orders.keys())
        mind.book = apply_trade(mind.book, trade, _on_our_clock(trade.seen_ns, sent_ns, now_ns))
        account, after = mind.account.id, mind.book.positions.get(trade.position)
        for key in sorted(keys_of(before) | keys_of(after) | ordered):
            self._copying.on_master_side(account, key, trade.seen_ns, now_ns, out)
        for magic in _concerned(mind, trade.symbol, sharing, trade.magic, 0 if before is None else before.magic):
            self._copying.on_slave_position(account, magic, now_ns, out)
        out.journal.append(Happening("deal", now_ns, mind.account.user_id, account, data=deal_data(trade)))

    def _on_account(self, mind: Mind, frame: Account, now_ns: int, out: Outputs) -> None:
        mind.set_figures(frame, self._copying.surroundings.utc_ms(now_ns), now_ns)
        if frame.connected:
            self._copying.on_figures(mind.account.id, now_ns, out)

    def _on_order(self, mind: Mind, frame: PendingOrder, sent_ns: int, now_ns: int, out: Outputs) -> None:
        mind.book = apply_order(mind.book, frame, _on_our_clock(frame.seen_ns, sent_ns, now_ns))
        self._copying.on_master_side(mind.account.id, frame.ticket, frame.seen_ns, now_ns, out)
        if frame.magic:
            self._copying.on_slave_position(mind.account.id, frame.magic, now_ns, out)

    def _on_stops(self, mind: Mind, frame: Stops, now_ns: int, out: Outputs) -> None:
        held = mind.book.positions.get(frame.position)
        if held is None:
            return
        mind.set_stops(frame, now_ns)
        for key in sorted(keys_of(held)):
            self._copying.on_master_side(mind.account.id, key, frame.seen_ns, now_ns, out)
        for magic in _concerned(mind, held.symbol, frozenset(), held.magic):
            self._copying.on_slave_position(mind.account.id, magic, now_ns, out)

    def _begin(self, mind: Mind, frame: SnapshotBegin, sent_ns: int, now_ns: int) -> None:
        mind.synced = False
        mind.asked_ns = now_ns
        mind.assembly = Assembly(frame, _on_our_clock(frame.sent_ns, sent_ns, now_ns))

    def _on_part(self, mind: Mind, assembly: Assembly, frame: Frame, now_ns: int, out: Outputs) -> None:
        if isinstance(frame, Result):
            # Answers come on another connection and say nothing of a book that is about to be replaced.
            return
        if not isinstance(frame, SnapshotEnd):
            assembly.add(frame)
            return
        mind.assembly = None
        if assembly.is_whole(frame, mind.account.login):
            self._replace(mind, assembly, now_ns, out)
        else:
            mind.want_snapshot()

    def _replace(self, mind: Mind, assembly: Assembly, now_ns: int, out: Outputs) -> None:
        positions: list[Position] = assembly.positions
        if assembly.account is not None:
            mind.set_figures(assembly.account, self._copying.surroundings.utc_ms(now_ns), now_ns)
        begun_ns, taken_ns = assembly.begin.sent_ns, assembly.taken_ns
        # A terminal whose programs net tells whose its positions are; of another only the rows of links can.
        shares = assembly.shares if mind.capabilities & Capability.NET else None
        book = from_snapshot(positions, mind.book, begun_ns, taken_ns, mind.netting, assembly.orders, shares)
        mind.book = self._copying.recalled(mind.account.id, book, assembly.replayed() if mind.netting else NOTHING_TOLD)
        if shares is not None and mind.netting:
            mind.book = msgspec.structs.replace(mind.book, by_magic=book.by_magic)
        mind.set_specs(assembly.specs)
        mind.synced, mind.wants_snapshot = True, False
        mind.unsure.clear()
        # A deal that comes now may be ambiguous, and the snapshot that settles it should not be long in coming.
        mind.asked_ns = NEVER_NS
        self.tell_back(mind, now_ns, out)
        # Before anything is opened by what is found: guards may have to stop that.
        self._copying.on_figures(mind.account.id, now_ns, out)
        self._copying.resend(mind.account.id, now_ns)
        self._copying.on_book(mind.account.id, now_ns, out)
        data = {"positions": len(positions), "symbols": assembly.symbols}
        out.journal.append(Happening("snapshot", now_ns, mind.account.user_id, mind.account.id, data=data))

    def _on_state(self, mind: Mind, frame: State, now_ns: int, out: Outputs) -> bool:
        state = state_of(frame.state)
        if state is None:
            return False
        mind.state = state
        _tell(mind, state, frame.reason, frame.message, now_ns, out)
        return True


def _sharing(mind: Mind, symbol: str) -> frozenset[int]:
    """The magic numbers that share a netting account's position of a symbol."""
    shares = mind.book.by_magic.values() if mind.netting else ()
    return frozenset(share.magic for share in shares if share.symbol == symbol)


def _concerned(mind: Mind, symbol: str, before: frozenset[int], *magics: int) -> list[int]:
    """The magic numbers that a change is about; where positions net, also shares that are over, and one that is left alone:
    only that can have stops of its own.
    """
    after = _sharing(mind, symbol)
    others = after.difference(magics)
    return sorted({*magics, *(before - after), *(others if len(others) == 1 else ())} - {0})


def _on_our_clock(seen_ns: int, sent_ns: int, now_ns: int) -> int:
    """When something was seen, on our clock: both stamps are of the sender's node, so their difference is its age there."""
    age_ns = sent_ns - seen_ns
    return now_ns - (age_ns if 0 <= age_ns <= LONGEST_AGE_NS else 0)


def _tell(mind: Mind, state: AccountState, reason: str, message: str, now_ns: int, out: Outputs) -> None:
    mind.told = state
    out.journal.append(AccountNews(mind.account.id, mind.epoch, state, reason, message, now_ns))
    data = {"state": str(state), "reason": reason}
    out.journal.append(Happening("state", now_ns, mind.account.user_id, mind.account.id, data=data))
