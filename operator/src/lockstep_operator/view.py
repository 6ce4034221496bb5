"""The CopierAccounts, terminal pods and Secrets as watches, lists and answers to the operator's own writes showed them last.

It saves reads. What must not be decided from an old view is guarded: a status is written only onto the version that it was
decided from, pods are listed once more before a new one is created, and nothing is deleted before the cluster was read.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from lockstep_core.json_object import Json
from lockstep_core.resources.names import parse_account_name, parse_pod_name
from lockstep_operator.facts import PodFacts, is_living, is_terminal_of, looks_like, pod_facts
from lockstep_operator.versions import Versions


@dataclass(frozen=True, slots=True)
class Known:
    """The versions of all objects that are known before they are listed, by name; for `ClusterView.fill`."""

    accounts: Mapping[str, int] = field(default_factory=dict)
    pods: Mapping[str, int] = field(default_factory=dict)
    secrets: Mapping[str, int] = field(default_factory=dict)


class ClusterView:
    """Watches report each change before its account is reconciled, so the next event corrects an old view."""

    def __init__(self) -> None:
        self._filled = asyncio.Event()
        self._account_versions, self._pod_versions, self._secret_versions = Versions(), Versions(), Versions()
        self._accounts: dict[UUID, Json] = {}
        self._pods: dict[UUID, dict[str, PodFacts]] = {}
        self._strangers: dict[str, frozenset[UUID]] = {}
        self._secrets: dict[UUID, Json] = {}
        self._spent: dict[UUID, int] = {}

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

    def strangers(self, account: UUID) -> tuple[str, ...]:
        """The living pods that look like the account's and are not the operator's, by name, label or service account."""
        return tuple(sorted(name for name, accounts in self._strangers.items() if account in accounts))

    def secret(self, account: UUID) -> Json | None:
        """The account's Secret: its version and content; None where it is not known."""
        return self._secrets.get(account)

    def spent_epoch(self, account: UUID) -> int:
        """The newest epoch of which a pod was seen, even if it is gone; 0 without any."""
        return self._spent.get(account, 0)

    def account_seen(self, resource: Json) -> None:
        """Notes a CopierAccount that was made or has changed."""
        if self._account_versions.is_news(resource):
            self._keep_account(resource)

    def account_gone(self, name: str, version: int = 0) -> None:
        """Notes that a CopierAccount is gone."""
        if self._account_versions.is_end(name, version):
            self._drop_account(name)

    def pod_seen(self, raw: Json) -> None:
        """Notes a pod that was made or has changed."""
        if self._pod_versions.is_news(raw):
            self._keep_pod(raw)

    def pod_gone(self, name: str, version: int = 0) -> None:
        """Notes that a pod is gone."""
        if self._pod_versions.is_end(name, version):
            self._drop_pod(name)

    def secret_seen(self, raw: Json) -> bool:
        """Notes a Secret that was made or has changed. False if a newer version of it is known."""
        is_news = self._secret_versions.is_news(raw)
        if is_news:
            self._keep_secret(raw)
        return is_news

    def secret_gone(self, name: str, version: int = 0) -> bool:
        """Notes that a Secret is gone. False if a newer one of that name is known."""
        is_end = self._secret_versions.is_end(name, version)
        if is_end:
            self._drop_secret(name)
        return is_end

    def begin_list(self) -> Known:
        """What is known before everything is listed; for `fill`."""
        versions = (self._account_versions, self._pod_versions, self._secret_versions)
        return Known(*(each.begin_list() for each in versions))

    def fill(self, before: Known, resources: Iterable[Json], pods: Iterable[Json], secrets: Iterable[Json] = ()) -> None:
        """Takes lists of everything. What was known `before` they were read and is not in them is gone.

        What was seen or ended meanwhile stays as it is: events that came meanwhile are newer than the lists.
        """
        for versions, known, listed, keep, drop in (
            (
                self._account_versions,
                before.accounts,
                resources,
                self._keep_account,
                self._drop_account,
            ),
            (self._pod_versions, before.pods, pods, self._keep_pod, self._drop_pod),
            (self._secret_versions, before.secrets, filter(_is_of_account, secrets), self._keep_secret, self._drop_secret),
        ):
            missing, news = versions.compare(known, listed)
            for name in missing:
                drop(name)
            for raw in news:
                keep(raw)
        self._filled.set()

    def _keep_account(self, resource: Json) -> None:
        # Who wrote which field is most of an object, and nothing here reads it.
        metadata = {key: value for key, value in resource["metadata"].items() if key != "managedFields"}
        account = parse_account_name(metadata["name"])
        if account is not None:
            self._accounts[account] = {**resource, "metadata": metadata}

    def _drop_account(self, name: str) -> None:
        account = parse_account_name(name)
        if account is not None:
            self._accounts.pop(account, None)
            self._spent.pop(account, None)

    def _keep_pod(self, raw: Json) -> None:
        name = raw["metadata"]["name"]
        self._drop_pod(name)
        parsed = parse_pod_name(name)
        facts = pod_facts(raw) if parsed is not None and is_terminal_of(parsed[0], raw) else None
        if parsed is not None and facts is not None:
            self._pods.setdefault(parsed[0], {})[name] = facts
            self._spent[parsed[0]] = max(parsed[1], self._spent.get(parsed[0], 0))
        elif is_living(raw):
            self._strangers[name] = looks_like(raw)

    def _drop_pod(self, name: str) -> None:
        self._strangers.pop(name, None)
        parsed = parse_pod_name(name)
        if parsed is not None and self._pods.get(parsed[0], {}).pop(name, None) is not None and not self._pods[parsed[0]]:
            del self._pods[parsed[0]]

    def _keep_secret(self, raw: Json) -> None:
        account = parse_account_name(raw["metadata"]["name"])
        if account is not None:
            metadata = {key: raw["metadata"].get(key) for key in ("name", "resourceVersion")}
            self._secrets[account] = {"metadata": metadata, "data": raw.get("data") or {}}

    def _drop_secret(self, name: str) -> None:
        account = parse_account_name(name)
        if account is not None:
            self._secrets.pop(account, None)


def _is_of_account(raw: Json) -> bool:
    return parse_account_name(raw["metadata"]["name"]) is not None
