"""Comments of orders: whose they are, and which part of the master's lots they hold."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.books.links import CopyRatio, is_tagged, link_tag, order_comment, ratio_in
from lockstep_core.units import MAX_LOTS, ONE_LOT, Lots

COPIER, OTHER = UUID("aaaaaaaa-0000-0000-0000-000000000001"), UUID("bbbbbbbb-0000-0000-0000-000000000002")
LOTS = st.integers(1, 10_000 * ONE_LOT).map(Lots)


@given(LOTS, LOTS)
def test_a_comment_fits_tells_its_share_and_nothing_when_it_was_cut(master: Lots, slave: Lots) -> None:
    comment = order_comment(COPIER, CopyRatio(master, slave))
    assert len(comment) <= 31
    assert ratio_in(COPIER, comment) == (master, slave)
    for length in range(len(comment)):
        assert ratio_in(COPIER, comment[:length]) is None
    assert is_tagged(COPIER, comment)
    assert not is_tagged(OTHER, comment)
    assert ratio_in(OTHER, comment) is None


def test_what_is_too_big_for_a_comment_is_left_out() -> None:
    ratio = CopyRatio(Lots(MAX_LOTS), Lots(MAX_LOTS))
    assert order_comment(COPIER, ratio) == link_tag(COPIER)
    assert is_tagged(COPIER, link_tag(COPIER))


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "ls:aaaaaaaa",
        "ls:aaaaaaaa:0:1.",
        "ls:aaaaaaaa:1:0.",
        "ls:aaaaaaaa:zzzzzzzzzz:1.",
        "ls:aaaaaaaa:1:1:1.",
        "from #7",
    ],
)
def test_what_is_not_such_a_comment_tells_nothing(comment: str) -> None:
    assert ratio_in(COPIER, comment) is None


def test_a_tag_is_not_the_beginning_of_another_word() -> None:
    assert not is_tagged(COPIER, "ls:aaaaaaaab")
