"""Makes faults while two people's masters trade, and says what became of their trades."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from lockstep_core.json_object import Json
from lockstep_core.settings.fields import CopierFields
from tests.chaos.errors import NotSteady
from tests.chaos.faults import Fault
from tests.chaos.judge import Verdict, delays_s, figures, is_steady, judge, lost, recovery_s, settled
from tests.chaos.trading import Trading
from tests.stack.errors import TooLate
from tests.stack.scene import Scene
from tests.stack.shell import say, wait_for

STEADY_S = 300.0
"""Where copying is not steady again after this time, the run ends: the next faults would say nothing."""
FLAT_S = 120.0
AGE_S = int(CopierFields.model_fields["max_signal_age_ms"].default) / 1000


@dataclass
class Felt:
    """What two people felt of the faults of one kind: the times until copying went on, for the one who was hit and for the
    other, and how many of their openings were lost. The faults were made between the two moments.
    """

    began_s: float
    ended_s: float = 0.0
    hit_s: list[float] = field(default_factory=list)
    beside_s: list[float] = field(default_factory=list)
    lost: int = 0


class Found(NamedTuple):
    """What became of the trades at each fault, by its name, and the links in the slaves' books that no trade has."""

    faults: dict[str, Json]
    strangers: int


def carry_out(faults: Sequence[Fault], kills: int, hit: Scene, beside: Scene, seed: int) -> Found:
    """Makes each fault so many times. Raises `NotSteady`."""
    with ExitStack() as stack:
        trading = [stack.enter_context(Trading(scene, seed + n)) for n, scene in enumerate((hit, beside))]
        felt = [_make(fault, kills, hit, trading) for fault in faults]
    for each in trading:
        _wait_until_flat(each)
    found = {fault.name: _report(fault, each, trading) for fault, each in zip(faults, felt, strict=True)}
    return Found(found, sum(judge(*each.book(), each.factor).strangers for each in trading))


def _make(fault: Fault, kills: int, hit: Scene, trading: Sequence[Trading]) -> Felt:
    felt = Felt(time.monotonic())
    for each in trading:
        _wait_until_steady(fault, each, felt.began_s)
    for turn in range(kills):
        at_s = time.monotonic()
        fault.act(hit, turn)
        # The newest opening may have been copied just before the fault.
        time.sleep(1.0)
        for each, seconds in zip(trading, (felt.hit_s, felt.beside_s), strict=True):
            _wait_until_steady(fault, each, at_s)
            trades, delays = settled(*each.book())
            seconds.append(recovery_s(trades, delays, at_s))
            for trade in lost(trades, delays, at_s, at_s + seconds[-1], AGE_S):
                felt.lost += 1
                say(f"lost, opened {trade.began_s - at_s:.1f} s after the fault: {each.row_of(trade.link)}")
        what = f"{fault.name} {turn + 1}/{kills}"
        say(f"{what}: copying on after {felt.hit_s[-1]:.1f} s, beside {felt.beside_s[-1]:.1f} s")
    felt.ended_s = time.monotonic()
    return felt


def _wait_until_steady(fault: Fault, trading: Trading, since_s: float) -> None:
    def steady() -> bool:
        trades, deals = trading.book()
        newer = [trade for trade in trades if trade.began_s >= since_s]
        # The newest may still be on its way.
        return is_steady(delays_s(newer[:-1], deals))

    try:
        wait_for(f"copying after: {fault.name}", lambda: steady() or None, STEADY_S, 0.3)
    except TooLate as error:
        raise NotSteady(fault.name, STEADY_S) from error


def _wait_until_flat(trading: Trading) -> None:
    login, broker = trading.scene.slave.login.login, trading.scene.broker
    try:
        wait_for("nothing open on the slave", lambda: not broker.positions(login) or None, FLAT_S)
    except TooLate:
        say(f"the slave still has {len(broker.positions(login))} positions open")


def _report(fault: Fault, felt: Felt, trading: Sequence[Trading]) -> Json:
    verdicts = [_verdict(each, felt.began_s, felt.ended_s) for each in trading]
    return {
        "bound_s": fault.bound_s,
        "shared": fault.shared,
        "hit_s": figures(felt.hit_s),
        "beside_s": figures(felt.beside_s),
        "trades": [asdict(verdict) for verdict in verdicts],
        "lost": felt.lost,
        "wrong": sum(verdict.wrong for verdict in verdicts),
    }


def _verdict(trading: Trading, began_s: float, ended_s: float) -> Verdict:
    """Judges the trades that began between two moments, with all deals that their copies ever had."""
    trades, deals = trading.book()
    chosen = [trade for trade in trades if began_s <= trade.began_s < ended_s]
    links = {trade.link for trade in chosen}
    return judge(chosen, [deal for deal in deals if deal.magic in links], trading.factor)
