"""What must hold of every link once all is quiet. Reckoned from the brokers' books, apart from what is judged."""

from collections.abc import Mapping
from uuid import UUID

from lockstep_core.copiers import CopierMode, FixedLots
from lockstep_core.plans import Copier
from lockstep_router.records import CopyRow
from tests.simulation.broker import Account
from tests.simulation.database import Database
from tests.simulation.expected import counterpart, floor, wished
from tests.simulation.links import Known, Links
from tests.simulation.market import Ask, Held

EXCUSED_BY_FAULTS = frozenset({"signal_too_old", "slave_offline", "out_of_sync"})
STOPS_TRIES = 5


class Scene:
    """A world and what has happened in it. `whole`: nothing was ever cut off, `calm`: nor did a broker behave badly.

    `orders` are those that opened each link, `touched` the magic numbers of positions that their owners changed by hand.
    """

    def __init__(
        self,
        copiers: list[Copier],
        accounts: Mapping[UUID, Account],
        database: Database,
        links: Links,
        forgotten: set[int],
        snapshots: Mapping[UUID | None, int],
    ) -> None:
        self.copiers, self.accounts, self.database, self.links = copiers, accounts, database, links
        self.forgotten, self.snapshots = forgotten, snapshots
        self.orders: dict[int, set[int]] = {}
        self.touched: set[int] = set()
        self.whole = self.calm = True
        self.modes_changed = False

    def now(self, known: Known) -> Copier:
        """The copier of a link as it is now."""
        return next(copier for copier in self.copiers if copier.id == known.copier.id)

    def is_doubtful(self, number: int, known: Known) -> bool:
        """Whether what a link should hold cannot be told: its owner, or a lost row, has made it unknown."""
        slave = self.accounts[known.copier.slave]
        share = slave.books.shares.of(number)
        disturbed = share is not None and share.symbol in slave.books.shares.disturbed
        return number in self.forgotten or number in self.touched or disturbed

    def is_exact(self, known: Known) -> bool:
        """Whether the master's side of a link is one that can be told for sure: of a netting account, only where each of its
        deals was seen for itself.
        """
        master = known.copier.master
        return not self.accounts[master].nets or (self.whole and self.snapshots[master] < 2)


class Side:
    """The master's side of a link now: `volume` of `opened` lots, and the stops; `history` are all lots it ever had."""

    def __init__(self, held: Held, volume: int, history: list[int]) -> None:
        self.held, self.volume, self.history = held, volume, history


def masters_side(scene: Scene, known: Known) -> Side | None:
    """What the master has open of a link; None: nothing."""
    books = scene.accounts[known.copier.master].books
    held = books.of_root(known.root)
    if held is None or not scene.accounts[known.copier.master].nets:
        return None if held is None else Side(held, held.volume, books.volumes[held.ticket])
    leg = next((leg for leg in books.legs.open[known.root] if leg.key == known.key), None)
    return None if leg is None else Side(held, leg.left, leg.history)


def problem_of(scene: Scene, number: int, known: Known) -> str:
    """What is wrong with a link; empty where nothing is."""
    copier = scene.now(known)
    held = scene.accounts[copier.slave].by_magic(number)
    row = scene.database.copies.get(number)
    name = f"#{known.key} by copier {scene.copiers.index(copier)} (link {number}): "
    if len(held) > 1:
        return f"{name}{len(held)} positions"
    shared = scene.accounts[copier.slave].nets and scene.is_doubtful(number, known)
    said = _wrong_row(row, held[0] if held else None, shared)
    if said or shared or not scene.is_exact(known):
        return said and name + said
    master = masters_side(scene, known)
    if master is None:
        return f"{name}still open, the master is not" if held and copier.mode is not CopierMode.OFF else ""
    if held:
        return _problem_open(scene, name, copier, number, known, master, held[0])
    return _problem_missing(scene, name, copier, number, known, master, row)


def _problem_missing(
    scene: Scene, name: str, copier: Copier, number: int, known: Known, master: Side, row: CopyRow | None
) -> str:
    if row is None:
        return f"{name}the master is open, the slave not, and nothing says why"
    opened = bool(scene.orders.get(number))
    slave = scene.accounts[copier.slave]
    if (row.status == "closed") != opened and not scene.is_doubtful(number, known):
        return f"{name}said to be {row.status}, but {'was' if opened else 'was never'} opened"
    if row.status == "rejected" and not slave.refused[number, Ask.OPEN]:
        return f"{name}said to be rejected, no broker did"
    if row.status == "closed":
        return _problem_closed(scene, name, copier, number, known, master)
    # Where positions net, one order of a symbol waits for the other, and that may take too long.
    excused = not scene.calm or scene.modes_changed or (slave.nets and row.reason == "signal_too_old")
    if row.status == "skipped" and row.reason in EXCUSED_BY_FAULTS and not excused:
        return f"{name}skipped as {row.reason} though nothing was broken"
    return "" if row.reason else f"{name}{row.status} without a reason"


def _problem_closed(scene: Scene, name: str, copier: Copier, number: int, known: Known, master: Side) -> str:
    """Closed though its master is open: by hand, or because its share became too small."""
    if scene.is_doubtful(number, known):
        return ""
    slave = scene.accounts[copier.slave]
    listed = counterpart(scene.accounts[copier.master], slave, master.held.symbol)
    least = 0 if listed is None else listed.volume_min
    opened = _most_held(scene, slave, number)
    return "" if min(_shares(scene, copier, master, opened)) < least else f"{name}closed, nobody did that"


def _most_held(scene: Scene, slave: Account, number: int) -> int:
    share = slave.books.shares.of(number)
    if share is not None:
        return share.most
    return max(lots for ticket in scene.orders[number] for lots in slave.books.volumes[ticket])


def _shares(scene: Scene, copier: Copier, master: Side, opened: int) -> set[int]:
    """What a slave may hold that opened so much: its share of what was wished for the lots the master had then."""
    theirs, mine = scene.accounts[copier.master], scene.accounts[copier.slave]
    listed = counterpart(theirs, mine, master.held.symbol)
    if listed is None:
        return {0}
    shares = set()
    for lots in master.history:
        whole = floor(wished(copier, lots, theirs, mine, master.held.symbol), listed)
        shares.add(min(opened, floor(whole * min(master.volume, lots) // lots, listed)))
    return shares


def _problem_open(scene: Scene, name: str, copier: Copier, number: int, known: Known, master: Side, held: Held) -> str:
    if copier.mode is CopierMode.OFF:
        return ""
    shares = _shares(scene, copier, master, held.opened)
    if number in scene.forgotten:
        shares.add(held.opened)
    doubtful = scene.is_doubtful(number, known)
    wrong = held.volume > max(shares) if doubtful else held.volume not in shares
    if wrong:
        return f"{name}has {held.volume} of {held.opened}, master {master.volume}, right were {sorted(shares)}"
    grew = master.history[0] != max(master.history)
    size = "" if doubtful or grew else _problem_size(scene, name, copier, master, held)
    return size or _problem_stops(scene, name, copier, master.held, held)


def _problem_size(scene: Scene, name: str, copier: Copier, master: Side, held: Held) -> str:
    """The lots that the sizing asks for now, but for one step of rounding, or all that was filled."""
    if isinstance(copier.settings.sizing, FixedLots):
        return ""
    listed = scene.accounts[copier.slave].listed[held.symbol]
    theirs, mine = scene.accounts[copier.master], scene.accounts[copier.slave]
    right = floor(wished(copier, master.volume, theirs, mine, master.held.symbol), listed)
    near = min(held.opened, right - listed.volume_step) <= held.volume <= right
    return "" if near else f"{name}has {held.volume}, its master {master.volume}: {right} were right"


def _problem_stops(scene: Scene, name: str, copier: Copier, master: Held, held: Held) -> str:
    account = scene.accounts[copier.slave]
    if not copier.settings.copy_stops or account.refused_for_good(held.magic, Ask.STOPS, STOPS_TRIES):
        return ""
    if account.nets and not account.books.is_alone(held):
        return ""
    digits = account.listed[held.symbol].digits
    right = (round(master.sl, digits), round(master.tp, digits))
    same = (round(held.sl, digits), round(held.tp, digits)) == right
    return "" if same else f"{name}stops are {held.sl}, {held.tp}, the master's {right}"


def _wrong_row(row: CopyRow | None, held: Held | None, doubtful: bool) -> str:
    if row is None:
        return "" if held is None else "open, and no row says so"
    if row.status in ("sent", "unresolved"):
        return f"is still {row.status}"
    if doubtful:
        return ""
    if (row.status == "open") != (held is not None):
        return f"its row says {row.status}, the book {'has' if held else 'has not'} it"
    if held is not None and row.open_lots != held.volume:
        return f"its row says {row.open_lots} lots, the book {held.volume}"
    return ""
