"""Whether a terminal is logged in to the account that its session speaks for. Pure.

The agent checks this too, but its pod is not to be trusted: people bring images of their own.
"""

from lockstep_core.accounts import Environment, environment_of
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.frames import AccountFrame


def mismatch(frame: AccountFrame, login: int, environment: Environment) -> Reason | None:
    """Why nothing of this terminal may be used; None where it is the right account.

    A terminal that does not see its broker need not know yet where it is logged in: only another login counts then.
    """
    if frame.login != login and (frame.connected or frame.login):
        return Reason.WRONG_ACCOUNT
    if frame.connected and environment_of(frame.trade_mode) is not environment:
        return Reason.WRONG_ENVIRONMENT
    return None
