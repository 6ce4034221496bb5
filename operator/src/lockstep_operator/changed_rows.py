"""The rows that the database said have changed, until they are read again."""

from collections.abc import Collection
from uuid import UUID


class ChangedRows:
    """Owns which accounts' rows wait to be read, and which were read after the newest list of all rows."""

    def __init__(self) -> None:
        self._waiting: set[UUID] = set()
        self._newer: set[UUID] = set()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def note(self, account: UUID) -> None:
        """Notes that this account's row has changed."""
        self._waiting.add(account)

    def take(self) -> set[UUID]:
        """The accounts whose rows the caller now reads. Call `put_back` if they could not be applied."""
        taken, self._waiting = self._waiting, set()
        self._newer |= taken
        return taken

    def put_back(self, accounts: Collection[UUID]) -> None:
        """Has these rows read once more."""
        self._waiting.update(accounts)

    def begin_list(self) -> None:
        """Notes that all rows are about to be read as one list."""
        self._newer.clear()

    def is_newer(self, account: UUID) -> bool:
        """Whether the account's row was read, or waits to be read, since the newest list of all rows began."""
        return account in self._newer or account in self._waiting
