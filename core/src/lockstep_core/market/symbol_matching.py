"""Finds the slave's symbol for a master's, past the affixes that brokers add to names. It never guesses."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import islice

import msgspec

from lockstep_core.market.currencies import whole
from lockstep_core.market.money import Crosses, is_pair
from lockstep_core.market.symbol_names import core_of, name_of
from lockstep_core.market.symbols import SymbolSpec, SymbolTradeMode
from lockstep_core.market.usual_names import USUAL
from lockstep_core.rules.rules import SymbolRule
from lockstep_core.settings.symbols import folded_name
from lockstep_core.skips import Skip, SkipCode

NO_SPECS: Mapping[str, SymbolSpec] = {}
MAX_CANDIDATES = 20
MAX_FOUND = 4_096
"""The most results that an index keeps. A master may send any number of names."""
_MAPPING = "symbols.symbol_mapping"


class SymbolIndex:
    """A broker's symbols by name, by folded name, by name without affixes, by usual instrument, and as currency crosses.
    `limited`: those of which only so many lots may be open in one direction.

    A symbol is put in or replaced in constant time, whatever number the broker has: terminals report one at a time.
    `found`: what was found for a master's symbol by a copier's rule, until the broker's symbols change.
    """

    __slots__ = ("by_core", "by_folded", "by_name", "by_usual", "crosses", "found", "limited")

    def __init__(self) -> None:
        self.by_name: dict[str, SymbolSpec] = {}
        self.by_folded: dict[str, dict[str, SymbolSpec]] = {}
        self.by_core: dict[str, dict[str, SymbolSpec]] = {}
        self.by_usual: dict[str, dict[str, SymbolSpec]] = {}
        self.crosses = Crosses()
        self.limited: set[str] = set()
        self.found: dict[tuple[int, str], Found] = {}

    def put(self, spec: SymbolSpec) -> None:
        """Takes a symbol, in place of an earlier one of its name."""
        self.found.clear()
        before = self.by_name.get(spec.name)
        if before is not None:
            self._remove(before)
        self.by_name[spec.name] = spec
        if spec.volume_limit:
            self.limited.add(spec.name)
        for group, key in self._places(spec):
            group.setdefault(key, {})[spec.name] = spec
        self.crosses.put(spec)

    def _remove(self, spec: SymbolSpec) -> None:
        self.limited.discard(spec.name)
        for group, key in self._places(spec):
            group[key].pop(spec.name)
            if not group[key]:
                del group[key]
        self.crosses.remove(spec)

    def _places(self, spec: SymbolSpec) -> list[tuple[dict[str, dict[str, SymbolSpec]], str]]:
        core = core_of(spec.name, spec)
        places = [(self.by_folded, folded_name(spec.name)), (self.by_core, core)]
        return [*places, (self.by_usual, USUAL[core])] if core in USUAL else places


class Match(msgspec.Struct, frozen=True, gc=False):
    """The slave's symbol. `mapped`: the user's mapping named it, with a `factor` where that is not 1. `usual`: the list of
    usual names alone says that it may be the same thing. Not `same_money`: its profits are in another currency. `alike`: one
    of its lots earns what one of the master's does.
    """

    spec: SymbolSpec
    mapped: bool = False
    factor: Fraction | None = None
    usual: bool = False
    same_money: bool = True
    alike: bool = False


class Found(msgspec.Struct, frozen=True, gc=False):
    """What was found by a rule for a master's symbol of this spec."""

    rule: SymbolRule
    master: SymbolSpec | None
    match: Match | Skip


def index_of(specs: Mapping[str, SymbolSpec]) -> SymbolIndex:
    """The index of a broker's symbols."""
    index = SymbolIndex()
    for spec in specs.values():
        index.put(spec)
    return index


def find_symbol(rule: SymbolRule, name: str, master: SymbolSpec | None, slave: SymbolIndex) -> Match | Skip:
    """The slave's symbol for the master's `name`, or why there is none."""
    # By the rule's address: to compare its mapping costs more than the search. `Found` keeps it from being another's.
    key = (id(rule), name)
    found = slave.found.get(key)
    if found is not None and found.rule is rule and found.master is master:
        return found.match
    if len(slave.found) >= MAX_FOUND:
        slave.found.clear()
    match = _with_money(_searched(rule, name, master, slave), master)
    slave.found[key] = Found(rule, master, match)
    return match


def _with_money(match: Match | Skip, master: SymbolSpec | None) -> Match | Skip:
    if isinstance(match, Skip) or master is None:
        return match
    same = is_same_currency(master.currency_profit, match.spec.currency_profit)
    return msgspec.structs.replace(match, same_money=same, alike=are_alike(master, match.spec))


def are_alike(master: SymbolSpec, slave: SymbolSpec) -> bool:
    """Whether a lot earns the same on both sides, as far as brokers tell."""
    sizes = master.contract_size == slave.contract_size > 0
    currencies = master.currency_profit == slave.currency_profit or not master.currency_profit or not slave.currency_profit
    return sizes and currencies and master.by_contract and slave.by_contract


def _searched(rule: SymbolRule, name: str, master: SymbolSpec | None, slave: SymbolIndex) -> Match | Skip:
    if rule.mapping:
        mapped = _mapped(rule, name, master, slave)
        if mapped is not None:
            return mapped
    if rule.prefix or rule.suffix:
        return _with_affixes(rule, name, master, slave)
    return _by_name(rule, name, master, slave)


def is_same_currency(a: str, b: str) -> bool:
    """Whether both are one currency or its hundredths, as far as brokers tell."""
    return a == b or not a or not b or whole(a) == whole(b)


def _mapped(rule: SymbolRule, name: str, master: SymbolSpec | None, slave: SymbolIndex) -> Match | Skip | None:
    """What the user's mapping names; a mapping of a clean name counts for the name with affixes, too."""
    source = folded_name(name)
    if source not in rule.mapping and rule.auto_affix:
        source = core_of(name, master)
    to = rule.mapping.get(source)
    if to is None:
        return None
    found = _named(rule, to, slave)
    if len(found) > 1:
        return _ambiguous(name, found)
    if not found:
        return Skip(SkipCode.SYMBOL_UNKNOWN, _MAPPING, {"why": "mapping", "symbol": name, "named": to})
    return Match(found[0], True, rule.factors.get(source))


def _named(rule: SymbolRule, to: str, slave: SymbolIndex) -> tuple[SymbolSpec, ...]:
    """The symbols that a mapping's target may mean: the very name, the folded one, with the chosen affixes, with any."""
    exact = slave.by_name.get(to)
    if exact is not None:
        return (exact,)
    found = _group(slave.by_folded, folded_name(to))
    if not found and (rule.prefix or rule.suffix):
        found = _group(slave.by_folded, folded_name(f"{rule.prefix}{to}{rule.suffix}"))
    if not found and rule.auto_affix and core_of(to) == folded_name(to):
        found = _tradable(_group(slave.by_core, folded_name(to)))
    return found


def _with_affixes(rule: SymbolRule, name: str, master: SymbolSpec | None, slave: SymbolIndex) -> Match | Skip:
    wanted = f"{rule.prefix}{core_of(name, master)}{rule.suffix}"
    found = _group(slave.by_folded, folded_name(wanted))
    if len(found) == 1:
        return Match(found[0]) if _is_same_thing(master, found[0]) else _of_other_currencies(name, found)
    setting = "symbols.suffix" if rule.suffix else "symbols.prefix"
    return Skip(SkipCode.SYMBOL_UNKNOWN, setting, {"why": "affix", "symbol": name, "named": wanted})


def _by_name(rule: SymbolRule, name: str, master: SymbolSpec | None, slave: SymbolIndex) -> Match | Skip:
    exact = slave.by_name.get(name)
    if exact is not None:
        return Match(exact) if _is_same_thing(master, exact) else _of_other_currencies(name, (exact,))
    found = _group(slave.by_folded, folded_name(name))
    if not found and rule.auto_affix:
        found = _of_core(name, master, slave)
    if not found and rule.auto_affix:
        return _usual(name, master, slave)
    if len(found) == 1 and _is_same_thing(master, found[0]):
        return Match(found[0])
    same = tuple(spec for spec in found if _is_same_thing(master, spec))
    return _only(name, same) if same or not found else _of_other_currencies(name, found)


def _of_core(name: str, master: SymbolSpec | None, slave: SymbolIndex) -> tuple[SymbolSpec, ...]:
    """The symbols of the same thing, unless both names tell the exchange and tell different ones."""
    asked = name_of(name, master)
    found = _group(slave.by_core, asked.core)
    if not asked.market or not found:
        return found
    return tuple(spec for spec in found if name_of(spec.name, spec).market in ("", asked.market))


def _usual(name: str, master: SymbolSpec | None, slave: SymbolIndex) -> Match | Skip:
    """The only symbol that brokers are known to call so; whether it is the same is for currency, contract and price to say.

    Of GOLD some brokers tell the metal as base currency and others the dollar, so that one is not compared.
    """
    usual = USUAL.get(core_of(name, master))
    found = () if usual is None else _tradable(_group(slave.by_usual, usual))
    profit = "" if master is None else master.currency_profit
    same = tuple(spec for spec in found if is_same_currency(profit, spec.currency_profit))
    return Match(same[0], usual=True) if len(same) == 1 else _only(name, same)


def _group(groups: Mapping[str, Mapping[str, SymbolSpec]], key: str) -> tuple[SymbolSpec, ...]:
    """The first symbols of a group: more than a few are ambiguous, however many they are."""
    group = groups.get(key)
    return () if group is None else tuple(islice(group.values(), MAX_CANDIDATES))


def _of_other_currencies(name: str, found: tuple[SymbolSpec, ...]) -> Skip:
    names = ", ".join(sorted(f"{spec.name} ({spec.currency_base}/{spec.currency_profit})" for spec in found))
    return Skip(SkipCode.SYMBOL_UNKNOWN, _MAPPING, {"why": "currencies", "symbol": name, "named": names})


def _tradable(found: tuple[SymbolSpec, ...]) -> tuple[SymbolSpec, ...]:
    if len(found) <= 1:
        return found
    return tuple(spec for spec in found if spec.trade_mode != SymbolTradeMode.DISABLED) or found


def _only(name: str, found: tuple[SymbolSpec, ...]) -> Match | Skip:
    found = _tradable(found)
    if len(found) == 1:
        return Match(found[0])
    if not found:
        return Skip(SkipCode.SYMBOL_UNKNOWN, _MAPPING, {"why": "missing", "symbol": name, "named": ""})
    return _ambiguous(name, found)


def _ambiguous(name: str, found: tuple[SymbolSpec, ...]) -> Skip:
    names = ", ".join(sorted(spec.name for spec in found))
    return Skip(SkipCode.SYMBOL_AMBIGUOUS, _MAPPING, {"symbol": name, "candidates": names})


def _is_same_thing(master: SymbolSpec | None, slave: SymbolSpec) -> bool:
    """Whether the currencies allow it. An index has its number of points in every currency, a pair is its currencies."""
    if master is None:
        return True
    base, profit = master.currency_base, master.currency_profit
    if base == slave.currency_base and profit == slave.currency_profit:
        return True
    if is_same_currency(base, slave.currency_base) and is_same_currency(profit, slave.currency_profit):
        return True
    return not (is_pair(master) or is_pair(slave))
