"""The agent waits for its turn before its terminal logs in, says that it waits, and reports the broker's answer."""

from dataclasses import replace

import pytest
import structlog

from lockstep_agent import keyring_client
from lockstep_agent.boot import effects as ef
from lockstep_agent.boot import events as ev
from lockstep_agent.boot.machine import step
from lockstep_agent.boot.status import Status, status
from lockstep_agent.boot.waiting import waiting_for
from lockstep_agent.errors import KeyringUnavailable, TurnAwaited
from lockstep_agent.journal import Mark
from lockstep_agent.keyring_client import KeyringClient
from lockstep_agent.pod_keys import make_pod_keys
from lockstep_agent.relay_keeper import RelayKeeper
from lockstep_agent.settings import AgentSettings
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.enums import TerminalState

from .keyring_peer import KeyringPeer
from .test_boot import LIMITS, UP, said, told

AWAITED = ev.TurnGiven(Reason.WAITING_FOR_TURN, 1_800_000_000)
MAINTAINED = ev.TurnGiven(Reason.BROKER_MAINTENANCE, 1_800_000_000)
WAITS = (429, {"reason": "WaitingForTurn", "pause_s": 0.01, "turn": "1.slip"})


def outcomes(*events: ev.Event) -> list[bool]:
    return [effect.let_in for effect in told(*events)[1] if isinstance(effect, ef.ReportLogin)]


def test_a_wait_for_the_turn_is_told_with_its_time_and_is_no_fault() -> None:
    boot, _ = told(ev.Prepared(), AWAITED)
    assert status(boot) == Status(TerminalState.STARTING, Reason.WAITING_FOR_TURN, "2027-01-15T08:00:00Z")
    assert boot.failure is None


def test_maintenance_is_told_without_words_that_the_broker_never_said() -> None:
    assert status(told(ev.Prepared(), MAINTAINED)[0]) == Status(TerminalState.STARTING, Reason.BROKER_MAINTENANCE)


def test_a_terminal_whose_turn_came_says_no_more_of_it() -> None:
    assert status(told(ev.Prepared(), AWAITED, ev.Launched())[0]) == status(told(ev.Prepared(), ev.Launched())[0])


def test_a_wait_for_the_turn_has_no_limit_of_the_pods_own() -> None:
    # The keyring gives each turn a time, and is asked again at that time.
    boot, _ = told(ev.Prepared(), AWAITED)
    assert waiting_for(boot) is None
    assert step(boot, ev.ClockTicked(), 10**9, LIMITS)[0].failure is None


def test_a_keyring_that_tells_of_turns_is_there() -> None:
    boot, _ = told(ev.Prepared(), ev.KeyringChanged(False), AWAITED)
    assert status(boot).reason is Reason.WAITING_FOR_TURN


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (UP, [True]),
        ((*UP, said(Mark.SYNCHRONIZED), said(Mark.AUTHORIZED)), [True]),
        ((*UP[:3], *UP[4:]), [True]),
        ((*UP[:3], said(Mark.REFUSED, "Invalid account")), [False]),
        ((*UP[:3], said(Mark.REFUSED, "Service is not available"), said(Mark.REFUSED, "Service is not available")), [False]),
        ((*UP[:3], said(Mark.REFUSED, "Service is not available"), said(Mark.AUTHORIZED)), [False, True]),
        ((*UP, ev.TerminalExited(1), *UP[1:]), [True, True]),
        # What an account lacks says nothing about how the server treats our address.
        ((*UP[:3], said(Mark.REFUSED, "One-time password required")), []),
        (UP[:3], []),
    ],
)
def test_what_the_server_answered_is_told_once_for_each_login(events: tuple[ev.Event, ...], expected: list[bool]) -> None:
    assert outcomes(*events) == expected


@pytest.fixture
def posted() -> list[ev.Event]:
    return []


@pytest.fixture
def keeper(settings: AgentSettings, peer: KeyringPeer, posted: list[ev.Event]) -> RelayKeeper:
    return RelayKeeper(replace(settings, keyring_url=peer.url), posted.append, structlog.get_logger())


async def test_the_password_is_asked_for_again_with_the_turn_that_was_given(
    keeper: RelayKeeper, peer: KeyringPeer, posted: list[ev.Event]
) -> None:
    peer.failures = [WAITS]
    assert (await keeper.credentials()).password == peer.password
    assert [body["turn"] for _, _, body in peer.asked] == ["", "1.slip"]
    assert [type(event) for event in posted] == [ev.TurnGiven, ev.KeyringChanged]
    # The next start of the terminal needs a turn of its own.
    await keeper.credentials()
    assert peer.asked[-1][2]["turn"] == ""


async def test_a_keyring_that_is_gone_for_a_moment_costs_no_turn(
    keeper: RelayKeeper, peer: KeyringPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring_client, "FIRST_PAUSE_S", 0.001)
    peer.failures = [WAITS, (503, {"reason": "KeyringUnreachable"})]
    await keeper.credentials()
    assert [body["turn"] for _, _, body in peer.asked] == ["", "1.slip", "1.slip"]


async def test_what_the_server_answered_reaches_the_keyring(keeper: RelayKeeper, peer: KeyringPeer) -> None:
    await keeper.report_login(let_in=False)
    [(path, _, body)] = peer.asked
    assert (path, body["let_in"]) == ("/v1/logins", False)


async def test_a_keyring_that_does_not_want_to_hear_it_ends_no_pod(keeper: RelayKeeper, peer: KeyringPeer) -> None:
    peer.failures = [(403, {"reason": "NotThisPod"})]
    await keeper.report_login(let_in=True)
    assert len(peer.asked) == 2


@pytest.mark.parametrize("body", [{}, {"reason": "WaitingForTurn"}, {"reason": "WaitingForTurn", "pause_s": -1}])
async def test_the_door_before_the_keyring_gives_no_turn(
    settings: AgentSettings, peer: KeyringPeer, body: dict[str, object]
) -> None:
    client = KeyringClient(peer.url, settings.paths.mounts, settings.account, settings.epoch)
    peer.failures = [(429, body)]
    with pytest.raises(KeyringUnavailable):
        await client.credentials(make_pod_keys())


async def test_a_word_of_another_version_is_waited_for_all_the_same(settings: AgentSettings, peer: KeyringPeer) -> None:
    client = KeyringClient(peer.url, settings.paths.mounts, settings.account, settings.epoch)
    peer.failures = [(429, {"reason": "FromTomorrow", "pause_s": 7})]
    with pytest.raises(TurnAwaited) as awaited:
        await client.credentials(make_pod_keys())
    assert (awaited.value.reason, awaited.value.pause_s, awaited.value.turn) == (Reason.WAITING_FOR_TURN, 7, "")
