"""Frames with values that tests can tell apart."""

from lockstep_core.wire.enums import Action, DealEntry, Program, Side, Stage
from lockstep_core.wire.frames import (
    AccountFrame,
    Command,
    PositionFrame,
    ProgramBeat,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    Tick,
    Trade,
)

NO_PRICES = (0.0, 0.0, 0.0, 0.0)


def trade(number: int, symbol: str = "EURUSD") -> Trade:
    return Trade(
        number, number, number, 0, 10_000_000, 1.1, 0.0, 0.0, 1_700_000_000_000, 1, Side.BUY, DealEntry.IN, symbol, ""
    )


def position(number: int) -> PositionFrame:
    return PositionFrame(number, 0, 10_000_000, 1.1, 0.0, 0.0, 1_700_000_000_000, 5, Side.BUY, 0, "EURUSD", "")


def account(login: int = 1001, trade_mode: int = 0, connected: int = 1) -> AccountFrame:
    figures = (1e4, 1e4, 1e4, 0, 1, 100, 2, connected, 1, 5000, 5, 2, 3)
    return AccountFrame(login, *figures, trade_mode, 0, "USD", "Broker-Demo", "")


def snapshot(*positions: int) -> tuple[SnapshotBegin | PositionFrame | SnapshotEnd, ...]:
    """A snapshot without an Account frame: these tests do not need one."""
    n = len(positions)
    return (SnapshotBegin(1, n, 0), *(position(p) for p in positions), SnapshotEnd(2, n, 0))


def command(number: int) -> Command:
    return Command(number, 77, 0, 10_000_000, *NO_PRICES, 0, 0, 1, Action.OPEN, Side.BUY, 10, 0, "EURUSD", "ls:0")


def result(number: int) -> Result:
    return Result(number, 77, 1, 2, 3, 4, -1, 1.1, 1, 2, 3, Stage.DONE, Action.OPEN, 10009, 0, "")


def tick(symbol: str, bid: float) -> Tick:
    return Tick(bid, bid + 0.0001, 1, 2, symbol)


def beat(counter: int, program: Program = Program.WATCHES) -> ProgramBeat:
    return ProgramBeat(counter, 1, program)
