"""The figures of master and slave in a preview: as their terminals last reported them, or assumed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec

from lockstep_core.market.currencies import whole
from lockstep_core.market.money import Figures, cents
from lockstep_core.skips import Params

_MONEY = Fraction(10_000)
_UNKNOWN = Figures("USD", _MONEY, _MONEY, _MONEY, leverage=100, utc_offset_ms=0)
_AMOUNTS = ("balance", "equity", "margin_free")
_DIGITS = 8


@dataclass(frozen=True)
class AccountFigures:
    """Both accounts' figures, in one currency or its hundredths. `known` says which of them are reported."""

    master: Figures
    slave: Figures
    known: Params


def account_figures(master: Mapping[str, Any] | None, slave: Mapping[str, Any] | None) -> AccountFigures:
    """The figures from two rows of `account_live`; None for an account without a row."""
    theirs, mine = reported(master), reported(slave)
    first, second = _or_beside(theirs, mine), _or_beside(mine, theirs)
    currency = first.currency if whole(first.currency) == whole(second.currency) else second.currency
    return AccountFigures(msgspec.structs.replace(first, currency=currency), second, _known(theirs, mine))


def _or_beside(reported: Figures | None, other: Figures | None) -> Figures:
    """The reported figures; else assumed ones in the other account's currency."""
    if reported is not None or other is None:
        return reported or _UNKNOWN
    return msgspec.structs.replace(_UNKNOWN, currency=other.currency)


def _known(theirs: Figures | None, mine: Figures | None) -> Params:
    """`known` says whose figures are known: `neither`, `master`, `slave`, `both`, or `at_par` for both in two currencies."""
    if theirs is None or mine is None:
        known = "master" if theirs is not None else "slave" if mine is not None else "neither"
        return {"known": known, "master": "", "slave": ""}
    same = whole(theirs.currency) == whole(mine.currency)
    return {"known": "both" if same else "at_par", "master": theirs.currency, "slave": mine.currency}


def reported(row: Mapping[str, Any] | None) -> Figures | None:
    """The figures in a row; None if the terminal has reported no money yet."""
    if row is None or not row["currency"] or any(row[name] is None for name in _AMOUNTS):
        return None
    balance, equity, margin_free = (cents(row[name], _DIGITS) for name in _AMOUNTS)
    credit = cents(row.get("credit") or 0, _DIGITS)
    return Figures(row["currency"], balance, equity, margin_free, row["leverage"] or _UNKNOWN.leverage, 0, credit=credit)
