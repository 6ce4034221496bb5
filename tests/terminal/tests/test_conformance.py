"""The conformance checks against the test terminal, on a hedging account."""

from collections.abc import Callable

import pytest
from conformance import checks, orders
from conformance.client import BridgeClient

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]


@pytest.mark.parametrize("check", checks.CHECKS + orders.CHECKS, ids=lambda check: check.__name__)
def test_the_test_terminal(check: Callable[[BridgeClient], None], client: BridgeClient) -> None:
    check(client)
