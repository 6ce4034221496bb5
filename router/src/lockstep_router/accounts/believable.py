"""Which frames have numbers that a terminal can report. Others change nothing in a book. Pure."""

from lockstep_core.books.positions import OrderKind
from lockstep_core.market.bounds import are_numbers, is_number
from lockstep_core.units import MAX_LOTS
from lockstep_core.wire.enums import Action, DealEntry, Side, Stage
from lockstep_core.wire.frames import (
    DealMoney,
    Frame,
    MoneyOperation,
    PendingOrder,
    PositionFrame,
    Result,
    StopsFrame,
    Tick,
    Trade,
)
from lockstep_router.accounts.money import is_money

_ENTRIES = frozenset(map(int, DealEntry))
_STAGES = frozenset(map(int, Stage))
_ACTIONS = frozenset(map(int, Action))
_ORDER_KINDS = frozenset(map(int, OrderKind))
_HIGHEST_SIDE = max(map(int, Side))


def is_believable(frame: Frame) -> bool:
    """Whether the numbers of a frame are possible ones."""
    match frame:
        case Trade():
            known = frame.entry in _ENTRIES and frame.position > 0 and frame.side <= _HIGHEST_SIDE
            return known and 0 < frame.volume <= MAX_LOTS and are_numbers(frame.price, frame.sl, frame.tp)
        case PositionFrame():
            known = (frame.ticket > 0 or frame.allocation == 1) and frame.side <= _HIGHEST_SIDE
            return known and 0 < frame.volume <= MAX_LOTS and are_numbers(frame.price, frame.sl, frame.tp)
        case PendingOrder():
            return _is_order(frame)
        case Result():
            known = frame.stage in _STAGES and frame.action in _ACTIONS
            return known and abs(frame.volume) <= MAX_LOTS and is_number(frame.price)
        case StopsFrame() | Tick():
            first, second = (frame.sl, frame.tp) if isinstance(frame, StopsFrame) else (frame.bid, frame.ask)
            return are_numbers(first, second)
        case _:
            return is_booked(frame) if isinstance(frame, DealMoney | MoneyOperation) else True


def is_booked(frame: DealMoney | MoneyOperation) -> bool:
    """Whether a broker can have booked this."""
    if isinstance(frame, MoneyOperation):
        return frame.deal > 0 and is_money(frame.amount)
    is_deal = frame.deal > 0 and abs(frame.volume) <= MAX_LOTS and is_number(frame.price)
    return is_deal and is_money(frame.profit, frame.commission, frame.swap, frame.fee)


def _is_order(frame: PendingOrder) -> bool:
    known = frame.ticket > 0 and frame.order_kind in _ORDER_KINDS
    volumes = 0 <= frame.left <= frame.volume <= MAX_LOTS
    return known and volumes and are_numbers(frame.price, frame.limit, frame.sl, frame.tp)
