"""Waits for a slave's positions at the broker: for tests and the demonstration."""

from collections.abc import Callable

from tests.stack.broker import Broker, Position
from tests.stack.errors import TooLate
from tests.stack.people import Account
from tests.stack.shell import wait_for

SYMBOL = "EURUSD"
COPY_S = 30
LOOK_EVERY_S = 0.01
FIRST_COPY_S = 60
FIRST_ATTEMPT_S = 3


def shown(
    broker: Broker, slave: Account, what: str, right: Callable[[list[Position]], bool], seconds: float = COPY_S
) -> list[Position]:
    """The slave's positions, once they are as wanted. More than one position at any time fails at once."""

    def probe() -> tuple[list[Position]] | None:
        found = broker.positions(slave.login.login)
        assert len(found) <= 1, f"{len(found)} positions where at most one belongs: {found}"
        return (found,) if right(found) else None

    return wait_for(f"on the slave: {what}", probe, seconds, LOOK_EVERY_S)[0]


def flat(broker: Broker, slave: Account, seconds: float = COPY_S) -> None:
    """Waits until the slave has nothing open."""
    shown(broker, slave, "nothing open", lambda found: not found, seconds)


def warm_up(broker: Broker, master: Account, slave: Account) -> None:
    """Trades until the first copy: a new copier's row takes moments to reach the router's plan."""

    def attempt() -> bool:
        ticket = broker.open(master.login.login, SYMBOL, "buy", "0.10")
        copied = _in_time(lambda: bool(broker.positions(slave.login.login)), FIRST_ATTEMPT_S)
        broker.close(master.login.login, ticket)
        flat(broker, slave)
        return copied

    wait_for("the copier in the router's plan", attempt, FIRST_COPY_S)


def _in_time(probe: Callable[[], bool], seconds: float) -> bool:
    try:
        return wait_for("a first copy", probe, seconds, LOOK_EVERY_S)
    except TooLate:
        return False
