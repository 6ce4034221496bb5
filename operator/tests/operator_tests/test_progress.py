"""How far a living pod has come."""

from collections.abc import Callable

import pytest

from lockstep_core.accounts import Trading
from lockstep_core.resources.reasons import Reason
from lockstep_operator.facts import PodFacts, RouterState
from lockstep_operator.progress import TradingFact, progress_of

MakePod = Callable[..., PodFacts]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"scheduled": False, "running": False}, Reason.PENDING),
        ({"scheduled": False, "running": False, "trouble": "0/1 nodes are available"}, Reason.POD_UNSCHEDULABLE),
        ({"running": False}, Reason.PREPARING),
        ({"running": False, "trouble": "ImagePullBackOff: no such image"}, Reason.POD_STUCK),
        ({}, Reason.STARTING),
        ({"ready": True}, Reason.READY),
    ],
)
def test_without_the_router_the_pod_tells(make_pod: MakePod, facts: dict[str, object], reason: Reason) -> None:
    assert progress_of(make_pod(**facts), None, None).reason is reason


@pytest.mark.parametrize(
    ("state", "told", "reason"),
    [
        ("preparing", None, Reason.PREPARING),
        ("starting", None, Reason.STARTING),
        ("authorizing", None, Reason.AUTHORIZING),
        ("connected", None, Reason.AUTHORIZING),
        ("disconnected", Reason.READY, Reason.BROKER_DISCONNECTED),
        ("failed", None, Reason.TERMINAL_CRASHED),
        ("stopped", None, Reason.RESTARTING),
        ("ready", Reason.STARTING, Reason.AUTHORIZING),
        ("ready", Reason.READY, Reason.BRIDGE_LOST),
        ("queued", None, Reason.AUTHORIZING),
    ],
)
def test_the_routers_word_is_a_reason(make_pod: MakePod, state: str, told: Reason | None, reason: Reason) -> None:
    assert progress_of(make_pod(), RouterState(state, None, "", 100), told).reason is reason


def test_a_reason_the_router_names_counts_more_than_its_state(make_pod: MakePod) -> None:
    state = RouterState("failed", Reason.INVALID_CREDENTIALS, "wrong", 100)
    finding = progress_of(make_pod(), state, None)
    assert (finding.reason, finding.message) == (Reason.INVALID_CREDENTIALS, "wrong")


def test_each_switch_that_keeps_programs_from_trading_has_its_own_reason(make_pod: MakePod) -> None:
    def trading(word: str, state: str = "ready") -> TradingFact:
        return progress_of(make_pod(), RouterState(state, None, "", 100, word), None).trading

    reasons = {trading(word).reason for word in Trading if trading(word).allowed is False}
    assert reasons == {"AccountOff", "ExpertsOff", "AutoTradingOff", "ProgramOff"}
    assert trading("allowed").allowed is True
    assert (trading("from_tomorrow").allowed, trading("unknown").allowed) == (None, None)
    assert trading("allowed", "disconnected").allowed is None


def test_the_routers_word_never_makes_an_unready_pod_ready(make_pod: MakePod) -> None:
    assert not progress_of(make_pod(), RouterState("ready", Reason.READY, "", 100), None).ready


def test_a_ready_pod_is_ready_whatever_the_router_said_before(make_pod: MakePod) -> None:
    assert progress_of(make_pod(ready=True), RouterState("disconnected", None, "", 100), None).ready
