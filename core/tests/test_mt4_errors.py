"""MT4's errors are tried again as the return codes that stand for them say."""

import pytest

from lockstep_core.market.retcodes import Verdict, policy_of, refuses_these_stops
from lockstep_core.wire.mt4_errors import RETCODES, mql, retcode_of

R, U, F = Verdict.RETRY, Verdict.UNKNOWN, Verdict.FINAL


@pytest.mark.parametrize(
    ("error", "verdict", "while_fresh", "by_quote"),
    [
        (4, R, False, False),
        (6, R, True, False),
        (128, U, False, False),
        (129, R, False, False),
        (130, R, False, False),
        (131, F, False, False),
        (132, R, True, True),
        (133, R, True, False),
        (134, R, True, False),
        (135, R, False, False),
        (136, R, False, True),
        (138, R, False, False),
        (141, R, False, False),
        (142, U, False, False),
        (143, U, False, False),
        (144, F, False, False),
        (145, R, False, False),
        (146, R, True, False),
        (147, F, False, False),
        (148, R, True, False),
        (149, F, False, False),
        (150, F, False, False),
        (4109, R, True, False),
        (4999, F, False, False),
    ],
)
def test_an_mt4_error_is_tried_again_like_its_return_code(
    error: int, verdict: Verdict, while_fresh: bool, by_quote: bool
) -> None:
    policy = policy_of(retcode_of(error))
    assert (policy.verdict, policy.verdict is R and policy.tries == 0, policy.by_quote) == (verdict, while_fresh, by_quote)


@pytest.mark.parametrize(("error", "never"), [(129, True), (130, True), (1, True), (138, False), (145, False)])
def test_stops_that_mt4_will_never_take_are_given_up(error: int, never: bool) -> None:
    assert refuses_these_stops(retcode_of(error)) is never


def test_the_programs_have_every_code() -> None:
    assert all(f"case {error}:" in mql() for error in RETCODES)
