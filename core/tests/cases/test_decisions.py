"""Each row of the tables of decisions."""

from typing import Any

import msgspec
import pytest

from lockstep_core.decision.decide import decide
from lockstep_core.skips import Skip

from .scenes import NOW_NS, TICKET, context, copier, link
from .tables import TABLES, cases
from .texts import MS, assert_complete, order, position, told

CASES = cases(TABLES, "decision")


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_the_decision_is_what_the_table_says(name: str, case: dict[str, Any]) -> None:
    opened_ns = NOW_NS - case.get("age_ms", 100) * MS
    master = position(case["master_has"], TICKET, opened_ns) if "master_has" in case else None
    if master is not None and "stops_ms" in case:
        master = msgspec.structs.replace(master, stops_ns=NOW_NS - case["stops_ms"] * MS)
    pending = order(case["master_order"], TICKET, opened_ns) if "master_order" in case else None
    settings = {**case.get("settings", {}), **case.get("more_settings", {})}
    asked = copier(settings, case.get("mode", "on"), case.get("master_mode", "on"))
    decision = decide(asked, link(case, master), master, context(case), pending)
    assert told(decision, NOW_NS) == case["then"], name
    if isinstance(decision, Skip):
        assert_complete(decision)
