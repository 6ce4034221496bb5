"""One process of a terminal: what it sees of its account, its way to the broker, and the two programs in it.

The view changes when the broker's news arrives; the programs hear of it a moment later, as in a real terminal.
"""

from itertools import count
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.agenda import MS, SECOND, Agenda
from tests.simulation.broker import Account
from tests.simulation.claims import Claims
from tests.simulation.executor import Executor
from tests.simulation.market import (
    CONNECTION,
    ENTRY,
    Answer,
    Deal,
    Dealt,
    FromBroker,
    Held,
    Moved,
    Owner,
    Request,
    Share,
    Sync,
    Waiting,
    Waits,
    Working,
)
from tests.simulation.pipes import Pipe
from tests.simulation.watcher import Watcher

if TYPE_CHECKING:
    from tests.simulation.pod import Pod

BROKER_NS = (5 * MS, 60 * MS)
QUEUE_NS = (0, 20 * MS)
_keys = count(1)


class Terminal:
    """Logged in or not, with what it knows of the account. `dealt` are the magic numbers in its history, `shares` what that
    says of whose a netting account's positions are, `deals` what those came of, `past` the pending orders in it that ended
    while it looked, `unseen` tickets that MT4 has promised and not shown yet.
    """

    def __init__(self, agenda: Agenda, dice: Random, account: Account, pod: "Pod") -> None:
        self.agenda = agenda
        self.dice = dice
        self.account = account
        self.pod = pod
        self.connected = False
        self.alive = True
        self.ready = False
        self.positions: dict[int, Held] = {}
        self.dealt: set[int] = set()
        self.working: list[int] = []
        self.shares: dict[Owner, Share] = {}
        self.orders: dict[int, Waiting] = {}
        self.past: dict[int, Waiting] = {}
        self.ordered: set[int] = set()
        self.newest_deal = 0
        self.deals: list[Deal] = []
        self.unseen: set[int] = set()
        self.claims = Claims()
        self.watcher = Watcher(self)
        self.executor = Executor(self)
        self._key = 0
        self._requests = 0
        self._news: Pipe[FromBroker] | None = None
        self._asks: Pipe[Request] | None = None
        self._queue: Pipe[FromBroker] = Pipe(agenda, dice, QUEUE_NS, self.watcher.on_transaction)

    def now_ns(self) -> int:
        """The clock of its node."""
        return self.pod.now_ns()

    def log_in(self) -> None:
        """Connects to the broker: the history first, positions a moment later."""
        if not self.alive or self._news is not None:
            return
        self._key = next(_keys)
        key, account = self._key, self.account
        self._news = Pipe(self.agenda, self.dice, BROKER_NS, lambda news: self.pod.gate(lambda: self._on_news(key, news)))
        self._asks = Pipe(self.agenda, self.dice, BROKER_NS, lambda request: account.request(key, request))
        self._news.send(account.attach(key, self._news.send))

    def stall(self, until_ns: int) -> None:
        """Nothing of the broker arrives before then."""
        if self._news is not None:
            self._news.stall(until_ns)

    def log_out(self) -> None:
        """The connection to the broker breaks."""
        self.account.detach(self._key)
        for pipe in (self._news, self._asks):
            if pipe is not None:
                pipe.cut()
        if self._news is not None:
            self._news.shut()
        self._news = self._asks = None
        self.connected = False

    def end(self) -> None:
        """The process is gone; what it has sent to the broker may still arrive."""
        self.log_out()
        self.alive = False
        self._queue.shut()

    def send(self, request: Request) -> int:
        """Sends a request and returns its number, 0 where there is no connection."""
        if self._asks is None or not self.connected:
            return 0
        self._asks.send(request)
        return request.number

    def next_request(self) -> int:
        """The number of the next request."""
        self._requests += 1
        return self._requests

    def find(self, magic: int, hint: int = 0) -> Held | None:
        """The position of a magic number; of a netting account, its share of one."""
        if self.account.nets:
            return self._share(magic, hint)
        hinted = self.positions.get(hint)
        if hinted is not None and hinted.magic == magic:
            return hinted
        return next((held for held in self.positions.values() if held.magic == magic), None)

    def net(self, symbol: str) -> Held | None:
        """A netting account's position of a symbol."""
        return next((held for held in self.positions.values() if held.symbol == symbol), None)

    def server_ms(self) -> int:
        """The broker's own clock, in whole seconds."""
        return self.account.server_ms(self.agenda.now_ns // SECOND * 1000)

    def world_ms(self, server_ms: int) -> int:
        """A moment of the broker's clock as the world has it; 0 is never."""
        return server_ms - self.account.server_ms(0) if server_ms else 0

    def order_of(self, magic: int) -> Waiting | None:
        """The pending order of a magic number."""
        return next((order for order in self.orders.values() if order.magic == magic), None)

    def shares_held(self) -> list[Held]:
        """Whose a netting account's positions are."""
        return [self._of(owner, 0) for owner in self.shares] if self.account.nets else []

    def _share(self, magic: int, hint: int) -> Held | None:
        owner = next((owner for owner in self.shares if owner[0] == magic), None)
        return None if owner is None else self._of(owner, hint)

    def _of(self, owner: Owner, hint: int) -> Held:
        share = self.shares[owner]
        net = self.net(share.symbol)
        known = (0, 0.0, 0.0, 0, ENTRY) if net is None else (net.ticket, net.sl, net.tp, net.opened_ns, net.price)
        head = (known[0] or hint, share.symbol, int(share.signed < 0), abs(share.signed), share.most)
        return Held(*head, known[1], known[2], owner[0], share.comment, *known[3:])

    def _on_news(self, key: int, news: FromBroker) -> None:
        if not self.alive or self._news is None or key != self._key:
            return
        match news:
            case Sync():
                self._sync(news)
                return
            case Dealt():
                self._deal(news)
            case Moved():
                self.positions[news.held.ticket] = news.held
            case Waits():
                self._waits(news)
            case Working():
                self.working.append(news.magic) if news.there else self._worked(news.magic)
                return
            case Answer():
                if news.retcode == CONNECTION:
                    return
        self._queue.send(news)

    def _waits(self, news: Waits) -> None:
        self.ordered.add(news.order.magic)
        if news.there:
            self.orders[news.order.ticket] = news.order
        else:
            self.orders.pop(news.order.ticket, None)
            self.past[news.order.ticket] = news.order

    def _worked(self, magic: int) -> None:
        if magic in self.working:
            self.working.remove(magic)

    def _deal(self, news: Dealt) -> None:
        self.dealt.add(news.deal.magic)
        self.shares = news.shares
        self.newest_deal = max(self.newest_deal, news.deal.number)
        if self.account.nets:
            self.deals.append(news.deal)
        self.unseen.discard(news.deal.position)
        if news.deal.rest and news.deal.rest not in self.positions:
            self.unseen.add(news.deal.rest)
        if news.left is None:
            self.positions.pop(news.deal.position, None)
        else:
            self.positions[news.left.ticket] = news.left

    def _sync(self, sync: Sync) -> None:
        self.connected = True
        self.positions = dict(sync.positions)
        self.dealt = set(sync.dealt)
        self.shares = sync.shares
        self.orders, self.ordered = dict(sync.waiting), set(sync.ordered)
        self.working = list(sync.working)
        self.newest_deal, self.deals = sync.newest_deal, list(sync.deals)
        self.unseen.clear()
