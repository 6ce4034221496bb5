"""The life of an order that the router sent: its states, what ends it, and when its command may go out again.

Nothing else in the router decides that. docs/orders-in-flight.md shows this table to people, beside the terminal's own
(bridge_ea/dll/inflight.cpp); a test compares page and code.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from lockstep_core.decision.target import Target
from lockstep_core.market.money import Quote
from lockstep_core.market.retcodes import Policy, Verdict, policy_of, refuses_these_stops
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.wire.enums import Action
from lockstep_router.accounts.shared_pauses import QUOTE_TRIES, bid_ask

RESEND_NS = 2_000_000_000
QUERY_NS = 5_000_000_000
UNRESOLVED_NS = 15_000_000_000
OTHER_POD_NS = 3_000_000_000
STILL_OUT_NS = 60_000_000_000
"""After an opening was sent, an MT4 broker may still execute it for this long, although the terminal shows nothing of it."""
FIRST_PAUSE_NS = 100_000_000
HELD_BACK_NS = 500_000_000
"""An opening that its terminal held back because of the price is tried again after this time, or at the next quote."""
LOOK_NS = 1_000_000_000
"""How often a copy that waits for a quote checks whether one has come."""
SPEC_LOOK_NS = 60_000_000_000
"""How often a copy whose order was wrong checks whether its symbol's specification has changed."""
WRONG_HOURS_NS = 300_000_000_000
"""Quotes that go on for so long while the market is closed by the hours that were told are a reason to try once. The next
time they must go on for four times as long.
"""
WRONG_HOURS_TRIES = 4
OPENINGS_LATER_NS = 250_000_000
"""An opening that waited for its market to open is sent this long after the market opened. Closings and stops go first."""
TARGET_IDS = 2**32 - 1
ONCE = frozenset({Action.OPEN, Action.PLACE, Action.SET_VOLUME, Action.SET_NET})
"""Actions that would change the position twice if two terminals carried them out."""


class OrderState(StrEnum):
    """Where an order is, as far as the router knows."""

    SENT = "sent"
    """Its command was sent. Nothing says that the broker has the order."""
    PLACED = "placed"
    """The broker has, or may have, an order of its link."""
    UNRESOLVED = "unresolved"
    """It has had no end for `UNRESOLVED_NS`: the terminal is asked what became of it."""
    DONE = "done"
    """The slave's book shows its target, or the terminal says that nothing is left to do."""
    REJECTED = "rejected"
    """The broker refused it, and does not have it."""


_SENT = OrderState.SENT
"""Read once: looking up an enum's member costs several times what a call does, and this is on the path of every trade."""


class OrderEvent(StrEnum):
    """What the router learns of an order."""

    MAY_BE_PLACED = "may be placed"
    """The terminal or the broker accepted it, or the answer leaves open whether they did."""
    NO_END = "no end"
    """`UNRESOLVED_NS` have passed since its first command."""
    ENDED = "ended"
    REFUSED = "refused"


TRANSITIONS: Mapping[tuple[OrderState, OrderEvent], OrderState] = {
    (OrderState.SENT, OrderEvent.MAY_BE_PLACED): OrderState.PLACED,
    (OrderState.SENT, OrderEvent.NO_END): OrderState.UNRESOLVED,
    (OrderState.SENT, OrderEvent.ENDED): OrderState.DONE,
    (OrderState.SENT, OrderEvent.REFUSED): OrderState.REJECTED,
    (OrderState.PLACED, OrderEvent.MAY_BE_PLACED): OrderState.PLACED,
    (OrderState.PLACED, OrderEvent.NO_END): OrderState.UNRESOLVED,
    (OrderState.PLACED, OrderEvent.ENDED): OrderState.DONE,
    (OrderState.PLACED, OrderEvent.REFUSED): OrderState.REJECTED,
    (OrderState.UNRESOLVED, OrderEvent.MAY_BE_PLACED): OrderState.UNRESOLVED,
    (OrderState.UNRESOLVED, OrderEvent.NO_END): OrderState.UNRESOLVED,
    (OrderState.UNRESOLVED, OrderEvent.ENDED): OrderState.DONE,
    (OrderState.UNRESOLVED, OrderEvent.REFUSED): OrderState.REJECTED,
}


class InFlightOrder:
    """An order whose end is awaited. `target_id` is its idempotency key, which all its commands share. `command` is the
    number of the last command, and `sends` is how many were sent.

    `opens`: its target gives the slave something that it does not have yet. `allocation_before`: the signed lots of the
    link's allocation when it was sent. `acknowledged`: the terminal said PLACED for this very target. `sent_ns`: when its
    command was last sent.
    """

    __slots__ = (
        "_last_sent_ns",
        "_quiet_ns",
        "acknowledged",
        "allocation_before",
        "command",
        "due_ns",
        "first_ns",
        "opens",
        "sends",
        "sent_ns",
        "state",
        "target",
        "target_id",
    )

    def __init__(self, target: Target, now_ns: int, *, opens: bool, allocation_before: int = 0) -> None:
        self.target = target
        self.target_id = now_ns // 1000 % TARGET_IDS or TARGET_IDS
        self.state = _SENT
        self.opens = opens
        self.allocation_before = allocation_before
        self.acknowledged = False
        self.command = 0
        self.sends = 0
        self.first_ns = self.due_ns = self.sent_ns = now_ns
        self._quiet_ns = self._last_sent_ns = 0

    def on(self, event: OrderEvent) -> None:
        """Goes to the state that follows the event. Raises `KeyError` for an order that has ended: its copy must not have it
        any more.
        """
        self.state = TRANSITIONS[self.state, event]

    def on_sent(self, command: int, *, is_query: bool, now_ns: int) -> None:
        """A command, or the query what became of the order, was sent under this number."""
        self.command, self._last_sent_ns = command, now_ns
        self.sends += 1
        if is_query:
            self.due_ns = now_ns + QUERY_NS
        else:
            self.due_ns, self.sent_ns = now_ns + RESEND_NS, now_ns

    def on_acknowledged(self) -> None:
        """The terminal handed it to the broker."""
        self.on(OrderEvent.MAY_BE_PLACED)
        self.acknowledged = True

    def on_relay_back(self, now_ns: int) -> None:
        """The slave's relay came back. Commands on their way may be lost, so the next one is due now."""
        # A pause that grows, because a relay that failed under its load must not get every order at once each time it comes
        # back.
        pause_ns = (FIRST_PAUSE_NS << min(self.sends, 6)) // 2 - FIRST_PAUSE_NS
        self.due_ns = max(now_ns, self._quiet_ns, min(self.due_ns, self._last_sent_ns + pause_ns))

    def on_other_pod(self, now_ns: int) -> None:
        """Another pod speaks for the slave. The former pod may still carry out what it was sent, within `OTHER_POD_NS`."""
        if self.target.action not in ONCE:
            return
        self.on(OrderEvent.MAY_BE_PLACED)
        self._quiet_ns = now_ns + OTHER_POD_NS
        self.due_ns = max(self.due_ns, self._quiet_ns)

    def retry_soon(self, now_ns: int) -> None:
        """Due again after a pause that doubles with each command, or sooner if it was due sooner."""
        self.due_ns = min(self.due_ns, now_ns + (FIRST_PAUSE_NS << min(self.sends, 6)) // 2)

    def look_again(self, at_ns: int) -> None:
        """Due at this time."""
        self.due_ns = at_ns

    def retarget(self, target: Target, *, opens: bool) -> None:
        """Its next command asks for another target."""
        self.target, self.opens, self.acknowledged = target, opens, False

    def may_come_unseen(self, now_ns: int) -> bool:
        """Whether the broker may still execute it, although an MT4 terminal shows nothing of it."""
        return self.state is not _SENT and now_ns - self.sent_ns < STILL_OUT_NS

    def has_no_end(self, now_ns: int) -> bool:
        """Whether it has become unresolved just now."""
        return now_ns - self.first_ns >= UNRESOLVED_NS and self.state is not OrderState.UNRESOLVED


def may_resend(order: InFlightOrder, now_ns: int) -> bool:
    """Whether an order's command may be sent again now. If it is due and may not, the terminal is asked what became of it.

    An opening is sent again only while nothing says that the broker may have it: a second one would double the trade. Any
    other target describes a state of something that exists, so asking for it twice changes nothing.
    """
    if now_ns < order.due_ns:
        return False
    return order.state is OrderState.SENT or (not order.opens and order.state in (OrderState.PLACED, OrderState.UNRESOLVED))


class Market(NamedTuple):
    """A symbol's market at the slave. `opens_ns`: when it opens by the broker's hours; None if it is open, or if they are
    not known. `until`: what the broker's clock shows at `opens_ns`. `spec`: the symbol's specification.
    """

    quote: Quote | None
    opens_ns: int | None = None
    until: str = ""
    spec: SymbolSpec | None = None


class Refusals:
    """What a slave's broker refused for one copy: how often in a row, when the next try is due, and which target for good.

    `waits_for_hours`: the next try is due when the market opens.
    """

    __slots__ = (
        "_by_quote_ns",
        "_opens",
        "_other_order_ns",
        "_quote",
        "_quote_tries",
        "_refused",
        "_spec",
        "final",
        "retry_ns",
        "tries",
        "waits_for_hours",
    )

    def __init__(self) -> None:
        self.final: Target | None = None
        self.retry_ns = 0
        self.tries = 0
        self.waits_for_hours = False
        self._opens = False
        self._by_quote_ns = 0
        self._quote_tries = 0
        self._quote: tuple[float, float] | None = None
        self._other_order_ns = 0
        self._refused: Target | None = None
        self._spec: SymbolSpec | None = None

    def on_refused(self, order: InFlightOrder, retcode: int, market: Market, now_ns: int) -> bool:
        """Counts a refusal. Returns whether the target is given up. `market`: that of the order's symbol.

        Closings and reductions are never given up. An opening is given up when the retcode's policy says so. Stops are given
        up when the broker will never accept them for the position as it is.
        """
        policy = policy_of(retcode)
        self._quote, self._opens = bid_ask(market.quote), order.opens
        self.waits_for_hours = policy.by_hours and market.opens_ns is not None
        if self.waits_for_hours:
            self._await_hours(market, policy, now_ns)
            return False
        self.tries += 1
        if self._is_final(order, retcode, policy):
            self.tries, self.final, self._by_quote_ns, self._other_order_ns = 0, order.target, 0, 0
            return True
        self.retry_ns = now_ns + policy.pause_ns(self.tries)
        self._other_order_ns = now_ns + policy.first_ns if policy.by_order else 0
        self._refused, self._spec = order.target, market.spec
        self._by_quote_ns = now_ns + policy.pause_ns(1 + min(self._quote_tries, QUOTE_TRIES)) if policy.by_quote else 0
        return False

    def on_shown(self) -> None:
        """The slave's book shows a target, so refusals are counted from zero again."""
        self.tries = self._quote_tries = 0

    def pause(self, now_ns: int) -> int:
        """Sends no command for a moment, because a deal will soon be reported. Returns when the pause ends."""
        self._end_pause(now_ns + FIRST_PAUSE_NS)
        return self.retry_ns

    def look(self, target: Target, market: Market, now_ns: int) -> None:
        """Ends the pause early: when a quote that it waits for has come, when the market's hours that it waits for have
        changed, or when the order itself was wrong and the order or the specification is another one now.
        """
        if self.waits_for_hours:
            self._look_at_hours(market, now_ns)
        if self._other_order_ns and (target != self._refused or market.spec != self._spec):
            self.tries = 0
            self._end_pause(min(self.retry_ns, max(self._other_order_ns, now_ns)))
        if self._by_quote_ns and now_ns >= self._by_quote_ns and bid_ask(market.quote) != self._quote:
            self._end_pause(min(self.retry_ns, now_ns))
            self._quote_tries += 1
        if now_ns >= self.retry_ns:
            self.waits_for_hours = False

    def look_ns(self, now_ns: int) -> int:
        """When to check again whether the pause has ended, or whether it has become too late for an opening."""
        if self._by_quote_ns or self._opens:
            return min(self.retry_ns, now_ns + LOOK_NS)
        return min(self.retry_ns, now_ns + SPEC_LOOK_NS) if self._other_order_ns else self.retry_ns

    def hold(self, now_ns: int) -> None:
        """Sends no command until the price may have changed."""
        self._end_pause(now_ns + HELD_BACK_NS)

    def forgive(self) -> None:
        """The user asked for it: everything that was refused may be tried again."""
        self.final, self.tries = None, 0
        self._end_pause(0)

    def forbids(self, target: Target) -> bool:
        """Whether a target was refused for good. Stops name the side and lots of their position, so stops for a position
        that has changed are not forbidden.
        """
        return self.final is not None and target == self.final

    def _await_hours(self, market: Market, policy: Policy, now_ns: int) -> None:
        """The first try is due when the market opens."""
        # The broker's clock may be some seconds off ours, so the pauses after that try start with the shortest one.
        self.tries = self._other_order_ns = 0
        # The reported hours may be wrong: while quotes go on, this wait ends, later after each time that this was in vain.
        wrong_ns = WRONG_HOURS_NS << 2 * min(self._quote_tries, WRONG_HOURS_TRIES)
        self._by_quote_ns = now_ns + wrong_ns if policy.by_quote else 0
        self._look_at_hours(market, now_ns)

    def _look_at_hours(self, market: Market, now_ns: int) -> None:
        """Takes over changed hours: a broker may change them while orders wait, and its clock's offset may become known
        late.
        """
        if market.opens_ns is None:
            self.retry_ns = min(self.retry_ns, now_ns + self._after_opening_ns)
        else:
            self.retry_ns = market.opens_ns + self._after_opening_ns

    @property
    def _after_opening_ns(self) -> int:
        return OPENINGS_LATER_NS if self._opens else 0

    def _end_pause(self, retry_ns: int) -> None:
        self.retry_ns, self._by_quote_ns, self.waits_for_hours = retry_ns, 0, False
        self._other_order_ns = 0

    def _is_final(self, order: InFlightOrder, retcode: int, policy: Policy) -> bool:
        if order.opens:
            return policy.verdict is Verdict.FINAL or 0 < policy.tries <= self.tries
        return order.target.action in (Action.SET_STOPS, Action.SET_ORDER) and refuses_these_stops(retcode)


def may_send(order: InFlightOrder | None, refusals: Refusals | None, target: Target, now_ns: int) -> bool:
    """Whether a new target of a copy may be sent: no order of the copy is in flight, the target was not refused for good,
    and the pause after the last refusal has ended.
    """
    if order is not None or refusals is None:
        return order is None
    return not refusals.forbids(target) and now_ns >= refusals.retry_ns
