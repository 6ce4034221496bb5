"""One link while the router follows it: what is wished, what is on its way, what its user is told."""

import msgspec

from lockstep_core.books.links import Link, Share, link_tag, order_comment
from lockstep_core.books.positions import Position
from lockstep_core.books.tranches import KnownLeg
from lockstep_core.decision.decide import Wish
from lockstep_core.decision.opening import opposite
from lockstep_core.decision.plan import Copier
from lockstep_core.skips import Skip
from lockstep_core.units import Lots
from lockstep_core.wire.frames import Action, Command, Side
from lockstep_router.journal.records import CopyRow, KnownLink

DEFAULT_DEVIATION = 100
WISH_IDS = 2**32 - 1
FINAL = frozenset({"closed", "rejected"})


class Flight:
    """A command that awaits its end. `command` is the number of its last repetition, `due_ns` when to do something, `share`
    the signed lots that the link had before it.

    `placed`: an order of its link is at the broker, as far as we know; `sent`: it is the one of this very wish.
    `sends` counts its repetitions; there is none before `quiet_ns`. `wish_id` is what all of them have in common.
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
        "unresolved",
        "wish",
        "wish_id",
    )

    def __init__(self, wish: Wish, now_ns: int, held: Position | None = None) -> None:
        self.wish = wish
        self.wish_id = now_ns // 1000 % WISH_IDS or WISH_IDS
        self.share = 0 if held is None else held.signed
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
        "flight",
        "in_ns",
        "legs",
        "link",
        "master_lots",
        "message",
        "open_lots",
        "opened_ns",
        "out_ns",
        "paused_until_ns",
        "reason",
        "refused",
        "request",
        "retry_ns",
        "said",
        "seen_ns",
        "setting",
        "slave_position",
        "status",
        "timer_ns",
        "tries",
        "waits",
        "why",
        "wished_lots",
    )

    def __init__(self, copier: Copier, link: Link, waits: bool = False) -> None:
        self.waits = waits
        self.copier = copier
        self.link = link
        self.status = ""
        self.reason: str | None = None
        self.setting: str | None = None
        self.message: str | None = None
        self.flight: Flight | None = None
        self.refused: Wish | None = None
        self.said = ""
        self.why = ""
        self.retry_ns = self.filling_ns = 0
        self.timer_ns = 0
        self.tries = 0
        self.legs: dict[str, int] = {}
        self.seen_ns = self.in_ns = self.paused_until_ns = self.out_ns = 0
        self.request = 0
        self.master_lots: int = link.master_opened
        self.wished_lots: int = link.opened
        self.open_lots = 0
        self.slave_position: int | None = None
        self.opened_ns: int | None = None
        self.closed_ns: int | None = None

    def end(self) -> None:
        """The slave's side is over for good."""
        self.link = msgspec.structs.replace(self.link, ended=True)

    def ask(self, now_ns: int) -> None:
        """The user wants it opened: as if the master had opened now, and nothing had been said against it before.

        Its way begins here: what passed until somebody asked is not ours to be measured.
        """
        self.link = msgspec.structs.replace(self.link, asked_ns=now_ns, ended=False)
        self.seen_ns, self.in_ns, self.paused_until_ns, self.out_ns = 0, self.in_ns and now_ns, 0, 0
        self.legs = {}
        self.refused, self.retry_ns, self.tries, self.said = None, 0, 0, ""

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
            wished_lots=self.wished_lots,
            open_lots=self.open_lots,
            status=self.status,
            reason=self.reason,
            setting=self.setting,
            message=self.message,
            legs=dict(self.legs),
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
        Lots(known.wished_lots) if may_be_open else Lots(0),
        known.status in FINAL,
        pending=known.from_order,
    )
    copy = Copy(copier, link, known.waits)
    copy.status, copy.legs, copy.slave_position = known.status, dict(known.legs), known.slave_position
    copy.wished_lots, copy.open_lots = known.wished_lots, known.open_lots
    if known.status in ("sent", "unresolved"):
        copy.flight = Flight(Wish(Action.OPEN, known.slave_symbol or known.symbol, Lots(known.wished_lots)), now_ns)
        copy.flight.placed = True
    return copy


def known_leg(copy: Copy) -> KnownLeg:
    """What a link knows of its master's leg."""
    link = copy.link
    return KnownLeg(link.master_position, link.symbol, link.side, link.master_opened, copy.status in FINAL, copy.waits)


def known_share(copy: Copy) -> Position:
    """What a link knows of its share of a netting slave's position."""
    link, lots = copy.link, Lots(copy.open_lots)
    side = opposite(link.side) if copy.copier.rules.reverse else link.side
    opened = Lots(max(link.opened, lots))
    head = (copy.slave_position or 0, link.slave_symbol, side, lots, opened, 0.0, 0.0, link.id)
    return Position(*head, link_tag(copy.copier.id), 0)


def begins(copy: Copy, wish: Wish) -> bool:
    """Whether a wish would give the slave something it does not have yet."""
    return wish.action in (Action.OPEN, Action.PLACE) or (wish.action == Action.SET_NET and copy.open_lots == 0)


def command_of(copy: Copy, flight: Flight, wish: Wish, now_ns: int) -> Command:
    """The frame that asks for a wish. An opening says in its comment what share of the master's it is."""
    share = Share(copy.link.master_opened, Lots(copy.wished_lots))
    return Command(
        command=flight.command,
        link=copy.link.id,
        position=copy.slave_position or 0,
        volume=wish.volume,
        price=wish.price,
        sl=wish.sl,
        tp=wish.tp,
        limit=wish.limit,
        expected=wish.expected,
        expires_msc=wish.expires_msc,
        sent_ns=now_ns,
        action=wish.action,
        side=wish.side,
        deviation=copy.copier.rules.deviation if begins(copy, wish) else DEFAULT_DEVIATION,
        wish=flight.wish_id,
        symbol=wish.symbol or copy.link.slave_symbol,
        comment=order_comment(copy.copier.id, share) if begins(copy, wish) else "",
    )
