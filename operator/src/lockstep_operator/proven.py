"""Credentials that once worked. If a broker refuses them, they are tried again before a person is asked. Pure."""

from lockstep_core.resources.copier_account import CopierAccount
from lockstep_core.resources.reasons import Reason
from lockstep_operator.actions import jittered

MOST_REFUSALS = 8
"""Up to so many refusals in a row of proven credentials count as a broker's maintenance: about five hours of them."""
_FIRST_PAUSE_S = 300
_LONGEST_PAUSE_S = 3600
_PASSING = frozenset({Reason.INVALID_CREDENTIALS, Reason.SERVER_NOT_FOUND})
"""Refusals that brokers also give during their maintenance."""


def is_proven(account: CopierAccount) -> bool:
    """Whether the account was ready with these credentials before, and was not refused too often since."""
    status = account.status
    return status.proven_version == account.spec.credentials.version and status.refusals < MOST_REFUSALS


def may_pass(account: CopierAccount, reason: Reason) -> bool:
    """Whether another pod is tried after this end, although its reason usually asks for a person."""
    return reason in _PASSING and is_proven(account)


def long_pause_s(refusals: int, seed: bytes) -> float:
    """The pause by the number of refusals in a row: 5, 10, 20 … 60 minutes. Brokers block addresses that try more often."""
    return jittered(min(_FIRST_PAUSE_S << min(refusals - 1, 10), _LONGEST_PAUSE_S), seed)
