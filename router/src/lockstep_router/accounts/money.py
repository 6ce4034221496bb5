"""What is remembered of an account's deals and operations, so that each is written once and counted once."""

from lockstep_core.accounts import TradingAccount
from lockstep_core.market.money import MOST_MONEY, Figures, cents
from lockstep_core.market.operations import MoneyMove, move_of
from lockstep_core.wire.frames import DealMoney, MoneyOperation
from lockstep_router.accounts.limits import MAX_MONEY, MAX_MOVES
from lockstep_router.journal.records import DealMoneyRow, MoneyOperationRow

UNITS = 10**8
"""Money is written as whole numbers of 1e-8 of a currency."""

Amounts = tuple[int, int, int, int]
"""Profit, commission, swap, fee."""


class AccountMoney:
    """The money of one account. `moves`: what came in and went out, oldest first, the newest `MAX_MOVES`."""

    __slots__ = ("_reported", "_written", "moves")

    def __init__(self) -> None:
        self.moves: tuple[MoneyMove, ...] = ()
        self._written: dict[int, Amounts] = {}
        self._reported: dict[int, None] = {}

    def on_reported(self, deal: int) -> None:
        """A deal was written into the history when it happened."""
        self._reported[deal] = None
        if len(self._reported) > MAX_MONEY:
            del self._reported[next(iter(self._reported))]

    def is_reported(self, deal: int) -> bool:
        """Whether a deal was written into the history when it happened, as far as that is remembered."""
        return deal in self._reported

    def on_deal(
        self, frame: DealMoney, link: int, account: TradingAccount, figures: Figures, now_ns: int
    ) -> DealMoneyRow | None:
        """The row of a deal of a link; None if it says nothing new."""
        digits = figures.digits
        earned, swap = _units(frame.profit, digits), _units(frame.swap, digits)
        amounts = (earned, _units(frame.commission, digits), swap, _units(frame.fee, digits))
        if not self._is_new(frame.deal, amounts):
            return None
        ids = (frame.deal, frame.position, frame.order, frame.closes, link)
        told = (frame.entry, frame.reason, frame.symbol, figures.currency)
        return DealMoneyRow(account.id, account.user_id, *ids, *told, *amounts, utc_ms(frame.time_msc, figures), now_ns)

    def on_operation(
        self, frame: MoneyOperation, account: TradingAccount, figures: Figures, now_ns: int
    ) -> MoneyOperationRow | None:
        """The row of an operation; None if it says nothing new. The moved money counts from the next figures on."""
        amount = _units(frame.amount, figures.digits)
        known = frame.deal in self._written
        if not self._is_new(frame.deal, (amount, 0, 0, 0)):
            return None
        move = None if known else move_of(frame, figures.digits)
        if move is not None:
            self.moves = tuple(sorted((*self.moves, move)))[-MAX_MOVES:]
        told = (frame.operation, figures.currency, amount, frame.comment)
        return MoneyOperationRow(account.id, account.user_id, frame.deal, *told, utc_ms(frame.time_msc, figures), now_ns)

    def _is_new(self, deal: int, amounts: Amounts) -> bool:
        if self._written.get(deal) == amounts:
            return False
        self._written[deal] = amounts
        if len(self._written) > MAX_MONEY:
            del self._written[next(iter(self._written))]
        return True


def is_money(*amounts: float) -> bool:
    """Whether all of these can be amounts of money."""
    return all(abs(amount) <= MOST_MONEY for amount in amounts)


def utc_ms(time_msc: int, figures: Figures) -> int:
    """A moment of the broker's clock as Unix time in ms, as far as the broker's offset is known."""
    return time_msc - (figures.utc_offset_ms or 0)


def _units(amount: float, digits: int) -> int:
    return int(cents(amount, digits) * UNITS)
