"""Whose an MT4 order is: the magic number of a link, and the link of an order that its program does not know (ADR 30)."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.books.book import Book, apply_trade, with_orders
from lockstep_core.books.links import CopyRatio, link_tag, order_comment
from lockstep_core.books.mt4 import MAX_MAGIC, Candidate, identify, is_unnamed, magic_of, with_link, with_names
from lockstep_core.books.positions import Order, Position
from lockstep_core.units import ONE_LOT, Lots
from lockstep_core.wire.enums import DealEntry, Side
from lockstep_core.wire.frames import PositionFrame, Trade

S = 1_000_000_000
MAGIC = 4711
A, B = ((high << 31) | (MAGIC ^ high) for high in (512, 7 << 20))
"""Two links whose orders have one magic number."""
COPIER, OTHER = UUID(int=1 << 100), UUID(int=2 << 100)
WHOLE, HALF = CopyRatio(Lots(ONE_LOT), Lots(ONE_LOT)), CopyRatio(Lots(ONE_LOT), Lots(ONE_LOT // 2))


def held(ticket: int = 1, symbol: str = "EURUSD", side: int = Side.BUY, comment: str = "", at_s: int = 100) -> Position:
    head = (ticket, symbol, side, Lots(ONE_LOT), Lots(ONE_LOT), 0.0, 0.0, MAGIC, comment, at_s * S)
    return Position(*head)


def link(number: int, copier: UUID = COPIER, **known: object) -> Candidate:
    return msgspec.structs.replace(Candidate(number, copier, "", Side.BUY), **known)


@pytest.mark.parametrize(
    ("link", "magic"),
    [
        (1, 1),
        (MAGIC, MAGIC),
        (MAX_MAGIC, MAX_MAGIC),
        (2**31, 1),
        (2**31 | 1, 1),
        (2**62, 1),
        (2**63 - 1, 1),
        (0x0123_4567_89AB_CDEF, (0x0123_4567_89AB_CDEF ^ (0x0123_4567_89AB_CDEF >> 31)) & MAX_MAGIC),
    ],
)
def test_a_link_folds_to_its_magic_number(link: int, magic: int) -> None:
    assert magic_of(link) == magic


@given(st.integers(1, 2**63 - 1))
def test_a_magic_number_is_one_that_mt4_has_room_for_and_folds_to_itself(number: int) -> None:
    assert is_unnamed(magic_of(number))
    assert magic_of(magic_of(number)) == magic_of(number)


def test_the_two_links_of_these_tests_have_one_magic_number() -> None:
    assert magic_of(A) == magic_of(B) == MAGIC
    assert A != B


@pytest.mark.parametrize(
    ("found", "links", "names", "doubted"),
    [
        pytest.param([held()], [], {}, set(), id="no link folds to it"),
        pytest.param([held()], [link(A)], {1: A}, set(), id="one link, nothing against it"),
        pytest.param([held()], [link(A, symbol="EURUSD")], {1: A}, set(), id="the link's symbol"),
        pytest.param([held()], [link(A, symbol="GBPUSD")], {}, {A, MAGIC}, id="another symbol"),
        pytest.param([held(side=Side.SELL)], [link(A)], {}, {A, MAGIC}, id="another side"),
        pytest.param([held(comment=link_tag(COPIER))], [link(A)], {1: A}, set(), id="the copier's tag"),
        pytest.param([held(comment=link_tag(COPIER)[:5])], [link(A)], {1: A}, set(), id="a tag that was cut"),
        pytest.param([held(comment=link_tag(OTHER))], [link(A)], {}, {A, MAGIC}, id="another copier's tag"),
        pytest.param([held()], [link(A, since_ns=105 * S)], {1: A}, set(), id="as old as its master, by clocks that differ"),
        pytest.param([held()], [link(A, since_ns=200 * S)], {}, {A, MAGIC}, id="older than its master"),
        pytest.param([held()], [link(A), link(B)], {}, {A, B, MAGIC}, id="two links"),
        pytest.param([held()], [link(A), link(B, symbol="GBPUSD")], {1: A}, set(), id="two links, one symbol"),
        pytest.param(
            [held(comment=order_comment(COPIER, HALF))],
            [link(A, ratio=WHOLE), link(B, ratio=HALF)],
            {1: B},
            set(),
            id="two links, the ratio of one",
        ),
        pytest.param(
            [held(comment=order_comment(COPIER, HALF))],
            [link(A), link(B, ratio=HALF)],
            {},
            {A, B, MAGIC},
            id="two links, the ratio of one, the other's is not known",
        ),
        pytest.param(
            [held(comment=order_comment(COPIER, HALF)[:-1])],
            [link(A, ratio=WHOLE), link(B, ratio=HALF)],
            {},
            {A, B, MAGIC},
            id="two links, a ratio that was cut",
        ),
        pytest.param([held(), held(2)], [link(A)], {}, {A, MAGIC}, id="two orders, one link"),
        pytest.param([held(), held(2)], [link(A, ticket=2)], {2: A}, set(), id="two orders, one has the link's ticket"),
        pytest.param(
            [held(5, comment="from #2")], [link(A, ticket=2), link(B)], {5: A}, set(), id="the rest of the link's order"
        ),
        pytest.param([held(2)], [link(A, ticket=2, side=Side.SELL)], {2: A}, set(), id="a ticket says more than a side"),
        pytest.param(
            [held(), held(2)], [link(A, ticket=2), link(B)], {1: B, 2: A}, set(), id="what a ticket names leaves the other"
        ),
    ],
)
def test_an_order_is_named_only_where_nothing_else_can_be_meant(
    found: list[Position], links: list[Candidate], names: dict[int, int], doubted: set[int]
) -> None:
    identified = identify(found, links, set())
    assert (dict(identified.links), set(identified.doubted)) == (names, doubted)


def test_a_link_with_an_order_that_has_its_name_is_not_another_orders() -> None:
    identified = identify([held()], [link(A)], {A})
    assert not identified.links
    assert not identified.doubted


def test_a_book_takes_the_names_and_keeps_what_is_doubted_from_copies() -> None:
    order = Order(3, "EURUSD", 2, Lots(ONE_LOT), Lots(ONE_LOT), 1.0, 0.0, 0.0, 0.0, 0, MAGIC, "", 0)
    book = with_orders(Book({1: held()}, {MAGIC: held()}), {})
    named = with_names(book, [link(A)])
    assert (named.positions[1].magic, list(named.by_magic), set(named.doubted)) == (A, [A], set())
    both = with_names(with_orders(book, {3: order}), [link(A)])
    assert (both.positions[1].magic, set(both.doubted)) == (MAGIC, {A, MAGIC})
    settled = with_names(with_orders(both, {}), [link(A)])
    assert (settled.positions[1].magic, set(settled.doubted)) == (A, set())
    pending = with_names(with_orders(Book(), {3: order}), [link(A)])
    assert pending.orders_by_magic[A].ticket == 3


def trade(position: int, entry: int, comment: str = "", link: int = 0, order: int = 0) -> Trade:
    head = (90, order, position, MAGIC, ONE_LOT // 2, 1.0, 0.0, 0.0, 0, 1, Side.BUY, entry, "EURUSD", comment)
    return Trade(*head, link)


@pytest.mark.parametrize(
    ("frame", "magic"),
    [
        (trade(1, DealEntry.IN, link=A), A),
        (trade(1, DealEntry.IN, link=A + 1), MAGIC),
        (trade(1, DealEntry.IN), MAGIC),
        (trade(7, DealEntry.OUT), B),
        (trade(8, DealEntry.IN, "from #7"), B),
        (trade(9, DealEntry.IN, order=3), B),
        (msgspec.structs.replace(trade(7, DealEntry.OUT), magic=0), 0),
    ],
    ids=["told", "told wrongly", "not known", "by its ticket", "by the ticket before", "by its pending order", "no magic"],
)
def test_a_frame_is_named_by_its_program_or_by_the_book(frame: Trade, magic: int) -> None:
    order = Order(3, "EURUSD", 2, Lots(ONE_LOT), Lots(ONE_LOT), 1.0, 0.0, 0.0, 0.0, 0, B, "", 0)
    known = msgspec.structs.replace(held(7), magic=B)
    book = with_orders(Book({7: known}, {B: known}), {3: order})
    assert with_link(frame, book).magic == magic


def test_the_rest_of_a_partial_close_keeps_its_name_in_a_snapshot() -> None:
    known = msgspec.structs.replace(held(7), magic=A)
    book = apply_trade(Book({7: known}, {A: known}), trade(8, DealEntry.IN, "from #7", link=A), 0)
    head = (9, MAGIC, ONE_LOT // 4, 1.0, 0.0, 0.0, 0, 0, Side.BUY, 0, "EURUSD")
    assert with_link(PositionFrame(*head, "from #7"), book).magic == A
    assert with_link(PositionFrame(*head, "from #8"), book).magic == A
    assert with_link(PositionFrame(*head, "from #6"), book).magic == MAGIC
