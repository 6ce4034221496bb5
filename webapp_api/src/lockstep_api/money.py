"""What copies earned and cost, by account, symbol, day and hour, and each pair of accounts beside its master. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from lockstep_api.models import ResponseModel
from lockstep_api.pages import EarnedMoney

_CENT = Decimal("0.01")


class MoneyGroup(EarnedMoney):
    """The money of one account, symbol, day or hour (0 to 23) in one currency."""

    key: str


class MoneyResults(ResponseModel):
    """How copies ended in one currency, all costs included.

    `profit_factor` is what winning copies earned for each unit that losing ones lost, null without losses. `expectancy` is
    what a copy earned on average, as decimal text.
    """

    currency: str
    wins: int
    losses: int
    even: int
    won: str
    lost: str
    profit_factor: float | None
    expectancy: str | None


class PairMoney(ResponseModel):
    """What the copies of a copier earned that closed in the period, beside what the same lots earned at its master.

    `against_master` is below zero where copying has cost something. Only where both accounts have one currency.
    """

    copier_id: UUID
    currency: str
    copies: int
    net: str
    master_net: str
    against_master: str


class Money(ResponseModel):
    """The money of a period, in each currency apart. What lost most comes first. `pairs` are of the last 5,000 copies."""

    since: datetime
    until: datetime
    results: tuple[MoneyResults, ...]
    by_account: tuple[MoneyGroup, ...]
    by_symbol: tuple[MoneyGroup, ...]
    by_day: tuple[MoneyGroup, ...]
    by_hour: tuple[MoneyGroup, ...]
    pairs: tuple[PairMoney, ...]


def money_of(groups: Mapping[str, Any], pairs: Iterable[Any], since: datetime, until: datetime) -> Money:
    """The response from the results of `money_by_group` and `money_by_pair`."""
    results = [_with_ratios(row) for row in groups["results"]]
    return Money.model_validate({**groups, "results": results, "pairs": list(pairs), "since": since, "until": until})


def _with_ratios(row: Mapping[str, Any]) -> dict[str, Any]:
    won, lost = Decimal(row["won"]), Decimal(row["lost"])
    count = row["wins"] + row["losses"] + row["even"]
    return {
        **row,
        "profit_factor": float(won / lost) if lost else None,
        "expectancy": str(((won - lost) / count).quantize(_CENT)) if count else None,
    }
