"""Two books compared."""

import msgspec
import pytest

from lockstep_core.book import Position
from lockstep_core.decide import Wish
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
    findings = reconcile(a_copier(), known, a_book(*master), a_slave(*slave), NOW)
    assert [(f.difference, name_of(f.outcome)) for f in findings] == expected


def name_of(outcome: Wish | Skip) -> str:
    return str(outcome.code) if isinstance(outcome, Skip) else outcome.action.name.lower()
