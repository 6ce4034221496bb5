"""Reasons of copies and requests besides the engine's skips, and the params of their words."""

from collections.abc import Mapping
from typing import NamedTuple

from lockstep_core.decision.target import LIFE_OVER
from lockstep_core.rules.rules import Rules
from lockstep_core.skips import Params, Shape, Skip, SkipCode
from lockstep_core.wire.frames import Result

CLOSED_BEFORE = Skip(SkipCode.OUT_OF_SYNC, "", {"why": "closed_before"})
NEVER_SENT = Skip(SkipCode.OUT_OF_SYNC, "", {"why": "never_sent"})
FOUND_OPEN = Skip(SkipCode.OUT_OF_SYNC, "max_signal_age_ms", {"why": "found_open"})
BEYOND_BOUNDS = Skip(SkipCode.OUT_OF_SYNC, "", {"why": "beyond_bounds"})
NO_PARAMS: Params = {}
BROKER = "broker_"
"""The reason of a broker's refusal is this prefix and the broker's code."""


CLOSED_UNTIL = "closed_until"
"""Chooses the words for a closed market whose opening time is known."""


class Why(NamedTuple):
    """A reason, the setting that decided where one did, and the params."""

    reason: str
    setting: str | None
    params: Params


NO_ANSWER = Why("no_answer", None, NO_PARAMS)
ORDER_GONE = Why("order_gone", None, NO_PARAMS)
QUARANTINED = Why("account_quarantined", None, NO_PARAMS)
COPIED_ONCE = Why("copy_over", None, NO_PARAMS)
NO_COPIER = Why("copier_gone", None, NO_PARAMS)
TOO_LATE = Why("too_late", None, NO_PARAMS)
MASTER_CLOSED = Why(SkipCode.OUT_OF_SYNC, None, {"why": "master_closed"})

PARAMS: Mapping[str, Shape] = {
    "broker": {"code": str, "retcode": str, "commented": str, "comment": str, "until": str},
    **{known.reason: {} for known in (NO_ANSWER, QUARANTINED, COPIED_ONCE, NO_COPIER, TOO_LATE)},
}
"""The params of each reason of the router's own; `broker` stands for all refusals of brokers."""

CLOSED_PARAMS: Mapping[str, Shape] = {
    reason: {}
    for reason in (
        SkipCode.GUARD,
        SkipCode.NEWS,
        SkipCode.WEEKEND,
        SkipCode.ASKED,
        SkipCode.STOP_REACHED,
        LIFE_OVER,
        "order_gone",
    )
}
"""The params of the reasons that a closed copy can have. Some are skips' codes, because the same rules also close copies."""


def of_skip(skip: Skip) -> Why:
    """A skip as a reason."""
    return Why(skip.code, skip.setting or None, skip.params)


def of_refusal(result: Result, *, is_mt4: bool, until: str = "") -> Why:
    """A broker's refusal as a reason, with the broker's comment if there is one. The param `code` chooses the words; people
    of MT4 are shown MT4's own number. `until`: what the broker's clock shows when the market opens, if it is closed by its
    hours.
    """
    commented = "yes" if result.comment else "no"
    shown = f"MT4:{result.error}" if is_mt4 and result.error else str(result.retcode)
    told = {"retcode": shown, "commented": commented, "comment": result.comment, "until": until}
    params = {"code": CLOSED_UNTIL if until else str(result.retcode), **told}
    return Why(f"{BROKER}{result.retcode}", None, params)


def no_broker(rules: Rules) -> Skip:
    """The slave's terminal was connected in time, but its broker was not."""
    limit_ms = rules.max_age_ns // 1_000_000
    return Skip(SkipCode.SLAVE_OFFLINE, "max_signal_age_ms", {"missing": "broker", "limit_ms": limit_ms})
