"""The tables of cases say only what their tests read."""

from typing import Any

import pytest

from .tables import STORIES, TABLES, pages, unknown_keys


@pytest.mark.parametrize("page", [*pages(TABLES), *pages(STORIES)], ids=lambda page: page["file"])
def test_a_table_has_no_key_that_no_test_reads(page: dict[str, Any]) -> None:
    assert unknown_keys(page) == []


def test_an_unquoted_comma_in_a_note_is_found() -> None:
    page = {"file": "x", "rules": [{"rule": "a", "cases": [{"then": "nothing", "note": 10, "000 EUR": None}]}]}
    assert unknown_keys(page) == ["x: 000 EUR"]
