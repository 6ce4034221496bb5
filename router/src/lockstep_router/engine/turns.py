"""Accounts take turns: of what one has sent, a slice is handled, and the rest waits until all others had their turn (ADR
17).
"""

from collections.abc import Mapping
from uuid import UUID

from lockstep_core.wire.envelope import Kind
from lockstep_core.wire.errors import WireError
from lockstep_core.wire.frames import SnapshotRequest, UnknownFrame
from lockstep_router.accounts.busy import BusyAccounts
from lockstep_router.accounts.sending import send_envelope, send_frame
from lockstep_router.accounts.session import Session
from lockstep_router.accounts.tracked_account import TakingOver, TrackedAccount
from lockstep_router.engine.frame_handler import FrameHandler
from lockstep_router.execution.copy_manager import COPIES_AT_ONCE
from lockstep_router.execution.settler import OnFault
from lockstep_router.execution.task_runner import TaskRunner
from lockstep_router.journal.outputs import Outputs

SLICE = 8
"""How many frames, copies and pieces of a snapshot of one account are handled before others have their turn."""
ACK_FRAMES = 32
REQUEST_AGAIN_NS = 1_000_000_000
FIRST_SNAPSHOT_NS = 10_000_000_000


class Turns:
    """Gives the accounts with something to do their turns, and acknowledges their frames.

    `dropped`: frames that could not be used. `passed_over`: those of kinds that only a later release knows.
    """

    def __init__(
        self,
        accounts: Mapping[UUID, TrackedAccount],
        frames: FrameHandler,
        tasks: TaskRunner,
        busy: BusyAccounts,
        on_fault: OnFault,
    ) -> None:
        self.dropped = 0
        self.passed_over = 0
        self._accounts = accounts
        self._frames = frames
        self._tasks = tasks
        self._on_fault = on_fault
        self._busy = busy
        self._resting: set[TrackedAccount] = set()
        self._to_ack: set[UUID] = set()
        self._beaten: set[UUID] = set()

    @property
    def is_busy(self) -> bool:
        """Whether anybody has something left to do."""
        return bool(self._busy)

    def begin(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """Handles the first slice of an account that had nothing to do until now."""
        self._work(tracked, now_ns, out)

    def next(self, now_ns: int, out: Outputs) -> None:
        """Gives the first account in the queue its turn."""
        if not self._busy:
            return
        tracked = self._busy.take()
        if self._accounts.get(tracked.account.id) is tracked:
            self._work(tracked, now_ns, out)

    def wake(self) -> None:
        """Lets accounts go on that had used up their allowance of frames. Called many times a second."""
        for tracked in self._resting:
            self._busy.add(tracked)
        self._resting.clear()

    def on_beat(self, tracked: TrackedAccount) -> None:
        """Answers a relay's BEAT with the next acknowledgement, so that many of them are answered by one."""
        self._beaten.add(tracked.account.id)

    def acknowledge(self, now_ns: int, out: Outputs) -> None:
        """Acknowledges what was handled since the last call."""
        for account in self._to_ack | self._beaten if self._beaten else self._to_ack:
            tracked = self._accounts.get(account)
            if tracked is not None and tracked.session is not None and (tracked.unacked or account in self._beaten):
                self._send_ack(tracked, tracked.session, now_ns, out)
        self._to_ack.clear()
        self._beaten.clear()

    def request_snapshot(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """Requests a snapshot where one is wanted or overdue, with a pause between requests."""
        if tracked.session is None or (tracked.synced and not tracked.wants_snapshot):
            return
        pause_ns = REQUEST_AGAIN_NS if tracked.wants_snapshot else FIRST_SNAPSHOT_NS
        if now_ns - tracked.snapshot_requested_ns >= pause_ns:
            tracked.snapshot_requested_ns = now_ns
            send_frame(tracked, SnapshotRequest(now_ns), now_ns, out)

    def _work(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        rests = False
        try:
            rests = self._slice(tracked, now_ns, out)
        except Exception as error:  # noqa: BLE001 - whatever one account sends, the loop goes on for all others
            self._on_fault(tracked.account.id, error, now_ns, out)
        if rests:
            self._resting.add(tracked)
        elif tracked.is_busy:
            self._busy.add(tracked)
        if tracked.session is None:
            return
        self.request_snapshot(tracked, now_ns, out)
        if tracked.unacked >= ACK_FRAMES:
            self._send_ack(tracked, tracked.session, now_ns, out)
        elif tracked.unacked:
            self._to_ack.add(tracked.account.id)

    def _slice(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> bool:
        """Does a turn's work for an account. Returns whether the rest waits until its allowance grows."""
        most = self._tasks.fanned_out + COPIES_AT_ONCE
        for _ in range(SLICE):
            if self._tasks.fanned_out >= most:
                # A turn ends after so many copiers of a master's event, even if more frames wait: other accounts come next.
                return False
            session = tracked.session
            if tracked.taking_over is not None:
                _take_over_further(tracked, tracked.taking_over, now_ns, out)
            elif tracked.naming is not None:
                self._tasks.name_further(tracked, tracked.naming)
            elif tracked.tasks:
                self._tasks.do_next(tracked, now_ns, out)
            elif session is not None and session.waiting_frames:
                if not tracked.allowance.take(now_ns):
                    return True
                tracked.received += 1
                tracked.unacked += 1
                self.dropped += not self._handle_next(tracked, session, now_ns, out)
            else:
                return False
        return False

    def _handle_next(self, tracked: TrackedAccount, session: Session, now_ns: int, out: Outputs) -> bool:
        """Handles the next frame of a session; False where it could not be used."""
        try:
            frame, sent_ns = session.take()
        except WireError:
            # Nobody knows what the frame said, so only a snapshot can replace it.
            tracked.want_snapshot()
            return False
        if isinstance(frame, UnknownFrame):
            self.passed_over += 1
            return True
        return self._frames.on_frame(tracked, frame, sent_ns, now_ns, out)

    def _send_ack(self, tracked: TrackedAccount, session: Session, now_ns: int, out: Outputs) -> None:
        tracked.unacked = 0
        send_envelope(session.peer, Kind.ACK, 0, tracked.received, now_ns, out)


def _take_over_further(tracked: TrackedAccount, taking_over: TakingOver, now_ns: int, out: Outputs) -> None:
    if not taking_over.go_on(now_ns, out) and tracked.taking_over is taking_over:
        tracked.taking_over = None
