"""What a broker's return code means for the refused order: one policy for each code of an MQL5 trade server.

MT4's errors are stood for by these codes (`lockstep_core.wire.mt4_errors`).

Codes: https://www.mql5.com/en/docs/constants/errorswarnings/enum_trade_return_codes
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

MS = 1_000_000
S = 1_000 * MS
MANY = 60
"""What was refused more often in a row will not pass in a moment: from then on the pause is `LASTING_NS` at least."""
LASTING_NS = 900 * S


class Verdict(StrEnum):
    """`RETRY`: the same order may pass in a while. `UNKNOWN`: it may have been carried out. `FINAL`: it will never pass.

    What a verdict says holds for openings. A closing is never given up, whatever its broker says: for it only the pauses
    count.
    """

    RETRY = "retry"
    UNKNOWN = "unknown"
    FINAL = "final"


class Scope(StrEnum):
    """What a refusal is about: this order, whatever is traded of its symbol, or all that the account trades."""

    COPY = "copy"
    SYMBOL = "symbol"
    ACCOUNT = "account"


class Policy(msgspec.Struct, frozen=True):
    """How a refused order is tried again.

    The first pause is `first_ns`; it doubles with each refusal in a row up to `longest_ns`. An opening is given up after
    `tries` refusals in a row; 0: it is tried for as long as its signal is fresh. `by_quote`: the next quote of its symbol
    ends the pause, since it says that the market is open again. `by_hours`: where the market is closed by the hours that its
    broker told, the order waits until it opens. `by_order`: the order itself is wrong, so another one, or another
    specification of its symbol, ends the pause, not before `first_ns`. `scope`: what it is about; of the closings of one
    symbol or account that wait, one is tried at a time.
    """

    verdict: Verdict
    first_ns: int = 200 * MS
    longest_ns: int = 30 * S
    tries: int = 4
    by_quote: bool = False
    by_hours: bool = False
    by_order: bool = False
    scope: Scope = Scope.COPY

    def pause_ns(self, refusals: int) -> int:
        """The pause after this many refusals in a row (at least one)."""
        longest_ns = self.longest_ns if refusals <= MANY else max(self.longest_ns, LASTING_NS)
        return min(self.first_ns << min(refusals - 1, 20), longest_ns)


NO_CONNECTION = 10031
"""The terminal has no connection to its broker; the order was never sent."""

_FINAL = Policy(Verdict.FINAL)
_NEVER = Policy(Verdict.FINAL, 1 * S, 900 * S, by_order=True)
"""The order itself is wrong: a closing that is repeated sooner only uses up what the broker allows in a day."""
_WRONG_LOTS = Policy(Verdict.FINAL, 1 * S, 86_400 * S, by_order=True)
"""Its lots are, which no time mends: tried a few times, and then about once a day."""
_MOMENT = Policy(Verdict.RETRY)
_FULL = Policy(Verdict.RETRY, 500 * MS, 60 * S, tries=0)
"""The account has no room for it now; what closes makes room."""
_SWITCHED_OFF = Policy(Verdict.RETRY, 1 * S, 300 * S, tries=0, scope=Scope.ACCOUNT)
_CLOSED = Policy(Verdict.RETRY, 1 * S, LASTING_NS, tries=0, by_quote=True, by_hours=True, scope=Scope.SYMBOL)
_NO_QUOTES = Policy(Verdict.RETRY, longest_ns=LASTING_NS, by_quote=True, by_hours=True, scope=Scope.SYMBOL)
_ONE_WAY = Policy(Verdict.FINAL, 1 * S, 300 * S, scope=Scope.SYMBOL)

POLICIES: Mapping[int, Policy] = {
    10004: _MOMENT,  # requote
    10006: _MOMENT,  # rejected, by a dealer who may take the next one
    10007: _FINAL,  # cancelled by the trader
    10011: Policy(Verdict.UNKNOWN),  # request processing error
    10012: Policy(Verdict.UNKNOWN),  # cancelled by timeout
    10013: _NEVER,  # invalid request
    10014: _WRONG_LOTS,  # invalid volume
    10015: _MOMENT,  # invalid price: the next target is made of a newer quote
    10016: _MOMENT,  # invalid stops: the next target's are made of a newer quote
    10017: Policy(Verdict.RETRY, 1 * S, 300 * S, tries=0, scope=Scope.SYMBOL),  # trading is disabled
    10018: _CLOSED,  # the market is closed
    10019: _FULL,  # not enough money
    10020: _MOMENT,  # prices changed
    10021: _NO_QUOTES,  # also of a market that is closed
    10022: _NEVER,  # invalid expiration
    10024: Policy(Verdict.RETRY, 1 * S, 60 * S, scope=Scope.ACCOUNT),  # too many requests
    10026: _SWITCHED_OFF,  # autotrading disabled by the server
    10027: _SWITCHED_OFF,  # autotrading disabled in the terminal
    10028: Policy(Verdict.RETRY, tries=0),  # locked, or MT4's one trade context is busy: soon it is not
    10029: Policy(Verdict.RETRY, 1 * S),  # frozen: too near to the market to be changed
    10030: _NEVER,  # invalid filling mode
    NO_CONNECTION: Policy(Verdict.RETRY, tries=0),
    10032: _NEVER,  # only for live accounts
    10033: _FULL,  # as many pending orders as the broker allows
    10034: _FULL,  # as many lots of the symbol as the broker allows
    10035: _NEVER,  # invalid order type
    10040: _FULL,  # as many positions as the broker allows
    10042: _ONE_WAY,  # only buying
    10043: _ONE_WAY,  # only selling
    10044: _ONE_WAY,  # only closing
    10045: Policy(Verdict.FINAL, 1 * S, 300 * S),  # positions close in the order they were opened
    10046: _NEVER,  # no opposite positions on this account
}


def policy_of(retcode: int) -> Policy:
    """The policy for a code. One that is not known is no reason to try an opening again."""
    return POLICIES.get(retcode, _FINAL)


def verdict(retcode: int) -> Verdict:
    """The verdict on an MQL5 trade server return code."""
    return policy_of(retcode).verdict


_THESE_STOPS = frozenset(
    {
        10013,  # invalid request
        10015,  # invalid price
        10016,  # invalid stops
        10025,  # nothing would change
    }
)


def refuses_these_stops(retcode: int) -> bool:
    """Whether a broker will never take these very stops for the position as it is; after any other refusal it may later."""
    return retcode in _THESE_STOPS
