"""Frames as the history keeps them: plain JSON."""

from lockstep_core.json_object import Json
from lockstep_core.wire.enums import Action, Stage
from lockstep_core.wire.frames import DealMoney, Result, Trade


def deal_data(frame: Trade) -> Json:
    """A Trade frame for the history, with the stops that its position has after it, if any."""
    stops = {name: level for name, level in (("sl", frame.sl), ("tp", frame.tp)) if level > 0}
    return {
        **stops,
        "deal": frame.deal,
        "position": frame.position,
        "symbol": frame.symbol,
        "side": "sell" if frame.side else "buy",
        "entry": frame.entry,
        "lots": frame.volume,
        "price": frame.price,
        "magic": frame.magic,
    }


def late_deal_data(frame: DealMoney, link: int) -> Json:
    """A deal that happened while its terminal was not connected, and that the terminal reported later. The database ignores
    it if it has the deal already.
    """
    return {
        "late": True,
        "deal": frame.deal,
        "position": frame.position,
        "symbol": frame.symbol,
        "side": "sell" if frame.volume < 0 else "buy",
        "entry": frame.entry,
        "lots": abs(frame.volume),
        "price": frame.price,
        "magic": link,
    }


def result_data(result: Result) -> Json:
    """A Result frame for the history."""
    return {
        "stage": Stage(result.stage).name.lower(),
        "action": Action(result.action).name.lower(),
        "command": result.command,
        "retcode": result.retcode,
        "error": result.error,
        "order": result.order,
        "deal": result.deal,
        "position": result.position,
        "price": result.price,
        "lots": result.volume,
    }
