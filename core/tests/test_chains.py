"""Chains of copiers."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.chains import Edge, is_reversed, loop_sentence, loop_through

A, B, C, D = (UUID(int=n) for n in range(1, 5))
NAMES = {A: "Anna", B: "Ben", C: "Cleo"}


@pytest.mark.parametrize(
    ("new", "existing", "loop"),
    [
        (Edge(A, B), [], ()),
        (Edge(A, A), [], (A, A)),
        (Edge(B, A), [Edge(A, B)], (B, A, B)),
        (Edge(C, A), [Edge(A, B), Edge(B, C)], (C, A, B, C)),
        (Edge(A, C), [Edge(A, B), Edge(B, C)], ()),
        (Edge(D, A), [Edge(A, B), Edge(B, C)], ()),
        (Edge(A, B), [Edge(C, D), Edge(D, C)], ()),
    ],
)
def test_a_copier_that_closes_a_loop_is_found_out(new: Edge, existing: list[Edge], loop: tuple[UUID, ...]) -> None:
    assert loop_through(new, existing) == loop


def test_the_sentence_names_the_accounts() -> None:
    assert loop_sentence((A, A), NAMES) == "An account cannot copy itself (Anna → Anna)."
    assert loop_sentence((B, A, B), NAMES).endswith("Ben → Anna → Ben.")
    assert "another account" in loop_sentence((B, D, B), NAMES)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=15))
def test_copiers_saved_one_by_one_never_make_a_loop(pairs: list[tuple[int, int]]) -> None:
    saved: list[Edge] = []
    for master, slave in pairs:
        edge = Edge(UUID(int=master), UUID(int=slave))
        if not loop_through(edge, saved):
            saved.append(edge)
    order = _sorted(saved)
    assert all(order.index(edge.master) < order.index(edge.slave) for edge in saved)


@given(st.lists(st.booleans(), max_size=6))
def test_two_reversals_cancel_each_other(reversals: list[bool]) -> None:
    chain = [Edge(A, B, reverse) for reverse in reversals]
    assert is_reversed(chain) == (reversals.count(True) % 2 == 1)


def _sorted(edges: list[Edge]) -> list[UUID]:
    left = {account for edge in edges for account in (edge.master, edge.slave)}
    order: list[UUID] = []
    while left:
        free = sorted(account for account in left if not any(e.slave == account and e.master in left for e in edges))
        assert free, "a loop"
        order.extend(free)
        left -= set(free)
    return order
