"""The limits of a pod: how long it waits for each thing, and how often it tries."""

from dataclasses import dataclass

from lockstep_agent.boot.waiting import Waiting

UPDATE_EXIT = 143
"""The exit code of a terminal that ends in order to update itself."""


@dataclass(frozen=True, slots=True)
class BootLimits:
    """The limits of a pod; times in ms.

    A process that ends by itself `crashes` times within `crash_window_ms` is not started again. The count begins anew after
    it has worked for `steady_ms`: what is killed now and then can still run. A terminal that updates itself `updates` times
    within `restart_window_ms` is not started again either.

    Of the restarts within `restart_window_ms` the first one starts the terminal again, the second one Wine and all files
    too. After `restarts` of them the pod gives way to another one, or after `symbols` of them if each restart tries another
    chart symbol.
    """

    login_timeout_ms: int = 240_000
    files_ms: int = 600_000
    bridge_ms: int = 180_000
    lost_bridge_ms: int = 60_000
    relay_silence_ms: int = 8_000
    silent_ms: int = 30_000
    broker_ms: int = 900_000
    end_ms: int = 60_000
    update_pause_ms: int = 30_000
    restart_pause_ms: int = 1_000
    restart_pause_max_ms: int = 30_000
    crash_window_ms: int = 600_000
    steady_ms: int = 60_000
    restart_window_ms: int = 3_600_000
    router_pause_ms: int = 60_000
    crashes: int = 5
    restarts: int = 2
    symbols: int = 5
    updates: int = 5

    def of(self, waiting: Waiting) -> int:
        """The longest time of this wait."""
        limits = {
            Waiting.FILES: self.files_ms,
            Waiting.START: self.files_ms,
            Waiting.NETWORK: self.login_timeout_ms,
            Waiting.LOGIN: self.login_timeout_ms,
            Waiting.BRIDGE: self.bridge_ms,
            Waiting.LOST_BRIDGE: self.lost_bridge_ms,
            Waiting.SILENT_RELAY: self.silent_ms,
            Waiting.SILENT_PROGRAM: self.silent_ms,
            Waiting.BROKER: self.broker_ms,
            Waiting.END: self.end_ms,
        }
        return limits[waiting]


def recent(times_ms: tuple[int, ...], now_ms: int, window_ms: int) -> tuple[int, ...]:
    """The given times that still count, and now."""
    return (*(t for t in times_ms if now_ms - t < window_ms), now_ms)


def pause_ms(times: int, limits: BootLimits) -> int:
    """The pause before the next start, by the number of ends in a row."""
    return int(min(limits.restart_pause_ms * 2 ** (times - 1), limits.restart_pause_max_ms))
