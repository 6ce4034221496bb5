"""The newest quote of each symbol of each account. Older quotes are not kept."""

from collections.abc import MutableMapping
from typing import NamedTuple
from uuid import UUID

from lockstep_core.market.money import Quote, reported_quote
from lockstep_core.wire.codec import decode, frame_starts
from lockstep_core.wire.envelope import ENVELOPE, Kind, decode_envelope
from lockstep_core.wire.errors import WireError
from lockstep_core.wire.frames import Tick, UnknownFrame
from lockstep_router.accounts.believable import is_believable
from lockstep_router.accounts.limits import MAX_SYMBOLS
from lockstep_router.accounts.paces import TICKS_AT_ONCE, TICKS_PER_S, Allowance


class FirstTick(NamedTuple):
    """The first tick of a session, which its connection's key identifies; `at_ns` is when it was received."""

    key: bytes | None
    tick: Tick
    at_ns: int


class QuoteTable:
    """The newest quotes by account and symbol, and the first tick of each session."""

    def __init__(self) -> None:
        self.count = 0
        self.dropped = 0
        self.passed_over = 0
        self._newest: dict[UUID, dict[str, Quote]] = {}
        self._first: dict[UUID, FirstTick] = {}
        self._allowances: dict[UUID, Allowance] = {}

    def on_message(self, account: UUID | None, message: bytes, key: bytes | None = None, now_ns: int = 0) -> None:
        """Takes a TICKS message of an account's session. Without a session (None), or above the account's allowance, it is
        dropped.
        """
        try:
            if account is None or decode_envelope(message).kind != Kind.TICKS:
                self.dropped += 1
                return
            starts = frame_starts(message, ENVELOPE.size)
            if not self._allowance(account).take(now_ns, len(starts)):
                self.dropped += 1
                return
            frames = [decode(message, start)[0] for start in starts]
        except WireError:
            self.dropped += 1
            return
        table = self._newest.setdefault(account, {})
        self.passed_over += sum(isinstance(frame, UnknownFrame) for frame in frames)
        for tick in frames:
            if not isinstance(tick, Tick):
                continue
            if is_believable(tick) and (tick.symbol in table or len(table) < MAX_SYMBOLS):
                table[tick.symbol] = reported_quote(tick, now_ns)
                self.count += 1
                first = self._first.get(account)
                if first is None or first.key != key:
                    self._first[account] = FirstTick(key, tick, now_ns)

    def _allowance(self, account: UUID) -> Allowance:
        allowance = self._allowances.get(account)
        if allowance is None:
            allowance = self._allowances[account] = Allowance(TICKS_PER_S, TICKS_AT_ONCE)
        return allowance

    def first(self, account: UUID) -> FirstTick | None:
        """The first tick of an account's session."""
        return self._first.get(account)

    def of(self, account: UUID) -> MutableMapping[str, Quote]:
        """An account's newest quotes by symbol; the mapping changes as more come in."""
        return self._newest.setdefault(account, {})

    def newest(self, account: UUID, symbol: str) -> Quote | None:
        """The newest quote of a symbol; None where there was none."""
        return self._newest.get(account, {}).get(symbol)
