"""What was refused comes back rarely, and at once when it has changed."""

from lockstep_operator.refusals import Refusals

from .clock import Clock


def test_the_pauses_double_up_to_a_bound_and_end_with_success() -> None:
    clock = Clock()
    refusals: Refusals[str, str] = Refusals(clock)
    for pause_s in (5, 10, 20, 40, 80, 160, 300, 300):
        assert refusals.may_try("account", "row")
        refusals.refused("account", "row")
        clock.now_s += pause_s - 0.1
        assert not refusals.may_try("account", "row")
        clock.now_s += pause_s / 5 + 0.2
    refusals.forget("account")
    assert refusals.may_try("account", "row")
    refusals.refused("account", "row")
    clock.now_s += 6.1
    assert refusals.may_try("account", "row")


def test_another_value_and_another_key_are_tried_at_once() -> None:
    refusals: Refusals[str, str] = Refusals(Clock())
    refusals.refused("account", "row")
    assert refusals.may_try("account", "changed row")
    assert refusals.may_try("another", "row")
