"""The agent with a terminal that updates itself, crashes or hangs, or a relay that hangs: it is ready again each time."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stage.agent import DEPENDENCIES, AgentProcess
from stage.place import BrokerProcess
from stage.wine import Wine

pytestmark = [pytest.mark.wine, pytest.mark.timeout(600)]
READY = ("ready", "Ready")
StartAgent = Callable[[str], AgentProcess]


@pytest.fixture
def start_agent(wine: Wine, built: Path, tmp_path: Path) -> Iterator[StartAgent]:
    """Starts an agent whose terminal has these faults, with a broker that knows its account."""
    if not (Path(wine.root) / DEPENDENCIES).is_dir():
        pytest.skip("WINE_ROOTFS is not the terminal image: it has no agent")
    broker, running = BrokerProcess(), []
    broker.call("POST", "/accounts", login=1001, password="s3cret", balance=10_000.0)

    def start(traps: str) -> AgentProcess:
        running.append(AgentProcess(wine, f"agent-{tmp_path.name}", built, broker.port, traps))
        return running[0]

    yield start
    words = [agent.close() for agent in running]
    broker.close()
    assert [each["reason"] for each in words] == ["Restarting"] * len(words)


def test_it_is_ready_again_after_an_update_a_crash_and_a_whole_wine_that_stands_still(start_agent: StartAgent) -> None:
    agent = start_agent("SelfUpdateOnce=1\n")
    agent.await_state(*READY)
    assert ("starting", "TerminalUpdating") in agent.states()
    assert not (agent.folder / "run/start.ini").exists()
    [terminal] = [pid for pid in agent.processes() if b"terminal64" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(terminal, signal.SIGKILL)
    agent.await_state(*READY, times=2)
    stopped = agent.processes()
    agent.signal(signal.SIGSTOP)
    agent.await_state("disconnected", "TerminalSilent")
    agent.await_state(*READY, times=3)
    assert not set(stopped) & set(agent.processes())


def test_where_the_broker_does_not_have_the_charts_symbol_another_one_is_tried(start_agent: StartAgent) -> None:
    agent = start_agent("NoChartOf=EURUSD\n")
    agent.await_state("disconnected", "BridgeNotStarted", wait_s=300)
    agent.await_state(*READY)


def test_a_relay_that_stands_still_is_replaced_and_the_terminal_goes_on(start_agent: StartAgent) -> None:
    agent = start_agent("")
    agent.await_state(*READY)
    relay, terminal = agent.relay(), agent.processes()
    os.kill(relay, signal.SIGSTOP)
    agent.await_state("disconnected", "BridgeLost")
    agent.await_state(*READY, times=2)
    assert agent.relay() != relay
    assert agent.processes() == terminal
