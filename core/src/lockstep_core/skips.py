"""Why something was not copied: a stable code, the setting that caused it, a sentence for its user."""

from enum import StrEnum

import msgspec


class SkipCode(StrEnum):
    """Codes never change their meaning; the website and support rely on them."""

    COPIER_OFF = "copier_off"
    ACCOUNT_OFF = "account_off"
    CLOSE_ONLY = "close_only"
    DRY_RUN = "dry_run"
    SIGNAL_TOO_OLD = "signal_too_old"
    CHANGE_TOO_OLD = "change_too_old"
    SLAVE_OFFLINE = "slave_offline"
    OUT_OF_SYNC = "out_of_sync"
    UNRESOLVED = "unresolved"
    SYMBOL_UNKNOWN = "symbol_unknown"
    SYMBOL_AMBIGUOUS = "symbol_ambiguous"
    SYMBOL_NOT_TRADABLE = "symbol_not_tradable"
    SYMBOL_FILTERED = "symbol_filtered"
    SIDE_FILTERED = "side_filtered"
    MAGIC_FILTERED = "magic_filtered"
    COMMENT_FILTERED = "comment_filtered"
    OUTSIDE_HOURS = "outside_hours"
    TIME_UNKNOWN = "time_unknown"
    NEWS = "news"
    GUARD = "guard"
    VOLUME_BELOW_MIN = "volume_below_min"
    VOLUME_ABOVE_MAX = "volume_above_max"
    RISK_COEFFICIENT = "risk_coefficient"
    STOP_NEEDED = "stop_needed"
    STOP_TOO_CLOSE = "stop_too_close"
    STOP_PASSED = "stop_passed"
    STOPS_SHARED = "stops_shared"
    TOO_MANY_MESSAGES = "too_many_messages"
    FIGURES_UNKNOWN = "figures_unknown"
    RATE_UNKNOWN = "rate_unknown"
    QUOTE_UNKNOWN = "quote_unknown"
    SPEC_UNKNOWN = "spec_unknown"
    FORMULA_FAILED = "formula_failed"
    TOO_MANY_POSITIONS = "too_many_positions"
    TOO_MANY_LOTS = "too_many_lots"
    LEVERAGE = "leverage"
    MARGIN_RESERVED = "margin_reserved"
    SPREAD = "spread"
    SLIPPAGE = "slippage"
    PENDING_WAITS = "pending_waits"
    PENDING_SKIPPED = "pending_skipped"
    NETTING_IMPOSSIBLE = "netting_impossible"
    PENDING_IMPOSSIBLE = "pending_impossible"


class Skip(msgspec.Struct, frozen=True, gc=False):
    """`setting` is the path of the copier's setting that decided, empty where none did."""

    code: SkipCode
    setting: str
    sentence: str
