"""Each row of the table of settings that are refused."""

from typing import Any

import pytest

from lockstep_core.copiers import parse_settings
from lockstep_core.errors import BadSettings

from .tables import TABLES, cases

CASES = cases(TABLES, "settings")


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_the_settings_are_refused_with_the_tables_words(name: str, case: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=r"\.$") as refusal:
        parse_settings(case["settings"])
    assert case["then"] in str(refusal.value), name
