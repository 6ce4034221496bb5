"""The CopierAccounts and terminal pods as lists and watches reported them last.

It saves reads. Nothing is done because of it alone: if it suggests an action, the cluster is read again, and the action is
decided from that. What it lacks is read too.
"""

import asyncio
from collections.abc import Iterable
from uuid import UUID

from lockstep_core.json_object import Json
from lockstep_core.resources.names import parse_account_name, parse_pod_name
from lockstep_operator.facts import PodFacts, is_terminal_of, pod_facts


class ClusterView:
    """Watches report each change before its account is reconciled, so the next event corrects an old view."""

    def __init__(self) -> None:
        self._filled = asyncio.Event()
        self._accounts: dict[UUID, Json] = {}
        self._pods: dict[UUID, dict[str, PodFacts]] = {}

    async def filled(self) -> None:
        """Waits until everything has been listed once."""
        await self._filled.wait()

    def account(self, account: UUID) -> Json | None:
        """The CopierAccount; None where it is not known."""
        return self._accounts.get(account)

    def pods(self, account: UUID) -> tuple[PodFacts, ...] | None:
        """The account's terminal pods; None where not all pods are known yet."""
        return tuple(self._pods.get(account, {}).values()) if self._filled.is_set() else None

    def living(self) -> Iterable[tuple[UUID, PodFacts]]:
        """All terminal pods that have not ended, each with its account."""
        return [(account, pod) for account, pods in self._pods.items() for pod in pods.values() if pod.end is None]

    def account_seen(self, resource: Json) -> None:
        """Notes a CopierAccount that was made or has changed."""
        account = parse_account_name(resource["metadata"]["name"])
        if account is not None:
            self._accounts[account] = resource

    def account_gone(self, name: str) -> None:
        """Notes that a CopierAccount is gone."""
        account = parse_account_name(name)
        if account is not None:
            self._accounts.pop(account, None)

    def pod_seen(self, raw: Json) -> None:
        """Notes a pod that was made or has changed."""
        name = raw["metadata"]["name"]
        parsed = parse_pod_name(name)
        facts = pod_facts(raw) if parsed is not None and is_terminal_of(parsed[0], raw) else None
        if parsed is not None and facts is not None:
            self._pods.setdefault(parsed[0], {})[name] = facts

    def pod_gone(self, name: str) -> None:
        """Notes that a pod is gone."""
        parsed = parse_pod_name(name)
        if parsed is not None and self._pods.get(parsed[0], {}).pop(name, None) is not None and not self._pods[parsed[0]]:
            del self._pods[parsed[0]]

    def names(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names of the CopierAccounts and of the pods that are known now; for `fill` after a list."""
        accounts = frozenset(resource["metadata"]["name"] for resource in self._accounts.values())
        return accounts, frozenset(name for pods in self._pods.values() for name in pods)

    def fill(self, before: tuple[frozenset[str], frozenset[str]], resources: Iterable[Json], pods: Iterable[Json]) -> None:
        """Takes lists of everything. What was known `before` they were read and is not in them is gone.

        What is known already stays as it is: events that came meanwhile are newer than the lists.
        """
        listed, running = {r["metadata"]["name"]: r for r in resources}, {p["metadata"]["name"]: p for p in pods}
        known = self.names()
        for name in before[0] - listed.keys():
            self.account_gone(name)
        for name in before[1] - running.keys():
            self.pod_gone(name)
        for name in listed.keys() - known[0]:
            self.account_seen(listed[name])
        for name in running.keys() - known[1]:
            self.pod_seen(running[name])
        self._filled.set()
