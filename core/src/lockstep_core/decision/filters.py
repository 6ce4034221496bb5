"""Whether a master's opening is one that its user wants copied."""

from lockstep_core.books.positions import Position
from lockstep_core.globs import matches_any
from lockstep_core.rules.rules import FilterRule, Patterns
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import lots_text
from lockstep_core.wire.enums import Side


def filtered(rule: FilterRule, master: Position) -> Skip | None:
    """Why a master's position is not copied by its symbol, side, magic number, comment or lots; None where it is."""
    if rule.symbols is not None and not _passes(rule.symbols, master.symbol):
        setting = "filters.symbol_filter"
        return Skip(SkipCode.SYMBOL_FILTERED, setting, {"symbol": master.symbol})
    if master.side not in rule.sides:
        side = "sell" if master.side == Side.SELL else "buy"
        return Skip(SkipCode.SIDE_FILTERED, "filters.allowed_sides", {"side": side})
    if not _has_magic(rule, master.magic):
        return Skip(SkipCode.MAGIC_FILTERED, "filters.magic_filter", {"magic": str(master.magic)})
    if rule.comments is not None and not _passes(rule.comments, master.comment):
        return Skip(SkipCode.COMMENT_FILTERED, "filters.comment_filter", {})
    if rule.lots is not None and not rule.lots[0] <= master.opened <= rule.lots[1]:
        return _of_lots(rule.lots, master)
    return None


def closes_only(rule: FilterRule, *names: str) -> bool:
    """Whether nothing more is opened of a symbol, by its names on the master's and the slave's side."""
    return any(matches_any(rule.close_only, name) for name in names)


def _of_lots(limits: tuple[int, int], master: Position) -> Skip:
    few = master.opened < limits[0]
    limit = lots_text(limits[0] if few else limits[1])
    params = {"why": "few" if few else "many", "lots": lots_text(master.opened), "limit": limit}
    return Skip(SkipCode.LOTS_FILTERED, "filters.lots_filter", params)


def _passes(patterns: Patterns, text: str) -> bool:
    if patterns.excluded and matches_any(patterns.excluded, text):
        return False
    return not patterns.included or matches_any(patterns.included, text)


def _has_magic(rule: FilterRule, magic: int) -> bool:
    for first, last in rule.magic_out:
        if first <= magic <= last:
            return False
    return not rule.magic_in or any(first <= magic <= last for first, last in rule.magic_in)
