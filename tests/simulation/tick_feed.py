"""Ticks from terminals to the router: they are never stored, and are lost while any part of their way is down."""

from collections.abc import Iterable

from tests.simulation.pod import Pod
from tests.simulation.router import Router
from tests.simulation.scheduler import MS, Scheduler

TURNS_PER_TICK = 10
LATENCY_NS = 4 * MS


class TickFeed:
    """Sends every terminal's quotes to the router again and again. `sent` counts them, since they are no events of a
    scenario.
    """

    def __init__(self, scheduler: Scheduler, router: Router) -> None:
        self.sent = 0
        self._scheduler = scheduler
        self._router = router
        self._turns = 0

    def on_clock(self, pods: Iterable[Pod]) -> None:
        """One turn of the world's clock."""
        self._turns += 1
        if self._turns % TURNS_PER_TICK == 0:
            self.tick(pods)

    def tick(self, pods: Iterable[Pod]) -> None:
        """Sends the quotes of every terminal that has some."""
        for pod in pods:
            if _has_quotes(pod):
                self._send(pod)

    def _send(self, pod: Pod) -> None:
        shown = frozenset() if pod.terminal is None else pod.terminal.market_watch
        quotes = {name: quote for name, quote in pod.account.prices.quotes().items() if name in shown}
        generation = self._router.generation
        self.sent += 1
        self._scheduler.after(LATENCY_NS, lambda: self._router.on_quotes(generation, pod.account_id, quotes))


def _has_quotes(pod: Pod) -> bool:
    terminal, dealer = pod.terminal, None if pod.relay is None else pod.relay.dealer
    up = dealer is not None and dealer.connection is not None and terminal is not None and terminal.connected
    return up and not pod.ended and pod.scheduler.now_ns >= pod.frozen_ns
