"""What a broker refuses for a whole symbol, or for all of an account, is tried again by one copy at a time."""

from lockstep_core.market.money import Quote
from lockstep_core.market.retcodes import Policy, Scope

TRY_NS = 2_000_000_000
"""How long the other copies wait for the answer to one copy's try."""
QUOTE_TRIES = 13
"""Quotes may go on while a broker takes no orders. So the next quote counts later after each try that a quote caused: the
least pause doubles this many times.
"""
FORGOTTEN_NS = 3_600_000_000_000
"""After so long without a refusal a pause is forgotten, since the longest is a quarter of it."""
ACCOUNT = ""
"""The key of what concerns every symbol."""


class SharedPause:
    """The pause of all copies of a symbol or account after a refusal. It is over at `ends_ns`, or with the next quote."""

    __slots__ = ("_by_quote_ns", "_quote", "_quote_tries", "_refused_ns", "_tries", "ends_ns")

    def __init__(self) -> None:
        self.ends_ns = 0
        self._refused_ns = self._by_quote_ns = self._tries = self._quote_tries = 0
        self._quote: tuple[float, float] | None = None

    def on_refused(self, policy: Policy, sent_ns: int, quote: Quote | None, now_ns: int) -> None:
        """Counts a refusal, unless its order was on its way already when the one before came."""
        if self._tries and sent_ns < self._refused_ns:
            return
        self._tries, self._refused_ns, self._quote = self._tries + 1, now_ns, bid_ask(quote)
        self.ends_ns = now_ns + policy.pause_ns(self._tries)
        by_quote_ns = now_ns + policy.pause_ns(1 + min(self._quote_tries, QUOTE_TRIES))
        self._by_quote_ns = by_quote_ns if policy.by_quote else 0

    def on_try(self, now_ns: int) -> None:
        """A copy tries. The others wait for what becomes of it."""
        self.ends_ns, self._by_quote_ns = now_ns + TRY_NS, 0

    def is_forgotten(self, now_ns: int) -> bool:
        """Whether its last refusal is so long ago that the next one is the first of others."""
        return now_ns - self._refused_ns > FORGOTTEN_NS

    def holds(self, quote: Quote | None, now_ns: int) -> bool:
        """Whether nobody may try yet. A new quote ends the pause, because it may say that the market is open."""
        if now_ns < self.ends_ns and self._by_quote_ns and now_ns >= self._by_quote_ns and bid_ask(quote) != self._quote:
            self._quote_tries, self._by_quote_ns, self.ends_ns = self._quote_tries + 1, 0, now_ns
        return now_ns < self.ends_ns


class SharedPauses:
    """The pauses of one account, by symbol; that of the whole account is `ACCOUNT`'s. Openings neither begin one nor wait
    for one: they are given up soon, and each says by itself what is wrong.
    """

    __slots__ = ("_pauses",)

    def __init__(self) -> None:
        self._pauses: dict[str, SharedPause] = {}

    def on_refused(self, symbol: str, policy: Policy, sent_ns: int, quote: Quote | None, now_ns: int) -> None:
        """Its broker refused an order of a symbol."""
        if policy.scope is Scope.COPY:
            return
        self._forget(now_ns)
        key = symbol if policy.scope is Scope.SYMBOL else ACCOUNT
        self._pauses.setdefault(key, SharedPause()).on_refused(policy, sent_ns, quote, now_ns)

    def on_taken(self, symbol: str) -> None:
        """Its broker took an order of a symbol: whatever was the matter has passed."""
        if self._pauses:
            self._pauses.pop(symbol, None)
            self._pauses.pop(ACCOUNT, None)

    def until_ns(self, symbol: str, quote: Quote | None, now_ns: int) -> int:
        """Until when an order of a symbol that was refused before has to wait; 0: it may be tried now, by one copy."""
        self._forget(now_ns)
        pauses = [pause for key in (symbol, ACCOUNT) if (pause := self._pauses.get(key)) is not None]
        return max((pause.ends_ns for pause in pauses if pause.holds(quote, now_ns)), default=0)

    def on_try(self, symbol: str, now_ns: int) -> None:
        """An order that was refused before goes out again."""
        for key in (symbol, ACCOUNT):
            pause = self._pauses.get(key)
            if pause is not None:
                pause.on_try(now_ns)

    def _forget(self, now_ns: int) -> None:
        for key in [key for key, pause in self._pauses.items() if pause.is_forgotten(now_ns)]:
            del self._pauses[key]


def bid_ask(quote: Quote | None) -> tuple[float, float] | None:
    """A copy of the prices, because a table of quotes may change its entries in place."""
    return None if quote is None else (quote.bid, quote.ask)
