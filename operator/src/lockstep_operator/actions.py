"""What a decision about an account can ask for, and the statuses that it writes. Pure."""

import zlib
from dataclasses import dataclass
from datetime import datetime

from lockstep_core.resources.copier_account import CopierAccount, CopierAccountStatus
from lockstep_core.resources.reasons import parse_reason
from lockstep_operator.conditions import conditions_of
from lockstep_operator.facts import PodFacts
from lockstep_operator.progress import Finding

_PAUSE_STEP_S = 5
_LONGEST_PAUSE_S = 300


@dataclass(frozen=True, slots=True)
class StartPod:
    """Create this pod, after the status with its epoch has been written."""

    name: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Actions:
    """Carried out in this order: write the status, mark pods, delete pods, start one.

    `status` is None if nothing changes in it. `mark` names pods whose labels or owner were edited by hand. A `paced`
    deletion only brings a new pod template, so the pacer may postpone it. `recheck_s` is when to reconcile again.
    """

    status: CopierAccountStatus | None = None
    mark: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    paced: bool = False
    start: StartPod | None = None
    recheck_s: float | None = None

    @property
    def is_guarded(self) -> bool:
        """Whether an old view may suggest this: the API server refuses the status if the account has changed, and nothing
        happens without it.
        """
        return not (self.delete or self.mark) and (self.start is None or self.status is not None)


def status_of(account: CopierAccount, now: datetime, finding: Finding, **changes: object) -> CopierAccountStatus | None:
    """The status with this finding, None if it is the same as the stored one."""
    fresh = account.status.observed_generation == account.generation
    restart = {} if fresh else {"failures": 0, "refusals": 0, "retry_after": None}
    reported = {"reason": finding.reason, "message": finding.message or None, "observed_generation": account.generation}
    conditions = conditions_of(finding, account.status.conditions, account.generation, now)
    status = account.status.model_copy(update={**restart, **reported, "conditions": conditions, **changes})
    return status if status != account.status else None


def seen(account: CopierAccount, pod: PodFacts) -> dict[str, object]:
    """The fields of the status that say that this pod exists, so that its epoch is used up."""
    return {"pod_uid": pod.uid, "epoch": max(pod.epoch, account.status.epoch)}


def in_plain_words(status: CopierAccountStatus) -> CopierAccountStatus:
    """The same status with the reason's own sentence instead of text that other processes wrote."""
    reason = parse_reason(status.reason)
    message = reason.meaning if reason is not None else None
    conditions = tuple(each.model_copy(update={"message": ""}) for each in status.conditions)
    return status.model_copy(update={"message": message, "conditions": conditions})


def pause_s(failures: int, seed: bytes) -> float:
    """The pause before the next pod after `failures` in a row: 0, 5, 10 … 300 s, plus up to a fifth that `seed` decides."""
    if failures <= 1:
        return 0
    return jittered(min(_PAUSE_STEP_S * (1 << min(failures - 2, 10)), _LONGEST_PAUSE_S), seed)


def jittered(pause_s: float, seed: bytes) -> float:
    """A pause plus up to a fifth that `seed` decides: accounts that failed together do not come back together."""
    return pause_s * (1 + (zlib.crc32(seed) % 1000) / 5000)
