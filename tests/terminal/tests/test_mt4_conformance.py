"""The conformance checks against the test terminal of MT4. Its server's clock is two hours ahead."""

from collections.abc import Callable, Mapping

import pytest
from conformance import checks, orders
from conformance.client import BridgeClient

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def platform() -> str:
    return "MT4"


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    return {"balance": 100_000.0, "platform": 4, "zone_s": 7200}


@pytest.mark.parametrize("check", checks.CHECKS + orders.MT4_CHECKS, ids=lambda check: check.__name__)
def test_the_test_terminal(check: Callable[[BridgeClient], None], client: BridgeClient) -> None:
    check(client)
