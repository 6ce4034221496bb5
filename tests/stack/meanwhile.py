"""Work that goes on beside a test, on a thread of its own, until a block ends."""

from threading import Event, Thread
from typing import Self


class Meanwhile:
    """`work` runs while the block does, and ends soon after `stopping` is set. What ended it early is raised at the end."""

    def __init__(self) -> None:
        self.stopping = Event()
        self._error: Exception | None = None
        self._thread = Thread(target=self._run)

    def work(self) -> None:
        """What to do."""
        raise NotImplementedError

    def check(self) -> None:
        """Raises what ended the work early, if anything did."""
        if self._error is not None:
            raise self._error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._thread.join()
        self.check()

    def _run(self) -> None:
        try:
            self.work()
        except Exception as error:  # noqa: BLE001 - raised where the block ends
            self._error = error
