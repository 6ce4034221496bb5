"""The money of master and slave in a preview: as their terminals last reported it, or as it is assumed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec

from lockstep_core.market.money import Figures, cents

_MONEY = Fraction(10_000)
_UNKNOWN = Figures("USD", _MONEY, _MONEY, _MONEY, leverage=100, utc_offset_ms=0)
_AMOUNTS = ("balance", "equity", "margin_free")
_DIGITS = 8


@dataclass(frozen=True)
class AccountFigures:
    """Both accounts' figures, in one currency, and a sentence that says where they are from."""

    master: Figures
    slave: Figures
    sentence: str


def account_figures(master: Mapping[str, Any] | None, slave: Mapping[str, Any] | None) -> AccountFigures:
    """The figures from two rows of `account_live`; None for an account without a row."""
    theirs, mine = _reported(master), _reported(slave)
    first, second = _or_beside(theirs, mine), _or_beside(mine, theirs)
    return AccountFigures(msgspec.structs.replace(first, currency=second.currency), second, _sentence(theirs, mine))


def _or_beside(reported: Figures | None, other: Figures | None) -> Figures:
    """The reported figures, else assumed ones in the currency of the other account."""
    if reported is not None or other is None:
        return reported or _UNKNOWN
    return msgspec.structs.replace(_UNKNOWN, currency=other.currency)


def _sentence(theirs: Figures | None, mine: Figures | None) -> str:
    if theirs is None and mine is None:
        return "Both accounts have 10,000 of the same currency."
    if mine is None or theirs is None:
        reported, other = ("master", "slave") if mine is None else ("slave", "master")
        return f"The {reported}'s money counts as it is now, the {other} has 10,000 of the same currency."
    rate = "" if theirs.currency == mine.currency else f", as if 1 {theirs.currency} were 1 {mine.currency}"
    return f"Both accounts' money counts as it is now{rate}."


def _reported(row: Mapping[str, Any] | None) -> Figures | None:
    """The figures in a row; None if the terminal has reported no money yet."""
    if row is None or not row["currency"] or any(row[name] is None for name in _AMOUNTS):
        return None
    balance, equity, margin_free = (cents(row[name], _DIGITS) for name in _AMOUNTS)
    return Figures(row["currency"], balance, equity, margin_free, row["leverage"] or _UNKNOWN.leverage, 0)
