"""Fixtures: Wine, the built programs, a broker, and a terminal that is logged in."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from conformance.client import BridgeClient
from conformance.relay import RelayPorts, await_frame
from stage.build import built_programs
from stage.place import BrokerProcess, Mt4TerminalProcess, TerminalProcess, TerminalSetup
from stage.wine import Wine, find_wine

from lockstep_core.wire.frames import SnapshotEnd

PASSWORD = "a secret = 1"
LOGIN = 1001


@pytest.fixture(scope="session")
def wine() -> Iterator[Wine]:
    """Wine, with its own prefix."""
    root, why_not = find_wine()
    if why_not:
        pytest.skip(why_not)
    with tempfile.TemporaryDirectory(dir=f"{root}/tmp", prefix="lockstep-", ignore_cleanup_errors=True) as folder:
        work, baked = Path(folder), Path(root or "/") / "opt/lockstep/prefix"
        work.chmod(0o755)
        place = Wine(root, work, baked if baked.is_dir() else work / "template/prefix")
        if not baked.is_dir():
            (work / "template").mkdir()
            place.give_away(work / "template")
            assert place.start("wineboot -i; wineserver -w", work / "template").wait(120) == 0
        yield place


@pytest.fixture(scope="module")
def platform() -> str:
    """Which terminal it is. A module may override it, together with the terms of the account."""
    return "MT5"


@pytest.fixture(scope="module")
def built(platform: str) -> Path:
    """The terminal, the programs and the DLL."""
    return built_programs(platform)


@pytest.fixture(scope="module")
def terminal_class(platform: str) -> type[TerminalProcess]:
    """The class that runs such a terminal."""
    return Mt4TerminalProcess if platform == "MT4" else TerminalProcess


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    """The terms of the account. A module may override them."""
    return {"balance": 100_000.0}


@pytest.fixture(scope="module")
def broker(terms: Mapping[str, object]) -> Iterator[BrokerProcess]:
    """A broker with one account."""
    running = BrokerProcess()
    running.call("POST", "/accounts", login=LOGIN, password=PASSWORD, **terms)
    yield running
    running.close()


@pytest.fixture(scope="module")
def relay() -> Iterator[RelayPorts]:
    """Both ports of a relay."""
    with RelayPorts() as both:
        yield both


@pytest.fixture(scope="module")
def setup(relay: RelayPorts) -> TerminalSetup:
    """The settings that the terminal starts with."""
    return TerminalSetup(LOGIN, PASSWORD, events_port=relay.events.port, commands_port=relay.commands.port)


@pytest.fixture(scope="module")
def terminal(
    wine: Wine,
    built: Path,
    broker: BrokerProcess,
    setup: TerminalSetup,
    relay: RelayPorts,
    terminal_class: type[TerminalProcess],
) -> Iterator[TerminalProcess]:
    """A terminal that is logged in and has sent its snapshot."""
    running = terminal_class(wine, f"terminal{broker.port}", built, broker.port)
    running.start(setup)
    await_frame(relay.events, SnapshotEnd, wait_s=50)
    assert relay.commands.connected.acquire(timeout=20)
    yield running
    running.stop()


@pytest.fixture
def another(
    wine: Wine,
    built: Path,
    broker: BrokerProcess,
    setup: TerminalSetup,
    tmp_path: Path,
    terminal_class: type[TerminalProcess],
) -> Iterator[BridgeClient]:
    """A second terminal of the same account. It knows the first one's trades only from the broker."""
    running = terminal_class(wine, f"another-{tmp_path.name}", built, broker.port)
    with RelayPorts() as relay:
        running.start(setup.with_(events_port=relay.events.port, commands_port=relay.commands.port))
        await_frame(relay.events, SnapshotEnd, wait_s=50)
        assert relay.commands.connected.acquire(timeout=20)
        yield BridgeClient(relay, 0x2233_4455_0000_0000)
        running.stop()


@pytest.fixture
def started(
    wine: Wine, built: Path, broker: BrokerProcess, setup: TerminalSetup, tmp_path: Path
) -> Iterator[Callable[[int], RelayPorts]]:
    """Starts a terminal whose OnTradeTransaction is called so many ms late. Returns its relay, after the first snapshot."""
    terminal = TerminalProcess(wine, f"late-{tmp_path.name}", built, broker.port)
    with RelayPorts() as relay:

        def start(late_ms: int) -> RelayPorts:
            (terminal.folder / "traps.ini").write_text(f"TradeEventsLateMs={late_ms}\n")
            terminal.start(setup.with_(events_port=relay.events.port, commands_port=relay.commands.port))
            await_frame(relay.events, SnapshotEnd, wait_s=50)
            return relay

        yield start
        terminal.stop()


@pytest.fixture
def client(terminal: TerminalProcess, relay: RelayPorts) -> BridgeClient:
    """The terminal as a client of the conformance checks."""
    assert terminal.process is not None
    client_count[0] += 1
    return BridgeClient(relay, 0x1122_3344_0000_0000 + client_count[0] * 1000)


client_count = [0]
