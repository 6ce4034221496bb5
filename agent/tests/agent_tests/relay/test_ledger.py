"""Numbers, keeps, forgets."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_agent.relay.errors import LedgerFull
from lockstep_agent.relay.ledger import BATCH_BYTES, Ledger, batches
from lockstep_core.wire.envelope import ENVELOPE, MAX_FRAMES, MAX_MESSAGE


def filled(count: int, limit: int = 10_000) -> Ledger:
    ledger = Ledger(limit)
    for n in range(1, count + 1):
        assert ledger.add(f"<{n}>".encode()) == n
    return ledger


def kept(ledger: Ledger) -> list[int]:
    text = b"".join(body for _, body in ledger.batches()).decode()
    return [int(part) for part in text.strip("<>").split("><")] if text else []


def test_numbers_start_at_one() -> None:
    assert (Ledger().oldest, Ledger().next) == (1, 1)


@given(st.integers(0, 50), st.lists(st.integers(0, 60), max_size=10))
def test_keeps_exactly_what_was_not_acknowledged(count: int, acks: list[int]) -> None:
    ledger = filled(count)
    for ack in acks:
        ledger.acknowledge(ack)
    highest = max([ack for ack in acks if ack <= count], default=0)
    assert kept(ledger) == list(range(highest + 1, count + 1))
    assert ledger.oldest == highest + 1


def test_batches_name_their_first_number() -> None:
    firsts = [first for first, _ in filled(2 * MAX_FRAMES + 1).batches()]
    assert firsts == [1, 1 + MAX_FRAMES, 1 + 2 * MAX_FRAMES]


@given(st.lists(st.sampled_from([16, 100, 1024]).map(bytes), max_size=2 * MAX_FRAMES))
def test_no_batch_is_more_than_the_router_takes(frames: list[bytes]) -> None:
    made = list(batches(1, frames))
    assert b"".join(body for _, body in made) == b"".join(frames)
    assert all(0 < len(body) <= BATCH_BYTES < MAX_MESSAGE - ENVELOPE.size for _, body in made)
    firsts = [first for first, _ in made]
    assert all(end - first <= MAX_FRAMES for first, end in pairwise([*firsts, len(frames) + 1]))


@pytest.mark.parametrize(("ack", "resumes"), [(1, False), (2, True), (4, True), (5, True), (6, False)])
def test_resumes_only_where_nothing_is_missing(ack: int, resumes: bool) -> None:
    ledger = filled(5)
    ledger.acknowledge(2)
    assert ledger.resumes(ack) is resumes


def test_a_full_ledger_refuses_instead_of_losing() -> None:
    ledger = filled(3, limit=3)
    with pytest.raises(LedgerFull):
        ledger.add(b"x")
    assert kept(ledger) == [1, 2, 3]


def test_a_restart_counts_on_from_what_the_router_has() -> None:
    ledger = filled(5)
    ledger.restart(2)
    assert ledger.add(b"x") == 3
