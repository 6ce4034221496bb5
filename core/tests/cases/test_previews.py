"""Each row of the table of previews."""

from typing import Any, Literal

import pytest

from lockstep_core.decision.preview import Trial, preview

from .scenes import context, copier
from .tables import TABLES, cases
from .texts import english, position

CASES = cases(TABLES, "preview")


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_the_preview_says_what_the_table_says(name: str, case: dict[str, Any]) -> None:
    trade = position(case["master_has"], 0, 0)
    side: Literal[0, 1] = 1 if trade.side else 0
    trial = Trial(trade.symbol, side, trade.volume, trade.price, trade.sl, trade.tp, trade.magic, trade.comment)
    asked = copier(case.get("settings", {}), case.get("mode", "on"))
    assert english(preview(asked, trial, context(case))) == case["then"], name
