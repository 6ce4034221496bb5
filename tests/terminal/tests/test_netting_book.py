"""A netting account: one position for each symbol, and the effect of each deal on it."""

import pytest
from broker.model import PositionChanged, RequestAction, Retcode
from hypothesis import given
from hypothesis import strategies as st
from stage.broker_books import LOT, QUOTES, answer, dealt, netting_book, order, quoted


def test_a_second_buy_adds_to_the_first_at_the_average_price() -> None:
    book = netting_book()
    first = answer(book.execute(order(), QUOTES, 0))
    book.execute(order(), quoted(1.2), 1)
    (position,) = book.positions.values()
    assert (position.id, position.ticket, position.volume) == (first.order, first.order, LOT // 5)
    assert position.price == pytest.approx((1.1001 + 1.2001) / 2)


def test_deals_say_in_out_and_both() -> None:
    book = netting_book()
    trades = [(0, 10), (0, 5), (1, 4), (1, 20), (0, 9)]
    found = [dealt(book.execute(order(side=s, volume=v * LOT // 100), QUOTES, 0))[0] for s, v in trades]
    assert [deal.entry for deal in found] == [0, 0, 1, 2, 1]
    assert len({deal.position for deal in found}) == 1
    assert book.positions == {}


def test_a_position_that_is_turned_around_keeps_its_id_and_takes_the_orders_ticket() -> None:
    book = netting_book()
    opened = answer(book.execute(order(sl=1.0), QUOTES, 0))
    turned = answer(book.execute(order(side=1, volume=LOT * 3 // 10, tp=1.0), quoted(1.2), 7))
    (position,) = book.positions.values()
    assert (position.id, position.ticket, position.side) == (opened.order, turned.order, 1)
    assert (position.volume, position.price, position.sl, position.tp, position.opened_msc) == (LOT // 5, 1.2, 0.0, 1.0, 7)
    assert book.deals[-1].profit == pytest.approx(999.0)


def test_the_next_position_of_a_symbol_is_another_one() -> None:
    book = netting_book()
    first = dealt(book.execute(order(), QUOTES, 0))[0]
    book.execute(order(side=1), QUOTES, 0)
    assert dealt(book.execute(order(), QUOTES, 0))[0].position != first.position


def test_stops_are_those_of_the_newest_order_that_adds() -> None:
    book = netting_book()
    book.execute(order(sl=1.05), QUOTES, 0)
    book.execute(order(side=1, volume=LOT // 100, sl=1.2), QUOTES, 0)
    assert [p.sl for p in book.positions.values()] == [1.05]
    book.execute(order(), QUOTES, 0)
    assert [p.sl for p in book.positions.values()] == [0.0]


def test_stops_are_changed_by_symbol_or_by_ticket() -> None:
    book = netting_book()
    opened = answer(book.execute(order(), QUOTES, 0))
    by_symbol = book.execute(order(action=RequestAction.SLTP, sl=1.05), QUOTES, 0)
    assert isinstance(by_symbol[0], PositionChanged)
    by_ticket = book.execute(order(action=RequestAction.SLTP, position=opened.order, sl=1.06), QUOTES, 0)
    assert answer(by_ticket).retcode == Retcode.DONE
    assert [p.sl for p in book.positions.values()] == [1.06]


def test_after_a_turn_only_the_new_ticket_names_the_position() -> None:
    book = netting_book()
    opened = answer(book.execute(order(), QUOTES, 0))
    turned = answer(book.execute(order(side=1, volume=LOT // 5), QUOTES, 0))
    assert answer(book.execute(order(position=turned.order), QUOTES, 0)).retcode == Retcode.DONE
    assert answer(book.execute(order(position=opened.order), QUOTES, 0)).retcode == Retcode.POSITION_CLOSED


def test_a_triggered_stop_flattens_all_of_it() -> None:
    book = netting_book()
    book.execute(order(magic=3), QUOTES, 0)
    book.execute(order(magic=4, sl=1.05), QUOTES, 0)
    (deal,) = dealt(book.on_quote("EURUSD", quoted(1.04), 1))
    assert (deal.entry, deal.volume, deal.magic) == (1, LOT // 5, 3)
    assert book.positions == {}


def test_turning_around_needs_money_only_for_what_is_more() -> None:
    book = netting_book(balance=1_500.0)
    book.execute(order(volume=LOT), QUOTES, 0)
    assert answer(book.execute(order(side=1, volume=2 * LOT), QUOTES, 0)).retcode == Retcode.DONE
    assert answer(book.execute(order(side=1, volume=9 * LOT), QUOTES, 0)).retcode == Retcode.NO_MONEY


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 30)), max_size=30))
def test_the_net_is_the_sum_of_all_deals(steps: list[tuple[int, int]]) -> None:
    book = netting_book(balance=10_000_000.0)
    for side, hundredths in steps:
        book.execute(order(side=side, volume=hundredths * LOT // 100), QUOTES, 0)
    assert len(book.positions) <= 1
    net = sum(-deal.volume if deal.side else deal.volume for deal in book.deals)
    assert net == sum(p.signed for p in book.positions.values())
    assert book.balance == pytest.approx(10_000_000.0 + sum(d.profit for d in book.deals))


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 30)), min_size=1, max_size=30))
def test_every_deals_entry_fits_the_net_before_and_after_it(steps: list[tuple[int, int]]) -> None:
    book = netting_book(balance=10_000_000.0)
    net = 0
    for side, hundredths in steps:
        (deal,) = dealt(book.execute(order(side=side, volume=hundredths * LOT // 100), QUOTES, 0))
        before, net = net, net + (-deal.volume if deal.side else deal.volume)
        grown = before == 0 or (before * net > 0 and abs(net) > abs(before))
        assert deal.entry == (0 if grown else 2 if before * net < 0 else 1)
