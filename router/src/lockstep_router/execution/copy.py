"""One link while the router follows it: what is wished, what is on its way, what its user is told."""

import msgspec

from lockstep_core.books.links import CopyRatio, Link, link_tag, order_comment
from lockstep_core.books.positions import Position
from lockstep_core.books.tranches import KnownTranche
from lockstep_core.decision.opening import opposite
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.target import Target
from lockstep_core.skips import Skip
from lockstep_core.units import Lots
from lockstep_core.wire.frames import Action, Command, Side
from lockstep_router.journal.records import CopyRow, KnownLink

DEFAULT_DEVIATION = 100
TARGET_IDS = 2**32 - 1
FINAL = frozenset({"closed", "rejected"})


class InFlightOrder:
    """A command that awaits its end. `command` is the number of its last repetition, `due_ns` when to do something, `share`
    the signed lots that the link had before it.

    `placed`: an order of its link is at the broker, as far as we know; `sent`: it is the one of this very wish.
    `sends` counts its repetitions; there is none before `quiet_ns`. `target_id` is what all of them have in common.
    """

    __slots__ = (
        "command",
        "due_ns",
        "first_ns",
        "placed",
        "quiet_ns",
        "sends",
        "sent",
        "share",
        "target",
        "target_id",
        "unresolved",
    )

    def __init__(self, target: Target, now_ns: int, slave_position: Position | None = None) -> None:
        self.target = target
        self.target_id = now_ns // 1000 % TARGET_IDS or TARGET_IDS
        self.share = 0 if slave_position is None else slave_position.signed
        self.command = 0
        self.first_ns = now_ns
        self.due_ns = now_ns
        self.placed = self.sent = False
        self.sends = 0
        self.quiet_ns = 0
        self.unresolved = False


class Copy:
    """A link and its present. Of its stamps `seen_ns` is on the master terminal's clock, all others on ours.

    `request` is the slave terminal's number of the order that opened it on a netting account, 0 while unknown; `waits`: its
    master's order filled nothing yet. `filling_ns`: since when less is open than was wished, of an order at market whose
    next deal may be on its way.
    """

    __slots__ = (
        "closed_ns",
        "copier",
        "filling_ns",
        "in_flight",
        "in_ns",
        "link",
        "master_lots",
        "message",
        "open_lots",
        "opened_ns",
        "out_ns",
        "paused_until_ns",
        "reason",
        "refused",
        "reported_skip",
        "request",
        "retry_ns",
        "seen_ns",
        "setting",
        "slave_position",
        "spans",
        "status",
        "target_lots",
        "timer_ns",
        "tries",
        "waits",
        "why",
    )

    def __init__(self, copier: Copier, link: Link, waits: bool = False) -> None:
        self.waits = waits
        self.copier = copier
        self.link = link
        self.status = ""
        self.reason: str | None = None
        self.setting: str | None = None
        self.message: str | None = None
        self.in_flight: InFlightOrder | None = None
        self.refused: Target | None = None
        self.reported_skip = ""
        self.why = ""
        self.retry_ns = self.filling_ns = 0
        self.timer_ns = 0
        self.tries = 0
        self.spans: dict[str, int] = {}
        self.seen_ns = self.in_ns = self.paused_until_ns = self.out_ns = 0
        self.request = 0
        self.master_lots: int = link.master_opened
        self.target_lots: int = link.opened
        self.open_lots = 0
        self.slave_position: int | None = None
        self.opened_ns: int | None = None
        self.closed_ns: int | None = None

    def end(self) -> None:
        """The slave's side is over for good."""
        self.link = msgspec.structs.replace(self.link, ended=True)

    def request_opening(self, now_ns: int) -> None:
        """The user wants it opened: as if the master had opened now, and nothing had been said against it before.

        Its way begins here: what passed until somebody asked is not ours to be measured.
        """
        self.link = msgspec.structs.replace(self.link, requested_ns=now_ns, ended=False)
        self.seen_ns, self.in_ns, self.paused_until_ns, self.out_ns = 0, self.in_ns and now_ns, 0, 0
        self.spans = {}
        self.refused, self.retry_ns, self.tries, self.reported_skip = None, 0, 0, ""

    def explain(self, status: str, skip: Skip | None = None, reason: str | None = None, message: str | None = None) -> None:
        """A new status and why."""
        self.status = status
        self.reason = skip.code if skip else reason
        self.setting = (skip.setting or None) if skip else None
        self.message = skip.sentence if skip else message

    def row(self, now_ns: int) -> CopyRow:
        """The row of this link as it is now."""
        link, copier = self.link, self.copier
        return CopyRow(
            link=link.id,
            user=copier.user_id,
            copier=copier.id,
            master_account=copier.master,
            slave_account=copier.slave,
            master_position=link.master_position,
            slave_position=self.slave_position,
            symbol=link.symbol,
            slave_symbol=link.slave_symbol or None,
            side="sell" if link.side == Side.SELL else "buy",
            master_lots=self.master_lots,
            target_lots=self.target_lots,
            open_lots=self.open_lots,
            status=self.status,
            reason=self.reason,
            setting=self.setting,
            message=self.message,
            spans=dict(self.spans),
            opened_ns=self.opened_ns,
            closed_ns=self.closed_ns,
            at_ns=now_ns,
            from_order=link.pending,
            waits=self.waits,
        )


def restore(known: KnownLink, copier: Copier, now_ns: int) -> Copy:
    """A copy as the database remembers it; its books will tell what became of it.

    Where it was left between order and answer, the terminal is asked before anything is sent again, and what is found then
    is taken for what is left of a whole opening.
    """
    side = Side.SELL if known.side == "sell" else Side.BUY
    may_be_open = known.status in ("sent", "unresolved", "open", "closed")
    link = Link(
        known.link,
        copier.id,
        known.master_position,
        known.symbol,
        known.slave_symbol or "",
        side,
        Lots(known.master_lots),
        Lots(known.target_lots) if may_be_open else Lots(0),
        known.status in FINAL,
        pending=known.from_order,
    )
    copy = Copy(copier, link, known.waits)
    copy.status, copy.spans, copy.slave_position = known.status, dict(known.spans), known.slave_position
    copy.target_lots, copy.open_lots = known.target_lots, known.open_lots
    if known.status in ("sent", "unresolved"):
        copy.in_flight = InFlightOrder(
            Target(Action.OPEN, known.slave_symbol or known.symbol, Lots(known.target_lots)), now_ns
        )
        copy.in_flight.placed = True
    return copy


def known_tranche(copy: Copy) -> KnownTranche:
    """What a link knows of its master's leg."""
    link = copy.link
    return KnownTranche(link.master_position, link.symbol, link.side, link.master_opened, copy.status in FINAL, copy.waits)


def known_allocation(copy: Copy) -> Position:
    """What a link knows of its share of a netting slave's position."""
    link, lots = copy.link, Lots(copy.open_lots)
    side = opposite(link.side) if copy.copier.rules.reverse else link.side
    opened = Lots(max(link.opened, lots))
    head = (copy.slave_position or 0, link.slave_symbol, side, lots, opened, 0.0, 0.0, link.id)
    return Position(*head, link_tag(copy.copier.id), 0)


def begins(copy: Copy, target: Target) -> bool:
    """Whether a wish would give the slave something it does not have yet."""
    return target.action in (Action.OPEN, Action.PLACE) or (target.action == Action.SET_NET and copy.open_lots == 0)


def command_of(copy: Copy, in_flight: InFlightOrder, target: Target, now_ns: int) -> Command:
    """The frame that asks for a wish. An opening says in its comment what share of the master's it is."""
    share = CopyRatio(copy.link.master_opened, Lots(copy.target_lots))
    return Command(
        command=in_flight.command,
        link=copy.link.id,
        position=copy.slave_position or 0,
        volume=target.volume,
        price=target.price,
        sl=target.sl,
        tp=target.tp,
        limit=target.limit,
        expected=target.expected,
        expires_msc=target.expires_msc,
        sent_ns=now_ns,
        action=target.action,
        side=target.side,
        deviation=copy.copier.rules.deviation if begins(copy, target) else DEFAULT_DEVIATION,
        target_id=in_flight.target_id,
        symbol=target.symbol or copy.link.slave_symbol,
        comment=order_comment(copy.copier.id, share) if begins(copy, target) else "",
    )
