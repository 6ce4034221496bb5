"""How much of one account the router keeps in memory, and how much work one account may be.

Brokers allow 200 to 500 open orders on most accounts, a few thousand on the largest.
"""

from lockstep_core.books.book import Book
from lockstep_core.wire.enums import DealEntry
from lockstep_core.wire.frames import PendingOrder, Trade

MAX_OPEN = 2_000
"""Positions, tranches, allocations and pending orders. An account with more is not copied, and its state says so."""
MOST_COPIES = MAX_OPEN - 100
"""With so many items open or in flight, nothing more is opened on a slave. The rest up to MAX_OPEN is for its owner's own
trades: an account above MAX_OPEN is not followed, so its copies would stay open when their masters close.
"""
MAX_TRANCHES = 500
"""Of one position."""
MAX_SYMBOLS = 10_000
"""Further symbols of a broker are left out."""
MAX_SUBSCRIBED = 64
"""The most symbols of which a terminal reports quotes."""
MAX_HOURS = 256
"""The most symbols whose hours are remembered. Terminals report those of subscribed symbols, and the subscriptions change.
"""
MAX_SESSIONS = 16
"""The most sessions of a symbol on one day. Brokers have one to four. A symbol with more counts as one whose hours are not
known.
"""
MAX_TRADED = 32
"""How many of the symbols that an account traded last are remembered."""
MAX_MONEY = 2_000
"""How many deals and operations are remembered with their last amounts. If an older one is reported again, it is written
again.
"""
MAX_MOVES = 256
MAX_DEALS = 5_000
MAX_DEALS_OF_ONE = 500
MAX_AWAITED = 1_000
"""The most orders of a slave without a known end. With more, nothing is opened there until some of them end."""
MAX_OPENING_ON_MT4 = 16
"""The most openings in flight on an MT4 slave. Its program carries out one order at a time, so more openings would queue
there: they would be too late by their turn, and delay what closes.
"""
LONGEST_SNAPSHOT_NS = 30_000_000_000
FREE_WEIGHT = 200
WEIGHT_NS = 2_000_000
"""After a snapshot with more than `FREE_WEIGHT` positions, the pause before the next one, for each further position. To take
over two thousand positions and settle their copies takes a tenth of a second of CPU, in turns.
"""


def has_room(book: Book, news: Trade | PendingOrder) -> bool:
    """Whether a book may hold what a deal opens or adds, or a new pending order."""
    if isinstance(news, Trade):
        if news.entry in (DealEntry.OUT, DealEntry.OUT_BY):
            return True
        position = book.positions.get(news.position)
        if position is not None and len(position.tranches) >= MAX_TRANCHES:
            return False
    elif news.ticket in book.orders or not news.working:
        return True
    return open_items(book) < MAX_OPEN


def open_items(book: Book) -> int:
    """How many positions, tranches, allocations and pending orders a book has."""
    allocations = len(book.by_magic) if book.netting else 0
    return len(book.positions) + len(book.orders) + len(book.keys) + allocations
