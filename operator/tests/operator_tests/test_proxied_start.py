"""What the operator writes before a terminal with a proxy starts, over real HTTP."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from lockstep_core.json_object import Json
from lockstep_core.proxies import ProxyType
from lockstep_core.resources.copier_account import AccountProxy, CopierAccount, CopierAccountStatus
from lockstep_operator.actions import StartPod
from lockstep_operator.database_cache import DatabaseCache
from lockstep_operator.egress import Egress
from lockstep_operator.facts import Shard
from lockstep_operator.kube import FIELD_MANAGER, TIMEOUT_S, Kube
from lockstep_operator.logins import LoginIndex
from lockstep_operator.metrics import OperatorMetrics
from lockstep_operator.observe import Observer
from lockstep_operator.pacing import Pacer
from lockstep_operator.podspec import PodTemplate
from lockstep_operator.reconcile import Reconciler
from lockstep_operator.start_slots import StartSlots, Turns
from lockstep_operator.view import ClusterView
from lockstep_service.kubernetes_api import KubernetesApi

from .taking_server import Written

MakeAccount = Callable[..., CopierAccount]
PROXY = AccountProxy(type=ProxyType.SOCKS5, address="203.0.113.7", port=1080)


class NoRows:
    """The rows of an operator without a database."""

    def resync(self, account: UUID) -> None:
        """There is no row."""

    def has_no_orders_in_flight(self, account: UUID) -> bool:
        """There is no router that could have sent one to any account."""
        return bool(account)

    def report(self, account: UUID, status: CopierAccountStatus) -> None:
        """There is no row."""


async def start(written: Written, credentials: Path, account: CopierAccount, template: PodTemplate) -> list[Json]:
    """Everything that is written when a terminal of this account starts."""
    cache, view, metrics = DatabaseCache(), ClusterView(), OperatorMetrics()
    cache.update_shards((Shard("demo-1", account.spec.environment),))
    url = f"http://127.0.0.1:{written.server_address[1]}"
    async with KubernetesApi(url, credentials, FIELD_MANAGER, TIMEOUT_S) as api:
        kube = Kube(api, "lockstep-terminals", lambda *_: None)
        observer = Observer(kube, cache, template, LoginIndex(), view, lambda _: None)
        turns = Turns(StartSlots(4, view, cache.state), Pacer(0))
        reconciler = Reconciler(kube, cache, view, template, observer, turns, metrics, NoRows())
        await reconciler._start(account, StartPod("a-pod", 7), wrote=False)
    return written.objects


def with_proxy(account: CopierAccount) -> CopierAccount:
    return account.model_copy(update={"spec": account.spec.model_copy(update={"proxy": PROXY, "shard": "demo-1"})})


async def test_the_way_to_the_proxy_is_open_before_its_terminal_starts(
    written: Written, tmp_path: Path, make_account: MakeAccount, template: PodTemplate
) -> None:
    objects = await start(written, tmp_path, with_proxy(make_account()), template)
    assert [each["kind"] for each in objects] == ["ServiceAccount", "NetworkPolicy", "Pod"]
    assert objects[1]["spec"]["egress"][0]["to"] == [{"ipBlock": {"cidr": "203.0.113.7/32"}}]
    assert objects[1]["metadata"]["ownerReferences"] == objects[2]["metadata"]["ownerReferences"]


async def test_an_account_without_a_proxy_needs_no_policy_of_its_own(
    written: Written, tmp_path: Path, make_account: MakeAccount, template: PodTemplate
) -> None:
    objects = await start(written, tmp_path, make_account(), template)
    assert [each["kind"] for each in objects] == ["ServiceAccount", "Pod"]


async def test_where_the_chart_makes_no_policies_the_operator_makes_none(
    written: Written, tmp_path: Path, make_account: MakeAccount, template: PodTemplate
) -> None:
    unenforced = PodTemplate(template.images, template.keyring_url, egress=Egress(enforced=False))
    objects = await start(written, tmp_path, with_proxy(make_account()), unenforced)
    assert [each["kind"] for each in objects] == ["ServiceAccount", "Pod"]
