"""Ticks on their way from terminals to the router: never kept, and lost wherever anything is down."""

from collections.abc import Iterable

from tests.simulation.agenda import MS, Agenda
from tests.simulation.pod import Pod
from tests.simulation.routers import Router

EVERY_TURNS = 10
WAY_NS = 4 * MS


class Feed:
    """Tells the router what things cost, again and again. `told` counts deliveries: they are no events of a story."""

    def __init__(self, agenda: Agenda, router: Router) -> None:
        self.told = 0
        self._agenda = agenda
        self._router = router
        self._turns = 0

    def on_clock(self, pods: Iterable[Pod]) -> None:
        """A turn of the world's clock."""
        self._turns += 1
        if self._turns % EVERY_TURNS == 0:
            self.tick(pods)

    def tick(self, pods: Iterable[Pod]) -> None:
        """Every terminal that sees its market tells of it."""
        for pod in pods:
            if _speaks(pod):
                self._send(pod)

    def _send(self, pod: Pod) -> None:
        quotes, life = pod.account.prices.quotes(), self._router.life
        self.told += 1
        self._agenda.after(WAY_NS, lambda: self._router.on_quotes(life, pod.number, quotes))


def _speaks(pod: Pod) -> bool:
    terminal, dealer = pod.terminal, None if pod.relay is None else pod.relay.dealer
    up = dealer is not None and dealer.connection is not None and terminal is not None and terminal.connected
    return up and not pod.ended and pod.agenda.now_ns >= pod.frozen_ns
