"""Every link of a copier is found, and what is decided of each after a gap."""

import msgspec
import pytest

from lockstep_core.books.book import Book, followed
from lockstep_core.books.links import Link, link_id
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.decide import decide
from lockstep_core.decision.links_of import links_of
from lockstep_core.decision.target import Decision, NoteStops, Target, Wait
from lockstep_core.skips import Skip
from lockstep_core.units import ONE_LOT, Lots

from .trading import COPIER, a_book, a_context, a_copier, a_copy, a_position, a_slave

KNOWN = Link(link_id(COPIER, 7), COPIER, 7, "EURUSD", "EURUSD", 0, Lots(ONE_LOT), Lots(ONE_LOT))


@pytest.mark.parametrize(
    ("master", "slave", "known", "expected"),
    [
        ([], [], [], []),
        ([a_position()], [a_copy()], [], []),
        ([a_position()], [], [], ["open"]),
        ([a_position(age_ms=60_000)], [], [], ["signal_too_old"]),
        ([a_position()], [], [msgspec.structs.replace(KNOWN, ended=True)], []),
        ([], [a_copy()], [KNOWN], ["close"]),
        ([], [a_copy()], [], ["close"]),
        ([], [a_position(5), a_position(6, magic=9, comment="ls:bbbbbbbb")], [], []),
        ([a_position(lots=ONE_LOT // 2)], [a_copy()], [KNOWN], ["set_volume"]),
        ([a_position(sl=1.0)], [a_copy()], [], ["set_stops"]),
    ],
)
def test_each_difference_has_its_remedy_or_its_reason(
    master: list[Position], slave: list[Position], known: list[Link], expected: list[str]
) -> None:
    decided = decisions(known, a_book(*master), a_context(a_slave(*slave)))
    assert decided == expected


def test_an_opening_of_a_slave_that_is_away_is_only_waited_for() -> None:
    decided = decisions([], a_book(a_position()), a_context(a_slave(ready=False)))
    assert decided == ["wait"]


@pytest.mark.parametrize(
    ("net", "master", "expected"),
    [
        (a_position(900), [a_position()], []),
        (a_position(900), [], ["set_net"]),
        (a_position(900), [a_position(lots=ONE_LOT // 2, opened=ONE_LOT)], ["set_net"]),
        (a_position(900, lots=ONE_LOT // 2), [], ["set_net"]),
        (a_position(900, side=1), [], ["unresolved"]),
        (a_position(900, side=1), [a_position()], []),
        (a_position(900, lots=2 * ONE_LOT), [a_position()], []),
    ],
)
def test_a_share_is_given_back_only_as_far_as_the_net_position_goes(
    net: Position, master: list[Position], expected: list[str]
) -> None:
    allocation = a_copy()
    book = msgspec.structs.replace(a_book(net), netting=True, by_magic={allocation.magic: allocation})
    context = a_context(msgspec.structs.replace(a_slave(), book=book))
    decided = decisions([KNOWN], a_book(*master), context)
    assert decided == expected


def decisions(known: list[Link], master: Book, context: DecisionContext) -> list[str]:
    """What is decided of each link, by name. Links that need nothing of the slave are left out."""
    links = links_of(a_copier(), known, master, context.slave.book).values()
    decided = [decide(a_copier(), link, followed(master, link.master_position), context) for link in links]
    return [name_of(decision) for decision in decided if decision is not None and not isinstance(decision, NoteStops)]


def name_of(decision: Decision) -> str:
    if isinstance(decision, Wait):
        return "wait"
    if isinstance(decision, Skip):
        return str(decision.code)
    return decision.action.name.lower() if isinstance(decision, Target) else ""
