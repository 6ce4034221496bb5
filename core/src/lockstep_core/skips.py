"""Why something was not copied: a stable code, the setting that caused it, a sentence for its user."""

from enum import StrEnum

import msgspec


class SkipCode(StrEnum):
    """Codes never change their meaning; the website and support rely on them."""

    COPIER_OFF = "copier_off"
    CLOSE_ONLY = "close_only"
    DRY_RUN = "dry_run"
    SIGNAL_TOO_OLD = "signal_too_old"
    SLAVE_OFFLINE = "slave_offline"
    OUT_OF_SYNC = "out_of_sync"
    SYMBOL_UNKNOWN = "symbol_unknown"
    SYMBOL_NOT_TRADABLE = "symbol_not_tradable"
    VOLUME_BELOW_MIN = "volume_below_min"


class Skip(msgspec.Struct, frozen=True, gc=False):
    """`setting` is the path of the copier's setting that decided, empty where none did."""

    code: SkipCode
    setting: str
    sentence: str
