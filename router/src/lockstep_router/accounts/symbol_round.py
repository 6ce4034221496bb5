"""One account's symbols while its terminal reports all of them, page by page."""

from lockstep_router.accounts.limits import MAX_SYMBOLS

ANSWER_NS = 5_000_000_000
"""A page that has not come by then is requested again."""
ROUND_PAUSE_NS = 60_000_000_000


class SymbolRound:
    """The state of the present round. `request`: the page that is awaited, 0 for none. `names`: those that were reported in
    this round. `brought_news`: this round reported new or changed symbols. `was_whole`: a round was complete.
    """

    __slots__ = ("_begin_ns", "_due_ns", "brought_news", "first", "is_wanted", "names", "request", "was_whole")

    def __init__(self) -> None:
        self.is_wanted = self.brought_news = self.was_whole = False
        self.request = self.first = 0
        self.names: set[str] = set()
        self._begin_ns = self._due_ns = 0

    def is_due(self, now_ns: int) -> bool:
        """Whether to request a page: the first one of a round, or again one that has not come."""
        if self.request:
            return now_ns >= self._due_ns
        return self.is_wanted and now_ns >= self._begin_ns

    def on_requested(self, request: int, now_ns: int) -> None:
        """A page was requested. The first page begins a round, and the next round may begin a minute later."""
        if not self.request and self.is_wanted and now_ns >= self._begin_ns:
            self.is_wanted = self.brought_news = False
            self.first, self._begin_ns = 0, now_ns + ROUND_PAUSE_NS
            self.names.clear()
        self.request, self._due_ns = request, now_ns + ANSWER_NS

    def saw(self, name: str, *, is_news: bool) -> None:
        """A symbol was reported."""
        if self.request and len(self.names) < MAX_SYMBOLS:
            self.names.add(name)
            self.brought_news = self.brought_news or is_news

    def on_end(self, count: int, total: int) -> bool:
        """The awaited page has come; whether the round is over."""
        self.request = 0
        self.first += count
        is_over = count == 0 or self.first >= min(total, MAX_SYMBOLS)
        self.was_whole = self.was_whole or is_over
        return is_over
