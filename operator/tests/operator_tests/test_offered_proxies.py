"""An account that uses a proxy of the service: its name is in the CopierAccount, its address in the network policy alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import CopierAccount, CopierAccountSpec
from lockstep_core.resources.offered_proxies import parse_offered_proxies
from lockstep_core.resources.reasons import Reason
from lockstep_operator.database_cache import DatabaseCache
from lockstep_operator.egress import Egress
from lockstep_operator.facts import PodFacts, Shard
from lockstep_operator.kube import FIELD_MANAGER, TIMEOUT_S, Kube
from lockstep_operator.logins import LoginIndex
from lockstep_operator.observe import Observer
from lockstep_operator.podspec import PodTemplate, build_pod, revision
from lockstep_operator.rows import custom_resource, spec_of
from lockstep_operator.view import ClusterView
from lockstep_service.kubernetes_api import KubernetesApi

from .conftest import ROW
from .taking_server import Written
from .test_proxied_start import start

MakeAccount = Callable[..., CopierAccount]
MakePod = Callable[..., PodFacts]
LISTED = {"name": "frankfurt-1", "type": "SOCKS5", "address": "203.0.113.7", "port": 1080, "secret": "of-it"}


def offering(template: PodTemplate, *entries: Json) -> PodTemplate:
    offered = parse_offered_proxies(json.dumps(entries))
    return replace(template, proxies=lambda: offered)


def named(account: CopierAccount) -> CopierAccount:
    spec = account.spec.model_copy(update={"proxy_name": "frankfurt-1", "shard": "demo-1"})
    return account.model_copy(update={"spec": spec})


def test_a_rows_choice_is_in_its_copier_account_by_name() -> None:
    made = custom_resource(spec_of(replace(ROW, proxy_name="frankfurt-1")))["spec"]
    assert made["proxyName"] == "frankfurt-1"
    assert "proxy" not in made
    with pytest.raises(ValueError, match="not both"):
        spec_of(replace(ROW, proxy_name="frankfurt-1", proxy_type="HTTP", proxy_address="203.0.113.8", proxy_port=3128))


def test_a_pod_is_told_that_there_is_a_proxy_and_not_which(make_account: MakeAccount, template: PodTemplate) -> None:
    made = build_pod(named(make_account()), 7, "p", offering(template, LISTED))
    assert {"name": "LOCKSTEP_PROXIED", "value": "yes"} in made["spec"]["containers"][0]["env"]
    assert made["metadata"]["labels"]["lockstep.dev/egress"] == "proxy"
    assert "203.0.113.7" not in json.dumps(made)


async def test_the_way_to_the_proxy_is_open_before_its_terminal_starts(
    written: Written, tmp_path: Path, make_account: MakeAccount, template: PodTemplate
) -> None:
    objects = await start(written, tmp_path, named(make_account()), offering(template, LISTED))
    assert [each["kind"] for each in objects] == ["ServiceAccount", "NetworkPolicy", "Pod"]
    assert objects[1]["spec"]["egress"][0]["to"] == [{"ipBlock": {"cidr": "203.0.113.7/32"}}]


async def test_a_proxy_of_the_service_is_reached_where_proxies_of_peoples_own_are_not(
    written: Written, tmp_path: Path, make_account: MakeAccount, template: PodTemplate
) -> None:
    closed = replace(offering(template, LISTED), egress=Egress(allowed=False))
    objects = await start(written, tmp_path, named(make_account()), closed)
    assert objects[1]["spec"]["egress"][0]["to"] == [{"ipBlock": {"cidr": "203.0.113.7/32"}}]
    own = Egress(allowed=False, cluster=(IPv4Network("203.0.113.0/24"),))
    objects = await start(written, tmp_path, named(make_account()), replace(closed, egress=own))
    assert objects[-2]["spec"]["egress"] == []


async def test_nothing_starts_through_a_proxy_that_is_not_offered(
    written: Written, tmp_path: Path, make_account: MakeAccount, template: PodTemplate
) -> None:
    assert await start(written, tmp_path, named(make_account()), template) == []


async def test_its_account_waits_and_says_why_and_a_terminal_that_runs_goes_on(
    written: Written, tmp_path: Path, make_account: MakeAccount, template: PodTemplate
) -> None:
    account, cache, view = named(make_account()), DatabaseCache(), ClusterView()
    cache.update_shards((Shard("demo-1", account.spec.environment),))
    async with KubernetesApi("http://127.0.0.1:9", tmp_path, FIELD_MANAGER, TIMEOUT_S) as api:
        kube = Kube(api, "lockstep-terminals", lambda *_: None)

        def told(with_template: PodTemplate) -> tuple[tuple[Reason, str] | None, str | None]:
            observer = Observer(kube, cache, with_template, LoginIndex(), view, lambda _: None)
            desired = observer._observed(account, ()).desired_revision
            return observer._obstacle(account, None), desired

        assert told(template) == ((Reason.OFFERED_PROXY_UNUSABLE, "No proxy frankfurt-1 is offered."), None)
        obstacle, desired = told(offering(template, LISTED))
        assert (obstacle or ("",))[0] is Reason.CREDENTIALS_MISSING
        assert desired is not None
    assert written.objects == []


def test_another_choice_is_another_pod_and_a_proxy_that_moves_takes_its_terminals_along_one_by_one(
    spec: CopierAccountSpec, template: PodTemplate
) -> None:
    choice = spec.model_copy(update={"proxy_name": "frankfurt-1"})
    before = revision(choice, offering(template, LISTED)).split(".")
    moved = revision(choice, offering(template, {**LISTED, "address": "203.0.113.9"})).split(".")
    none = revision(spec, offering(template, LISTED)).split(".")
    assert before[0] != none[0]
    assert (before[0] == moved[0], before[1] == moved[1]) == (True, False)
    # Who uses no proxy of the service notices nothing of them.
    assert none == revision(spec, template).split(".")
