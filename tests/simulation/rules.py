"""What must hold: at every change of a book, and of everything once it is quiet. Written apart from what it judges."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from lockstep_core.copiers import CopierMode, FixedLots, Multiplier
from lockstep_core.links import link_id
from lockstep_core.plans import Copier
from lockstep_router.records import CopyRow
from tests.simulation.broker import Account
from tests.simulation.database import Database
from tests.simulation.market import Ask, Held, Listed, Request
from tests.simulation.story import FAULTS, Step

EXCUSED_BY_FAULTS = frozenset({"signal_too_old", "slave_offline", "out_of_sync"})
STOPS_TRIES = 5


class Broken(AssertionError):
    """Something that must never happen has happened."""


class Rules:
    """`links` are all there could be: id to copier and master's ticket.

    `forgotten` are those whose first row was lost with a router: what their masters began with cannot be known.
    """

    def __init__(self) -> None:
        self.forgotten: set[int] = set()
        self.links: dict[int, tuple[Copier, int]] = {}
        self._copiers: list[Copier] = []
        self._accounts: Mapping[UUID, Account] = {}
        self._database: Database
        self._orders: dict[int, set[int]] = {}
        self._touched: set[int] = set()
        self._foreign: dict[tuple[int, int], Held] = {}
        self._calm = True
        self._modes_changed = False

    def begin(self, copiers: list[Copier], accounts: Mapping[UUID, Account], database: Database) -> None:
        """The world these rules are about."""
        self._copiers, self._accounts, self._database = copiers, accounts, database

    def on_step(self, step: Step) -> None:
        """What the story did."""
        self._calm = self._calm and step.kind not in (*FAULTS, "temper")
        self._modes_changed = self._modes_changed or step.kind == "mode"

    def on_foreign(self, account: Account, ticket: int) -> None:
        """A position that nobody but its owner may touch."""
        self._foreign[account.login, ticket] = account.positions[ticket]

    def on_change(self, account: Account, request: Request, held: Held) -> None:
        """A request has changed, or is about to change, a position."""
        if request.ask is Ask.OPEN:
            self._on_master_opened(account, held)
        if request.number == 0:
            self._touched.add(held.magic)
        elif request.ask is Ask.OPEN:
            self._on_copy_opened(account, request, held)
        elif held.magic != request.magic or self._link_of(account, held.magic) is None:
            raise Broken(f"position {held.ticket} with magic {held.magic} was touched for link {request.magic}")

    def _on_master_opened(self, account: Account, held: Held) -> None:
        for copier in self._copiers:
            if self._accounts[copier.master] is account:
                self.links[link_id(copier.id, held.ticket)] = (copier, held.ticket)

    def _on_copy_opened(self, account: Account, request: Request, held: Held) -> None:
        link = self._link_of(account, request.magic)
        if link is None:
            raise Broken(f"an order was opened for {request.magic}, which is no link of this account")
        orders = self._orders.setdefault(request.magic, set())
        orders.add(held.ticket)
        if len(orders) > 1:
            raise Broken(f"link {request.magic} was opened {len(orders)} times: #{link[1]}")
        copier, ticket = link
        most = max(wished(copier, lots) for lots in self._accounts[copier.master].volumes[ticket])
        if held.volume > most:
            raise Broken(f"link {request.magic} has {held.volume}, never more than {most} was wished")

    def _link_of(self, account: Account, magic: int) -> tuple[Copier, int] | None:
        link = self.links.get(magic)
        return link if link is not None and self._accounts[link[0].slave] is account else None

    def problems(self) -> list[str]:
        """What is not as it must be once everything is quiet."""
        found = [problem for number in self.links if (problem := self._problem(number))]
        return found + self._foreign_problems()

    def _foreign_problems(self) -> list[str]:
        logins = {account.login: account for account in self._accounts.values()}
        now = {key: logins[key[0]].positions.get(key[1]) for key in self._foreign}
        return [f"foreign position {key} became {now[key]}" for key, held in self._foreign.items() if now[key] != held]

    def _problem(self, number: int) -> str:
        old, ticket = self.links[number]
        copier = next(c for c in self._copiers if c.id == old.id)
        held = self._accounts[copier.slave].by_magic(number)
        row = self._database.copies.get(number)
        master = self._accounts[copier.master].positions.get(ticket)
        name = f"#{ticket} by copier {self._copiers.index(copier)} (link {number}): "
        if len(held) > 1:
            return f"{name}{len(held)} positions"
        said = _wrong_row(row, held[0] if held else None)
        if said:
            return name + said
        if master is None:
            return f"{name}still open, the master is not" if held and copier.mode is not CopierMode.OFF else ""
        if held:
            return self._problem_open(name, copier, master, held[0])
        return self._problem_missing(name, copier, number, row)

    def _problem_missing(self, name: str, copier: Copier, number: int, row: CopyRow | None) -> str:
        if row is None:
            return f"{name}the master is open, the slave not, and nothing says why"
        opened = bool(self._orders.get(number))
        refused = self._accounts[copier.slave].refused[number, Ask.OPEN]
        if (row.status == "closed") != opened and number not in self.forgotten:
            return f"{name}said to be {row.status}, but {'was' if opened else 'was never'} opened"
        if row.status == "rejected" and not refused:
            return f"{name}said to be rejected, no broker did"
        if row.status == "closed":
            return self._problem_closed(name, number, copier)
        if row.status == "skipped" and row.reason in EXCUSED_BY_FAULTS and self._calm and not self._modes_changed:
            return f"{name}skipped as {row.reason} though nothing was broken"
        return "" if row.reason else f"{name}{row.status} without a reason"

    def _problem_closed(self, name: str, number: int, copier: Copier) -> str:
        """Closed though its master is open: by hand, or because its share became too small."""
        if number in self._touched:
            return ""
        master = self._accounts[copier.master].positions[self.links[number][1]]
        least = self._accounts[copier.slave].listed[master.symbol].volume_min
        opened = max(lots for ticket in self._orders[number] for lots in self._accounts[copier.slave].volumes[ticket])
        return "" if min(self._shares(copier, master, opened)) < least else f"{name}closed, nobody did that"

    def _shares(self, copier: Copier, master: Held, opened: int) -> set[int]:
        """What a slave may hold that opened so much: its share of what was wished for the lots the master had then."""
        listed = self._accounts[copier.slave].listed[master.symbol]
        shares = set()
        for lots in self._accounts[copier.master].volumes[master.ticket]:
            whole = floor(wished(copier, lots), listed)
            shares.add(min(opened, floor(whole * min(master.volume, lots) // lots, listed)))
        return shares

    def _problem_open(self, name: str, copier: Copier, master: Held, held: Held) -> str:
        if copier.mode is CopierMode.OFF:
            return ""
        shares = self._shares(copier, master, held.opened)
        if held.magic in self.forgotten:
            shares.add(held.opened)
        doubtful = held.magic in self.forgotten or held.magic in self._touched
        wrong = held.volume > max(shares) if doubtful else held.volume not in shares
        if wrong:
            return f"{name}has {held.volume} of {held.opened}, master {master.volume}, right were {sorted(shares)}"
        size = "" if doubtful or self._grew(copier, master) else self._problem_size(name, copier, master, held)
        return size or self._problem_stops(name, copier, master, held)

    def _grew(self, copier: Copier, master: Held) -> bool:
        """Whether a master's opening came in several deals: a copy has the size of those that were seen first."""
        return self._accounts[copier.master].volumes[master.ticket][0] != master.opened

    def _problem_size(self, name: str, copier: Copier, master: Held, held: Held) -> str:
        """The lots that the sizing asks for now, but for one step of rounding, or all that was filled."""
        if isinstance(copier.settings.sizing, FixedLots):
            return ""
        listed = self._accounts[copier.slave].listed[held.symbol]
        right = floor(wished(copier, master.volume), listed)
        near = min(held.opened, right - listed.volume_step) <= held.volume <= right
        return "" if near else f"{name}has {held.volume}, its master {master.volume}: {right} were right"

    def _problem_stops(self, name: str, copier: Copier, master: Held, held: Held) -> str:
        account = self._accounts[copier.slave]
        if not copier.settings.copy_stops or account.refused_for_good(held.magic, Ask.STOPS, STOPS_TRIES):
            return ""
        digits = account.listed[held.symbol].digits
        right = (round(master.sl, digits), round(master.tp, digits))
        same = (round(held.sl, digits), round(held.tp, digits)) == right
        return "" if same else f"{name}stops are {held.sl}, {held.tp}, the master's {right}"


def wished(copier: Copier, lots: int) -> int:
    """What a copier's sizing asks for, before any broker's rules."""
    sizing = copier.settings.sizing
    if isinstance(sizing, FixedLots):
        return int(sizing.lots * 10**8)
    assert isinstance(sizing, Multiplier), "the simulation plays the two ways of sizing whose lots can be told in one line"
    return int(sizing.factor * Decimal(lots))


def floor(lots: int, listed: Listed) -> int:
    """Down to the symbol's step."""
    return lots // listed.volume_step * listed.volume_step


def _wrong_row(row: CopyRow | None, held: Held | None) -> str:
    if row is None:
        return "" if held is None else "open, and no row says so"
    if row.status in ("sent", "unresolved"):
        return f"is still {row.status}"
    if (row.status == "open") != (held is not None):
        return f"its row says {row.status}, the book {'has' if held else 'has not'} it"
    if held is not None and row.open_lots != held.volume:
        return f"its row says {row.open_lots} lots, the book {held.volume}"
    return ""
