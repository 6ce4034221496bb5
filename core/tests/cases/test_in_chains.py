"""Each row of the table of chains: what one copier opens is what the next one sees."""

from typing import Any

import pytest

from lockstep_core.decision.decide import Decision, Wish, decide

from .scenes import NOW_NS, TICKET, copier, link, scene
from .tables import TABLES, cases
from .texts import MS, position, told

CASES = cases(TABLES, "chain")


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_what_arrives_at_the_end_of_a_chain_is_what_the_table_says(name: str, case: dict[str, Any]) -> None:
    assert told(at_the_end(case), NOW_NS) == case["then"], name


def at_the_end(case: dict[str, Any]) -> Decision:
    """The last decision of a chain; the first that opens nothing ends it."""
    led, decision = case["master_has"], None
    for settings in case["chain"]:
        master = position(led, TICKET, NOW_NS - 100 * MS)
        decision = decide(copier(settings), link(case, master), master, scene(case))
        if not isinstance(decision, Wish):
            return decision
        led = told(decision, NOW_NS).removeprefix("open ")
    return decision
