"""The conformance checks against the test terminal, on a netting account."""

from collections.abc import Callable, Mapping

import pytest
from conformance import nets, orders
from conformance.bench import Bench

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    """The account nets."""
    return {"balance": 100_000.0, "margin_mode": 0}


@pytest.mark.parametrize("check", nets.CHECKS + orders.CHECKS, ids=lambda check: check.__name__)
def test_the_test_terminal(check: Callable[[Bench], None], bench: Bench) -> None:
    check(bench)
