"""What must hold of every link once all is quiet, computed from the brokers' books and apart from the engine."""

from fractions import Fraction
from itertools import product

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.plan import Copier
from lockstep_core.settings.limits import Limits
from lockstep_router.accounts.limits import MAX_OPENING_ON_MT4
from lockstep_router.journal.records import CopyRow
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import AccountKind, BrokerPosition, ListedSymbol, RequestKind
from tests.simulation.evidence import Evidence, MasterTrade, master_trade
from tests.simulation.expected import OWN_LOTS, allowed_size, counterpart, levels, round_down, sizes_left, target_lots
from tests.simulation.link_origins import LinkOrigin
from tests.simulation.own_stops import problem_of_own_stops, protects
from tests.simulation.restrictions import was_restricted
from tests.simulation.setting_reasons import CODES, exact_sizes, filter_reasons, possible_sizes
from tests.simulation.settled_orders import order_problem
from tests.simulation.shared_stops import STOPS_TRIES, problem_of_shared_stops

EXCUSED_BY_FAULTS = frozenset({"signal_too_old", "slave_offline", "out_of_sync"})


def problem_of(evidence: Evidence, link: int, origin: LinkOrigin) -> str:
    """What is wrong with the copy of a master's order; empty if nothing is."""
    if link in evidence.origins.parts or _is_above_one_order(evidence, origin):
        return _problem_of_parts(evidence, origin)
    return _problem_of_link(evidence, link, origin)


def _is_above_one_order(evidence: Evidence, origin: LinkOrigin) -> bool:
    """Whether a copy has, or once had, more lots than its broker takes in one order."""
    master, slave = evidence.accounts[origin.copier.master], evidence.accounts[origin.copier.slave]
    listed = counterpart(master, slave, origin.symbol)
    if listed is None:
        return False
    sizes = possible_sizes(origin.copier, origin, master, slave, evidence.origins.lots(origin))
    return any(size > listed.volume_max for size, _ in sizes)


def _problem_of_parts(evidence: Evidence, origin: LinkOrigin) -> str:
    """Checks the parts of a copy, where the master's broker filled an order in several deals or the slave's broker takes
    fewer lots in one order: together they must have the lots of the whole order.
    """
    copier, links = evidence.now(origin), evidence.origins.order_of(origin)
    slave, trade = evidence.accounts[copier.slave], master_trade(evidence, origin)
    name = f"#{origin.key} by copier {evidence.copiers.index(copier)} (links {links}): "
    copies = [copy for link in links for copy in slave.positions_of(link)]
    for link in links:
        positions, row = slave.positions_of(link), evidence.database.copies.get(link)
        problem = f"{len(positions)} positions" if len(positions) > 1 else _wrong_row(evidence, link, origin, row, positions)
        if problem:
            return f"{name}link {link}: {problem}"
    if copier.mode is CopierMode.OFF or any(_is_unclear(evidence, link, origin) for link in links):
        return ""
    problem = _problem_of_orders(evidence, copier, links, origin)
    if problem or origin.key in evidence.accounts[copier.master].pending_orders.waiting:
        return problem and name + problem
    if any(slave.pending_orders.of(link) for link in links):
        return ""
    if trade is None or copies:
        return _wrong_copies(evidence, name, copier, origin, trade, copies)
    return _problem_missing(evidence, name, copier, links[0], origin, trade, evidence.database.copies.get(links[0]))


def _wrong_copies(
    evidence: Evidence,
    name: str,
    copier: Copier,
    origin: LinkOrigin,
    trade: MasterTrade | None,
    copies: list[BrokerPosition],
) -> str:
    if trade is None:
        return f"{name}still open, the master is not" if copies else ""
    return _wrong_total(evidence, name, copier, origin, trade, copies)


def _is_unclear(evidence: Evidence, link: int, origin: LinkOrigin) -> bool:
    return evidence.is_doubtful(link, origin) or _is_out_of_sight(evidence, link, origin)


def _problem_of_orders(evidence: Evidence, copier: Copier, links: tuple[int, ...], origin: LinkOrigin) -> str:
    """What is wrong with the pending orders of a copy. Its further parts need not have any."""
    slave = evidence.accounts[copier.slave]
    for link in links:
        copy = next(iter(slave.positions_of(link)), None)
        problem = order_problem(evidence, copier, link, origin, copy)
        if problem and (link == links[0] or slave.pending_orders.of(link)):
            return f"link {link}: {problem}"
    return ""


def _wrong_total(
    evidence: Evidence, name: str, copier: Copier, origin: LinkOrigin, trade: MasterTrade, copies: list[BrokerPosition]
) -> str:
    if any(copy.side != (1 - trade.position.side if copier.settings.reverse else trade.position.side) for copy in copies):
        return f"{name}is on the wrong side"
    opened, total = sum(copy.max_volume for copy in copies), sum(copy.volume for copy in copies)
    links = evidence.origins.order_of(origin)
    if (
        not evidence.undisturbed
        or evidence.modes_changed
        or any(_is_short(evidence, copier, link, origin) for link in links)
    ):
        listed = evidence.accounts[copier.slave].listed[copies[0].symbol]
        allowed = _with_waiting(_allowed_lots(evidence, copier, origin, trade, opened), listed)
        return f"{name}has {total}, never more than {max(allowed)} were right" if total > max(allowed) else ""
    # A pending order may be copied when it fills, and a netting master may have had lots on the other side.
    # An MT4 program polls. It sees an opening and a partial close between two polls as an opening of what is left.
    master = evidence.accounts[copier.master]
    # A copy that had to wait was sized by the lots that the master had left at the end of the wait.
    waited = links[0] in evidence.database.waited
    several = waited or origin.key in master.pending_orders.volumes or master.kind is AccountKind.MT4
    whole = MasterTrade(trade.position, trade.volume, trade.volumes if several else [max(trade.volumes)])
    # Where a whole part was closed, more lots were open than the books show.
    allowed = _allowed_lots(evidence, copier, origin, whole, max(opened, *trade.volumes) * 1000)
    listed = evidence.accounts[copier.slave].listed[copies[0].symbol]
    if trade.volume < max(trade.volumes):
        allowed = _with_waiting(allowed, listed)
    if links[0] in evidence.origins.fills:
        # The lots of the last fills may be too few for an order.
        allowed = {lots - less for lots in allowed for less in range(0, listed.volume_min, listed.volume_step)}
    return "" if total in allowed else f"{name}has {total}, master {trade.volume}, right were {sorted(allowed)}"


def _with_waiting(allowed: set[int], listed: ListedSymbol) -> set[int]:
    """What else may be left: if the next reduction would leave a part too small, that part stays for now."""
    return {lots + more for lots in allowed for more in range(0, listed.volume_min, listed.volume_step)}


def _is_short(evidence: Evidence, copier: Copier, link: int, origin: LinkOrigin) -> bool:
    """Whether a part may be missing: a rule closed it, it exceeds a limit of the account, or it was too late because orders
    wait for each other.
    """
    row = evidence.database.copies.get(link)
    reason = None if row is None else row.reason
    is_late = _waits_in_line(evidence, copier) and reason in ("signal_too_old", "out_of_sync")
    is_above = copier.settings.limits.max_total_lots is not None and reason == "too_many_lots"
    return is_late or is_above or reason == "account_full" or _is_closed_by_rule(evidence, copier, link, origin)


def _waits_in_line(evidence: Evidence, copier: Copier) -> bool:
    """Whether openings may be too late because they wait for others: on a netting account for one of the same symbol, at an
    MT4 program for any of many.
    """
    slave = evidence.accounts[copier.slave]
    opened = sum(evidence.origins.of(slave, link) is not None for link in evidence.opening_orders)
    return slave.nets or (slave.kind is AccountKind.MT4 and opened >= MAX_OPENING_ON_MT4)


def _is_out_of_sight(evidence: Evidence, link: int, origin: LinkOrigin) -> bool:
    row = evidence.database.copies.get(link)
    return evidence.is_lost(link, origin) or (evidence.is_mistakable(link) and _is_left_to_its_owner(row))


def _problem_of_link(evidence: Evidence, link: int, origin: LinkOrigin) -> str:
    copier = evidence.now(origin)
    positions = evidence.accounts[copier.slave].positions_of(link)
    row = evidence.database.copies.get(link)
    name = f"#{origin.key} by copier {evidence.copiers.index(copier)} (link {link}): "
    problem = f"{len(positions)} positions" if len(positions) > 1 else _wrong_row(evidence, link, origin, row, positions)
    if problem:
        return name + problem
    if evidence.accounts[copier.slave].nets and evidence.is_doubtful(link, origin):
        return ""
    if _is_out_of_sight(evidence, link, origin):
        return ""
    copy = positions[0] if positions else None
    problem = order_problem(evidence, copier, link, origin, copy)
    if problem or origin.key in evidence.accounts[copier.master].pending_orders.waiting:
        return problem and name + problem
    return _problem_of_position(evidence, name, copier, link, origin, copy)


def _is_left_to_its_owner(row: CopyRow | None) -> bool:
    """Whether a copy was not sent again because its order may exist, or may have existed."""
    return row is not None and (row.reason == "identity_unknown" or row.status == "closed")


def _problem_of_position(
    evidence: Evidence, name: str, copier: Copier, link: int, origin: LinkOrigin, copy: BrokerPosition | None
) -> str:
    trade = master_trade(evidence, origin)
    if trade is None:
        return f"{name}still open, the master is not" if copy and copier.mode is not CopierMode.OFF else ""
    if copy is not None:
        return _problem_open(evidence, name, copier, link, origin, trade, copy)
    if evidence.accounts[copier.slave].pending_orders.of(link):
        return ""
    return _problem_missing(evidence, name, copier, link, origin, trade, evidence.database.copies.get(link))


def _problem_missing(
    evidence: Evidence, name: str, copier: Copier, link: int, origin: LinkOrigin, trade: MasterTrade, row: CopyRow | None
) -> str:
    if row is None:
        return f"{name}the master is open, the slave not, and nothing says why"
    opened, slave = bool(evidence.opening_orders.get(link)), evidence.accounts[copier.slave]
    placed = link in evidence.links_with_orders and not opened
    if not placed and (row.status == "closed") != opened and not evidence.is_doubtful(link, origin):
        return f"{name}its row says {row.status}, but it {'was' if opened else 'was never'} opened"
    if row.status == "rejected" and not (slave.refused[link, RequestKind.OPEN] or slave.refused[link, RequestKind.PLACE]):
        return f"{name}its row says rejected, but no broker did that"
    if row.status == "closed":
        stopped = row.reason == "stop_reached"
        return (
            _problem_stopped(evidence, name, copier, origin, trade)
            if stopped
            else _problem_closed(evidence, name, copier, link, origin, trade)
        )
    if row.status == "skipped" and row.reason is not None:
        return _problem_reason(evidence, name, copier, origin, trade, row.reason)
    return "" if row.reason else f"{name}{row.status} without a reason"


def _problem_reason(
    evidence: Evidence, name: str, copier: Copier, origin: LinkOrigin, trade: MasterTrade, reason: str
) -> str:
    """What is wrong with the reason in a row; empty if it is true."""
    master, slave = evidence.accounts[copier.master], evidence.accounts[copier.slave]
    is_late = _waits_in_line(evidence, copier) and reason in ("signal_too_old", "out_of_sync")
    excused = not evidence.undisturbed or evidence.modes_changed or is_late
    if reason in EXCUSED_BY_FAULTS and not excused:
        return f"{name}skipped as {reason} though nothing was broken"
    listed = counterpart(master, slave, origin.symbol)
    if reason == "symbol_not_tradable" and (listed is None or not was_restricted(slave, listed.name)):
        return f"{name}skipped as {reason}, and its broker always let it be traded"
    if reason not in CODES:
        return ""
    codes = filter_reasons(copier, origin, master, slave, trade.volumes)
    codes |= {code for _, code in possible_sizes(copier, origin, master, slave, trade.volumes)}
    return "" if reason in codes else f"{name}skipped as {reason}, which is not so; {sorted(codes)} are"


def _is_closed_by_rule(evidence: Evidence, copier: Copier, link: int, origin: LinkOrigin) -> bool:
    """Whether a guard, news or its age may have closed a copy, or the cause is unknown. A copy is younger than its master's
    trade.
    """
    minutes = copier.settings.limits.max_position_minutes
    is_old = minutes is not None and evidence.clock_ms() - origin.began_ms >= minutes * 60_000
    return is_old or link in evidence.closed_by_rule or evidence.is_doubtful(link, origin)


def _problem_closed(evidence: Evidence, name: str, copier: Copier, link: int, origin: LinkOrigin, trade: MasterTrade) -> str:
    """What is wrong with a closed copy. It may close before its master: by hand, by a guard or the news, or because its
    ratio gives too few lots.
    """
    if _is_closed_by_rule(evidence, copier, link, origin) or not evidence.opening_orders.get(link):
        return ""
    opened = _max_volume(evidence, evidence.accounts[copier.slave], link)
    return "" if 0 in _allowed_lots(evidence, copier, origin, trade, opened) else f"{name}closed, nobody did that"


def _problem_stopped(evidence: Evidence, name: str, copier: Copier, origin: LinkOrigin, trade: MasterTrade) -> str:
    """What is wrong with a copy that the router closed at its stop. That may happen only on a netting account, when the
    price reached the stop.
    """
    master, slave = evidence.accounts[copier.master], evidence.accounts[copier.slave]
    listed = counterpart(master, slave, origin.symbol)
    side = 1 - trade.position.side if copier.settings.reverse else trade.position.side
    if not slave.nets or listed is None:
        return f"{name}closed for a stop, which its broker holds"
    stops = [levels(copier, *pair, side, listed) for pair in master.book.levels[trade.position.ticket]]
    was_there = any(slave.prices.could_close(listed.name, side, *pair) for pair in stops)
    return "" if was_there else f"{name}closed for one of the stops {stops}, to which no price came"


def _max_volume(evidence: Evidence, slave: BrokerAccount, link: int) -> int:
    allocation = slave.book.allocations.of(link)
    if allocation is not None:
        return allocation.max_volume
    return max(lots for ticket in evidence.opening_orders[link] for lots in slave.book.volumes[ticket])


def _allowed_lots(evidence: Evidence, copier: Copier, origin: LinkOrigin, trade: MasterTrade, opened: int) -> set[int]:
    """The lots that may be left of a copy of `opened` lots: its ratio of the target, for any volume that the master had."""
    master, slave = evidence.accounts[copier.master], evidence.accounts[copier.slave]
    listed = counterpart(master, slave, trade.position.symbol)
    allowed: set[int] = set()
    if listed is None:
        return {0}
    for lots in trade.volumes:
        rooms = _rooms(evidence, slave, origin, opened)
        for asked_for, room in product(exact_sizes(copier, origin, master, slave, lots), rooms):
            whole = asked_for if room is None else min(asked_for, room)
            if trade.volume >= lots:
                allowed.add(min(opened, allowed_size(copier, whole, listed)[0]))
            else:
                allowed |= sizes_left(copier, whole * trade.volume / lots, opened, listed)
    return allowed or {0}


def _rooms(evidence: Evidence, slave: BrokerAccount, origin: LinkOrigin, opened: int) -> tuple[Fraction | None, ...]:
    """How many lots a broker that limits those in one direction may have had room for; None where it has no limit. Where
    they are fewer than were asked for, they are the whole copy.
    """
    room = slave.fitted.get(evidence.origins.order_of(origin)[0])
    if room is None:
        return (None,)
    # On a netting account the copies of the other direction need room too, for the day on which they are closed.
    return (Fraction(room), Fraction(opened)) if slave.nets else (Fraction(room),)


def _problem_open(
    evidence: Evidence, name: str, copier: Copier, link: int, origin: LinkOrigin, trade: MasterTrade, copy: BrokerPosition
) -> str:
    if copier.mode is CopierMode.OFF:
        return ""
    if copy.side != (1 - trade.position.side if copier.settings.reverse else trade.position.side):
        return f"{name}is on the wrong side"
    allowed = _allowed_lots(evidence, copier, origin, trade, copy.max_volume)
    if link in evidence.unrecorded:
        allowed.add(copy.max_volume)
    # A guard may have been reset when it had closed only a part.
    doubtful = _is_closed_by_rule(evidence, copier, link, origin)
    wrong = copy.volume > max(allowed) if doubtful else copy.volume not in allowed
    if wrong:
        return f"{name}has {copy.volume} of {copy.max_volume}, master {trade.volume}, right were {sorted(allowed)}"
    grew = trade.volumes[0] != max(trade.volumes)
    size = "" if doubtful or grew else _problem_size(evidence, name, copier, trade, copy)
    return size or _problem_stops(evidence, name, copier, trade.position, copy)


def _problem_size(evidence: Evidence, name: str, copier: Copier, trade: MasterTrade, copy: BrokerPosition) -> str:
    """What is wrong with a copy's lots. It must have what the sizing asks for now, within one step of rounding, or all that
    was filled.
    """
    listed = evidence.accounts[copier.slave].listed[copy.symbol]
    if copier.settings.sizing.mode in OWN_LOTS or copier.settings.limits != Limits() or listed.volume_limit:
        return ""
    master, slave = evidence.accounts[copier.master], evidence.accounts[copier.slave]
    if target_lots(copier, max(trade.volumes), master, slave, trade.position.symbol) > listed.volume_max:
        return ""
    right = round_down(
        min(int(target_lots(copier, trade.volume, master, slave, trade.position.symbol)), listed.volume_max), listed
    )
    most = max(right, listed.volume_min) + listed.volume_min - listed.volume_step
    near = min(copy.max_volume, right - listed.volume_step) <= copy.volume <= most
    return "" if near else f"{name}has {copy.volume}, its master {trade.volume}: {right} were right"


def _problem_stops(evidence: Evidence, name: str, copier: Copier, followed: BrokerPosition, copy: BrokerPosition) -> str:
    account = evidence.accounts[copier.slave]
    if not copier.settings.copy_stops or account.refused_for_good(copy.magic, RequestKind.STOPS, STOPS_TRIES):
        return ""
    if account.nets and not account.book.owns_stops(copy):
        return problem_of_shared_stops(evidence, name, account, copy)
    if protects(copier):
        past = evidence.accounts[copier.master].book.levels.get(followed.ticket, set())
        by_hand = copy.magic in evidence.changed_by_hand
        return "" if by_hand else problem_of_own_stops(name, copier, account, followed, copy, past)
    listed = account.listed[copy.symbol]
    right = levels(copier, followed.sl, followed.tp, copy.side, listed)
    same = all(abs(a - b) < 10.0**-listed.digits / 2 for a, b in zip((copy.sl, copy.tp), right, strict=True))
    return "" if same else f"{name}stops are {copy.sl}, {copy.tp}, the master's {right}"


def _wrong_row(
    evidence: Evidence, link: int, origin: LinkOrigin, row: CopyRow | None, positions: list[BrokerPosition]
) -> str:
    slave = evidence.accounts[origin.copier.slave]
    waits = bool(slave.pending_orders.of(link))
    if row is None:
        return "open, and no row says so" if (positions or waits) and not evidence.is_lost(link, origin) else ""
    if row.status == "sent" and waits and not positions:
        return ""
    if row.reason == "identity_unknown":
        return "" if evidence.is_mistakable(link) else "nobody can mistake it for another, and its row says so"
    if row.status in ("sent", "unresolved", "waiting"):
        return f"is still {row.status}"
    doubtful = slave.nets and evidence.is_doubtful(link, origin)
    return "" if doubtful else _wrong_lots(row, positions)


def _wrong_lots(row: CopyRow, positions: list[BrokerPosition]) -> str:
    if (row.status == "open") != bool(positions):
        return f"its row says {row.status}, the book {'has' if positions else 'has not'} it"
    if positions and row.open_lots != positions[0].volume:
        return f"its row says {row.open_lots} lots, the book {positions[0].volume}"
    return ""
