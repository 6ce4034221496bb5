"""One link while the router follows it. Only methods of `Copy` write its fields."""

from collections.abc import Mapping

import msgspec

from lockstep_core.books.links import CopyRatio, Link
from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.target import Target
from lockstep_core.market.exact import NOTHING, Ratio
from lockstep_core.market.retcodes import NO_CONNECTION
from lockstep_core.skips import Params, Skip, SkipCode
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Action
from lockstep_router.execution.copy_status import HOLDING, NOT_BEGUN, CopyStatus
from lockstep_router.execution.copy_stops import CopyStops
from lockstep_router.execution.inflight import InFlightOrder, Market, OrderEvent, Refusals
from lockstep_router.execution.reasons import BROKER, NO_ANSWER, NO_PARAMS, ORDER_GONE, QUARANTINED, Why, no_broker, of_skip

# Read once: looking up an enum's member costs several times what a call does, and this is on the path of every trade.
_NEW, _WAITING, _SENT = CopyStatus.NEW, CopyStatus.WAITING, CopyStatus.SENT
_OPENING, _STOPS = (Action.OPEN, Action.PLACE), (Action.SET_STOPS, Action.SET_ORDER)
_SET_NET, _DOUBTED = Action.SET_NET, SkipCode.IDENTITY_UNKNOWN


class Copy(CopyStops):
    """A link with its present state.

    `waits`: its master's order has filled nothing yet. `filling_ns`: since when less is open than was sent to the market; 0
    if no further deal is expected. `refusals`: None until its broker or its terminal refused something. `why`: the reason of
    its closing, if the master did not close.
    """

    __slots__ = (
        "closed_ns",
        "copier",
        "filling_ns",
        "in_flight",
        "link",
        "master_lots",
        "open_lots",
        "opened_ns",
        "params",
        "reason",
        "refusals",
        "reported_skip",
        "setting",
        "slave_position",
        "status",
        "target_lots",
        "waits",
        "why",
    )

    def __init__(self, copier: Copier, link: Link, waits: bool = False) -> None:
        super().__init__()
        self.waits = waits
        self.copier = copier
        self.link = link
        self.status = _NEW
        self.reason: str | None = None
        self.setting: str | None = None
        self.params: Params = NO_PARAMS
        self.in_flight: InFlightOrder | None = None
        self.refusals: Refusals | None = None
        self.reported_skip = ""
        self.why = ""
        self.filling_ns = 0
        self.master_lots: int = link.master_opened
        self.target_lots: int = link.opened
        self.open_lots = 0
        self.slave_position: int | None = None
        self.opened_ns: int | None = None
        self.closed_ns: int | None = None

    # What the router remembers of it.

    def restore(
        self, status: CopyStatus, lots: tuple[int, int], slave_position: int | None, spans: Mapping[str, int]
    ) -> None:
        """Restores what its row says; `lots` are (target, open)."""
        self.status, self.slave_position, self.spans = status, slave_position, dict(spans)
        self.target_lots, self.open_lots = lots

    def restore_opening(self, opened_ns: int) -> None:
        """Restores when it was opened. On a netting account the position does not tell this for each of its trades."""
        self.opened_ns = opened_ns

    def restore_order(self, order: InFlightOrder) -> None:
        """Restores an order whose answer its row does not have: the terminal is asked before anything is sent again."""
        order.on(OrderEvent.MAY_BE_PLACED)
        self.in_flight = order

    def set_copier(self, copier: Copier) -> None:
        """Its copier has new settings."""
        self.copier = copier

    @property
    def was_never_begun(self) -> bool:
        """Whether nothing was begun for it, as far as is known. If its slave has an order after all, the book shows it."""
        return self.status in NOT_BEGUN and self.in_flight is None and not self.link.placed

    def on_signal(self, seen_ns: int, now_ns: int) -> None:
        """The master's side changed while nothing was begun: latency counts from here."""
        if self.status in NOT_BEGUN and self.in_flight is None:
            self.begin_latency(seen_ns, now_ns)

    # Its order.

    def opens(self, target: Target) -> bool:
        """Whether a target would give the slave something it does not have yet."""
        return target.action in _OPENING or (target.action == _SET_NET and self.open_lots == 0)

    def begin_order(self, target: Target, master: Position | None, allocation_before: int, now_ns: int) -> InFlightOrder:
        """Begins the order for a target. An opening's ratio counts the lots that it was sized from, which may be less than
        the master opened.
        """
        order = InFlightOrder(target, now_ns, opens=self.opens(target), allocation_before=allocation_before)
        self.in_flight, self.why = order, target.why
        if self.status is _WAITING:
            # The wait for a reason to pass is no latency of ours.
            self.pause_until(now_ns)
        if order.opens:
            self.target_lots = abs(target.volume - target.expected)
            sent, master_opened = Lots(self.target_lots), self.link.master_opened
            if master is not None:
                self.master_lots = master_opened = master.volume
            self._change_link(
                slave_symbol=target.symbol, opened=Lots(0), exact=target.exact, sent=sent, master_opened=master_opened
            )
            self._explain(_SENT)
        return order

    def on_command(self, target: Target, now_ns: int) -> None:
        """A command was sent. The next change of stops waits for a while after it."""
        if target.action in _STOPS:
            self._change_link(stops_ns=now_ns)

    def end_order(self) -> None:
        """Its order has ended; nothing is in flight."""
        if self.in_flight is not None:
            self.in_flight.on(OrderEvent.ENDED)
            self.in_flight = None

    def on_shown(self) -> None:
        """The slave's book shows the target of its order."""
        self.end_order()
        if self.refusals is not None:
            self.refusals.on_shown()

    def on_refused(self, order: InFlightOrder, retcode: int, refusal: Why, market: Market, now_ns: int) -> bool:
        """The broker refused its order. Returns whether the target is given up. `market`: that of its symbol on the slave.

        The refusal of a pending order does not end the link: when the master's order fills, the rule for fills counts.
        """
        order.on(OrderEvent.REFUSED)
        self.in_flight = None
        self.reason, self.params = refusal.reason, refusal.params
        given_up = self.own_refusals().on_refused(order, retcode, market, now_ns)
        if given_up and order.opens:
            self._change_link(sent=Lots(0), ended=self.link.ended or not self.waits)
            self.status = CopyStatus.REJECTED
        return given_up

    def own_refusals(self) -> Refusals:
        """Its refusals. They are made at the first one, because most copies have none."""
        if self.refusals is None:
            self.refusals = Refusals()
        return self.refusals

    def pause_after_order(self, now_ns: int) -> int:
        """Ends an order that has nothing left to do: another deal did it, and that deal will soon be reported. Returns when
        to look again.
        """
        self.end_order()
        return self.own_refusals().pause(now_ns)

    def on_held_back(self, order: InFlightOrder, now_ns: int) -> None:
        """The slave's terminal sent no order, because the price was beyond the limits. The copy waits for another price."""
        order.on(OrderEvent.REFUSED)
        self.in_flight = None
        self.own_refusals().hold(now_ns)

    def become_unresolved(self, order: InFlightOrder) -> None:
        """Its order has been without an end for too long."""
        order.on(OrderEvent.NO_END)
        self._explain(CopyStatus.UNRESOLVED, NO_ANSWER)

    # What the slave's book shows.

    def on_order_seen(self, order: Order) -> None:
        """Its pending order is on the slave."""
        if not self.link.placed:
            self._change_link(placed=True, slave_symbol=order.symbol)

    def on_order_waits(self, order: Order) -> None:
        """Its pending order is on the slave, although it was in doubt, or although no row tells of it: a router ended before
        it wrote one.
        """
        self.target_lots = order.volume
        self._explain(CopyStatus.SENT)

    def open_at_market_instead(self) -> None:
        """Its pending order is gone and the master's is filled. What the broker said about the pending order does not matter
        for an opening.
        """
        self._change_link(placed=False)
        self.reported_skip, self.reason = "", None

    def on_sized(self, exact: Ratio, master_lots: Lots) -> None:
        """The master's order has filled further, and the copy already has the lots of the whole order."""
        self._change_link(exact=exact, master_opened=master_lots)
        self.master_lots = master_lots

    def set_ratio(self, ratio: CopyRatio) -> None:
        """Restores the ratio from its order's comment: the master's lots, and the lots that were sent for them."""
        if self.link.exact[0] and ratio.slave == self.target_lots and ratio.master <= self.link.master_opened:
            # The order has filled further since the comment was written.
            return
        if ratio != (self.link.master_opened, self.target_lots):
            self._change_link(master_opened=ratio.master, opened=Lots(0), exact=NOTHING)
            self.master_lots, self.target_lots = ratio.master, ratio.slave

    def on_open(self, position: Position, filling_ns: int) -> None:
        """The slave has its position. The ratio keeps the lots that were sent, even if only a part of them is filled."""
        if position.opened > max(self.link.opened, self.target_lots):
            # Somebody else made the position bigger, so the lots once asked for no longer describe it.
            self._change_link(exact=NOTHING)
        whole = Lots(max(self.link.opened, self.target_lots, position.opened))
        self._change_link(opened=whole, slave_symbol=position.symbol, ended=False)
        self.slave_position, self.open_lots, self.target_lots = position.ticket, position.volume, whole
        self.opened_ns, self.closed_ns, self.filling_ns = self.opened_ns or position.opened_ns, None, filling_ns
        self._explain(CopyStatus.OPEN)

    def on_closed(self, now_ns: int) -> None:
        """The slave's position is closed, perhaps because the router closed it for a reason."""
        self.end_link()
        self.open_lots, self.closed_ns = 0, now_ns
        self._explain(CopyStatus.CLOSED, Why(self.why, None, NO_PARAMS) if self.why else None)

    def reach_stop(self, now_ns: int) -> None:
        """The price reached a watched stop: the copy is closed, whatever the price does afterwards."""
        self._change_link(stopped_ns=now_ns)

    @property
    def is_quarantined(self) -> bool:
        """Whether its row says that its slave is in quarantine."""
        return self.reason == QUARANTINED.reason

    def on_quarantine(self) -> None:
        """Its slave is in quarantine: its position is not followed until the quarantine ends."""
        self._explain(self.status, QUARANTINED)

    def on_doubted(self, skip: Skip) -> None:
        """Several orders on the slave may be this copy. The user must decide, and it is never opened again."""
        self.end_order()
        self.end_link()
        self._explain(CopyStatus.UNRESOLVED, of_skip(skip))

    @property
    def was_doubted(self) -> bool:
        """Whether its row says that it is doubted."""
        return self.reason == _DOUBTED

    def hold_open(self, skip: Skip) -> None:
        """It should be closed, and must stay open for now."""
        self._explain(CopyStatus.OPEN, of_skip(skip))

    def release(self) -> bool:
        """Nothing is to be closed any more, so it is not held open any more. Returns whether its row says otherwise."""
        is_held = self.status is CopyStatus.OPEN and self.reason in HOLDING
        if is_held:
            self._explain(CopyStatus.OPEN)
        return is_held

    def on_gone(self, now_ns: int, why: Why | None = None) -> None:
        """The slave's side has ended, and the router did not see how."""
        self.end_link()
        self.closed_ns = now_ns
        self._explain(CopyStatus.CLOSED, why)

    def end_link(self) -> None:
        """The slave's side has ended for good: it is never opened again."""
        self._change_link(ended=True)

    # What its user sees.

    def on_master_filled(self) -> bool:
        """The master's order has filled something. Returns whether its row must say so."""
        if not self.waits:
            return False
        self.waits = False
        return self.status is not CopyStatus.NEW

    def is_new_skip(self, skip: Skip) -> bool:
        """Whether this reason has not been reported for it yet. It counts as reported from now on."""
        if skip.code == self.reported_skip:
            return False
        self.reported_skip = skip.code
        return True

    def forget_skip(self) -> None:
        """Nothing stands against it any more, so the next reason is reported anew."""
        self.reported_skip = ""

    def on_skipped(self, skip: Skip) -> None:
        """It is not copied."""
        self._change_link(sent=Lots(0))
        self._explain(CopyStatus.SKIPPED, of_skip(skip))

    def wait(self, skip: Skip, now_ns: int) -> int:
        """Something that may pass keeps it from being opened. Returns when to look again: soon, then ever later."""
        look_ns = self.next_look_ns(now_ns, is_first=self.status is not CopyStatus.WAITING)
        self._explain(CopyStatus.WAITING, of_skip(skip))
        return look_ns

    def stop_waiting(self) -> None:
        """The copy waited too long. It is skipped, and keeps the reason for which it waited."""
        self.status = CopyStatus.SKIPPED

    def give_up(self, skip: Skip) -> None:
        """An opening was refused for a reason that may pass, and now it is too late for another try."""
        self._change_link(ended=True, sent=Lots(0))
        if self.link.placed:
            self._explain(CopyStatus.CLOSED, ORDER_GONE)
        elif self.reason == f"{BROKER}{NO_CONNECTION}":
            self._explain(CopyStatus.SKIPPED, of_skip(no_broker(self.copier.rules)))
        elif self.reason is not None and self.reason.startswith(BROKER):
            self.status = CopyStatus.REJECTED
        else:
            self._explain(CopyStatus.SKIPPED, of_skip(skip))

    # What its user asks for.

    def request_opening(self, now_ns: int) -> None:
        """The user requests that it is opened, as if the master had opened now and nothing had been refused. Latency counts
        from here.
        """
        self._change_link(requested_ns=now_ns, ended=False)
        self.begin_anew(now_ns)
        self.reported_skip = ""
        self._forgive()

    def request_closing(self) -> None:
        """The user requests that it is closed, whatever the master does."""
        self._change_link(flat=True)
        self._forgive()

    def end_request(self) -> None:
        """The user's request had no effect: the copy follows its master again."""
        self._change_link(requested_ns=0, flat=False)

    def _forgive(self) -> None:
        if self.refusals is not None:
            self.refusals.forgive()

    def _change_link(self, **changes: object) -> None:
        self.link = msgspec.structs.replace(self.link, **changes)

    def _explain(self, status: CopyStatus, why: Why | None = None) -> None:
        self.status = status
        self.reason, self.setting, self.params = why or (None, None, NO_PARAMS)
