"""The conformance checks against the test terminal, on a netting account."""

from collections.abc import Callable, Mapping

import pytest
from conformance import netting, orders
from conformance.client import BridgeClient

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    """A netting account."""
    return {"balance": 100_000.0, "margin_mode": 0}


@pytest.mark.parametrize("check", netting.CHECKS + orders.CHECKS, ids=lambda check: check.__name__)
def test_the_test_terminal(check: Callable[[BridgeClient], None], client: BridgeClient) -> None:
    check(client)
