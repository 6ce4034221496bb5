"""What the user of a link is told of it, and what its history keeps."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lockstep_core.books.positions import Position
from lockstep_core.decision.decide import Wish
from lockstep_core.market.retcodes import NO_CONNECTION
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import Lots
from lockstep_router.execution.copy import Copy
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import Happening, OrderFilled

UNDECIDED = frozenset({"sent", "unresolved"})
NO_BROKER = Skip(SkipCode.SLAVE_OFFLINE, "max_signal_age_ms", "The slave had no connection to its broker while it was time.")
CLOSED_BEFORE = Skip(SkipCode.OUT_OF_SYNC, "", "The master closed before the order could be carried out.")
_CLOSED_BY: Mapping[str, str] = {
    SkipCode.GUARD: "A guard of this copier closed it.",
    SkipCode.NEWS: "It was closed because news were near.",
    SkipCode.ASKED: "You had it closed.",
}


def happening(kind: str, copy: Copy, now_ns: int, data: dict[str, Any]) -> Happening:
    """A happening of one link on its slave."""
    copier = copy.copier
    return Happening(kind, now_ns, copier.user_id, copier.slave, copier.id, copy.link.id, data)


def announce(copy: Copy, wish: Wish, master: Position | None) -> None:
    """The copy's share is of the lots it was sized from, which may be less than the master opened."""
    copy.wished_lots = abs(wish.volume - wish.expected)
    copy.link = msgspec.structs.replace(copy.link, slave_symbol=wish.symbol, opened=Lots(0))
    if master is not None:
        copy.master_lots = master.volume
        copy.link = msgspec.structs.replace(copy.link, master_opened=master.volume)
    copy.explain("sent")


def tell_filled(copy: Copy, led: bool, out: Outputs) -> None:
    """Where the master's order has filled something (`led`): whoever restarts must know that."""
    if not (led and copy.waits):
        return
    copy.waits = False
    if copy.status:
        out.journal.append(OrderFilled(copy.link.id))


def close(copy: Copy, now_ns: int, out: Outputs) -> None:
    """The slave's side is over."""
    copy.link = msgspec.structs.replace(copy.link, ended=True)
    copy.open_lots, copy.closed_ns = 0, now_ns
    copy.explain("closed", reason=copy.why or None, message=_CLOSED_BY.get(copy.why))
    out.journal.append(copy.row(now_ns))


def tell_skip(copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> None:
    """A reason why nothing is done; told once."""
    if copy.flight is not None:
        return
    if copy.status in UNDECIDED and not copy.link.placed:
        give_up(copy, skip, now_ns, out)
        return
    if skip.code == copy.said:
        return
    copy.said = skip.code
    if copy.status in ("", "skipped") and copy.reason in (None, SkipCode.PENDING_WAITS):
        _tell_skip(copy, skip, now_ns, out)
    elif copy.status == "open":
        out.journal.append(happening("skipped", copy, now_ns, _skip_data(skip)))


def _tell_skip(copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> None:
    if copy.in_ns == 0 and skip.code is SkipCode.SIGNAL_TOO_OLD:
        # The master's opening was found in a snapshot instead of being seen: not late, but out of sync.
        skip = msgspec.structs.replace(skip, code=SkipCode.OUT_OF_SYNC)
    copy.explain("skipped", skip)
    out.journal.append(copy.row(now_ns))
    out.journal.append(happening("skipped", copy, now_ns, _skip_data(skip)))


def give_up(copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> None:
    """An opening that was refused for the moment, and now it is too late for another try."""
    copy.end()
    if copy.link.placed:
        copy.explain("closed", message="The pending order is gone.")
    elif copy.reason == f"broker_{NO_CONNECTION}":
        copy.explain("skipped", NO_BROKER)
    elif copy.reason is not None and copy.reason.startswith("broker_"):
        copy.status = "rejected"
    else:
        copy.explain("skipped", skip)
    out.journal.append(copy.row(now_ns))


def _skip_data(skip: Skip) -> dict[str, Any]:
    return {"code": str(skip.code), "setting": skip.setting, "sentence": skip.sentence}
