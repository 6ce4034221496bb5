"""What the database last said: sessions as the router sees them, and the routers there are."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from lockstep_core.resources.copier_account import CopierAccountSpec
from lockstep_operator.facts import RouterState, Shard


class Knowledge:
    """Written by the sync, read by the reconciler; both live on one event loop."""

    def __init__(self) -> None:
        self._states: dict[UUID, RouterState] = {}
        self._shards: dict[str, Shard] = {}

    def state(self, account: UUID) -> RouterState | None:
        """What the router last wrote of the account's session."""
        return self._states.get(account)

    def shard_for(self, spec: CopierAccountSpec) -> Shard | None:
        """The router the account's terminal is sent to, None if that router has not announced itself."""
        return choose_shard(spec, self._shards)

    def shards(self) -> tuple[Shard, ...]:
        """The routers there are, by name."""
        return tuple(self._shards[name] for name in sorted(self._shards))

    def learn_state(self, account: UUID, state: RouterState | None) -> bool:
        """Whether that was news."""
        if self._states.get(account) == state:
            return False
        if state is None:
            self._states.pop(account, None)
        else:
            self._states[account] = state
        return True

    def learn_shards(self, shards: Iterable[Shard]) -> bool:
        """Whether that was news. A router that is no longer listed is kept: its terminals still know no other."""
        merged = {**self._shards, **{shard.name: shard for shard in shards}}
        news = merged != self._shards
        self._shards = merged
        return news


def choose_shard(spec: CopierAccountSpec, shards: Mapping[str, Shard]) -> Shard | None:
    """The shard an account belongs to, None if there is none yet. Demo and live never share one."""
    fitting = {name: shard for name, shard in shards.items() if shard.environment is spec.environment}
    # Only an account that was applied by hand names none: that of a row is the row's.
    name = spec.shard if spec.shard is not None else min(fitting, default="")
    return fitting.get(name)
