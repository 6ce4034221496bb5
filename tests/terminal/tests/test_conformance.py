"""The conformance checks against the test terminal."""

from collections.abc import Callable

import pytest
from conformance.checks import CHECKS, Bench

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_test_terminal(check: Callable[[Bench], None], bench: Bench) -> None:
    check(bench)
