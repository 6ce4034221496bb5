"""How often the steps of a start are written. Ready, and whatever goes wrong, is written at once."""

import time
from collections.abc import Callable
from uuid import UUID

from lockstep_core.resources.copier_account import CopierAccount, CopierAccountStatus
from lockstep_core.resources.reasons import Reason
from lockstep_operator.actions import Actions
from lockstep_operator.facts import Observed

STEP_S = 10
"""A start has up to seven steps, and most last a second or two. Those that pass sooner after the last write than this are
not written.
"""
TURN_S = 20
"""A new account says that it waits for its turn if it has waited this long."""
_STEPS = frozenset({Reason.PENDING, Reason.PREPARING, Reason.STARTING, Reason.AUTHORIZING})


class Steps:
    """When a status of each account was written last. For one event loop, not thread-safe."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._since_s: dict[UUID, float] = {}

    def held(self, account: CopierAccount, observed: Observed, actions: Actions) -> Actions:
        """These actions without a status that only tells of a step too soon; it is looked at again in time."""
        status = actions.status
        if status is None or actions != Actions(status=status, recheck_s=actions.recheck_s):
            return actions
        if not _is_step(account.status, status, observed):
            return actions
        now_s = self._clock_s()
        since_s = self._since_s.setdefault(account.spec.account_id, now_s)
        left_s = since_s + (TURN_S if account.status.reason is None else STEP_S) - now_s
        return actions if left_s <= 0 else Actions(recheck_s=min(left_s, actions.recheck_s or left_s))

    def wrote(self, account: UUID) -> None:
        """Notes that a status was written."""
        self._since_s[account] = self._clock_s()

    def forget(self, account: UUID) -> None:
        """Forgets an account that is gone."""
        self._since_s.pop(account, None)


def _is_step(before: CopierAccountStatus, after: CopierAccountStatus, observed: Observed) -> bool:
    if after.reason not in _STEPS or before.epoch != after.epoch:
        return False
    if before.pod_uid != after.pod_uid and any(pod.running for pod in observed.pods):
        # From now on the pod may have the password: whoever comes after this operator must know that its epoch is used.
        return False
    is_same_spec = before.observed_generation == after.observed_generation
    return before.reason is None or (before.reason in _STEPS and is_same_spec)
