"""The plan: which accounts there are and which copiers join them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import cast
from uuid import UUID

import msgspec

from lockstep_core.accounts import TradingAccount
from lockstep_core.rules.compile import compile_rules
from lockstep_core.rules.rules import Rules
from lockstep_core.settings.copier import CopierSettings
from lockstep_core.settings.mode import CopierMode


class Copier(msgspec.Struct, frozen=True):
    """One master followed by one slave. Decisions read `rules` alone: they are made of the settings, or given by a process
    that compiled them, and then the settings are missing. `master_mode` is that of the master's account.
    """

    id: UUID
    user_id: UUID
    master: UUID
    slave: UUID
    mode: CopierMode
    settings: CopierSettings = cast("CopierSettings", None)
    version: int = 0
    master_mode: CopierMode = CopierMode.ON
    rules: Rules = cast("Rules", None)

    def __post_init__(self) -> None:
        """Compiles the settings once, unless that was done before."""
        if cast("Rules | None", self.rules) is None:
            msgspec.structs.force_setattr(self, "rules", compile_rules(self.settings))


class Plan(msgspec.Struct, frozen=True):
    """All that a router may do. A copier whose accounts are not both in it does nothing."""

    accounts: Mapping[UUID, TradingAccount]
    copiers: Mapping[UUID, Copier]


def copiers_of(plan: Plan) -> tuple[dict[UUID, tuple[Copier, ...]], dict[UUID, tuple[Copier, ...]]]:
    """The usable copiers by master and by slave."""
    by_master: defaultdict[UUID, list[Copier]] = defaultdict(list)
    by_slave: defaultdict[UUID, list[Copier]] = defaultdict(list)
    for copier in plan.copiers.values():
        if copier.master in plan.accounts and copier.slave in plan.accounts and copier.master != copier.slave:
            by_master[copier.master].append(copier)
            by_slave[copier.slave].append(copier)
    return _as_tuples(by_master), _as_tuples(by_slave)


def _as_tuples(groups: Mapping[UUID, list[Copier]]) -> dict[UUID, tuple[Copier, ...]]:
    return {account: tuple(copiers) for account, copiers in groups.items()}
