"""Why something was not copied: a stable code, the setting that caused it, and what its words are filled with."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

Params = Mapping[str, str | int]
"""What the words of a code are filled with, as plain JSON: lots, prices and shares are exact decimal texts, counts are whole
numbers, and a word such as `slave` chooses between phrases. `lockstep_texts` makes sentences of them, in each language.
"""

Shape = Mapping[str, type[str] | type[int]]
"""The names of a code's params and their kinds."""


class SkipCode(StrEnum):
    """Codes never change their meaning; the website and support rely on them."""

    COPIER_OFF = "copier_off"
    ACCOUNT_OFF = "account_off"
    CLOSE_ONLY = "close_only"
    DRY_RUN = "dry_run"
    SIGNAL_TOO_OLD = "signal_too_old"
    LATE_PRICE = "late_price"
    CHANGE_TOO_OLD = "change_too_old"
    SLAVE_OFFLINE = "slave_offline"
    OUT_OF_SYNC = "out_of_sync"
    UNRESOLVED = "unresolved"
    SYMBOL_UNKNOWN = "symbol_unknown"
    SYMBOL_AMBIGUOUS = "symbol_ambiguous"
    SYMBOL_PROPOSED = "symbol_proposed"
    SYMBOL_NOT_TRADABLE = "symbol_not_tradable"
    SYMBOL_FILTERED = "symbol_filtered"
    SIDE_FILTERED = "side_filtered"
    MAGIC_FILTERED = "magic_filtered"
    COMMENT_FILTERED = "comment_filtered"
    LOTS_FILTERED = "lots_filtered"
    OUTSIDE_HOURS = "outside_hours"
    TIME_UNKNOWN = "time_unknown"
    NEWS = "news"
    WEEKEND = "weekend"
    GUARD = "guard"
    GUARD_PAUSED = "guard_paused"
    VOLUME_BELOW_MIN = "volume_below_min"
    VOLUME_ABOVE_MAX = "volume_above_max"
    RISK_COEFFICIENT = "risk_coefficient"
    STOP_NEEDED = "stop_needed"
    STOP_TOO_CLOSE = "stop_too_close"
    STOP_PASSED = "stop_passed"
    STOP_REACHED = "stop_reached"
    TOO_MANY_MESSAGES = "too_many_messages"
    FIGURES_UNKNOWN = "figures_unknown"
    RATE_UNKNOWN = "rate_unknown"
    QUOTE_UNKNOWN = "quote_unknown"
    SPEC_UNKNOWN = "spec_unknown"
    SPEC_DOUBTFUL = "spec_doubtful"
    FORMULA_FAILED = "formula_failed"
    TOO_MANY_POSITIONS = "too_many_positions"
    ACCOUNT_FULL = "account_full"
    TOO_MANY_LOTS = "too_many_lots"
    VOLUME_LIMIT = "volume_limit"
    LEVERAGE = "leverage"
    MARGIN_RESERVED = "margin_reserved"
    MARGIN_TOO_LOW = "margin_too_low"
    WORST_CASE = "worst_case"
    TOO_MANY_TODAY = "too_many_today"
    SPREAD = "spread"
    SLIPPAGE = "slippage"
    PENDING_WAITS = "pending_waits"
    PENDING_SKIPPED = "pending_skipped"
    NETTING_IMPOSSIBLE = "netting_impossible"
    PENDING_IMPOSSIBLE = "pending_impossible"
    ORDER_TOO_CLOSE = "order_too_close"
    ORDER_COPIED = "order_copied"
    ASKED = "asked"
    IDENTITY_UNKNOWN = "identity_unknown"
    CLOSE_ORDER = "close_order"
    HELD_TOO_SHORT = "held_too_short"


MEANINGS: Mapping[SkipCode, str] = {
    SkipCode.COPIER_OFF: "The copier is switched off.",
    SkipCode.ACCOUNT_OFF: "Copying is switched off for the slave's account.",
    SkipCode.CLOSE_ONLY: "The copier or the account only closes what is open.",
    SkipCode.DRY_RUN: "The copier only tries; its params say what it would have opened.",
    SkipCode.SIGNAL_TOO_OLD: "The master's opening was older than allowed when the slave could have followed.",
    SkipCode.LATE_PRICE: "It is late, and the price is further from the master's than a late opening's may be.",
    SkipCode.CHANGE_TOO_OLD: "The master's change of stops was older than allowed.",
    SkipCode.SLAVE_OFFLINE: "The slave was not connected while the opening was fresh.",
    SkipCode.OUT_OF_SYNC: "The master had this open before it could be copied; the user decides.",
    SkipCode.UNRESOLVED: "It is not known what became of a command, or the slave's position does not add up.",
    SkipCode.SYMBOL_UNKNOWN: "The slave's broker has no such symbol.",
    SkipCode.SYMBOL_AMBIGUOUS: "Several of the slave's symbols could be meant.",
    SkipCode.SYMBOL_PROPOSED: "Brokers are known to call it so, but currency, contract or price does not agree for certain.",
    SkipCode.SYMBOL_NOT_TRADABLE: "The slave's broker does not let the symbol be opened on this side now.",
    SkipCode.SYMBOL_FILTERED: "The copier does not copy this symbol.",
    SkipCode.SIDE_FILTERED: "The copier does not copy this side.",
    SkipCode.MAGIC_FILTERED: "The copier does not copy this magic number.",
    SkipCode.COMMENT_FILTERED: "The copier does not copy this comment.",
    SkipCode.LOTS_FILTERED: "The copier does not copy trades of so many lots.",
    SkipCode.OUTSIDE_HOURS: "It is outside the copier's hours.",
    SkipCode.TIME_UNKNOWN: "The time that a rule needs is not known yet.",
    SkipCode.WEEKEND: "The copier holds nothing over the weekend.",
    SkipCode.NEWS: "News of the symbol's currencies are near.",
    SkipCode.GUARD: "A guard has stopped the copier.",
    SkipCode.GUARD_PAUSED: "A guard has paused the copier, which goes on by itself.",
    SkipCode.VOLUME_BELOW_MIN: "The copy would be smaller than the broker or the copier allows.",
    SkipCode.VOLUME_ABOVE_MAX: "The copy would be bigger than the copier allows.",
    SkipCode.RISK_COEFFICIENT: "Raising the copy to the smallest volume would be too much more risk.",
    SkipCode.STOP_NEEDED: "The copy would have no stop loss, and a setting needs one.",
    SkipCode.STOP_TOO_CLOSE: "The stops are nearer to the market than the broker allows.",
    SkipCode.STOP_PASSED: "The market is beyond the stop already.",
    SkipCode.STOP_REACHED: "The price came to a stop of this trade that was watched, because the broker does not hold it.",
    SkipCode.TOO_MANY_MESSAGES: "The number of orders for a day is reached, so stops and pending orders are left alone.",
    SkipCode.FIGURES_UNKNOWN: "An account's figures that a rule needs are not known, or not above zero.",
    SkipCode.RATE_UNKNOWN: "No quote tells what the master's currency is worth in the slave's.",
    SkipCode.QUOTE_UNKNOWN: "There is no quote to check spread or slippage by.",
    SkipCode.SPEC_UNKNOWN: "The broker does not tell what a rule needs to know of the symbol.",
    SkipCode.SPEC_DOUBTFUL: "What the broker says a tick is worth is not what its contract size and currency make of it.",
    SkipCode.FORMULA_FAILED: "The formula has no result with these numbers.",
    SkipCode.TOO_MANY_POSITIONS: "As many positions are open as allowed.",
    SkipCode.ACCOUNT_FULL: "As much is open on the slave as is followed of one account.",
    SkipCode.TOO_MANY_LOTS: "With this copy more lots would be open than allowed.",
    SkipCode.VOLUME_LIMIT: "The slave's broker takes no more lots of the symbol in this direction.",
    SkipCode.LEVERAGE: "With this copy more value would be open than allowed.",
    SkipCode.MARGIN_RESERVED: "After this copy too little margin would be free.",
    SkipCode.MARGIN_TOO_LOW: "After this copy less free margin would be left than the copier keeps.",
    SkipCode.WORST_CASE: "With this copy, all stops together would reach a guard, or something open has no stop.",
    SkipCode.TOO_MANY_TODAY: "The trades or lots that are allowed in a day were opened already.",
    SkipCode.SPREAD: "The spread is too wide.",
    SkipCode.SLIPPAGE: "The price is too much worse than the master's.",
    SkipCode.PENDING_WAITS: "The master's order is pending; the copy is opened when it fills.",
    SkipCode.PENDING_SKIPPED: "The copier does not copy pending orders.",
    SkipCode.NETTING_IMPOSSIBLE: "The slave's account nets, and its terminal cannot be commanded to.",
    SkipCode.PENDING_IMPOSSIBLE: "This order cannot be placed on the slave.",
    SkipCode.ORDER_TOO_CLOSE: "The order's price is nearer to the market than the slave's broker allows.",
    SkipCode.ORDER_COPIED: "The master's broker filled one order in parts; its first part has the lots of the whole copy.",
    SkipCode.ASKED: "The user had the copy closed.",
    SkipCode.IDENTITY_UNKNOWN: "Which of the MT4 slave's orders is this copy's cannot be told; the user decides.",
    SkipCode.HELD_TOO_SHORT: "The copy is younger than the copier's least holding time; it is closed once it is not.",
    SkipCode.CLOSE_ORDER: "The slave's broker closes positions in the order of their opening, and an older one is open.",
}
"""What each code means, for the reference."""

PASSING = frozenset(
    {
        SkipCode.LATE_PRICE,
        SkipCode.SYMBOL_PROPOSED,
        SkipCode.SYMBOL_NOT_TRADABLE,
        SkipCode.STOP_TOO_CLOSE,
        SkipCode.STOP_PASSED,
        SkipCode.ORDER_TOO_CLOSE,
        SkipCode.SPEC_UNKNOWN,
        SkipCode.FIGURES_UNKNOWN,
        SkipCode.RATE_UNKNOWN,
        SkipCode.QUOTE_UNKNOWN,
        SkipCode.TOO_MANY_POSITIONS,
        SkipCode.ACCOUNT_FULL,
        SkipCode.TOO_MANY_LOTS,
        SkipCode.VOLUME_LIMIT,
        SkipCode.LEVERAGE,
        SkipCode.MARGIN_RESERVED,
        SkipCode.MARGIN_TOO_LOW,
        SkipCode.WORST_CASE,
        SkipCode.SPREAD,
        SkipCode.SLIPPAGE,
    }
)
"""Reasons that prices, the market or the slave's own account may take away while an opening is still fresh. Until then it
waits for that.
"""

_NONE: Shape = {}
GUARD_SHAPE: Shape = {
    "kind": str,
    "measure": str,
    "amount": str,
    "money": str,
    "percent": str,
    "base": str,
    "period": str,
}
"""A guard and its limit, as `lockstep_core.decision.guards.describe` gives them. `base`: what `percent` is a share of."""
PAUSE_SHAPE: Shape = {**GUARD_SHAPE, "ends": str, "until": str, "zone": str, "share": str}
"""A guard's pause: it `ends` at a `time` (`until`, in `zone`), or when the loss is back under a `share` of the limit."""

PARAMS: Mapping[SkipCode, Shape] = {
    SkipCode.COPIER_OFF: {"left": str},
    SkipCode.ACCOUNT_OFF: {"account": str},
    SkipCode.CLOSE_ONLY: {"closing": str},
    SkipCode.DRY_RUN: {"what": str, "lots": str, "symbol": str},
    SkipCode.SIGNAL_TOO_OLD: {"age_ms": int, "limit_ms": int},
    SkipCode.LATE_PRICE: {"symbol": str, "points": int, "limit": int},
    SkipCode.CHANGE_TOO_OLD: {"limit_ms": int},
    SkipCode.SLAVE_OFFLINE: {"missing": str, "limit_ms": int},
    SkipCode.OUT_OF_SYNC: {"why": str},
    SkipCode.UNRESOLVED: {"symbol": str},
    SkipCode.SYMBOL_UNKNOWN: {"why": str, "symbol": str, "named": str},
    SkipCode.SYMBOL_AMBIGUOUS: {"symbol": str, "candidates": str},
    SkipCode.SYMBOL_PROPOSED: {
        "symbol": str,
        "named": str,
        "their_currency": str,
        "their_contract": str,
        "their_price": str,
        "currency": str,
        "contract": str,
        "price": str,
    },
    SkipCode.SYMBOL_NOT_TRADABLE: {"symbol": str},
    SkipCode.SYMBOL_FILTERED: {"symbol": str},
    SkipCode.SIDE_FILTERED: {"side": str},
    SkipCode.MAGIC_FILTERED: {"magic": str},
    SkipCode.COMMENT_FILTERED: _NONE,
    SkipCode.LOTS_FILTERED: {"why": str, "lots": str, "limit": str},
    SkipCode.OUTSIDE_HOURS: {"day": str, "time": str},
    SkipCode.TIME_UNKNOWN: {"needed_for": str},
    SkipCode.NEWS: {"currency": str, "importance": str, "title": str, "when": str, "minutes": int},
    SkipCode.WEEKEND: {"symbol": str, "until": str, "zone": str},
    SkipCode.GUARD: GUARD_SHAPE,
    SkipCode.GUARD_PAUSED: PAUSE_SHAPE,
    SkipCode.VOLUME_BELOW_MIN: {"why": str, "lots": str, "symbol": str, "limit": str},
    SkipCode.VOLUME_ABOVE_MAX: {"lots": str, "symbol": str, "limit": str},
    SkipCode.RISK_COEFFICIENT: {"lots": str, "symbol": str, "raised": str},
    SkipCode.STOP_NEEDED: {"why": str, "symbol": str},
    SkipCode.STOP_TOO_CLOSE: {"points": int},
    SkipCode.STOP_PASSED: {"what": str, "symbol": str},
    SkipCode.STOP_REACHED: _NONE,
    SkipCode.TOO_MANY_MESSAGES: {"count": int, "what": str},
    SkipCode.FIGURES_UNKNOWN: {"account": str, "figure": str},
    SkipCode.RATE_UNKNOWN: {"master": str, "slave": str},
    SkipCode.QUOTE_UNKNOWN: {"symbol": str},
    SkipCode.SPEC_UNKNOWN: {"what": str, "symbol": str},
    SkipCode.SPEC_DOUBTFUL: {"account": str, "symbol": str, "told": str, "reckoned": str, "currency": str},
    SkipCode.FORMULA_FAILED: {"why": str, "name": str, "limit": int},
    SkipCode.TOO_MANY_POSITIONS: {"scope": str, "symbol": str, "count": int, "limit": int},
    SkipCode.ACCOUNT_FULL: {"count": int, "limit": int},
    SkipCode.TOO_MANY_LOTS: {"lots": str, "limit": str},
    SkipCode.VOLUME_LIMIT: {"symbol": str, "held": str, "limit": str},
    SkipCode.LEVERAGE: {"limit": str},
    SkipCode.MARGIN_RESERVED: {"percent": str},
    SkipCode.MARGIN_TOO_LOW: {"limit": str, "currency": str},
    SkipCode.WORST_CASE: {"why": str, "symbol": str, "worst": str, "floor": str},
    SkipCode.TOO_MANY_TODAY: {"what": str, "count": str, "limit": str},
    SkipCode.SPREAD: {"symbol": str, "points": int, "limit": int},
    SkipCode.SLIPPAGE: {"points": int, "limit": int},
    SkipCode.PENDING_WAITS: _NONE,
    SkipCode.PENDING_SKIPPED: _NONE,
    SkipCode.NETTING_IMPOSSIBLE: _NONE,
    SkipCode.PENDING_IMPOSSIBLE: {"why": str},
    SkipCode.ORDER_TOO_CLOSE: {"symbol": str, "points": int, "limit": int},
    SkipCode.ORDER_COPIED: _NONE,
    SkipCode.ASKED: _NONE,
    SkipCode.IDENTITY_UNKNOWN: {"symbol": str, "magic": str},
    SkipCode.CLOSE_ORDER: {"symbol": str, "ticket": str},
    SkipCode.HELD_TOO_SHORT: {"symbol": str, "held": int, "least": int},
}
"""The params that each code comes with, always all of them."""


class Skip(msgspec.Struct, frozen=True, gc=False):
    """`setting` is the path of the copier's setting that decided, empty where none did; `params` are as `PARAMS` says."""

    code: SkipCode
    setting: str
    params: Params
