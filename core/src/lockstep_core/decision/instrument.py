"""Which of the slave's symbols a master's trade is copied to: found by name, then checked by currency, contract, price."""

from lockstep_core.books.positions import Position
from lockstep_core.decision.context import DecisionContext
from lockstep_core.market.money import Quote
from lockstep_core.market.symbol_matching import Match, find_symbol, is_same_currency
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.rules import Rules
from lockstep_core.skips import Skip, SkipCode

_SETTING = "symbols.symbol_mapping"
_NEAR = 0.005
_FAR = 2.0
"""Prices of one thing may be as old as a quiet symbol's last quote; they are never twice each other."""


def instrument(rules: Rules, master: Position, is_order: bool, context: DecisionContext) -> Match | Skip:
    """The slave's symbol. What the user has mapped is taken at their word; `is_order`: the price is a pending order's."""
    theirs = context.master.specs.get(master.symbol)
    match = find_symbol(rules.symbols, master.symbol, theirs, context.slave.symbols)
    if not isinstance(match, Match) or match.mapped or theirs is None:
        return match
    spec = match.spec
    if match.same_money and not match.usual:
        # Even an old quote tells prices apart that are twice each other.
        last = context.slave.quotes.get(spec.name)
        is_near = last is None or not _is_far(_price_there(master, is_order, context), _middle(last))
        return match if is_near else _other_price(theirs, spec)
    there = _price_there(master, is_order, context)
    here = _middle(context.quote(spec.name))
    if match.usual:
        return match if _agrees(theirs, spec, there, here) else _proposed(theirs, spec, there, here)
    if here <= 0:
        return Skip(SkipCode.QUOTE_UNKNOWN, _SETTING, {"symbol": spec.name})
    return match if _is_near(there, here) else _other_currency(theirs, spec)


def _agrees(theirs: SymbolSpec, spec: SymbolSpec, there: float, here: float) -> bool:
    told = bool(theirs.currency_profit) and bool(spec.currency_profit)
    same_currency = told and is_same_currency(theirs.currency_profit, spec.currency_profit)
    return same_currency and theirs.contract_size == spec.contract_size > 0 and _is_near(there, here)


def _is_near(there: float, here: float) -> bool:
    return there > 0 and here > 0 and abs(there - here) <= _NEAR * max(there, here)


def _is_far(there: float, here: float) -> bool:
    return there > 0 and here > 0 and not here / _FAR < there < here * _FAR


def _price_there(master: Position, is_order: bool, context: DecisionContext) -> float:
    """What it costs at the master's broker: the price of the trade, or the quote where an order waits; 0.0 unknown."""
    return _middle(context.master.quotes.get(master.symbol)) if is_order else master.deal_price or master.price


def _middle(quote: Quote | None) -> float:
    return 0.0 if quote is None else (quote.bid + quote.ask) / 2


def _proposed(theirs: SymbolSpec, spec: SymbolSpec, there: float, here: float) -> Skip:
    """Says all that speaks for and against it, so that the user can decide."""
    params = {
        "symbol": theirs.name,
        "named": spec.name,
        "their_currency": theirs.currency_profit or "?",
        "their_contract": _text(theirs.contract_size),
        "their_price": _text(there),
        "currency": spec.currency_profit or "?",
        "contract": _text(spec.contract_size),
        "price": _text(here),
    }
    return Skip(SkipCode.SYMBOL_PROPOSED, _SETTING, params)


def _text(number: float) -> str:
    return f"{number:.10g}" if number > 0 else "?"


def _other_currency(theirs: SymbolSpec, spec: SymbolSpec) -> Skip:
    named = f"{spec.name} ({spec.currency_base}/{spec.currency_profit})"
    return Skip(SkipCode.SYMBOL_UNKNOWN, _SETTING, {"why": "currencies", "symbol": theirs.name, "named": named})


def _other_price(theirs: SymbolSpec, spec: SymbolSpec) -> Skip:
    return Skip(SkipCode.SYMBOL_UNKNOWN, _SETTING, {"why": "price", "symbol": theirs.name, "named": spec.name})
