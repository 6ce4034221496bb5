"""Proposes names for a master's symbols that have another name at the slave's broker. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from lockstep_api.models import ResponseModel
from lockstep_core.market.symbol_names import core_of
from lockstep_core.market.usual_names import USUAL
from lockstep_core.settings.symbols import folded_name
from lockstep_core.skips import Params

REASONS = ("symbol_unknown", "symbol_ambiguous", "symbol_proposed")
_MOST = 8


class Affix(ResponseModel):
    """The prefix and suffix that a broker adds to the names of symbols. `example` is one of its symbols."""

    prefix: str
    suffix: str
    example: str


class Mismatch(ResponseModel):
    """A symbol that was not found. `candidates` are names at the slave's broker that may be the same, likeliest first;
    what is known of the likeliest is in the params of `symbol_proposed`.
    """

    symbol: str
    reason: Literal["symbol_unknown", "symbol_ambiguous", "symbol_proposed"]
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
    slave's symbols.
    """
    known, names = frozenset(folded_name(symbol) for symbol in mapped), sorted(set(seen))
    affix = affix_of(names)
    newest: dict[str, Mapping[str, Any]] = {}
    counts: dict[str, int] = {}
    for copy in skipped:
        symbol = str(copy["symbol"])
        newest.setdefault(symbol, copy)
        counts[symbol] = counts.get(symbol, 0) + 1
    items = [
        _mismatch(symbol, copy, counts[symbol], names, affix)
        for symbol, copy in newest.items()
        if not _is_mapped(symbol, known)
    ]
    return SymbolMatch(affix=affix, items=tuple(items))


def _is_mapped(symbol: str, known: frozenset[str]) -> bool:
    """Whether a mapping applies to the symbol, in any case of letters, also if it maps the symbol's clean name."""
    return folded_name(symbol) in known or core_of(symbol) in known


def _mismatch(symbol: str, copy: Mapping[str, Any], skipped: int, names: list[str], affix: Affix | None) -> Mismatch:
    core = core_of(symbol)
    usual = USUAL.get(core)
    proposed = [str(copy["params"]["named"])] if copy["reason"] == "symbol_proposed" else []
    alike = [name for name in names if core_of(name) == core and name != symbol]
    called = [name for name in names if usual is not None and USUAL.get(core_of(name)) == usual and name != symbol]
    likely = [f"{affix.prefix}{core}{affix.suffix}"] if affix else []
    candidates = tuple(dict.fromkeys((*proposed, *alike, *called, *likely)))[:_MOST]
    return Mismatch(symbol=symbol, reason=copy["reason"], params=copy["params"], skipped=skipped, candidates=candidates)


def _affix(name: str) -> Affix | None:
    core = core_of(name)
    at = name.upper().find(core)
    if at < 0 or len(core) == len(name):
        return None
    return Affix(prefix=name[:at], suffix=name[at + len(core) :], example=name)
