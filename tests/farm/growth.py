"""Lets the farm grow in steps until it has the wanted size, or memory, processor or the scheduler's sums end."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lockstep_core.json_object import Json
from lockstep_core.resources.reasons import Reason
from tests.farm.cgroups import PodCgroups
from tests.farm.crowd import Crowd, Member
from tests.farm.processes import processes_of_pods
from tests.stack.kube import TERMINALS, condition, items
from tests.stack.shell import say

STEP = 10
LOOK_S = 5.0
STEP_S = 900.0
"""A step of ten accounts that is not Ready after this time shows that the processor is at its end."""
RESERVE_BYTES = 1_500_000_000
"""What the machine must keep for everything else."""


@dataclass
class Grown:
    """The accounts that are Ready; `ended` says why no more were added.

    `start_cpu_s` and `start_peak_bytes` are what each pod had used when it was first seen Ready, `row_to_ready_s` the
    time from an account's row until its CopierAccount was Ready.
    """

    ended: str = ""
    pods: dict[str, str] = field(default_factory=dict)
    row_to_ready_s: list[float] = field(default_factory=list)
    start_cpu_s: list[float] = field(default_factory=list)
    start_peak_bytes: list[float] = field(default_factory=list)


def grow(crowd: Crowd, wanted: int, seconds: float) -> Grown:
    """Adds accounts until `wanted` are Ready, or something ends; the time counts as the processor's end, too."""
    grown, end = Grown(), time.monotonic() + seconds
    while len(crowd.members) < wanted:
        if time.monotonic() > end:
            grown.ended = f"the time: no more were added after {seconds:.0f} s"
            return grown
        if (short := _memory_short(grown, min(STEP, wanted - len(crowd.members)))) is not None:
            grown.ended = short
            return grown
        members = crowd.grow(min(STEP, wanted - len(crowd.members)))
        for line in _settle(grown, members, min(STEP_S, max(end - time.monotonic(), 0))):
            say(line)
        late = [member for member in members if member.account.resource not in grown.pods]
        if late:
            grown.ended = _why(late)
            crowd.drop(late)
            return grown
    grown.ended = "all that were asked for are Ready"
    return grown


def _settle(grown: Grown, members: list[Member], seconds: float) -> Iterator[str]:
    """Waits until all of them are Ready, or the step's time is over. Yields progress."""
    waited = {member.account.resource: member for member in members}
    groups, end, told = PodCgroups(), time.monotonic() + seconds, time.monotonic()
    while waited and time.monotonic() < end:
        time.sleep(LOOK_S)
        found = {each["metadata"]["name"]: each for each in items("copieraccounts", TERMINALS)}
        ready = [name for name in waited if (ready_since(found.get(name)) is not None)]
        _note(grown, {name: found[name] for name in ready}, waited, groups)
        for name in ready:
            del waited[name]
        if not waited or time.monotonic() - told > 20:
            told = time.monotonic()
            yield f"{len(grown.pods)} Ready, {len(waited)} starting; {_free_mb()} MB of memory are free"


def _note(grown: Grown, ready: Mapping[str, Json], waited: Mapping[str, Member], groups: PodCgroups) -> None:
    if not ready:
        return
    uids = {str(found["status"]["podUid"]): name for name, found in ready.items()}
    any_pid = {process.pod_uid: process.pid for process in processes_of_pods() if process.pod_uid in uids}
    for uid, name in uids.items():
        since = ready_since(ready[name])
        grown.pods[name] = uid
        grown.row_to_ready_s.append(max((since or time.time()) - waited[name].asked_s, 0))
        if uid in any_pid:
            grown.start_cpu_s.append(groups.cpu_s(any_pid[uid]))
            grown.start_peak_bytes.append(groups.peak_bytes(any_pid[uid]))


def ready_since(found: Json | None) -> float | None:
    """When the CopierAccount became Ready, in whole seconds since 1970. None if it is not Ready."""
    ready = condition(found)
    if ready is None or ready["status"] != "True":
        return None
    return datetime.fromisoformat(ready["lastTransitionTime"]).timestamp()


def _why(late: list[Member]) -> str:
    found = {each["metadata"]["name"]: each for each in items("copieraccounts", TERMINALS)}
    reasons = Counter(_reason(found.get(member.account.resource)) for member in late)
    what = (
        "the node has no room left by the requests of its pods" if Reason.POD_UNSCHEDULABLE in reasons else "the processor"
    )
    said = ", ".join(f"{count} {reason}" for reason, count in reasons.items())
    return f"{what}: at the end of their time were not Ready: {said}"


def _reason(found: Json | None) -> str:
    return str(((found or {}).get("status") or {}).get("reason", "unknown"))


def _memory_short(grown: Grown, more: int) -> str | None:
    """Whether so many pods more would leave the machine too little memory, and why."""
    peaks = sorted(grown.start_peak_bytes)
    each = peaks[len(peaks) // 2] if peaks else 0
    left = available_bytes() - more * each
    return None if left > RESERVE_BYTES else f"memory: {more} pods more would leave {left / 1e6:.0f} MB"


def available_bytes(meminfo: Path = Path("/proc/meminfo")) -> int:
    """Memory that new processes could have without swapping."""
    (line,) = (line for line in meminfo.read_text().splitlines() if line.startswith("MemAvailable:"))
    return int(line.split()[1]) * 1024


def _free_mb() -> int:
    return available_bytes() // 1_000_000
