"""How long the supervisor waits before it starts a process again."""

from itertools import accumulate, repeat

from lockstep_router.process.supervisor import FIRST_PAUSE_S, LONGEST_PAUSE_S, STEADY_S, next_pause_s


def test_a_process_that_cannot_start_is_tried_less_and_less_often() -> None:
    pauses = list(accumulate(repeat(0.5, 10), next_pause_s, initial=FIRST_PAUSE_S))
    assert pauses == sorted(pauses)
    assert pauses[1] == 2 * FIRST_PAUSE_S
    assert pauses[-1] == LONGEST_PAUSE_S


def test_a_process_that_worked_is_started_again_at_once_however_often_it_dies() -> None:
    assert STEADY_S < 5
    assert set(accumulate(repeat(5.0, 5), next_pause_s, initial=FIRST_PAUSE_S)) == {FIRST_PAUSE_S}
    assert next_pause_s(LONGEST_PAUSE_S, 5.0) == FIRST_PAUSE_S
