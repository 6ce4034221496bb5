"""The frames that a terminal's watching program sends about its account."""

from typing import TYPE_CHECKING

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import AccountTradeMode, MarginMode, Operation, Permission
from lockstep_core.wire.frames import (
    AccountFrame,
    MoneyOperation,
    PendingOrder,
    PositionFrame,
    SnapshotBegin,
    SnapshotEnd,
    StopsFrame,
    SymbolPage,
    SymbolPageEnd,
    Trade,
)
from tests.simulation.broker_data import NO_FIGURES, AccountKind, BrokerDeal, BrokerOrder, BrokerPosition
from tests.simulation.mt4_orders import folded
from tests.simulation.scheduler import MS

if TYPE_CHECKING:
    from tests.simulation.terminal import TerminalProcess


def snapshot_frames(terminal: "TerminalProcess") -> list[bytes]:
    """The frames of all that the terminal's lists have, encoded."""
    now_ns, positions, shown = terminal.now_ns(), terminal.positions.values(), terminal.market_watch
    listed = {name: symbol for name, symbol in terminal.account.listed.items() if name in shown}
    counts = (len(positions), len(listed))
    frames = [encode(SnapshotBegin(now_ns, *counts)), encode(account_frame(terminal, True))]
    frames += [encode(operation) for operation in operation_frames(terminal, 0)]
    frames += [symbol.frame() for symbol in listed.values()]
    frames += [encode(position_frame(terminal, position)) for position in positions]
    frames += [encode(position_frame(terminal, part, is_allocation=True)) for part in terminal.allocated_positions()]
    frames += [encode(trade_frame(terminal, deal, 0)) for deal in terminal.deals if deal.position in terminal.positions]
    frames += [encode(pending_frame(terminal, order, True)) for order in terminal.orders.values()]
    return [*frames, encode(SnapshotEnd(now_ns, *counts))]


def page_frames(terminal: "TerminalProcess", page: SymbolPage) -> list[bytes]:
    """The answer to a request for a page of the broker's symbols."""
    listed = tuple(terminal.account.listed.values())
    found = listed[page.first : page.first + page.most]
    end = SymbolPageEnd(page.request, page.first, len(found), len(listed), 0)
    return [*(symbol.frame() for symbol in found), encode(end)]


def operation_frames(terminal: "TerminalProcess", after: int) -> list[MoneyOperation]:
    """The payments with numbers above `after`."""
    account = terminal.account
    return [
        MoneyOperation(p.number, float(p.amount), account.server_ms(p.at_ms), Operation.BALANCE, 0, "")
        for p in account.figures_history.payments
        if p.number > after
    ]


def account_frame(terminal: "TerminalProcess", connected: bool) -> AccountFrame:
    """The account's figures. A terminal without its broker shows zeros."""
    account = terminal.account
    shown = account.figures if connected else NO_FIGURES
    figures = (float(shown.balance), float(shown.equity), float(shown.margin_free))
    times = (terminal.server_ms(), terminal.now_ns())
    mode = MarginMode.NETTING if account.nets else MarginMode.HEDGING
    platform = 4 if account.kind is AccountKind.MT4 else 5
    numbers = (100, mode, int(connected), 1, 4000, platform, 2, account.capabilities, AccountTradeMode.DEMO, 0)
    names = (account.spec.currency, account.spec.server, "")
    permissions = Permission.SAID | Permission.FIFO if account.closes_in_order else 0
    return AccountFrame(account.login, *figures, *times, *numbers, *names, permissions=permissions)


def position_frame(terminal: "TerminalProcess", position: BrokerPosition, is_allocation: bool = False) -> PositionFrame:
    """A position, or a magic number's allocation of one."""
    opened_ms = _stamp_msc(terminal, position.opened_ns // MS)
    age_ms = max(0, terminal.server_ms() - opened_ms)
    head = (position.ticket, position.magic, position.volume, position.price, position.sl, position.tp, opened_ms, age_ms)
    comment = _comment(terminal, position.ticket, position.comment)
    link = 0 if is_allocation else _link(terminal, position.ticket, position.magic)
    return PositionFrame(*head, position.side, int(is_allocation), position.symbol, comment, link)


def trade_frame(terminal: "TerminalProcess", deal: BrokerDeal, seen_ns: int) -> Trade:
    """A deal; `seen_ns` is 0 in a snapshot."""
    position = terminal.positions.get(deal.position)
    stops = (deal.sl, deal.tp) if position is None else (position.sl, position.tp)
    at_msc = _stamp_msc(terminal, deal.at_ms)
    magic = folded(deal.magic) if terminal.is_mt4 else deal.magic
    comment = _comment(terminal, deal.position, deal.comment[: terminal.account.spec.comment_length])
    head = (deal.number, deal.order, deal.position, magic, deal.volume, deal.price, *stops, at_msc, seen_ns)
    link = _link(terminal, deal.position, magic)
    return Trade(*head, deal.side, deal.entry, deal.symbol, comment, link)


def stops_frame(terminal: "TerminalProcess", position: BrokerPosition, seen_ns: int) -> StopsFrame:
    """The stops of a position."""
    magic = folded(position.magic) if terminal.is_mt4 else position.magic
    return StopsFrame(position.ticket, magic, position.sl, position.tp, 0, seen_ns, position.symbol)


def pending_frame(terminal: "TerminalProcess", order: BrokerOrder, active: bool) -> PendingOrder:
    """A pending order as it is, or as it was at its end."""
    account, now_ns = terminal.account, terminal.now_ns()
    placed_ms = _stamp_msc(terminal, order.placed_ns // MS)
    expires_msc = account.server_ms(order.expires_ms) if order.expires_ms else 0
    times = (expires_msc, max(0, terminal.server_ms() - placed_ms), placed_ms, now_ns)
    head = (order.ticket, order.magic, order.volume, order.remaining, order.price, 0.0, order.sl, order.tp)
    link = _link(terminal, order.ticket, order.magic)
    return PendingOrder(*head, *times, order.kind, int(active), order.symbol, order.comment, link)


def _stamp_msc(terminal: "TerminalProcess", world_ms: int) -> int:
    """The broker's time of a moment, as its deals and orders have it: MT4 shows whole seconds."""
    at_msc = terminal.account.server_ms(world_ms)
    return at_msc // 1000 * 1000 if terminal.is_mt4 else at_msc


def _link(terminal: "TerminalProcess", ticket: int, magic: int) -> int:
    """The link and first ticket, which only MT4's programs send beside the magic number."""
    link = terminal.link_of(ticket, magic) if terminal.is_mt4 else 0
    whose = terminal.account.book.positions.get(ticket)
    if terminal.is_mt4 and link == 0 and whose is not None and whose.magic != magic:
        terminal.account.untold += 1
    return link


def _comment(terminal: "TerminalProcess", ticket: int, comment: str) -> str:
    """The comment in a frame. After a partial close MT4's comment names the former ticket; its program sends the first one,
    or none.
    """
    first_ticket = terminal.first_ticket(ticket) if terminal.is_mt4 else 0
    if first_ticket:
        return f"from #{first_ticket}"
    return "" if comment.startswith("from #") else comment
