"""Asks terminals for all symbols of their brokers, because a snapshot has only those of Market Watch.

A round of pages begins after a snapshot, at most once a minute for each account. The next page is requested when the last
one has come, so a terminal with thousands of symbols delays nobody.
"""

from itertools import islice

from msgspec.structs import replace

from lockstep_core.market.symbols import SymbolTradeMode
from lockstep_core.wire.enums import Capability
from lockstep_core.wire.frames import SymbolPage, SymbolPageEnd
from lockstep_router.accounts.sending import send_frame
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.journal.outputs import Outputs

PAGE = 128
MAX_GONE = 256
"""The most symbols that are marked as gone after one round of pages."""


class SymbolPages:
    """The requests of one router, numbered."""

    def __init__(self) -> None:
        self._requests = 0

    def on_snapshot(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """The terminal may be another one, so another round is due."""
        tracked.symbol_round.is_wanted = True
        self.sweep(tracked, now_ns, out)

    def sweep(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """Requests what is due."""
        if tracked.symbol_round.is_due(now_ns) and tracked.ready and tracked.capabilities & Capability.QUOTES:
            self._request(tracked, now_ns, out)

    def on_end(self, tracked: TrackedAccount, frame: SymbolPageEnd, now_ns: int, out: Outputs) -> bool:
        """A page has come. Returns whether it ended a round that reported something new."""
        found = tracked.symbol_round
        if not found.request or frame.request != found.request:
            return False
        if not found.on_end(frame.count, frame.total):
            self._request(tracked, now_ns, out)
            return False
        if found.first >= frame.total:
            _close_gone(tracked)
        return found.brought_news

    def _request(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        self._requests += 1
        tracked.symbol_round.on_requested(self._requests, now_ns)
        send_frame(tracked, SymbolPage(self._requests, tracked.symbol_round.first, PAGE, ""), now_ns, out)


def _close_gone(tracked: TrackedAccount) -> None:
    """Symbols that a whole round did not report cannot be traded: the broker does not offer them any more."""
    gone = [spec for name, spec in tracked.specs.items() if name not in tracked.symbol_round.names]
    for spec in islice(gone, MAX_GONE):
        tracked.put_spec(replace(spec, trade_mode=SymbolTradeMode.DISABLED))
