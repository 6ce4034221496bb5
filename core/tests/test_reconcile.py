"""Two books compared."""

import msgspec
import pytest

from lockstep_core.book import Position
from lockstep_core.decide import Scene, Wait, Wish
from lockstep_core.links import Link, link_id
from lockstep_core.reconcile import Difference, reconcile
from lockstep_core.skips import Skip
from lockstep_core.units import ONE_LOT, Lots

from .trading import COPIER, NOW, a_book, a_copier, a_copy, a_position, a_slave

KNOWN = Link(link_id(COPIER, 7), COPIER, 7, "EURUSD", "EURUSD", 0, Lots(ONE_LOT), Lots(ONE_LOT))


@pytest.mark.parametrize(
    ("master", "slave", "known", "expected"),
    [
        ([], [], [], []),
        ([a_position()], [a_copy()], [], []),
        ([a_position()], [], [], [(Difference.MISSING, "open")]),
        ([a_position(age_ms=60_000)], [], [], [(Difference.MISSING, "out_of_sync")]),
        ([a_position()], [], [msgspec.structs.replace(KNOWN, ended=True)], []),
        ([], [a_copy()], [KNOWN], [(Difference.EXTRA, "close")]),
        ([], [a_copy()], [], [(Difference.EXTRA, "close")]),
        ([], [a_position(5), a_position(6, magic=9, comment="ls:bbbbbbbb")], [], []),
        ([a_position(lots=ONE_LOT // 2)], [a_copy()], [KNOWN], [(Difference.VOLUME, "set_volume")]),
        ([a_position(sl=1.0)], [a_copy()], [], [(Difference.STOPS, "set_stops")]),
    ],
)
def test_each_difference_has_its_remedy_or_its_reason(
    master: list[Position], slave: list[Position], known: list[Link], expected: list[tuple[Difference, str]]
) -> None:
    findings = reconcile(a_copier(), known, a_book(*master), Scene(a_slave(*slave), NOW))
    assert [(f.difference, name_of(f.outcome)) for f in findings] == expected


def test_nothing_is_done_about_a_link_whose_command_is_unresolved() -> None:
    scene = Scene(a_slave(a_copy()), NOW)
    findings = reconcile(a_copier(), [KNOWN], a_book(), scene, frozenset({KNOWN.id}))
    assert [(f.difference, name_of(f.outcome)) for f in findings] == [(Difference.UNRESOLVED, "unresolved")]


def test_an_opening_of_a_slave_that_is_away_is_only_waited_for() -> None:
    findings = reconcile(a_copier(), [], a_book(a_position()), Scene(a_slave(ready=False), NOW))
    assert [(f.difference, name_of(f.outcome)) for f in findings] == [(Difference.MISSING, "wait")]


@pytest.mark.parametrize(
    ("net", "master", "expected"),
    [
        (a_position(900), [a_position()], []),
        (a_position(900), [], [(Difference.EXTRA, "set_net")]),
        (a_position(900), [a_position(lots=ONE_LOT // 2, opened=ONE_LOT)], [(Difference.VOLUME, "set_net")]),
        (a_position(900, lots=ONE_LOT // 2), [a_position()], [(Difference.UNRESOLVED, "unresolved")]),
        (a_position(900, side=1), [a_position()], [(Difference.UNRESOLVED, "unresolved")]),
        (a_position(900, lots=2 * ONE_LOT), [a_position()], []),
    ],
)
def test_shares_that_do_not_fit_their_net_position_are_left_to_the_user(
    net: Position, master: list[Position], expected: list[tuple[Difference, str]]
) -> None:
    share = a_copy()
    book = msgspec.structs.replace(a_book(net), netting=True, by_magic={share.magic: share})
    scene = Scene(msgspec.structs.replace(a_slave(), book=book), NOW)
    findings = reconcile(a_copier(), [KNOWN], a_book(*master), scene)
    assert [(f.difference, name_of(f.outcome)) for f in findings] == expected


def name_of(outcome: Wish | Skip | Wait) -> str:
    if isinstance(outcome, Wait):
        return "wait"
    return str(outcome.code) if isinstance(outcome, Skip) else outcome.action.name.lower()
