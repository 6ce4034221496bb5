"""Random manual requests through random faults: each is answered, and none opens anything twice."""

import os
from collections import Counter

import pytest

from lockstep_core.books.links import link_id
from lockstep_core.wire.enums import Action
from lockstep_router.journal.records import ManualRequestResult

from .engine_harness import COPIER
from .manual_request_harness import ManualRequestHarness
from .test_chance import Chaos

pytestmark = pytest.mark.thorough

SEEDS = int(os.environ.get("LOCKSTEP_SEEDS", "25"))


class ChaosWithRequests(Chaos):
    """Besides, a user asks for missed trades and has copies closed."""

    harness: ManualRequestHarness

    def __init__(self, seed: int) -> None:
        super().__init__(seed, ManualRequestHarness)

    def reconnect(self) -> None:
        super().reconnect()
        kind = self.random.choice(["copy_now", "copy_now", "flatten", "all", "", "", "", ""])
        position = list(self.harness.master.positions)
        if kind == "all":
            self.harness.ask("flatten")
        elif kind and position:
            self.harness.ask(kind, self.random.choice(position))

    def restart(self) -> None:
        """Starts a new router; some of the last records, answers among them, were not written."""
        lost = self.random.choice([0, 0, 3, 20])
        written = self.harness.journal[: len(self.harness.journal) - lost]
        over = {record.ask for record in written if isinstance(record, ManualRequestResult)}
        known = self.harness.known(unwritten=lost)
        self.harness.start_router(*known)
        requests = [ask for number, ask in self.harness.requests.items() if number not in over]
        self.harness.act(self.harness.engine.on_plan(self.harness.plan, known, self.harness.now_ns, requests=requests))
        for terminal in self.harness.terminals.values():
            terminal.up = False


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_request_comes_to_an_end_and_no_link_has_two_positions(seed: int) -> None:
    print(f"seed {seed}")  # noqa: T201 - for the one who must repeat it
    chaos = ChaosWithRequests(seed)
    chaos.play()
    chaos.calm()
    harness = chaos.harness
    assert {answer.ask for answer in harness.answers()} == set(harness.requests)
    harness.slave.positions.pop(chaos.foreign)
    position = Counter(position.magic for position in harness.slave.positions.values())
    masters = {link_id(COPIER, ticket) for ticket in harness.master.positions}
    assert set(position) <= masters, "a copy outlived its master"
    assert max(position.values(), default=1) == 1, "a link was opened twice"
    filled = Counter(order.link for order in harness.slave.orders if order.action == Action.OPEN)
    refused = Counter(answer.reason for answer in harness.answers() if answer.state == "refused")
    assert all(count <= 4 + refused.total() for count in filled.values())
    rows = harness.rows()
    for link in position:
        assert (rows[link].status, rows[link].open_lots > 0) == ("open", True)
