"""What the broker shall do wrong, per login."""

from dataclasses import dataclass, fields, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Faults:
    """`reject_next` orders get `reject_retcode`; `swallow_next` are carried out but never answered,
    `ignore_next` neither; all wait `execution_delay_ms` before and `answer_delay_ms` after
    execution; `refuse_logins` says "Invalid account"."""

    reject_next: int = 0
    reject_retcode: int = 10006
    swallow_next: int = 0
    ignore_next: int = 0
    execution_delay_ms: int = 0
    answer_delay_ms: int = 0
    refuse_logins: bool = False

    def updated(self, values: dict[str, object]) -> Self:
        """With these fields. Raises `ValueError` for an unknown name or a wrong type."""
        known = {f.name for f in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"no fault {name!r}; there are {', '.join(sorted(known))}")
            if not isinstance(value, int):
                raise ValueError(f"{name} takes a whole number")
        return replace(self, **values)  # type: ignore[arg-type]  # checked above, which mypy cannot see
