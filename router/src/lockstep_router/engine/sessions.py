"""Which relay speaks for which account: admits, renews and ends sessions."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from lockstep_core.wire.envelope import Kind, Refusal, decode_hello, decode_renewal
from lockstep_core.wire.ticket import Ticket
from lockstep_router.accounts.admission import TicketCheck, admit
from lockstep_router.accounts.quarantine import Quarantine
from lockstep_router.accounts.sending import send_envelope
from lockstep_router.accounts.session import Session
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.journal.outputs import Outputs

SILENCE_NS = 5_000_000_000
NEW_ACCOUNT_NS = 10_000_000_000
STRANGER_NS = 60_000_000_000
MOVED_NS = 60_000_000_000
"""For how long a relay is answered that its account has moved. It asks the keyring for the new router within that time."""


class Sessions:
    """The sessions by peer and by CURVE key.

    `wants_plan`: a relay speaks for an account that is not in the plan, perhaps not yet.
    """

    def __init__(self, accounts: Mapping[UUID, TrackedAccount], check_ticket: TicketCheck, quarantine: Quarantine) -> None:
        self.by_peer: dict[bytes, Session] = {}
        self.wants_plan = False
        self._accounts = accounts
        self._check_ticket = check_ticket
        self._quarantine = quarantine
        self._by_key: dict[bytes, UUID] = {}
        self._strangers: dict[UUID, int] = {}
        self._moved: dict[UUID, int] = {}

    def of(self, peer: bytes, user_key: bytes | None) -> Session | None:
        """The session of a peer, if its connection was made with this CURVE key. A peer may choose its name, so once a
        connection is gone, another peer can have the same name (ADR 17).
        """
        session = self.by_peer.get(peer)
        return session if session is not None and session.curve_key == user_key else None

    def account_of(self, user_key: bytes | None) -> UUID | None:
        """The account whose live session was made with this CURVE key."""
        return None if user_key is None else self._by_key.get(user_key)

    def admitted(
        self, peer: bytes, message: bytes, user_key: bytes | None, now_ns: int, out: Outputs
    ) -> tuple[Ticket, TrackedAccount] | None:
        """The ticket of a HELLO and its account. None if the peer may not speak for one; it is told why."""
        ticket = self._check_ticket(decode_hello(message).ticket)
        if isinstance(ticket, Refusal):
            send_envelope(peer, Kind.REFUSED, ticket, 0, now_ns, out)
            return None
        tracked = self._accounts.get(ticket.account)
        if tracked is None:
            self._on_stranger(peer, ticket, now_ns, out)
            return None
        refusal = admit(ticket, user_key, tracked)
        if refusal is None and self._quarantine.holds(ticket.account, now_ns):
            refusal = Refusal.QUARANTINED
        if refusal is not None:
            send_envelope(peer, Kind.REFUSED, refusal, 0, now_ns, out)
            return None
        return ticket, tracked

    def begin(self, peer: bytes, ticket: Ticket, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """Begins a session and ends the one that spoke for the account before."""
        before = self.by_peer.get(peer)
        if before is not None:
            self.drop(before)
        if tracked.session is not None:
            # Only the pod of an older epoch is told, and ends itself (docs/protocol.md).
            newer = ticket.epoch > tracked.session.epoch
            self.end(tracked, Refusal.STALE_EPOCH if newer else None, now_ns, out)
        tracked.epoch = ticket.epoch
        tracked.session = Session(peer, ticket.account, ticket.epoch, ticket.curve_key, ticket.expires_s, now_ns)
        self.by_peer[peer] = tracked.session
        self._by_key[ticket.curve_key] = ticket.account

    def renew(self, session: Session, message: bytes) -> None:
        """Takes a younger ticket of the same account, epoch and key. Any other one changes nothing."""
        ticket = self._check_ticket(decode_renewal(message))
        if isinstance(ticket, Ticket) and (ticket.account, ticket.epoch, ticket.curve_key) == (
            session.account,
            session.epoch,
            session.curve_key,
        ):
            session.expires_s = max(session.expires_s, ticket.expires_s)

    def silent(self, now_ns: int) -> list[Session]:
        """The sessions whose relay has not been heard for too long."""
        return [s for s in self.by_peer.values() if now_ns - s.heard_ns > SILENCE_NS]

    def expired(self, unix_s: int) -> Iterable[TrackedAccount]:
        """The accounts whose session's ticket is not good any more."""
        for session in [s for s in self.by_peer.values() if s.expires_s <= unix_s]:
            yield self._accounts[session.account]

    def on_moved(self, account: UUID, now_ns: int) -> None:
        """An account has gone to another router. Its relay is told so as soon as it says HELLO here."""
        self._moved[account] = now_ns

    def forget_strangers(self, now_ns: int) -> None:
        """Forgets unknown accounts whose relay did not come again, and accounts that moved long ago."""
        self._moved = {a: at_ns for a, at_ns in self._moved.items() if now_ns - at_ns < MOVED_NS}
        self._strangers = {a: first for a, first in self._strangers.items() if now_ns - first < STRANGER_NS}

    def drop(self, session: Session) -> TrackedAccount | None:
        """Forgets a session; returns its account if it was the account's present one."""
        self._forget(session)
        tracked = self._accounts.get(session.account)
        if tracked is None or tracked.session is not session:
            return None
        tracked.session = None
        return tracked

    def end(self, tracked: TrackedAccount, refusal: Refusal | None, now_ns: int, out: Outputs) -> None:
        """Ends an account's session. If there is a `refusal`, its relay is told."""
        session = tracked.session
        if session is None:
            return
        if refusal is not None:
            send_envelope(session.peer, Kind.REFUSED, refusal, 0, now_ns, out)
        self._forget(session)
        tracked.session = None

    def _forget(self, session: Session) -> None:
        self.by_peer.pop(session.peer, None)
        self._by_key.pop(session.curve_key, None)

    def _on_stranger(self, peer: bytes, ticket: Ticket, now_ns: int, out: Outputs) -> None:
        """Handles a relay of an unknown account. A new account's plan may still be on its way, so it is refused only after
        `NEW_ACCOUNT_NS`.
        """
        if ticket.account in self._moved:
            send_envelope(peer, Kind.REFUSED, Refusal.MOVED, 0, now_ns, out)
            return
        first_ns = self._strangers.setdefault(ticket.account, now_ns)
        self.wants_plan = True
        if now_ns - first_ns >= NEW_ACCOUNT_NS:
            del self._strangers[ticket.account]
            send_envelope(peer, Kind.REFUSED, Refusal.UNKNOWN_ACCOUNT, 0, now_ns, out)
