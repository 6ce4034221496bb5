"""Which pods use a login."""

from collections.abc import Callable

import pytest

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import CopierAccount, CopierAccountSpec
from lockstep_operator.logins import LoginIndex, login_of
from lockstep_operator.podspec import PodTemplate, build_pod

MakeAccount = Callable[..., CopierAccount]


@pytest.fixture
def pod(make_account: MakeAccount, template: PodTemplate) -> Json:
    return build_pod(make_account(), 7, "a-pod", template)


def test_a_pod_is_found_by_its_login_whatever_its_labels(pod: Json, spec: CopierAccountSpec) -> None:
    index = LoginIndex()
    index.seen({**pod, "metadata": {"name": "a-pod", "labels": {}}})
    assert index.pods_of(spec) == ("a-pod",)
    assert index.pods_of(spec.model_copy(update={"login": "54321"})) == ()
    assert index.pods_of(spec.model_copy(update={"server": "Other-Demo"})) == ()


@pytest.mark.parametrize("server", ["Broker $$ \N{ROCKET}", "$(LOCKSTEP_LOGIN)"])
def test_a_server_of_any_characters_is_found(make_account: MakeAccount, template: PodTemplate, server: str) -> None:
    account = make_account()
    account = account.model_copy(update={"spec": account.spec.model_copy(update={"server": server})})
    index = LoginIndex()
    index.seen(build_pod(account, 7, "a-pod", template))
    assert index.pods_of(account.spec) == ("a-pod",)


@pytest.mark.parametrize("phase", ["Failed", "Succeeded"])
def test_a_pod_that_ended_uses_no_login(pod: Json, spec: CopierAccountSpec, phase: str) -> None:
    index = LoginIndex()
    index.seen({**pod, "status": {"phase": "Running"}})
    index.seen({**pod, "status": {"phase": phase}})
    assert index.pods_of(spec) == ()


def test_a_pod_that_is_gone_uses_no_login(pod: Json, spec: CopierAccountSpec) -> None:
    index = LoginIndex()
    index.seen(pod)
    index.gone("a-pod")
    assert index.pods_of(spec) == ()


def test_it_is_complete_once_all_pods_were_listed(pod: Json, spec: CopierAccountSpec) -> None:
    index = LoginIndex()
    index.seen(pod)
    assert not index.is_complete
    index.fill([])
    assert index.is_complete
    assert index.pods_of(spec) == ("a-pod",)


@pytest.mark.parametrize("odd", [{}, {"spec": {}}, {"spec": {"containers": [{"name": "x"}]}}])
def test_other_pods_use_no_login(odd: Json) -> None:
    assert login_of({"metadata": {"name": "x"}, **odd}) is None
