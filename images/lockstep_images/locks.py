"""Locks between all runs of this tool on one machine. The kernel releases a lock when its process ends, however it ends.

Runs that add images hold the storage's lock shared, a run that removes images holds it exclusively. Where two runs need the
same image or input, one makes it while the other waits and then uses the result.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockstep_images.places import Places, say


@contextmanager
def adding(places: Places) -> Iterator[None]:
    """Holds the storage's lock shared: other runs may add meanwhile, none may remove."""
    with _held(places.cache / "lock", "what is not needed is being removed", shared=True):
        yield


@contextmanager
def alone(places: Places) -> Iterator[None]:
    """Holds the storage's lock exclusively: no other run adds or removes meanwhile."""
    with _held(places.cache / "lock", "other runs are using the storage", shared=False):
        # With the exclusive lock held, no other run holds one of these locks or waits for one.
        shutil.rmtree(places.locks, ignore_errors=True)
        yield


@contextmanager
def making(places: Places, what: str) -> Iterator[None]:
    """Holds the lock of `what`, a valid file name: no other run on this machine makes it meanwhile."""
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
