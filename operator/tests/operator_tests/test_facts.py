"""Facts read out of pods as the API server shows them."""

from typing import Any
from uuid import UUID

import pytest

from lockstep_core.resources.reasons import Reason
from lockstep_operator.facts import is_terminal_of, pod_facts, unknown_pods
from lockstep_operator.foreign_text import clean, parse_termination

NAME = "account-0b1c2d3e-0000-4000-8000-00000000000a-7"


def raw(phase: str = "Running", **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": NAME, "ownerReferences": [{"uid": "cr"}]}, "status": {"phase": phase, **status}}


def ended(**terminated: Any) -> dict[str, Any]:
    return raw("Failed", containerStatuses=[{"state": {"terminated": terminated}}])


def test_epoch_and_owner_are_read() -> None:
    facts = pod_facts(raw(conditions=[{"type": "Ready", "status": "True"}, {"type": "PodScheduled", "status": "True"}]))
    assert facts is not None
    assert (facts.epoch, facts.owner_uids) == (7, frozenset({"cr"}))
    assert (facts.ready, facts.scheduled, facts.running) == (True, True, True)


def test_a_pod_of_another_name_is_no_terminal() -> None:
    assert pod_facts({"metadata": {"name": "something"}, "status": {}}) is None


@pytest.mark.parametrize(
    ("terminated", "reason", "message"),
    [
        (
            {"exitCode": 1, "message": '{"reason": "InvalidCredentials", "message": "wrong"}'},
            Reason.INVALID_CREDENTIALS,
            "wrong",
        ),
        (
            {"exitCode": 1, "message": '{"reason": "OfAnotherVersion", "message": "why"}'},
            Reason.TERMINAL_CRASHED,
            "OfAnotherVersion: why",
        ),
        ({"exitCode": 1, "message": '{"reason": "MadeUp"}'}, Reason.TERMINAL_CRASHED, "MadeUp"),
        ({"exitCode": 0, "message": '{"reason": "MadeUp", "message": "why"}'}, Reason.RESTARTING, "MadeUp: why"),
        ({"exitCode": 1, "message": "[]"}, Reason.TERMINAL_CRASHED, "The pod's first process ended with status 1."),
        ({"exitCode": 137, "reason": "OOMKilled"}, Reason.OUT_OF_MEMORY, "The terminal used more memory than it may."),
        ({"exitCode": 0}, Reason.RESTARTING, "The terminal was stopped."),
    ],
)
def test_why_a_pod_ended(terminated: dict[str, Any], reason: Reason, message: str) -> None:
    facts = pod_facts(ended(**terminated))
    assert facts is not None
    assert facts.end is not None
    assert (facts.end.reason, facts.end.message) == (reason, message)


def test_how_long_a_pod_ran() -> None:
    facts = pod_facts(ended(exitCode=1, startedAt="2026-01-01T00:00:00Z", finishedAt="2026-01-01T00:01:30Z"))
    assert facts is not None
    assert facts.end is not None
    assert facts.end.ran_s == 90


STOPPED = {"state": {"terminated": {"exitCode": 0, "message": '{"reason": "Restarting", "message": ""}'}}}
REFUSED = {"state": {"terminated": {"exitCode": 1, "message": '{"reason": "InvalidCredentials", "message": "wrong"}'}}}
OF_THE_POD = [
    ("Evicted", Reason.POD_EVICTED),
    ("Preempting", Reason.POD_EVICTED),
    ("Terminated", Reason.NODE_SHUT_DOWN),
    ("NodeShutdown", Reason.NODE_SHUT_DOWN),
    ("NodeLost", Reason.NODE_SHUT_DOWN),
    ("OutOfcpu", Reason.POD_UNSCHEDULABLE),
    ("OutOfmemory", Reason.POD_UNSCHEDULABLE),
]
DISRUPTED = [
    ("PreemptionByScheduler", Reason.POD_EVICTED),
    ("EvictionByEvictionAPI", Reason.POD_EVICTED),
    ("DeletionByTaintManager", Reason.NODE_SHUT_DOWN),
]


@pytest.mark.parametrize("containers", [[], [STOPPED]])
@pytest.mark.parametrize(("word", "reason"), OF_THE_POD)
def test_what_kubernetes_did_to_a_pod_is_told_and_not_that_it_was_asked_to_end(
    word: str, reason: Reason, containers: list[Any]
) -> None:
    facts = pod_facts(raw("Failed", reason=word, message="The node was low on memory.", containerStatuses=containers))
    assert facts is not None
    assert facts.end is not None
    assert (facts.end.reason, facts.end.message) == (reason, f"{word}: The node was low on memory.")


@pytest.mark.parametrize(("word", "reason"), DISRUPTED)
def test_a_disruption_is_told_with_its_kind(word: str, reason: Reason) -> None:
    disruption = {"type": "DisruptionTarget", "status": "True", "reason": word, "message": "why"}
    facts = pod_facts(raw("Failed", conditions=[disruption], containerStatuses=[STOPPED]))
    assert facts is not None
    assert facts.end is not None
    assert (facts.end.reason, facts.end.message) == (reason, f"{word}: why")


def test_what_the_agent_found_out_counts_for_more_than_what_ended_its_pod() -> None:
    facts = pod_facts(raw("Failed", reason="Evicted", message="", containerStatuses=[REFUSED]))
    assert facts is not None
    assert facts.end is not None
    assert (facts.end.reason, facts.end.message) == (Reason.INVALID_CREDENTIALS, "wrong")


def test_an_image_that_cannot_be_pulled_is_a_trouble() -> None:
    waiting = {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}
    facts = pod_facts(raw("Pending", containerStatuses=[waiting]))
    assert facts is not None
    assert facts.trouble == "ImagePullBackOff: no such image"


@pytest.mark.parametrize(
    "text", ["", "not json", "[1]", '"x"', "null", '{"reason": null}', '{"reason": ["Ready"]}', "{" * 500, "[" * 4096]
)
def test_an_odd_termination_message_is_none(text: str) -> None:
    assert parse_termination(text) is None


def test_foreign_text_becomes_one_bounded_line() -> None:
    assert clean("a\nb\x1b[31m" + "x" * 1000) == ("a b [31m" + "x" * 1000)[:400]


OWN = UUID("0b1c2d3e-0000-4000-8000-00000000000a")
OTHER = UUID("0b1c2d3e-0000-4000-8000-00000000000b")


def pod_named(name: str, runs_as: UUID, phase: str = "Running", **labels: str) -> dict[str, Any]:
    metadata = {"name": name, "labels": labels}
    return {"metadata": metadata, "spec": {"serviceAccountName": f"account-{runs_as}"}, "status": {"phase": phase}}


def test_a_terminal_is_told_by_its_name_and_service_account() -> None:
    assert is_terminal_of(OWN, pod_named(f"account-{OWN}-7", OWN))
    assert not is_terminal_of(OWN, pod_named(f"account-{OWN}-7", OTHER))
    assert not is_terminal_of(OWN, pod_named(f"account-{OTHER}-7", OWN))
    assert not is_terminal_of(OWN, pod_named(f"account-{OWN}-7-debug", OWN))


@pytest.mark.parametrize(
    ("pod", "unknown"),
    [
        (pod_named(f"account-{OWN}-7", OWN), False),
        # Another account's terminal whose label somebody has edited.
        (pod_named(f"account-{OTHER}-7", OTHER), False),
        (pod_named("copy-of-a-terminal", OWN), True),
        (pod_named("copy-of-a-terminal", OWN, phase="Succeeded"), False),
        (pod_named(f"account-{OWN}-7", OTHER), True),
        (pod_named(f"account-{OTHER}-7", OWN), True),
    ],
)
def test_a_living_pod_that_passes_for_the_accounts_is_unknown(pod: dict[str, Any], unknown: bool) -> None:
    assert unknown_pods(OWN, [pod, pod]) == ((pod["metadata"]["name"],) if unknown else ())
