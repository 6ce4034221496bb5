"""How often terminals may log in at a server: each rule by itself, then five hundred terminals that all want in at once."""

import heapq
import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.brokers.turns import (
    FIRST_STOP_S,
    LAPSE_S,
    LONGEST_STOP_S,
    PROBE_S,
    REFUSALS_COUNT_S,
    Pace,
    TurnAnswer,
    TurnRequest,
    Turns,
    WaitReason,
    accepted,
    refused,
    request_turn,
)

NOW = 1_800_000_000.0
PACE = Pace(per_minute=30, burst=3, refusals=3)


def at(now_s: float, booked_s: float | None = None, jitter: float = 0.0) -> TurnRequest:
    return TurnRequest(now_s, jitter, booked_s)


def asked(turns: Turns, times: int) -> tuple[Turns, list[TurnAnswer]]:
    answers = []
    for _ in range(times):
        turns, answer = request_turn(turns, PACE, at(NOW), None)
        answers.append(answer)
    return turns, answers


def test_after_a_quiet_time_a_few_log_in_at_once_and_the_others_one_after_the_other() -> None:
    _, answers = asked(Turns(), 6)
    assert [answer.at_s - NOW for answer in answers] == [0, 0, 0, 2, 4, 6]
    assert [answer.wait for answer in answers] == [None, None, None, WaitReason.TURN, WaitReason.TURN, WaitReason.TURN]


def test_a_booked_turn_costs_nothing_more_and_is_good_when_it_comes() -> None:
    turns, answers = asked(Turns(), 4)
    booked_s = answers[-1].at_s
    assert request_turn(turns, PACE, at(NOW + 1, booked_s), None) == (
        turns,
        TurnAnswer(WaitReason.TURN, booked_s, booked=True),
    )
    assert request_turn(turns, PACE, at(booked_s, booked_s), None) == (turns, TurnAnswer(None, booked_s))
    late_s = booked_s + LAPSE_S
    assert request_turn(turns, PACE, at(late_s, booked_s), None) == (turns, TurnAnswer(None, late_s))


def test_a_turn_that_was_not_taken_lapses() -> None:
    turns, answers = asked(Turns(), 4)
    after, _ = request_turn(turns, PACE, at(answers[-1].at_s + LAPSE_S + 1, answers[-1].at_s), None)
    assert after.next_s > turns.next_s


def test_nobody_gets_a_turn_in_a_window_of_maintenance_not_even_with_a_booked_one() -> None:
    for booked_s in (None, NOW):
        turns, answer = request_turn(Turns(), PACE, at(NOW, booked_s), NOW + 900)
        assert (turns, answer) == (Turns(), TurnAnswer(WaitReason.MAINTENANCE, NOW + 900))


def test_refusals_of_several_people_in_a_row_stop_all_logins() -> None:
    turns = Turns()
    for person in ("a", "b", "c"):
        assert request_turn(turns, PACE, at(NOW), None)[1].wait is None
        turns = refused(turns, PACE, person, NOW)
    assert request_turn(turns, PACE, at(NOW), None)[1] == TurnAnswer(WaitReason.REFUSALS, NOW + FIRST_STOP_S)


def test_one_person_who_errs_again_and_again_stops_nobody() -> None:
    turns = Turns()
    for _ in range(100):
        turns = refused(turns, PACE, "a", NOW)
    assert request_turn(turns, PACE, at(NOW), None)[1].wait is None


@pytest.mark.parametrize(("between_s", "stops"), [(1.0, 1), (REFUSALS_COUNT_S, 0)])
def test_refusals_of_long_ago_do_not_count(between_s: float, stops: int) -> None:
    turns = Turns()
    for number, person in enumerate(("a", "b", "c")):
        turns = refused(turns, PACE, person, NOW + number * between_s)
    assert turns.stops == stops


def test_an_accepted_login_shows_that_refusals_were_about_people() -> None:
    turns = refused(refused(Turns(), PACE, "a", NOW), PACE, "b", NOW)
    turns = refused(accepted(turns), PACE, "c", NOW)
    assert turns.stops == 0


def test_after_a_stop_one_terminal_tries_and_the_others_wait_for_what_becomes_of_it() -> None:
    turns = stopped_turns()
    over_s = NOW + FIRST_STOP_S
    turns, first = request_turn(turns, PACE, at(over_s), None)
    assert first.wait is None
    assert request_turn(turns, PACE, at(over_s), None)[1] == TurnAnswer(WaitReason.REFUSALS, over_s + PROBE_S)
    # What it was told decides: let in, or refused again.
    assert request_turn(accepted(turns), PACE, at(over_s + 1), None)[1].wait is None
    again = refused(turns, PACE, "d", over_s + 1)
    assert again.held_until_s == over_s + 1 + 2 * FIRST_STOP_S


def test_a_try_of_which_nothing_is_heard_is_followed_by_another() -> None:
    turns, _ = request_turn(stopped_turns(), PACE, at(NOW + FIRST_STOP_S), None)
    assert request_turn(turns, PACE, at(NOW + FIRST_STOP_S + PROBE_S), None)[1].wait is None


def test_refusals_that_are_heard_of_after_the_stop_do_not_lengthen_it() -> None:
    turns = stopped_turns()
    assert refused(turns, PACE, "e", NOW + 1) == turns


def test_stops_grow_up_to_half_an_hour() -> None:
    turns, now_s, pauses = stopped_turns(), NOW, []
    for _ in range(12):
        pauses.append(turns.held_until_s - now_s)
        now_s = turns.held_until_s
        turns, _ = request_turn(turns, PACE, at(now_s), None)
        turns = refused(turns, PACE, "x", now_s)
    assert pauses[:4] == [60, 120, 240, 480]
    assert max(pauses) == LONGEST_STOP_S


def stopped_turns() -> Turns:
    turns = replace(Turns(), next_s=NOW)
    for person in ("a", "b", "c"):
        turns = refused(turns, PACE, person, NOW)
    return turns


def test_what_changes_no_answer_any_more_need_not_be_kept() -> None:
    assert Turns(next_s=NOW).is_idle(NOW)
    assert not Turns(next_s=NOW + 1).is_idle(NOW)
    assert not refused(Turns(), PACE, "a", NOW).is_idle(NOW)


paces = st.builds(Pace, per_minute=st.floats(5, 600), burst=st.integers(1, 20), refusals=st.integers(1, 10))


@given(paces, st.integers(1, 500), st.integers(0, 2**32))
def test_any_number_of_terminals_at_once_never_log_in_quicker_than_the_pace(pace: Pace, terminals: int, seed: int) -> None:
    logins = sorted(play(pace, terminals, random.Random(seed)))  # noqa: S311 - a seed to play again
    assert len(logins) == terminals
    for width_s in (1.0, 60.0, 600.0):
        most = pace.burst + (width_s + LAPSE_S) / pace.every_s + 2
        assert (
            max(sum(1 for t in logins if start <= t < start + width_s) for start in logins[:: max(1, terminals // 20)])
            <= most
        )
    # Nobody waits longer than the queue is: a turn that is missed once is booked again behind it.
    assert logins[-1] - NOW <= 2 * terminals * pace.every_s + 2 * LAPSE_S


def test_a_hundred_accounts_of_one_broker_are_in_within_minutes() -> None:
    for pace, most_s in ((Pace(per_minute=60, burst=10), 120), (Pace(per_minute=30, burst=5), 240)):
        assert max(play(pace, 100, random.Random(1))) - NOW < most_s  # noqa: S311 - a seed to play again


def test_turns_are_taken_in_the_order_in_which_terminals_came() -> None:
    turns, times = Turns(), []
    for number in range(50):
        turns, answer = request_turn(turns, PACE, at(NOW + number / 100, jitter=(number * 7 % 10) / 10), None)
        times.append(answer.at_s)
    assert times == sorted(times)
    assert all(later - earlier >= PACE.every_s / 2 for earlier, later in pairwise(times[PACE.burst :]))


def play(pace: Pace, terminals: int, chance: random.Random) -> list[float]:
    """When each of these terminals logs in: they come within a second, and are up to 20 s late for what they were told."""
    turns, logins = Turns(), []
    waiting: list[tuple[float, int, float | None]] = [(NOW + chance.random(), n, None) for n in range(terminals)]
    heapq.heapify(waiting)
    while waiting:
        now_s, number, booked_s = heapq.heappop(waiting)
        turns, answer = request_turn(turns, pace, TurnRequest(now_s, chance.random(), booked_s), None)
        if answer.wait is None:
            logins.append(now_s)
        else:
            late_s = chance.choice((0.0, 0.0, 0.0, chance.uniform(0, 20)))
            heapq.heappush(waiting, (answer.at_s + late_s, number, answer.at_s if answer.booked else None))
    return logins
