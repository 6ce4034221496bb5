"""The test broker's rules for accounts on an MT4 server."""

import itertools
from typing import Any

import pytest
from broker.model import (
    AccountTerms,
    BrokerEvent,
    OperationType,
    RequestAction,
    RequestAnswered,
    Ticket,
    TicketChanged,
)
from broker.mt4 import Mt4Book
from stage.broker_books import LOT, QUOTES, SYMBOLS, order, quoted

NOW = 1_700_000_000_000
ZONE_S = 7200


class Server:
    """A book and what was sent to its terminals."""

    def __init__(self, **terms: Any) -> None:
        given: dict[str, Any] = {"login": 1, "password": "p", "balance": 10_000.0, "platform": 4, "zone_s": ZONE_S} | terms
        self.book = Mt4Book(AccountTerms(**given), SYMBOLS, itertools.count(101))
        self.told: list[Ticket] = []

    def does(self, **request: Any) -> RequestAnswered:
        """Sends a request. Returns the answer as a terminal gets it."""
        events = self.book.execute(order(**request), QUOTES, NOW)
        self.hears(events)
        assert isinstance(events[-1], RequestAnswered)
        return self.book.answered(events[-1])

    def hears(self, events: list[BrokerEvent]) -> None:
        """Sends events to the terminals."""
        found = [event.ticket for event in self.book.told(events, NOW) if isinstance(event, TicketChanged)]
        self.told = found

    def opened(self, **request: Any) -> int:
        """Opens a position. Returns its ticket."""
        answer = self.does(**request)
        assert answer.retcode == 0
        return answer.order


def closing(ticket: int, lots: int, side: int = 1) -> dict[str, Any]:
    return {"position": ticket, "side": side, "kind": side, "volume": lots}


def test_an_order_is_one_ticket_from_its_opening_to_its_end() -> None:
    server = Server()
    ticket = server.opened(comment="c", magic=7, sl=1.0)
    (opened,) = server.told
    assert (opened.ticket, opened.kind, opened.volume, opened.comment, opened.magic) == (ticket, 0, LOT // 10, "c", 7)
    assert (opened.opened_msc, opened.closed_msc) == (NOW + ZONE_S * 1000, 0)
    assert server.does(**closing(ticket, LOT // 10)).retcode == 0
    (ended,) = server.told
    assert (ended.ticket, ended.close_price, ended.closed_msc, ended.comment) == (ticket, 1.1, NOW + ZONE_S * 1000, "c")
    assert ended.profit == -1.0
    assert list(server.book.past) == [ticket]


def test_a_partial_close_gives_what_is_left_a_new_ticket_with_its_old_opening() -> None:
    server = Server()
    first = server.opened(magic=7)
    server.does(**closing(first, LOT // 20))
    ended, rest = server.told
    assert (ended.ticket, ended.volume, ended.comment) == (first, LOT // 20, f"to #{rest.ticket}")
    assert (rest.volume, rest.comment, rest.magic, rest.open_price) == (LOT // 20, f"from #{first}", 7, 1.1001)
    assert rest.opened_msc == ended.opened_msc
    assert server.does(**closing(first, LOT // 20)).retcode == 4108


def test_a_broker_that_cuts_comments_names_no_other_ticket() -> None:
    server = Server(cuts_comments=True, comment_limit=4)
    first = server.opened(comment="abcdef")
    server.does(**closing(first, LOT // 20))
    assert [ticket.comment for ticket in server.told] == ["abcd", ""]


def test_two_opposite_positions_close_by_each_other_at_their_opening_prices() -> None:
    server = Server()
    long, short = server.opened(volume=3 * LOT // 10), server.opened(side=1, kind=1)
    balance = server.book.balance
    done = server.does(action=RequestAction.CLOSE_BY, position=long, order=short)
    one, other, rest = server.told
    assert done.retcode == 0
    assert (one.ticket, one.volume, one.comment, one.close_price) == (long, LOT // 10, f"close hedge by #{short}", 1.1)
    assert (other.ticket, other.volume, other.profit, other.comment) == (short, 0, 0.0, f"close hedge by #{long}")
    assert (rest.volume, rest.comment) == (2 * LOT // 10, f"from #{long}")
    assert server.book.balance == pytest.approx(balance - 1.0)


def test_positions_of_one_side_do_not_close_by_each_other() -> None:
    server = Server()
    one, other = server.opened(), server.opened()
    assert server.does(action=RequestAction.CLOSE_BY, position=one, order=other).retcode == 3


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"volume": 1}, 131),
        ({"sl": 2.0}, 130),
        ({"price": 1.09, "deviation": 10}, 138),
        ({"symbol": "NONE"}, 3),
        ({"volume": 50 * LOT}, 134),
        ({"action": RequestAction.PENDING, "kind": 2, "price": 1.2}, 129),
        ({"action": RequestAction.REMOVE, "order": 5}, 4108),
    ],
)
def test_a_refusal_has_mt4s_own_code(wrong: dict[str, Any], code: int) -> None:
    assert Server().does(**wrong).retcode == code


def test_a_price_within_the_deviation_is_taken() -> None:
    assert Server().does(price=1.1002, deviation=10).retcode == 0


def test_a_server_has_a_limit_of_open_orders() -> None:
    server = Server(max_orders=1)
    ticket = server.opened()
    assert server.does().retcode == 148
    assert server.does(**closing(ticket, LOT // 10)).retcode == 0


def test_a_pending_order_keeps_its_ticket_when_it_fills() -> None:
    server = Server()
    placed = server.does(action=RequestAction.PENDING, kind=2, price=1.05, magic=3)
    server.hears(server.book.on_quote("EURUSD", quoted(1.04), NOW))
    (filled,) = server.told
    assert (filled.ticket, filled.kind, filled.magic, filled.closed_msc) == (placed.order, 0, 3, 0)


def test_a_deleted_order_is_in_the_history_and_says_so() -> None:
    server = Server()
    placed = server.does(action=RequestAction.PENDING, kind=2, price=1.05, comment="c")
    server.does(action=RequestAction.REMOVE, order=placed.order)
    (gone,) = server.told
    assert (gone.ticket, gone.kind, gone.comment, gone.closed_msc > 0) == (placed.order, 2, "c[cancelled]", True)


def test_expirations_are_on_the_servers_clock() -> None:
    server = Server()
    ends = NOW + ZONE_S * 1000 + 5000
    server.does(action=RequestAction.PENDING, kind=2, price=1.05, expires_msc=ends)
    assert server.told[0].expires_msc == ends
    server.hears(server.book.on_time(NOW + 5000))
    assert server.told[0].comment == "[expiration]"


def test_a_stop_is_named_in_the_comment() -> None:
    server = Server()
    server.opened(sl=1.05, comment="c")
    server.hears(server.book.on_quote("EURUSD", quoted(1.04), NOW))
    assert [ticket.comment for ticket in server.told] == ["c[sl]"]


def test_money_moved_without_a_trade_is_a_ticket_of_its_own() -> None:
    server = Server()
    server.hears([server.book.operate(OperationType.BALANCE, 50.0, "in", NOW)])
    server.hears([server.book.operate(OperationType.CREDIT, 20.0, "lent", NOW)])
    assert [(t.kind, t.profit, t.comment) for t in server.book.past.values()] == [(6, 50.0, "in"), (7, 20.0, "lent")]


def test_a_code_that_is_mt4s_already_stays() -> None:
    answered = Server().book.answered(RequestAnswered(1, 146))
    assert answered.retcode == 146
