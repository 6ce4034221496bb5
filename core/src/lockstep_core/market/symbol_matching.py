"""Finds the slave's symbol for a master's, past the affixes that brokers add to names. It never guesses."""

import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from lockstep_core.market.money import Crosses, crosses_of
from lockstep_core.market.symbols import SymbolSpec, TradeMode
from lockstep_core.rules.rules import SymbolRule
from lockstep_core.skips import Skip, SkipCode

_CORE = re.compile(r"^[^A-Za-z0-9]*(?:([A-Z0-9]{3,})[a-z]{0,4}|([A-Za-z0-9]{3,}))(?:[^A-Za-z0-9].*)?$")
NO_SPECS: Mapping[str, SymbolSpec] = {}


class SymbolIndex(msgspec.Struct, frozen=True):
    """A broker's symbols by name, by upper-case name, by name without affixes, and as currency crosses."""

    by_name: Mapping[str, SymbolSpec] = NO_SPECS
    by_upper: Mapping[str, tuple[SymbolSpec, ...]] = {}
    by_core: Mapping[str, tuple[SymbolSpec, ...]] = {}
    crosses: Crosses = Crosses()


class Match(msgspec.Struct, frozen=True, gc=False):
    """The slave's symbol. `mapped`: the user's mapping named it."""

    spec: SymbolSpec
    mapped: bool = False


def index_of(specs: Mapping[str, SymbolSpec]) -> SymbolIndex:
    """The index of a broker's symbols. Make it once for each snapshot: it takes long."""
    by_upper: dict[str, tuple[SymbolSpec, ...]] = {}
    by_core: dict[str, tuple[SymbolSpec, ...]] = {}
    for spec in specs.values():
        upper, core = spec.name.upper(), core_of(spec.name, spec)
        by_upper[upper] = (*by_upper.get(upper, ()), spec)
        by_core[core] = (*by_core.get(core, ()), spec)
    return SymbolIndex(specs, by_upper, by_core, crosses_of(specs))


def core_of(name: str, spec: SymbolSpec | None = None) -> str:
    """The name without affixes, in upper case: EURUSD of `EURUSD.m`, `.EURUSDpro`, `#EURUSD` or `EURUSDm`.

    Where the spec has two currencies and the name holds both, they are the core.
    """
    return _core(name, "", "") if spec is None else _core(name, spec.currency_base, spec.currency_profit)


@lru_cache(maxsize=16_384)
def _core(name: str, base: str, profit: str) -> str:
    if base and profit and base != profit:
        pair = (base + profit).upper()
        if pair in name.upper():
            return pair
    found = _CORE.match(name)
    return (found.group(1) or found.group(2)).upper() if found else name.upper()


def find_symbol(rule: SymbolRule, name: str, master: SymbolSpec | None, slave: SymbolIndex) -> Match | Skip:
    """The slave's symbol for the master's `name`, or why there is none."""
    mapped = rule.mapping.get(name)
    if mapped is not None:
        spec = slave.by_name.get(mapped)
        if spec is not None:
            return Match(spec, True)
        params = {"why": "mapping", "symbol": name, "named": mapped}
        return Skip(SkipCode.SYMBOL_UNKNOWN, "symbols.symbol_mapping", params)
    if rule.prefix or rule.suffix:
        return _with_affixes(rule, name, core_of(name, master), slave)
    return _by_name(rule, name, master, slave)


def _with_affixes(rule: SymbolRule, name: str, core: str, slave: SymbolIndex) -> Match | Skip:
    wanted = f"{rule.prefix}{core}{rule.suffix}"
    found = slave.by_upper.get(wanted.upper(), ())
    if len(found) == 1:
        return Match(found[0])
    setting = "symbols.suffix" if rule.suffix else "symbols.prefix"
    return Skip(SkipCode.SYMBOL_UNKNOWN, setting, {"why": "affix", "symbol": name, "named": wanted})


def _by_name(rule: SymbolRule, name: str, master: SymbolSpec | None, slave: SymbolIndex) -> Match | Skip:
    exact = slave.by_name.get(name)
    if exact is not None:
        return Match(exact)
    found = slave.by_upper.get(name.upper(), ())
    if not found and rule.auto_affix:
        found = slave.by_core.get(core_of(name, master), ())
    if len(found) == 1 and _is_same_thing(master, found[0]):
        return Match(found[0])
    same = tuple(spec for spec in found if _is_same_thing(master, spec))
    return _only(name, same) if same or not found else _of_other_currencies(name, found)


def _of_other_currencies(name: str, found: tuple[SymbolSpec, ...]) -> Skip:
    names = ", ".join(sorted(f"{spec.name} ({spec.currency_base}/{spec.currency_profit})" for spec in found))
    return Skip(SkipCode.SYMBOL_UNKNOWN, "symbols.symbol_mapping", {"why": "currencies", "symbol": name, "named": names})


def _only(name: str, found: tuple[SymbolSpec, ...]) -> Match | Skip:
    if len(found) > 1:
        found = tuple(spec for spec in found if spec.trade_mode != TradeMode.DISABLED) or found
    if len(found) == 1:
        return Match(found[0])
    if not found:
        return Skip(SkipCode.SYMBOL_UNKNOWN, "symbols.symbol_mapping", {"why": "missing", "symbol": name, "named": ""})
    names = ", ".join(sorted(spec.name for spec in found))
    return Skip(SkipCode.SYMBOL_AMBIGUOUS, "symbols.symbol_mapping", {"symbol": name, "candidates": names})


def _is_same_thing(master: SymbolSpec | None, slave: SymbolSpec) -> bool:
    if master is None:
        return True
    base, profit = master.currency_base, master.currency_profit
    if base and slave.currency_base and base != slave.currency_base:
        return False
    return not profit or not slave.currency_profit or profit == slave.currency_profit
