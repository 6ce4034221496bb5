"""What was last read from the database: what each account should be, the state of its session, and the routers."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from lockstep_core.resources.copier_account import CopierAccountSpec
from lockstep_operator.facts import RouterState, Shard
from lockstep_operator.rows import DesiredObjects


class DatabaseCache:
    """The sync writes it and the reconciler reads it. Both run on one event loop, so it needs no lock."""

    def __init__(self) -> None:
        self._states: dict[UUID, RouterState] = {}
        self._shards: dict[str, Shard] = {}
        self._desired: dict[UUID, DesiredObjects] = {}

    def state(self, account: UUID) -> RouterState | None:
        """The state that the router last wrote for the account's session."""
        return self._states.get(account)

    def shard_for(self, spec: CopierAccountSpec) -> Shard | None:
        """The router that the account's terminal connects to, None if that router has not registered."""
        return choose_shard(spec, self._shards)

    def shards(self) -> tuple[Shard, ...]:
        """All known routers, sorted by name."""
        return tuple(self._shards[name] for name in sorted(self._shards))

    def desired(self, account: UUID) -> DesiredObjects | None:
        """What the account's row wants of the cluster, None if the row is not known."""
        return self._desired.get(account)

    def update_desired(self, account: UUID, desired: DesiredObjects | None) -> None:
        """Stores what a row wants, None for a deleted account."""
        if desired is None:
            self._desired.pop(account, None)
        else:
            self._desired[account] = desired

    def update_state(self, account: UUID, state: RouterState | None) -> bool:
        """Stores the state of a session, None for a deleted account. Returns whether it changed."""
        if self._states.get(account) == state:
            return False
        if state is None:
            self._states.pop(account, None)
        else:
            self._states[account] = state
        return True

    def update_shards(self, shards: Iterable[Shard]) -> bool:
        """Adds or replaces routers. Returns whether anything changed."""
        # A router that is no longer listed is kept: its terminals have no other endpoint to connect to.
        merged = {**self._shards, **{shard.name: shard for shard in shards}}
        changed = merged != self._shards
        self._shards = merged
        return changed


def choose_shard(spec: CopierAccountSpec, shards: Mapping[str, Shard]) -> Shard | None:
    """The shard of an account, None if it has not registered yet. Demo and live accounts never share a shard."""
    fitting = {name: shard for name, shard in shards.items() if shard.environment is spec.environment}
    # A CopierAccount made from a row always names its shard; only one applied by hand may leave it out.
    name = spec.shard if spec.shard is not None else min(fitting, default="")
    return fitting.get(name)
