"""A master's trade to the orders of all its slaves."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from lockstep_core.json_object import Json
from tests.farm.crowd import Crowd
from tests.farm.errors import NotCopied
from tests.stack.copied import SYMBOL
from tests.stack.doors import Doors
from tests.stack.errors import TooLate
from tests.stack.shell import wait_for

EVERY_S = 1.0
COPIED_S = 90.0
ATTEMPT_S = 20.0
SPAN = "event_to_order_us"
_PAGE = 1000


def warm_up(crowd: Crowd, seconds: float = 240) -> None:
    """Trades until each slave copies: a copier reaches the router's plan within moments of its row."""

    def attempt() -> bool:
        (ticket,) = trade(crowd, 1)
        end = time.monotonic() + ATTEMPT_S
        while (copied := len(times_of(crowd.doors).get(ticket, ()))) < len(crowd.slaves) and time.monotonic() < end:
            time.sleep(2)
        return copied == len(crowd.slaves)

    wait_for(f"a copy on each of {len(crowd.slaves)} slaves", attempt, seconds)


def trade(crowd: Crowd, count: int) -> list[int]:
    """Opens and closes so many positions, one trade a second. The tickets of the master's positions."""
    return [_one(crowd, ("buy", "sell")[number % 2]) for number in range(count)]


def _one(crowd: Crowd, side: str) -> int:
    began = time.monotonic()
    ticket = crowd.broker.open(crowd.master.login.login, SYMBOL, side, "0.10")
    _until(began + EVERY_S)
    crowd.broker.close(crowd.master.login.login, ticket)
    _until(began + 2 * EVERY_S)
    return ticket


def _until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def to_orders(crowd: Crowd, tickets: list[int]) -> list[list[float]]:
    """Of each position the times (ms) from the master's event to each slave's order. Raises `NotCopied`."""
    slaves = len(crowd.slaves)

    def probe() -> Mapping[int, list[float]] | None:
        found = times_of(crowd.doors)
        return found if all(len(found.get(ticket, ())) == slaves for ticket in tickets) else None

    try:
        times = wait_for("every copy's row with its spans", probe, COPIED_S, 3.0)
    except TooLate:
        found = times_of(crowd.doors)
        raise NotCopied(min(len(found.get(ticket, ())) for ticket in tickets), slaves, COPIED_S) from None
    return [times[ticket] for ticket in tickets]


def times_of(doors: Doors) -> Mapping[int, list[float]]:
    """By the master's position: the times (ms) from its event to the order of each slave that has one."""
    times: dict[int, list[float]] = defaultdict(list)
    for row in copies_of(doors):
        if SPAN in (row["spans"] or {}):
            times[int(row["master_position"])].append(row["spans"][SPAN] / 1000)
    return times


def copies_of(doors: Doors) -> Iterator[Json]:
    """All copies of the person, page by page."""
    cursor = ""
    while True:
        page = doors.ask("GET", f"/v1/copies?limit={_PAGE}{cursor}")
        yield from page["items"]
        if not page["next_cursor"]:
            return
        cursor = f"&cursor={quote(page['next_cursor'])}"
