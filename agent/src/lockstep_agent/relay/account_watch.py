"""Reads from the terminal's frames which account it is logged in to, and whether it has sent a whole snapshot."""

from lockstep_agent.relay.lines import AccountSeen, Line, SeenAccount, SnapshotSeen
from lockstep_agent.relay.stream import RawFrame
from lockstep_core.wire.codec import decode
from lockstep_core.wire.frames import AccountFrame, SnapshotBegin, SnapshotEnd


class AccountWatch:
    """Watches the frames of the present events connection. `restart` begins anew with the next connection."""

    __slots__ = ("_in_snapshot", "_seen", "_snapshot_account")

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forgets what an earlier connection said."""
        self._in_snapshot = False
        self._seen: SeenAccount | None = None
        self._snapshot_account: SeenAccount | None = None

    def lines(self, frames: list[RawFrame]) -> list[Line]:
        """What the agent must know of these frames: another account than before, and the end of a snapshot.

        A snapshot counts only if it names its account, and if its terminal is connected to its broker.
        """
        lines: list[Line] = []
        for kind, data in frames:
            if kind == SnapshotBegin.KIND:
                self._in_snapshot, self._snapshot_account = True, None
            elif kind == AccountFrame.KIND:
                lines += self._on_account(data)
            elif kind == SnapshotEnd.KIND and self._in_snapshot:
                self._in_snapshot = False
                if self._snapshot_account is not None:
                    lines.append(SnapshotSeen(self._snapshot_account))
        return lines

    def _on_account(self, data: bytes) -> list[Line]:
        frame, _ = decode(data)
        if not isinstance(frame, AccountFrame) or frame.login == 0:
            return []
        account = SeenAccount(frame.login, frame.server, frame.trade_mode)
        if self._in_snapshot and frame.connected:
            self._snapshot_account = account
        if account == self._seen:
            return []
        self._seen = account
        return [AccountSeen(account)]
