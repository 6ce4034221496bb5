"""What the operator knows of the cluster without reading it."""

from typing import Any
from uuid import UUID

from lockstep_operator.view import ClusterView, Known

ACCOUNT = UUID("0b1c2d3e-0000-4000-8000-00000000000a")
NAME = f"account-{ACCOUNT}"
NOTHING = Known()


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
    known = view.begin_list()
    view.account_seen(resource(2))
    view.pod_seen(pod())
    view.fill(known, [resource(1)], [])
    assert view.account(ACCOUNT) == resource(2)
    assert names(view) == [f"{NAME}-7"]


def test_what_a_list_lacks_is_gone_though_no_event_told_it() -> None:
    view = ClusterView()
    view.account_seen(resource())
    view.pod_seen(pod())
    view.fill(view.begin_list(), [], [])
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


def versioned(raw: dict[str, Any], version: int) -> dict[str, Any]:
    return {**raw, "metadata": {**raw["metadata"], "resourceVersion": str(version)}}


def test_a_pod_that_ended_while_everything_was_listed_is_not_brought_back() -> None:
    view = ClusterView()
    view.pod_seen(versioned(pod(), 5))
    before = view.begin_list()
    view.pod_gone(f"{NAME}-7", 9)
    view.account_gone(NAME, 9)
    view.secret_gone(NAME, 9)
    view.fill(before, [versioned(resource(), 4)], [versioned(pod(), 5)], [versioned(secret(), 4)])
    assert (view.account(ACCOUNT), names(view), view.secret(ACCOUNT)) == (None, [], None)


def secret() -> dict[str, Any]:
    return {"metadata": {"name": NAME}, "data": {"version": "MQ=="}}


def test_a_list_corrects_what_no_event_told() -> None:
    view = ClusterView()
    view.account_seen(versioned(resource(1), 5))
    view.secret_seen(versioned(secret(), 5))
    changed = {**versioned(secret(), 8), "data": {"version": "Mg=="}}
    view.fill(view.begin_list(), [versioned(resource(2), 6)], [], [changed])
    assert view.account(ACCOUNT) == versioned(resource(2), 6)
    assert view.secret(ACCOUNT) == changed


def test_the_echo_of_an_earlier_write_undoes_no_later_one() -> None:
    view = ClusterView()
    view.account_seen(versioned(resource(2), 6))
    view.account_seen(versioned(resource(1), 5))
    assert view.account(ACCOUNT) == versioned(resource(2), 6)
    assert view.secret_seen(versioned(secret(), 6))
    assert not view.secret_seen(versioned(secret(), 5))


def test_an_epoch_is_spent_once_its_pod_was_seen_even_if_it_is_gone() -> None:
    view = ClusterView()
    view.fill(NOTHING, [resource()], [pod(7), pod(9)])
    view.pod_gone(f"{NAME}-9")
    assert view.spent_epoch(ACCOUNT) == 9
    view.account_gone(NAME)
    assert view.spent_epoch(ACCOUNT) == 0


def test_a_pod_that_only_looks_like_the_accounts_is_a_stranger_while_it_lives() -> None:
    view = ClusterView()
    labelled = pod(service_account="default")
    labelled["metadata"] |= {"name": "a-copy", "labels": {"lockstep.dev/account": str(ACCOUNT)}}
    disguised = {**pod(), "metadata": {"name": "other", "uid": "u"}}
    view.fill(NOTHING, [], [pod(), pod(8, service_account="default"), labelled, disguised])
    assert view.strangers(ACCOUNT) == ("a-copy", f"{NAME}-8", "other")
    view.pod_seen({**labelled, "status": {"phase": "Succeeded"}})
    view.pod_gone("other")
    assert view.strangers(ACCOUNT) == (f"{NAME}-8",)
