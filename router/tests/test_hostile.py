"""Whatever a terminal sends, the router goes on, and its records can be written."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockstep_core.wire.codec import FRAMES, encode, frame_fields
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from lockstep_core.wire.frames import AccountFrame, Frame, PositionFrame, SnapshotBegin, SnapshotEnd, Trade
from lockstep_core.wire.layout import Chars, Scalar
from lockstep_router.accounts.limits import MAX_DEALS_OF_ONE
from lockstep_router.accounts.snapshot import Assembly
from lockstep_router.journal.ipc import Batch, to_writer
from lockstep_router.journal.outputs import Outputs

from .engine_harness import MASTER, SLAVE, EngineHarness, copier, curve_key
from .terminals import LOT, UTC_NS

SETTINGS: list[dict[str, Any]] = [
    {"sizing": {"mode": "multiplier", "factor": "10000"}},
    {"sizing": {"mode": "equity"}, "limits": {"max_leverage": "5", "max_total_lots": "100"}, "reverse": True},
    {"sizing": {"mode": "fixed_risk", "risk_fraction": "0.01"}, "stops": {"max_stop_loss_points": 100}},
    {"sizing": {"mode": "none"}, "pending": {"mode": "copy"}, "stops": {"take_profit": {"mode": "distance"}}},
    {"sizing": {"mode": "none"}, "guards": {"risk_limits": [{"max_relative_risk": "0.1", "close_positions": True}]}},
    {"sizing": {"mode": "formula", "expression": "providerTradeAmount / balance ^ 3"}, "contract_alignment": False},
]
LIMITS = {"I": (0, 2**32 - 1), "Q": (0, 2**64 - 1), "q": (-(2**63), 2**63 - 1)}


def values(kind: Scalar | Chars) -> st.SearchStrategy[Any]:
    if isinstance(kind, Chars):
        return st.sampled_from(["EURUSD", "", "ls:aaaaaaaa", "\x7f\u20ac", "x" * 200])
    if kind.code == "d":
        return st.sampled_from([0.0, 1.1, -1.0, 1e308]) | st.floats()
    low, high = LIMITS[kind.code]
    return st.sampled_from([0, 1, 2, 3, 5, high, low, LOT % (high + 1)]) | st.integers(low, high)


def frames() -> st.SearchStrategy[Frame]:
    return st.one_of([st.builds(cls, **{name: values(kind) for name, kind in frame_fields(cls)}) for cls in FRAMES])


def snapshots() -> st.SearchStrategy[list[Frame]]:
    position = st.builds(
        PositionFrame,
        **{
            **{name: values(kind) for name, kind in frame_fields(PositionFrame)},
            "volume": st.integers(1, 10**14),
            "price": st.just(1.0),
            "sl": st.just(0.0),
            "tp": st.floats(0, 1e308),
            "side": st.just(0),
            "ticket": st.integers(1, 2**64 - 1),
        },
    )
    deal = st.builds(
        Trade,
        **{
            **{name: values(kind) for name, kind in frame_fields(Trade)},
            "volume": st.sampled_from([1, LOT, 10**14]),
            "position": st.sampled_from([1, 2]),
            "price": st.just(1.0),
            "sl": st.just(0.0),
            "tp": st.just(0.0),
            "side": st.integers(0, 1),
            "entry": st.integers(0, 3),
            "seen_ns": st.just(0),
        },
    )
    rest = (0, 0, 0, 0, 0, 1)
    account = st.sampled_from([0, 2]).map(
        lambda mode: AccountFrame(MASTER.int, *rest, mode, 1, 1, 1, 5, 2, 0, 0, 0, "USD", "s", "c")
    )
    return st.tuples(account, st.lists(position, max_size=3), st.lists(deal, max_size=8)).map(
        lambda parts: [SnapshotBegin(5, len(parts[1]), 0), parts[0], *parts[1], *parts[2], SnapshotEnd(5, len(parts[1]), 0)]
    )


def hear(harness: EngineHarness, account: Any, said: list[Frame]) -> None:
    tracked = harness.engine.accounts[account]
    peer = next(p for p, t in harness.peers.items() if t is harness.terminals[account])
    body = b"".join(encode(frame) for frame in said)
    message = encode_envelope(Envelope(Kind.EVENTS, 0, tracked.received + 1, 0, harness.now_ns), body)
    out = harness.engine.on_message(peer, message, curve_key(account), harness.now_ns)
    out.journal.extend(harness.engine.on_clock(harness.now_ns).journal)
    harness.now_ns += 10**9
    assert harness.engine.faults == 0
    can_be_written(out)


def can_be_written(out: Outputs) -> None:
    raw = msgspec.msgpack.encode(Batch(1, 1, 10**18, out.journal))
    batch = to_writer.decode(raw)
    assert isinstance(batch, Batch)
    assert len(batch.records) == len(out.journal)
    for record in batch.records:
        for name in ("opened_ns", "closed_ns", "at_ns"):
            at_ns = getattr(record, name, None) or 0
            # What a terminal says happened in 1970 is as long before this clock's beginning as Unix time has lasted.
            assert abs(at_ns) < 2 * UTC_NS


@pytest.mark.thorough
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.sampled_from(SETTINGS),
    st.lists(st.tuples(st.sampled_from([MASTER, SLAVE]), st.lists(frames(), max_size=4) | snapshots()), max_size=6),
)
def test_no_frame_brings_the_router_down(chosen: dict[str, Any], said: list[tuple[Any, list[Frame]]]) -> None:
    harness = EngineHarness(copier(chosen))
    harness.master.open(LOT)
    harness.run()
    for account, parts in said:
        if harness.engine.accounts[account].session is not None:
            hear(harness, account, parts)


def test_a_comment_that_names_an_impossible_former_ticket_is_only_a_comment() -> None:
    harness = EngineHarness()
    harness.master.open(LOT, comment=f"from #{'9' * 20}")
    harness.run()
    harness.connect(harness.master)
    harness.pass_ms(1500)
    assert harness.engine.faults == 0
    assert harness.statuses() == [("open", None)]


def test_more_deals_than_a_snapshot_should_tell_are_not_replayed_and_spoil_nothing() -> None:
    assembly = Assembly(SnapshotBegin(0, 0, 0), 0, 0)
    assembly.add(AccountFrame(1, 1e4, 1e4, 1e4, 0, 0, 100, 0, 1, 1, 5000, 5, 2, 3, 0, 0, "USD", "Test-Demo", "Test"))
    for number in range(1, MAX_DEALS_OF_ONE + 100):
        assembly.add(Trade(number, 1000 + number, 7, 0, LOT, 1.1, 0.0, 0.0, 0, 0, 0, 0, "EURUSD", ""))
    assert assembly.is_whole(SnapshotEnd(0, 0, 0))
    assert len(assembly.replayed[7].tranches) == MAX_DEALS_OF_ONE
