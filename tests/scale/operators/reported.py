"""Runs a measurement, writes its file and shows its table, whatever ends it."""

import asyncio
import sys
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path

from tests.scale.figures import Bound, Figure, table, write
from tests.stack.errors import StackError
from tests.stack.signals import end_as_ctrl_c


def reported(measuring: Coroutine[None, None, None], figures: list[Figure], bounds: Sequence[Bound], out: Path) -> int:
    """The exit status. `measuring` adds to `figures`; what stands there is reported also where something fails. A
    `StackError` becomes one plain message.
    """
    end_as_ctrl_c()
    failed = 0
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(measuring)
    except* StackError as errors:
        print(f"\n{errors.exceptions[0]}", file=sys.stderr)
        failed = 1
    write(out, figures, bounds, [])
    print(table(figures, bounds))
    return failed
