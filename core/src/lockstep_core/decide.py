"""The decision on one link: which state the slave's side should be brought to, or why not.

It compares states and knows no events, so it may be asked at any time and as often as one likes: after a deal, after a
reconnect, after a restart. Asked in the same situation it gives the same answer; once its wish shows in the slave's book it
has none.
"""

from collections.abc import Mapping

import msgspec

from lockstep_core.book import Book, Position
from lockstep_core.copiers import CopierMode
from lockstep_core.links import Link
from lockstep_core.plans import Copier
from lockstep_core.sizing import fit, lots_left, wished_lots
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.symbols import SymbolSpec, find_symbol, may_open, same_price
from lockstep_core.units import Lots, lots_text
from lockstep_core.wire.frames import Action


class SlaveView(msgspec.Struct, frozen=True):
    """What is known of the slave. `ready` means that its book is true now and that it can be commanded."""

    book: Book
    specs: Mapping[str, SymbolSpec]
    ready: bool


class Wish(msgspec.Struct, frozen=True, gc=False):
    """A wished state of a link. `volume` is lots to open or lots left; stops are 0.0 where none are wished."""

    action: Action
    symbol: str = ""
    volume: Lots = Lots(0)
    sl: float = 0.0
    tp: float = 0.0


CLOSE = Wish(Action.CLOSE)

Decision = Wish | Skip | None
"""A wish to send, a reason why the master's position is not opened here, or nothing to do (now)."""


def decide(copier: Copier, link: Link, master: Position | None, slave: SlaveView, now_ns: int) -> Decision:
    """What to do about a link whose master position is now `master` (None: closed); one wish at a time, weightiest first."""
    held = slave.book.by_magic.get(link.id)
    if held is None:
        return None if master is None or link.ended else _decide_opening(copier, master, slave, now_ns)
    if copier.mode is CopierMode.OFF:
        return None
    if master is None:
        return CLOSE
    return _decide_volume(link, master, held, slave) or _decide_stops(copier, master, held, slave)


def shows(wish: Wish, held: Position | None, digits: int) -> bool:
    """Whether the slave's position of a link is as a wish wanted it."""
    if wish.action == Action.OPEN:
        return held is not None
    if held is None:
        return True
    if wish.action == Action.SET_VOLUME:
        return held.volume <= wish.volume
    if wish.action == Action.SET_STOPS:
        return same_price(held.sl, wish.sl, digits) and same_price(held.tp, wish.tp, digits)
    return False


def _decide_volume(link: Link, master: Position, held: Position, slave: SlaveView) -> Wish | None:
    spec = slave.specs.get(held.symbol)
    step = 1 if spec is None else spec.volume_step
    opened = max(link.opened, held.opened)
    left = lots_left(opened, master.volume, link.master_opened or master.opened, step)
    if left >= held.volume:
        return None
    if left <= 0 or (spec is not None and left < spec.volume_min):
        return CLOSE
    return Wish(Action.SET_VOLUME, held.symbol, left)


def _decide_stops(copier: Copier, master: Position, held: Position, slave: SlaveView) -> Wish | None:
    spec = slave.specs.get(held.symbol)
    if not copier.settings.copy_stops or spec is None:
        return None
    wish = Wish(Action.SET_STOPS, held.symbol, held.volume, round(master.sl, spec.digits), round(master.tp, spec.digits))
    return None if shows(wish, held, spec.digits) else wish


def _decide_opening(copier: Copier, master: Position, slave: SlaveView, now_ns: int) -> Decision:
    skip = _mode_skip(copier)
    if skip is not None:
        return skip
    age_ms = (now_ns - master.opened_ns) // 1_000_000
    if age_ms > copier.settings.max_signal_age_ms:
        return _too_late(copier, slave, age_ms)
    if not slave.ready:
        return None
    return _opening(copier, master, slave)


def _opening(copier: Copier, master: Position, slave: SlaveView) -> Wish | Skip:
    spec = find_symbol(master.symbol, slave.specs)
    if spec is None:
        return Skip(SkipCode.SYMBOL_UNKNOWN, "", f"The slave's broker has no symbol {master.symbol}.")
    if not may_open(spec, master.side):
        return Skip(SkipCode.SYMBOL_NOT_TRADABLE, "", f"The slave's broker does not let {spec.name} be opened now.")
    lots = fit(wished_lots(copier.settings.sizing, master.volume), spec)
    if isinstance(lots, Skip):
        return lots
    if copier.mode is CopierMode.DRY_RUN:
        return Skip(
            SkipCode.DRY_RUN, "mode", f"Would have opened {lots_text(lots)} lots of {spec.name}; this copier only tries."
        )
    if not copier.settings.copy_stops:
        return Wish(Action.OPEN, spec.name, lots)
    return Wish(Action.OPEN, spec.name, lots, round(master.sl, spec.digits), round(master.tp, spec.digits))


def _mode_skip(copier: Copier) -> Skip | None:
    if copier.mode is CopierMode.OFF:
        return Skip(SkipCode.COPIER_OFF, "mode", "This copier is off.")
    if copier.mode is CopierMode.CLOSE_ONLY:
        return Skip(SkipCode.CLOSE_ONLY, "mode", "This copier only closes what it has open.")
    return None


def _too_late(copier: Copier, slave: SlaveView, age_ms: int) -> Skip:
    limit_ms = copier.settings.max_signal_age_ms
    if not slave.ready:
        sentence = f"The slave was not connected within {limit_ms} ms of the master's opening."
        return Skip(SkipCode.SLAVE_OFFLINE, "max_signal_age_ms", sentence)
    sentence = f"The master's opening was {age_ms} ms old; this copier allows {limit_ms} ms."
    return Skip(SkipCode.SIGNAL_TOO_OLD, "max_signal_age_ms", sentence)
