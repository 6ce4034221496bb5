"""The trades of real accounts, copied to four slaves: at the end nothing differs, and every trade without a copy has a
reason.
"""

import pytest

from tests.simulation.histories import replay
from tests.simulation.play import PlayResult, play

SHORT = ("C", "D", "E", "F", "G", "H")
CALM = {"closed", "open", "skipped volume_below_min"}
FAULTY = CALM | {"skipped slave_offline", "skipped out_of_sync", "skipped signal_too_old"}


def replayed(letter: str, fault_seed: int | None = None) -> PlayResult:
    outcome = play(replay(letter, fault_seed))
    assert not outcome.problem, outcome.problem
    return outcome


def openings(letter: str) -> int:
    return sum(step.kind == "open" for step in replay(letter).steps)


@pytest.mark.parametrize("letter", SHORT)
def test_a_history_is_copied_whole(letter: str) -> None:
    copies = replayed(letter).copies
    assert set(copies) <= CALM
    assert sum(copies.values()) == 4 * openings(letter)


@pytest.mark.parametrize("letter", SHORT)
@pytest.mark.parametrize("fault_seed", [1, 2, 3])
def test_a_history_is_copied_through_faults(letter: str, fault_seed: int) -> None:
    assert set(replayed(letter, fault_seed).copies) <= FAULTY


@pytest.mark.simulation
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("letter", "fault_seed"), [("A", None), ("B", None), ("B", 1)])
def test_a_long_history_is_copied(letter: str, fault_seed: int | None) -> None:
    copies = replayed(letter, fault_seed).copies
    assert set(copies) <= (CALM if fault_seed is None else FAULTY)
    assert sum(copies.values()) <= 4 * openings(letter)
