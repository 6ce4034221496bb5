"""Joins the portions of accounts' symbols, as JSON by name."""

from typing import Any
from uuid import UUID

from lockstep_router.journal.ipc import SymbolPortion, SymbolRow
from lockstep_router.journal.sql_values import finite, json_text, text


class WholeSymbols:
    """Complete symbols of accounts, which wait to be written; newer ones replace them."""

    def __init__(self) -> None:
        self._parts: dict[UUID, dict[str, Any]] = {}
        self._whole: dict[UUID, dict[str, Any]] = {}

    def put(self, portion: SymbolPortion) -> None:
        """Takes the next portion. If its first portion was never seen, it is dropped, because the account is sent again."""
        if portion.first:
            self._parts[portion.account] = {}
        parts = self._parts.get(portion.account)
        if parts is None:
            return
        parts.update((text(name), _figures(row)) for name, row in portion.symbols.items())
        if portion.last:
            self._whole[portion.account] = self._parts.pop(portion.account)

    def take(self) -> list[tuple[UUID, str]]:
        """The complete symbols. Each account's are returned once."""
        whole, self._whole = self._whole, {}
        return [(account, json_text(symbols)) for account, symbols in whole.items()]


def _figures(row: SymbolRow) -> dict[str, Any]:
    return {
        "digits": row.digits,
        "contract": finite(row.contract_size),
        "min": row.volume_min,
        "max": row.volume_max,
        "step": row.volume_step,
        "mode": row.trade_mode,
        "base": text(row.currency_base),
        "profit": text(row.currency_profit),
        "calc": row.calc_mode,
    }
