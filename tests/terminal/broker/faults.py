"""The faults that a test can switch on, per login."""

from dataclasses import dataclass, fields, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong for the next orders and logins.

    `reject_next` orders are rejected with `reject_retcode`. `swallow_next` orders are carried out but not answered.
    `ignore_next` orders are neither. Every order waits `execution_delay_ms` before its execution and its answer
    `answer_delay_ms` after it. `refuse_logins` answers logins with "Invalid account".
    """

    reject_next: int = 0
    reject_retcode: int = 10006
    swallow_next: int = 0
    ignore_next: int = 0
    execution_delay_ms: int = 0
    answer_delay_ms: int = 0
    refuse_logins: bool = False

    def updated(self, values: dict[str, object]) -> Self:
        """A copy with these values. Raises `ValueError` for an unknown name or a wrong type."""
        known = {f.name for f in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"no fault {name!r}; there are {', '.join(sorted(known))}")
            if not isinstance(value, int):
                raise ValueError(f"{name} takes a whole number")
        return replace(self, **values)  # type: ignore[arg-type]  # checked above, which mypy cannot see
