"""Finds names for symbols of a master that have another name at the slave's broker. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from lockstep_api.models import ResponseModel
from lockstep_core.market.symbol_matching import core_of
from lockstep_core.skips import Params

REASONS = ("symbol_unknown", "symbol_ambiguous")
_MOST = 8


class Affix(ResponseModel):
    """The prefix and suffix that a broker adds to the names of symbols. `example` is one of its symbols."""

    prefix: str
    suffix: str
    example: str


class Mismatch(ResponseModel):
    """A symbol that was not found. `candidates` are names at the slave's broker that may be the same, likeliest first."""

    symbol: str
    reason: Literal["symbol_unknown", "symbol_ambiguous"]
    params: Params
    skipped: int
    candidates: tuple[str, ...]


class SymbolMatch(ResponseModel):
    """Symbols of a copier that were not found and are not mapped yet. `affix` is the one of the slave's broker."""

    affix: Affix | None
    items: tuple[Mismatch, ...]


def affix_of(names: Iterable[str]) -> Affix | None:
    """The affix of these names, if all names with an affix have the same one."""
    found = [affix for name in names if (affix := _affix(name))]
    return found[0] if len({(affix.prefix, affix.suffix) for affix in found}) == 1 else None


def match_symbols(skipped: Iterable[Mapping[str, Any]], mapped: Iterable[str], seen: Iterable[str]) -> SymbolMatch:
    """The mismatches of a copier.

    `skipped` are copies with one of REASONS, newest first. `mapped` are the symbols that the settings map. `seen` are the
    symbols of the slave.
    """
    known, names = frozenset(mapped), sorted(set(seen))
    affix = affix_of(names)
    newest: dict[str, Mapping[str, Any]] = {}
    counts: dict[str, int] = {}
    for copy in skipped:
        symbol = str(copy["symbol"])
        newest.setdefault(symbol, copy)
        counts[symbol] = counts.get(symbol, 0) + 1
    items = [_mismatch(symbol, copy, counts[symbol], names, affix) for symbol, copy in newest.items() if symbol not in known]
    return SymbolMatch(affix=affix, items=tuple(items))


def _mismatch(symbol: str, copy: Mapping[str, Any], skipped: int, names: list[str], affix: Affix | None) -> Mismatch:
    core = core_of(symbol)
    alike = [name for name in names if core_of(name) == core and name != symbol]
    likely = [f"{affix.prefix}{core}{affix.suffix}"] if affix else []
    candidates = tuple(dict.fromkeys((*alike, *likely)))[:_MOST]
    return Mismatch(symbol=symbol, reason=copy["reason"], params=copy["params"], skipped=skipped, candidates=candidates)


def _affix(name: str) -> Affix | None:
    core = core_of(name)
    at = name.upper().find(core)
    if at < 0 or len(core) == len(name):
        return None
    return Affix(prefix=name[:at], suffix=name[at + len(core) :], example=name)
