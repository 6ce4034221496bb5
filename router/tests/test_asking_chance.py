"""Users who ask at random through random faults: every request comes to an end, and nothing is opened twice by any."""

import os
from collections import Counter

import pytest

from lockstep_core.books.links import link_id
from lockstep_core.wire.frames import Action
from lockstep_router.journal.records import AskAnswer

from .asked import Asked
from .test_chance import Chaos
from .worlds import COPIER

pytestmark = pytest.mark.thorough

SEEDS = int(os.environ.get("LOCKSTEP_SEEDS", "25"))


class Asking(Chaos):
    """Beside everything else, somebody asks for missed trades and has copies closed."""

    world: Asked

    def __init__(self, seed: int) -> None:
        super().__init__(seed, Asked)

    def reconnect(self) -> None:
        super().reconnect()
        kind = self.random.choice(["copy_now", "copy_now", "flatten", "all", "", "", "", ""])
        held = list(self.world.master.held)
        if kind == "all":
            self.world.ask("flatten")
        elif kind and held:
            self.world.ask(kind, self.random.choice(held))

    def restart(self) -> None:
        """Of the last records, answers among them, not all got to the database."""
        lost = self.random.choice([0, 0, 3, 20])
        written = self.world.journal[: len(self.world.journal) - lost]
        over = {record.ask for record in written if isinstance(record, AskAnswer)}
        known = self.world.known(unwritten=lost)
        self.world.start_router(*known)
        asks = [ask for number, ask in self.world.asks.items() if number not in over]
        self.world.act(self.world.engine.on_plan(self.world.plan, known, self.world.now_ns, asks=asks))
        for terminal in self.world.terminals.values():
            terminal.up = False


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_request_comes_to_an_end_and_no_link_has_two_positions(seed: int) -> None:
    print(f"seed {seed}")  # noqa: T201 - for the one who must repeat it
    chaos = Asking(seed)
    chaos.play()
    chaos.calm()
    world = chaos.world
    assert {answer.ask for answer in world.answers()} == set(world.asks)
    world.slave.held.pop(chaos.foreign)
    held = Counter(position.magic for position in world.slave.held.values())
    masters = {link_id(COPIER, ticket) for ticket in world.master.held}
    assert set(held) <= masters, "a copy outlived its master"
    assert max(held.values(), default=1) == 1, "a link was opened twice"
    filled = Counter(order.link for order in world.slave.orders if order.action == Action.OPEN)
    refused = Counter(answer.reason for answer in world.answers() if answer.state == "refused")
    assert all(count <= 4 + refused.total() for count in filled.values())
    rows = world.rows()
    for link in held:
        assert (rows[link].status, rows[link].open_lots > 0) == ("open", True)
