"""Who must wait for whom, across all runs of this tool on this machine. A lock goes with its holder, however that ends.

Every run that only adds shares the storage; one that removes has it alone. What two runs would both make, by its name and
content, is made by one of them while the other waits and then takes what it finds.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockstep_images.places import Places, say


@contextmanager
def adding(places: Places) -> Iterator[None]:
    """Beside any number of other runs that add, and none that removes."""
    with _held(places.cache / "lock", "what is not needed is being removed", shared=True):
        yield


@contextmanager
def alone(places: Places) -> Iterator[None]:
    """Beside no other run at all."""
    with _held(places.cache / "lock", "other runs are using the storage", shared=False):
        # Nobody holds one now, and nobody waits for one.
        shutil.rmtree(places.locks, ignore_errors=True)
        yield


@contextmanager
def making(places: Places, what: str) -> Iterator[None]:
    """The only run on this machine that makes `what`; a name that can be a file's."""
    with _held(places.locks / what, f"{what} is being made", shared=False):
        yield


@contextmanager
def _held(file: Path, why: str, *, shared: bool) -> Iterator[None]:
    wanted = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, wanted | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run: {why}")
            fcntl.flock(lock, wanted)
        yield
