"""Compares a master's symbols with those at the slave's broker, before the accounts are linked. Pure.

Symbols are matched by the code that copies. Prices are not known here: what depends on them shows at the first trade.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from lockstep_api.models import RequestModel, ResponseModel
from lockstep_core.copiers import CopierSettings
from lockstep_core.decision.plan import Copier
from lockstep_core.market.symbol_matching import Match, SymbolIndex, find_symbol
from lockstep_core.market.symbols import SymbolSpec, SymbolTradeMode
from lockstep_core.settings.mode import CopierMode
from lockstep_core.skips import Params, Shape, Skip, SkipCode
from lockstep_core.units import Lots, lots_text

PARAMS: Mapping[str, Shape] = {
    "contract_differs": {"symbol": str, "named": str, "their_contract": str, "contract": str, "aligned": str},
    "lots_differ": {"symbol": str, "named": str, "their_min": str, "their_step": str, "min": str, "step": str},
    "opened_too_small": {"symbol": str, "named": str, "lots": str, "min": str},
}
"""The params of each finding, beside the reasons for which a symbol is skipped (`lockstep_core.skips`)."""
_NOBODY = UUID(int=0)


class LinkCheckRequest(RequestModel):
    """Two accounts of the caller, and the settings that a copier between them would have."""

    master_id: UUID
    slave_id: UUID
    settings: CopierSettings


class LinkFinding(ResponseModel):
    """What is different at the slave's broker. `code` is a reason for which trades of the symbol would be skipped
    (`is_skipped`), or something to know.
    """

    symbol: str
    code: str
    params: Params
    is_skipped: bool


class LinkCheck(ResponseModel):
    """What was found for the symbols that the master opened last: `checked` is how many.

    `master_known` and `slave_known`: whether the terminals have told their brokers' symbols.
    """

    checked: int
    master_known: bool
    slave_known: bool
    findings: tuple[LinkFinding, ...]


def check_link(settings: CopierSettings, found: Mapping[str, Any]) -> LinkCheck:
    """Compares the rows of the SQL function `link_symbols`."""
    theirs = {name: _spec(name, row) for name, row in (found["master"] or {}).items()}
    slave = found["slave"]
    checked = found["opened"] if slave is not None else []
    rule = Copier(_NOBODY, _NOBODY, _NOBODY, _NOBODY, CopierMode.ON, settings).rules.symbols
    index = SymbolIndex()
    for name, row in (slave or {}).items():
        index.put(_spec(name, row))
    findings: list[LinkFinding] = []
    for row in checked:
        symbol, master = row["symbol"], theirs.get(row["symbol"])
        match = find_symbol(rule, symbol, master, index)
        if isinstance(match, Skip):
            findings.append(LinkFinding(symbol=symbol, code=match.code, params=match.params, is_skipped=True))
        else:
            findings += _of_match(symbol, Lots(row["lots"]), match, master, is_aligned=settings.contract_alignment)
    return LinkCheck(
        checked=len(checked), master_known=bool(theirs), slave_known=slave is not None, findings=tuple(findings)
    )


def _of_match(
    symbol: str, lots: Lots, match: Match, master: SymbolSpec | None, *, is_aligned: bool
) -> Iterable[LinkFinding]:
    spec, names = match.spec, {"symbol": symbol, "named": match.spec.name}
    if spec.trade_mode in (SymbolTradeMode.DISABLED, SymbolTradeMode.CLOSE_ONLY):
        yield LinkFinding(symbol=symbol, code=SkipCode.SYMBOL_NOT_TRADABLE, params={"symbol": spec.name}, is_skipped=True)
    if master is not None and master.contract_size != spec.contract_size and match.factor is None:
        contracts = {"their_contract": f"{master.contract_size:.10g}", "contract": f"{spec.contract_size:.10g}"}
        params = {**names, **contracts, "aligned": "yes" if is_aligned else "no"}
        yield LinkFinding(symbol=symbol, code="contract_differs", params=params, is_skipped=False)
    if master is not None and (spec.volume_min > master.volume_min or spec.volume_step > master.volume_step):
        there = {"their_min": lots_text(master.volume_min), "their_step": lots_text(master.volume_step)}
        params = {**names, **there, "min": lots_text(spec.volume_min), "step": lots_text(spec.volume_step)}
        yield LinkFinding(symbol=symbol, code="lots_differ", params=params, is_skipped=False)
    elif lots < spec.volume_min:
        params = {**names, "lots": lots_text(lots), "min": lots_text(spec.volume_min)}
        yield LinkFinding(symbol=symbol, code="opened_too_small", params=params, is_skipped=False)


def _spec(name: str, row: Mapping[str, Any]) -> SymbolSpec:
    return SymbolSpec(
        name,
        row["digits"],
        0.0,
        row["contract"] or 0.0,
        Lots(row["min"]),
        Lots(row["max"]),
        Lots(row["step"]),
        row["mode"],
        currency_base=row["base"],
        currency_profit=row["profit"],
        calc_mode=row["calc"],
    )
