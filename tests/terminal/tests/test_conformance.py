"""The conformance checks against the test terminal, on a hedging account."""

from collections.abc import Callable

import pytest
from conformance import checks, orders
from conformance.bench import Bench

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]


@pytest.mark.parametrize("check", checks.CHECKS + orders.CHECKS, ids=lambda check: check.__name__)
def test_the_test_terminal(check: Callable[[Bench], None], bench: Bench) -> None:
    check(bench)
