"""What the operator knows of the cluster without reading it."""

from typing import Any
from uuid import UUID

from lockstep_operator.view import ClusterView

ACCOUNT = UUID("0b1c2d3e-0000-4000-8000-00000000000a")
NAME = f"account-{ACCOUNT}"
NOTHING: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


def resource(generation: int = 1) -> dict[str, Any]:
    return {"metadata": {"name": NAME, "generation": generation}}


def pod(epoch: int = 7, service_account: str = NAME, phase: str = "Running") -> dict[str, Any]:
    return {
        "metadata": {"name": f"{NAME}-{epoch}", "uid": f"uid-{epoch}"},
        "spec": {"serviceAccountName": service_account},
        "status": {"phase": phase},
    }


def names(view: ClusterView) -> list[str]:
    return [facts.name for facts in view.pods(ACCOUNT) or ()]


def test_no_pods_are_told_before_all_of_them_were_listed() -> None:
    view = ClusterView()
    view.pod_seen(pod())
    assert view.pods(ACCOUNT) is None
    view.fill(NOTHING, [], [pod(), pod(8)])
    assert names(view) == [f"{NAME}-7", f"{NAME}-8"]


def test_what_an_event_told_is_younger_than_a_list() -> None:
    view = ClusterView()
    known = view.names()
    view.account_seen(resource(2))
    view.pod_seen(pod())
    view.fill(known, [resource(1)], [])
    assert view.account(ACCOUNT) == resource(2)
    assert names(view) == [f"{NAME}-7"]


def test_what_a_list_lacks_is_gone_though_no_event_told_it() -> None:
    view = ClusterView()
    view.account_seen(resource())
    view.pod_seen(pod())
    view.fill(view.names(), [], [])
    assert view.account(ACCOUNT) is None
    assert names(view) == []


def test_a_pod_that_only_looks_like_a_terminal_is_none() -> None:
    view = ClusterView()
    view.fill(NOTHING, [], [pod(service_account="default")])
    assert names(view) == []


def test_what_was_deleted_is_forgotten() -> None:
    view = ClusterView()
    view.fill(NOTHING, [resource()], [pod()])
    view.account_gone(NAME)
    view.pod_gone(f"{NAME}-7")
    view.pod_gone("a-stranger")
    assert (view.account(ACCOUNT), names(view)) == (None, [])
