"""Finds the slave's symbol for a master's, past the affixes that brokers add to names. It never guesses."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice

import msgspec

from lockstep_core.market.money import Crosses
from lockstep_core.market.symbols import SymbolSpec, TradeMode
from lockstep_core.rules.rules import SymbolRule
from lockstep_core.skips import Skip, SkipCode

_CORE = re.compile(r"^[^A-Za-z0-9]*(?:([A-Z0-9]{3,})[a-z]{0,4}|([A-Za-z0-9]{3,}))(?:[^A-Za-z0-9].*)?$")
NO_SPECS: Mapping[str, SymbolSpec] = {}
MAX_CANDIDATES = 20


class SymbolIndex:
    """A broker's symbols by name, by upper-case name, by name without affixes, and as currency crosses.

    A symbol is put in or replaced in constant time, whatever number the broker has: terminals report one at a time.
    """

    __slots__ = ("by_core", "by_name", "by_upper", "crosses")

    def __init__(self) -> None:
        self.by_name: dict[str, SymbolSpec] = {}
        self.by_upper: dict[str, dict[str, SymbolSpec]] = {}
        self.by_core: dict[str, dict[str, SymbolSpec]] = {}
        self.crosses = Crosses()

    def put(self, spec: SymbolSpec) -> None:
        """Takes a symbol, in place of an earlier one of its name."""
        before = self.by_name.get(spec.name)
        if before is not None:
            self._remove(before)
        self.by_name[spec.name] = spec
        self.by_upper.setdefault(spec.name.upper(), {})[spec.name] = spec
        self.by_core.setdefault(core_of(spec.name, spec), {})[spec.name] = spec
        self.crosses.put(spec)

    def _remove(self, spec: SymbolSpec) -> None:
        for group, key in ((self.by_upper, spec.name.upper()), (self.by_core, core_of(spec.name, spec))):
            group[key].pop(spec.name)
            if not group[key]:
                del group[key]
        self.crosses.remove(spec)


class Match(msgspec.Struct, frozen=True, gc=False):
    """The slave's symbol. `mapped`: the user's mapping named it."""

    spec: SymbolSpec
    mapped: bool = False


def index_of(specs: Mapping[str, SymbolSpec]) -> SymbolIndex:
    """The index of a broker's symbols."""
    index = SymbolIndex()
    for spec in specs.values():
        index.put(spec)
    return index


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
    found = _group(slave.by_upper, wanted.upper())
    if len(found) == 1:
        return Match(found[0])
    setting = "symbols.suffix" if rule.suffix else "symbols.prefix"
    return Skip(SkipCode.SYMBOL_UNKNOWN, setting, {"why": "affix", "symbol": name, "named": wanted})


def _by_name(rule: SymbolRule, name: str, master: SymbolSpec | None, slave: SymbolIndex) -> Match | Skip:
    exact = slave.by_name.get(name)
    if exact is not None:
        return Match(exact)
    found = _group(slave.by_upper, name.upper())
    if not found and rule.auto_affix:
        found = _group(slave.by_core, core_of(name, master))
    if len(found) == 1 and _is_same_thing(master, found[0]):
        return Match(found[0])
    same = tuple(spec for spec in found if _is_same_thing(master, spec))
    return _only(name, same) if same or not found else _of_other_currencies(name, found)


def _group(groups: Mapping[str, Mapping[str, SymbolSpec]], key: str) -> tuple[SymbolSpec, ...]:
    """The first symbols of a group: more than a few are ambiguous, however many they are."""
    return tuple(islice(groups.get(key, NO_SPECS).values(), MAX_CANDIDATES))


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
