"""Fixtures: Wine, what is built for it, a broker, and a terminal that is logged in."""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conformance.checks import Bench
from conformance.relay import Relay, await_frame
from stage.place import HERE, Broker, Setup, Terminal
from stage.wine import Wine, find_wine

from lockstep_core.wire.frames import SnapshotEnd

PASSWORD = "a secret = 1"
LOGIN = 1001
SOURCES = (".cpp", ".hpp", ".py", ".mq5", ".mqh", ".sh")


@pytest.fixture(scope="session")
def wine() -> Iterator[Wine]:
    """A way to run Windows programs, with a prefix of its own."""
    root, why_not = find_wine()
    if why_not:
        pytest.skip(why_not)
    with tempfile.TemporaryDirectory(dir=f"{root}/tmp", prefix="lockstep-", ignore_cleanup_errors=True) as folder:
        place = Wine(root, Path(folder))
        template = Path(root or "/") / "opt/lockstep/prefix"
        if template.is_dir():
            shutil.copytree(template, place.work / "prefix", symlinks=True)
        place.give_away(place.work)
        if not template.is_dir():
            assert place.start("wineboot -i; wineserver -w").wait(120) == 0
        yield place


@pytest.fixture(scope="session")
def built() -> Path:
    """terminal64.exe, the programs and the DLL; built once for the same sources."""
    repository = HERE.parent.parent
    folders = [HERE / "terminal", HERE / "runtime", HERE / "compiler", repository / "bridge_ea"]
    files = sorted(p for f in folders for p in f.rglob("*") if p.suffix in SOURCES)
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in [HERE / "build.sh", *files])).hexdigest()[:12]
    out = repository / "build/test-terminal" / digest
    if not (out / "complete").exists():
        for script in (HERE / "build.sh", repository / "bridge_ea/build.sh"):
            subprocess.run([str(script), str(out)], check=True)
        (out / "complete").touch()
    return out


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """A broker with one account."""
    running = Broker()
    running.call("POST", "/accounts", login=LOGIN, password=PASSWORD, balance=100_000.0)
    yield running
    running.close()


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    """Both lines of a relay."""
    with Relay() as both:
        yield both


@pytest.fixture(scope="module")
def setup(relay: Relay) -> Setup:
    """What a terminal is started with."""
    return Setup(LOGIN, PASSWORD, events_port=relay.events.port, commands_port=relay.commands.port)


@pytest.fixture(scope="module")
def terminal(wine: Wine, built: Path, broker: Broker, setup: Setup, relay: Relay) -> Iterator[Terminal]:
    """A terminal that is logged in and has sent its snapshot."""
    running = Terminal(wine, f"terminal{broker.port}", built, broker.port)
    running.start(setup)
    await_frame(relay.events, SnapshotEnd, wait_s=50)
    assert relay.commands.connected.acquire(timeout=20)
    yield running
    running.stop()


@pytest.fixture
def bench(terminal: Terminal, relay: Relay) -> Bench:
    """A terminal as the conformance checks see it."""
    assert terminal.process is not None
    bench_count[0] += 1
    return Bench(relay, 0x1122_3344_0000_0000 + bench_count[0] * 1000)


bench_count = [0]
