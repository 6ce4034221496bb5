"""The bridge reports its terminal's account, and understands a relay of another release."""

import queue
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from conformance.client import BLANK, BridgeClient
from conformance.relay import RelayPort, RelayPorts, await_frame
from stage.place import SERVER, BrokerProcess, TerminalProcess, TerminalSetup
from stage.wine import Wine

from lockstep_core.wire.codec import HEAD, MAX_FRAME, VERSION, encode
from lockstep_core.wire.enums import AccountTradeMode, Action, Stage
from lockstep_core.wire.frames import AccountFrame, Command, Frame, ProgramBeat, Result, SnapshotEnd, SnapshotRequest

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    return {"balance": 100_000.0, "trade_mode": AccountTradeMode.REAL}


@pytest.fixture
def fresh(wine: Wine, built: Path, broker: BrokerProcess, tmp_path: Path) -> Iterator[TerminalProcess]:
    """A terminal that is installed but not started."""
    found = TerminalProcess(wine, f"fresh-{tmp_path.name}", built, broker.port)
    yield found
    found.stop()


def unknown(size: int) -> bytes:
    return HEAD.pack(VERSION, 63, 0, size) + b"\xff" * (size - HEAD.size)


def longer(frame: Frame, more: int) -> bytes:
    """A frame of a later release, with more members."""
    raw = encode(frame)
    return HEAD.pack(VERSION, frame.KIND, 0, len(raw) + more) + raw[HEAD.size :] + b"\xff" * more


def frames_of(port: RelayPort) -> list[Frame]:
    found = []
    while True:
        try:
            found.append(port.frames.get_nowait().frame)
        except queue.Empty:
            return found


def test_a_snapshot_says_login_server_and_environment(client: BridgeClient) -> None:
    account = next(f for f in client.snapshot()[1] if isinstance(f, AccountFrame))
    assert (account.login, account.server, account.trade_mode, account.connected) == (1001, SERVER, AccountTradeMode.REAL, 1)


def test_a_terminal_of_another_account_tells_its_identity_and_nothing_else(
    fresh: TerminalProcess, setup: TerminalSetup
) -> None:
    with RelayPorts() as relay:
        ports = {"events_port": relay.events.port, "commands_port": relay.commands.port}
        fresh.start(setup.with_(only_login=4711, **ports))
        account, _ = await_frame(relay.events, AccountFrame, wait_s=50)
        assert (account.login, account.server, account.trade_mode) == (1001, SERVER, AccountTradeMode.REAL)
        assert (account.connected, account.balance) == (0, 0.0)
        assert relay.commands.connected.acquire(timeout=20)
        refused = BridgeClient(relay, 77_000).command(Action.QUERY, 77_001)
        assert (refused.stage, refused.retcode) == (Stage.REJECTED, 10031)
        again, _ = await_frame(relay.events, AccountFrame)
        assert again.connected == 0
        # A beat says only that the program lives. It names no account.
        assert {type(frame) for frame in frames_of(relay.events)} <= {AccountFrame, ProgramBeat}


def test_commands_of_a_later_release_are_carried_out_and_unknown_kinds_passed_over(client: BridgeClient) -> None:
    queries = [Command(command=n, link=client.new_link(), action=Action.QUERY, **BLANK) for n in (901, 902, 903)]
    bodies = [longer(queries[0], 8), longer(queries[1], MAX_FRAME - len(encode(queries[1]))), encode(queries[2])]
    client.relay.commands.send(b"".join(unknown(size) + body for size, body in zip((8, 24, MAX_FRAME), bodies, strict=True)))
    answers = [await_frame(client.relay.commands, Result, lambda r: r.command > 900)[0] for _ in queries]
    assert [(a.command, a.stage) for a in answers] == [(n, Stage.NOTHING) for n in (901, 902, 903)]


def test_a_snapshot_request_of_a_later_release_is_obeyed(client: BridgeClient) -> None:
    frames_of(client.relay.events)
    client.relay.events.send(unknown(MAX_FRAME) + longer(SnapshotRequest(5), 64) + unknown(8))
    await_frame(client.relay.events, SnapshotEnd)
    client.relay.events.send(encode(SnapshotRequest(6)))
    await_frame(client.relay.events, SnapshotEnd)
