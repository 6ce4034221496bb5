"""What must hold of every link once all is quiet. Reckoned from the brokers' books, apart from what is judged."""

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.plan import Copier
from lockstep_core.settings.limits import Limits
from lockstep_router.journal.records import CopyRow
from tests.simulation.broker import Account
from tests.simulation.expected import OWN_LOTS, counterpart, floor, levels, wished
from tests.simulation.links import Known
from tests.simulation.market import Ask, Held
from tests.simulation.reasons import CODES, filtered, sizes
from tests.simulation.scenes import Scene, Side, masters_side
from tests.simulation.unfilled import order_problem

EXCUSED_BY_FAULTS = frozenset({"signal_too_old", "slave_offline", "out_of_sync"})
STOPS_TRIES = 5


def problem_of(scene: Scene, number: int, known: Known) -> str:
    """What is wrong with a link; empty where nothing is."""
    copier = scene.now(known)
    held = scene.accounts[copier.slave].by_magic(number)
    row = scene.database.copies.get(number)
    name = f"#{known.key} by copier {scene.copiers.index(copier)} (link {number}): "
    said = f"{len(held)} positions" if len(held) > 1 else _wrong_row(scene, number, known, row, held)
    if said:
        return name + said
    if scene.accounts[copier.slave].nets and scene.is_doubtful(number, known):
        return ""
    if scene.is_lost(number, known):
        return ""
    mine = held[0] if held else None
    said = order_problem(scene, copier, number, known, mine)
    if said or known.key in scene.accounts[copier.master].pendings.waiting:
        return said and name + said
    return _problem_of_position(scene, name, copier, number, known, mine)


def _problem_of_position(scene: Scene, name: str, copier: Copier, number: int, known: Known, held: Held | None) -> str:
    master = masters_side(scene, known)
    if master is None:
        return f"{name}still open, the master is not" if held and copier.mode is not CopierMode.OFF else ""
    if held is not None:
        return _problem_open(scene, name, copier, number, known, master, held)
    if scene.accounts[copier.slave].pendings.of(number):
        return ""
    return _problem_missing(scene, name, copier, number, known, master, scene.database.copies.get(number))


def _problem_missing(
    scene: Scene, name: str, copier: Copier, number: int, known: Known, master: Side, row: CopyRow | None
) -> str:
    if row is None:
        return f"{name}the master is open, the slave not, and nothing says why"
    opened, slave = bool(scene.orders.get(number)), scene.accounts[copier.slave]
    placed = number in scene.placed and not opened
    if not placed and (row.status == "closed") != opened and not scene.is_doubtful(number, known):
        return f"{name}said to be {row.status}, but {'was' if opened else 'was never'} opened"
    if row.status == "rejected" and not (slave.refused[number, Ask.OPEN] or slave.refused[number, Ask.PLACE]):
        return f"{name}said to be rejected, no broker did"
    if row.status == "closed":
        return _problem_closed(scene, name, copier, number, known, master)
    if row.status == "skipped" and row.reason is not None:
        return _problem_reason(scene, name, copier, known, master, row.reason)
    return "" if row.reason else f"{name}{row.status} without a reason"


def _problem_reason(scene: Scene, name: str, copier: Copier, known: Known, master: Side, reason: str) -> str:
    """Whether what a row says is true."""
    theirs, mine = scene.accounts[copier.master], scene.accounts[copier.slave]
    # Where positions net, one order of a symbol waits for the other, and that may take too long.
    excused = not scene.calm or scene.modes_changed or (mine.nets and reason in ("signal_too_old", "out_of_sync"))
    if reason in EXCUSED_BY_FAULTS and not excused:
        return f"{name}skipped as {reason} though nothing was broken"
    if reason not in CODES:
        return ""
    codes = filtered(copier, known, theirs, mine)
    codes |= {code for _, code in sizes(copier, known, theirs, mine, master.history)}
    return "" if reason in codes else f"{name}skipped as {reason}, which is not so; {sorted(codes)} are"


def _problem_closed(scene: Scene, name: str, copier: Copier, number: int, known: Known, master: Side) -> str:
    """Closed though its master is open: by hand, by a guard or the news, or because its share became too small."""
    if number in scene.ruled or scene.is_doubtful(number, known) or not scene.orders.get(number):
        return ""
    slave = scene.accounts[copier.slave]
    listed = counterpart(scene.accounts[copier.master], slave, master.held.symbol)
    least = 0 if listed is None else listed.volume_min
    opened = _most_held(scene, slave, number)
    return "" if min(_shares(scene, copier, known, master, opened)) < least else f"{name}closed, nobody did that"


def _most_held(scene: Scene, slave: Account, number: int) -> int:
    share = slave.books.shares.of(number)
    if share is not None:
        return share.most
    return max(lots for ticket in scene.orders[number] for lots in slave.books.volumes[ticket])


def _shares(scene: Scene, copier: Copier, known: Known, master: Side, opened: int) -> set[int]:
    """What a slave may hold that opened so much: its share of what was wished for the lots the master had then."""
    theirs, mine = scene.accounts[copier.master], scene.accounts[copier.slave]
    listed = counterpart(theirs, mine, master.held.symbol)
    step = 1 if listed is None else listed.volume_step
    shares = set()
    for lots in master.history:
        for whole, _ in sizes(copier, known, theirs, mine, [lots]):
            shares.add(min(opened, whole * min(master.volume, lots) // lots // step * step))
    return shares or {0}


def _problem_open(scene: Scene, name: str, copier: Copier, number: int, known: Known, master: Side, held: Held) -> str:
    if copier.mode is CopierMode.OFF:
        return ""
    if held.side != (1 - master.held.side if copier.settings.reverse else master.held.side):
        return f"{name}is on the wrong side"
    shares = _shares(scene, copier, known, master, held.opened)
    if number in scene.forgotten:
        shares.add(held.opened)
    # A guard may have let go while it was half closed.
    doubtful = scene.is_doubtful(number, known) or number in scene.ruled
    wrong = held.volume > max(shares) if doubtful else held.volume not in shares
    if wrong:
        return f"{name}has {held.volume} of {held.opened}, master {master.volume}, right were {sorted(shares)}"
    grew = master.history[0] != max(master.history)
    size = "" if doubtful or grew else _problem_size(scene, name, copier, master, held)
    return size or _problem_stops(scene, name, copier, master.held, held)


def _problem_size(scene: Scene, name: str, copier: Copier, master: Side, held: Held) -> str:
    """The lots that the sizing asks for now, but for one step of rounding, or all that was filled."""
    if copier.settings.sizing.mode in OWN_LOTS or copier.settings.limits != Limits():
        return ""
    listed = scene.accounts[copier.slave].listed[held.symbol]
    theirs, mine = scene.accounts[copier.master], scene.accounts[copier.slave]
    if wished(copier, max(master.history), theirs, mine, master.held.symbol) > listed.volume_max:
        return ""
    right = floor(min(int(wished(copier, master.volume, theirs, mine, master.held.symbol)), listed.volume_max), listed)
    near = min(held.opened, right - listed.volume_step) <= held.volume <= right
    return "" if near else f"{name}has {held.volume}, its master {master.volume}: {right} were right"


def _problem_stops(scene: Scene, name: str, copier: Copier, master: Held, held: Held) -> str:
    account = scene.accounts[copier.slave]
    if not copier.settings.copy_stops or account.refused_for_good(held.magic, Ask.STOPS, STOPS_TRIES):
        return ""
    if account.nets and not account.books.is_alone(held):
        return ""
    listed = account.listed[held.symbol]
    right = levels(copier, master.sl, master.tp, held.side, listed)
    same = all(abs(a - b) < 10.0**-listed.digits / 2 for a, b in zip((held.sl, held.tp), right, strict=True))
    return "" if same else f"{name}stops are {held.sl}, {held.tp}, the master's {right}"


def _wrong_row(scene: Scene, number: int, known: Known, row: CopyRow | None, held: list[Held]) -> str:
    slave = scene.accounts[known.copier.slave]
    waits = bool(slave.pendings.of(number))
    if row is None:
        return "open, and no row says so" if (held or waits) and not scene.is_lost(number, known) else ""
    if row.status == "sent" and waits and not held:
        return ""
    if row.status in ("sent", "unresolved"):
        return f"is still {row.status}"
    doubtful = slave.nets and scene.is_doubtful(number, known)
    return "" if doubtful else _wrong_lots(row, held)


def _wrong_lots(row: CopyRow, held: list[Held]) -> str:
    if (row.status == "open") != bool(held):
        return f"its row says {row.status}, the book {'has' if held else 'has not'} it"
    if held and row.open_lots != held[0].volume:
        return f"its row says {row.open_lots} lots, the book {held[0].volume}"
    return ""
