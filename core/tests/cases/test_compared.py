"""Each row of the table of two accounts compared."""

from typing import Any

import pytest

from lockstep_core.book import Book
from lockstep_core.reconcile import reconcile

from .scenes import LINK, NOW_NS, TICKET, copier, link, scene
from .tables import TABLES, cases
from .texts import MS, order, position, told

CASES = cases(TABLES, "reconcile")


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_the_difference_and_its_remedy_are_what_the_table_says(name: str, case: dict[str, Any]) -> None:
    opened_ns = NOW_NS - case.get("age_ms", 100) * MS
    master = position(case["master_has"], TICKET, opened_ns) if "master_has" in case else None
    pending = order(case["master_order"], TICKET, opened_ns) if "master_order" in case else None
    theirs = Book({} if master is None else {TICKET: master}, orders={} if pending is None else {TICKET: pending})
    asked = copier(case.get("settings", {}), case.get("mode", "on"))
    unresolved = frozenset({LINK}) if case.get("unresolved") else frozenset[int]()
    findings = reconcile(asked, [link(case, master)], theirs, scene(case), unresolved)
    found = ", ".join(f"{finding.difference.value}: {told(finding.outcome, NOW_NS)}" for finding in findings)
    assert (found or "nothing") == case["then"], name
