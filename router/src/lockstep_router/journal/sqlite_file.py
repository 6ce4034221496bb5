"""A file of SQLite on a volume. One process has it open; each transaction is whole; each value has a checksum."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from lockstep_router.errors import StoreUnusable

VERSION = 1
APPLICATION = 0x4C6F636B
BUSY_S = 5.0
"""How long to wait for the file while a process that is ending still has it open."""
_SUM = 8
T = TypeVar("T")


class SqliteFile:
    """The open file. Any fault of the disk raises `StoreUnusable`, and nothing of the transaction is kept then."""

    def __init__(self, path: Path, tables: str) -> None:
        self._path = path
        self._db = _opened(path, tables)

    def close(self) -> None:
        """Closes the file, so that another process may open it."""
        self._db.close()

    def run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Runs a statement."""
        return self._db.execute(statement, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction: at its end everything in it is on the disk, or nothing."""
        with self.safely():
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    @contextmanager
    def safely(self) -> Iterator[None]:
        """Turns every failure of the disk into `StoreUnusable`."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreUnusable(self._path, type(error).__name__) from error


def packed(value: object) -> bytes:
    """A value with its checksum."""
    body = msgspec.msgpack.encode(value)
    return hashlib.blake2b(body, digest_size=_SUM).digest() + body


def unpacked(value: bytes, kind: type[T]) -> T | None:
    """A value; None if its checksum is wrong, or if this release cannot read it. Only that value is lost then."""
    body = value[_SUM:]
    if hashlib.blake2b(body, digest_size=_SUM).digest() != value[:_SUM]:
        return None
    try:
        return msgspec.msgpack.decode(body, type=kind)
    except msgspec.DecodeError:
        return None


def _opened(path: Path, tables: str) -> sqlite3.Connection:
    """The opened file. One that is broken or of another version is put aside, and a new one is made."""
    try:
        return _checked(path, tables)
    except sqlite3.OperationalError as error:
        raise StoreUnusable(path, type(error).__name__) from error
    except (sqlite3.DatabaseError, ValueError):
        _put_aside(path)
    try:
        return _checked(path, tables)
    except (sqlite3.Error, ValueError) as error:
        raise StoreUnusable(path, type(error).__name__) from error


def _checked(path: Path, tables: str) -> sqlite3.Connection:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreUnusable(path, error.strerror or "cannot be opened") from error
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        # The lock is held while the file is open: a second router cannot work with it, and SQLite needs no shared memory.
        db.execute("pragma locking_mode = exclusive")
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = full")
        version, application = (db.execute(f"pragma {name}").fetchone()[0] for name in ("user_version", "application_id"))
        if (version, application) not in ((0, 0), (VERSION, APPLICATION)):
            raise ValueError("another version")
        if db.execute("pragma quick_check(1)").fetchone()[0] != "ok":
            raise ValueError("broken")
        db.execute(f"pragma user_version = {VERSION}")
        db.execute(f"pragma application_id = {APPLICATION}")
        db.executescript(tables)
    except BaseException:
        db.close()
        raise
    return db


def _put_aside(path: Path) -> None:
    """Renames an unusable file, because it may hold history. Only the newest such file is kept."""
    try:
        for ending in ("", "-wal"):
            file = path.with_name(path.name + ending)
            if file.exists():
                file.replace(path.with_name(f"{path.name}.aside{ending}"))
    except OSError as error:
        raise StoreUnusable(path, error.strerror or "cannot be moved") from error
